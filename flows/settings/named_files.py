"""Files that settings name and people edit, read: the topics of tables, the policy of answers."""

from pathlib import Path

from models.errors import GiveUp
from transforms.policy import Policy, policy_in
from transforms.taxonomy import Taxonomy, taxonomy_in


def read_taxonomy(path: Path) -> Taxonomy:
    """The taxonomy in a file; raises `GiveUp` that names the table which can't be understood."""
    return taxonomy_in(text_of(path, "taxonomy", "classify"), path)


def read_policy(path: Path) -> Policy:
    """The policy in a file; raises `GiveUp` that names the table which can't be understood."""
    return policy_in(text_of(path, "policy", "reply"), path)


def text_of(path: Path, what: str, concern: str) -> str:
    """What stands in a file; raises `GiveUp` that says `what` it is, and which `concern` names it.

    Another one is named in that table of `settings.toml`.
    """
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise GiveUp(
            f"the {what} `{path}` can't be read ({error.strerror}): put it back, or name another "
            f"under `[{concern}]` in `settings.toml`."
        ) from error
    except UnicodeDecodeError as error:
        raise GiveUp(
            f"the {what} `{path}` is not UTF-8 ({error.reason} at byte {error.start}): save it as "
            "UTF-8."
        ) from error
