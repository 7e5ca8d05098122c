"""Which hosts are this machine, so that no network lies between: what goes there needs no TLS."""

THIS_MACHINE = frozenset({"127.0.0.1", "::1", "localhost"})
