"""The key that landing files are sealed with, where the settings want them sealed."""

from flows.keys.place import KeyPlace, read_key
from flows.settings import Privacy

VARIABLE = "RESONANZ_LANDING_KEY"


def landing_key_place(privacy: Privacy) -> KeyPlace:
    """Where the key of sealed files is."""
    return KeyPlace("landing key", VARIABLE, "landing_key_file", privacy.landing_key_file)


def read_landing_key(privacy: Privacy) -> bytes:
    """The key that opens sealed files; made if there is none yet."""
    return read_key(landing_key_place(privacy))


def seal_key(privacy: Privacy) -> bytes | None:
    """The key to seal a file with that lands now; None where files land as they are.

    Files that are to be deleted are sealed until then: a run may be hours away.
    """
    return None if privacy.landing == "keep" else read_landing_key(privacy)
