"""Addresses in, the group that they name out: where a platform tells the group nowhere else.

A comment of a group of Facebook or LinkedIn stands under `/groups/<name or number>/`, and the URN
of a post of a LinkedIn group begins with the number of the group.
"""

import re

GROUP = re.compile(
    r"(?:facebook|linkedin)\.com/groups/(?P<name>[\w.%-]+)"
    r"|urn(?::|%3A)li(?::|%3A)groupPost(?::|%3A)(?P<number>\d+)-",
    re.ASCII | re.IGNORECASE,
)


def group_in(*addresses: str | None) -> str | None:
    """The first group that one of `addresses` names, as it is written there; None without any."""
    for address in addresses:
        if address and "group" in address.lower() and (found := GROUP.search(address)):
            return found["name"] or found["number"]
    return None
