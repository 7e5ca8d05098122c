"""Asking a platform through another address: a gateway of the company, or a server of a test."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from flows.fetching.session import Session
from flows.fetching.verdicts import Judge, by_status
from models.errors import GiveUp
from models.hosts import THIS_MACHINE


class Through:
    """Opens sessions at `gateway`, whatever platform they are meant for; routes stay the same.

    Raises `GiveUp` if it is no address, or one by which a token would go over the net in the clear.
    """

    def __init__(self, gateway: str) -> None:
        parts = urlsplit(gateway)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise GiveUp("`gateway` is no address: write one like `https://gateway.example.de`.")
        if parts.scheme == "http" and parts.hostname not in THIS_MACHINE:
            raise GiveUp(f"the gateway `{parts.hostname}` is asked by http; a token needs https.")
        self._gateway = gateway.rstrip("/")

    def __call__(
        self, base: str, *, headers: Mapping[str, str] | None = None, judge: Judge = by_status
    ) -> Session:
        """A session with the gateway; the path of `base` stays."""
        return Session(self._gateway + urlsplit(base).path, headers=headers, judge=judge)
