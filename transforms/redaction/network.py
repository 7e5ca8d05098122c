"""Addresses of devices in a network: IPv4, IPv6 and MAC; each leads to who sat before it."""

import re
from collections.abc import Iterator
from ipaddress import AddressValueError, IPv4Address, IPv6Address

from transforms.redaction.span import Span

IPV4 = re.compile(r"(?<![\w.,-])\d{1,3}(?:\.\d{1,3}){3}(?![\w,-]|\.\d|/(?!32\b))")
"""Four numbers with dots (RFC 791); `10.0.0.0/8` is a network, not a device."""

VERSION = re.compile(
    r"(?:\b(?:v|ver|version|release|rel|build|firmware|update|patch|driver|treiber|chrome|firefox|edge|java)\.?|[:\w]\s?v)\s{0,2}$",
    re.IGNORECASE,
)
"""What stands before four numbers that are those of a program."""

IPV6 = re.compile(r"(?<![\w:.%-])[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}(?![\w:]|/(?!128\b))")
"""RFC 4291, 2.2; whether it is one is up to the standard library."""

MAC = re.compile(
    r"(?<![\w:.-])(?:[0-9A-F]{2}([:-])(?:[0-9A-F]{2}\1){4}[0-9A-F]{2}|[0-9A-F]{4}\.[0-9A-F]{4}\.[0-9A-F]{4})(?![\w:-]|\.\w)",
    re.IGNORECASE,
)
"""IEEE 802's way of writing EUI-48, and that of Cisco's devices."""

PUBLIC_SERVICES = frozenset({"8.8.8.8", "8.8.4.4", "1.1.1.1", "1.0.0.1", "9.9.9.9"})
"""Name servers that everybody uses."""

LOOK_BACK = 16
FEWEST_GROUPS = 3


NETWORK_SIGNS = (
    r"\d\.\d{1,3}\.\d{1,3}\.\d",
    r":[0-9A-Fa-f]{0,4}:",
    r"(?i:[0-9a-f]{2}[:-]){5}[0-9A-Fa-f]{2}",
    r"[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}",
)
"""A text without any of these holds nothing that `find_network` would find."""


def find_network(text: str) -> Iterator[Span]:
    """Every address of a device in `text`."""
    if text.count(".") >= 3:
        for match in IPV4.finditer(text):
            before = text[max(0, match.start() - LOOK_BACK) : match.start()]
            if is_ipv4(match[0]) and not VERSION.search(before):
                yield Span(match.start(), match.end(), "network")
    if text.count(":") >= 2:
        for match in IPV6.finditer(text):
            if is_ipv6(match[0]):
                yield Span(match.start(), match.end(), "network")
    if text.count(":") >= 5 or text.count("-") >= 5 or text.count(".") >= 2:
        for match in MAC.finditer(text):
            if is_mac(match[0]):
                yield Span(match.start(), match.end(), "network")


def is_ipv4(value: str) -> bool:
    """Whether four numbers are the address of one device."""
    try:
        address = IPv4Address(value)
    except AddressValueError:
        return False
    is_of_nobody = address.is_loopback or address.is_multicast or int(address) >> 24 in (0, 255)
    return not is_of_nobody and value not in PUBLIC_SERVICES


def is_ipv6(value: str) -> bool:
    """Whether groups of hexadecimal digits are the address of one device, not a time or a name."""
    try:
        address = IPv6Address(value)
    except AddressValueError:
        return False
    groups = sum(bool(group) for group in value.split(":"))
    has_digit = any(sign.isdigit() for sign in value)
    return groups >= FEWEST_GROUPS and has_digit and not address.is_multicast


def is_mac(value: str) -> bool:
    """Whether pairs of hexadecimal digits are the address of one device: not all of them alike."""
    digits = re.sub(r"[:.-]", "", value).casefold()
    return len(set(digits)) > 1 and any(sign.isdigit() for sign in digits)
