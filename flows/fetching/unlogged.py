"""What httpx would write into logs, kept out of them: addresses, which can hold secrets."""

import logging

LOGGERS = ("httpx", "httpcore")
"""At INFO the first logs whole addresses, at DEBUG the second the headers of answers."""


def keep_addresses_out_of_logs() -> None:
    """Let httpx log warnings only; whoever asks by it calls this before, as often as he likes."""
    for name in LOGGERS:
        logging.getLogger(name).setLevel(logging.WARNING)
