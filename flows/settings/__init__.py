"""Every knob, read once: `settings.toml`, overridden by `RESONANZ_*` of the environment."""

from pydantic import ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
    TomlConfigSettingsSource,
)

from flows.keeping.promotions import counting
from flows.settings.answering import Digest, Reply
from flows.settings.arriving import Account, Fetch, Ingest, Refine, Sources
from flows.settings.concern import Concern, home
from flows.settings.labelling import Classify, Review
from flows.settings.operating import Notify, Status, Warehouse
from flows.settings.paths import Paths
from flows.settings.people import Audience, Privacy, Retention
from flows.settings.publishing import Alerts, Gate, Publish, Reporting, Shares
from models.errors import GiveUp

__all__ = [
    "Account",
    "Classify",
    "Concern",
    "Digest",
    "Ingest",
    "Notify",
    "Paths",
    "Privacy",
    "Reply",
    "Retention",
    "Settings",
    "Status",
    "Warehouse",
    "declared_settings",
    "home",
    "load_settings",
]


class Settings(BaseSettings):
    """All settings; read-only."""

    model_config = SettingsConfigDict(
        env_prefix="RESONANZ_", env_nested_delimiter="__", frozen=True, extra="forbid"
    )

    paths: Paths = Paths()
    reporting: Reporting = Reporting()
    sources: Sources = Sources()
    fetch: Fetch = Fetch()
    ingest: Ingest = Ingest()
    refine: Refine = Refine()
    classify: Classify = Classify()
    reply: Reply = Reply()
    digest: Digest = Digest()
    privacy: Privacy = Privacy()
    audience: Audience = Audience()
    retention: Retention = Retention()
    warehouse: Warehouse = Warehouse()
    shares: Shares = Shares()
    gate: Gate = Gate()
    publish: Publish = Publish()
    review: Review = Review()
    alerts: Alerts = Alerts()
    status: Status = Status()
    notify: Notify = Notify()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment wins over the file."""
        file = TomlConfigSettingsSource(settings_cls, toml_file=home() / "settings.toml")
        return init_settings, env_settings, file


def load_settings() -> Settings:
    """The settings, with the checkpoint that was promoted since they were written, if one was.

    Raises `GiveUp` that names the key which can't be understood.
    """
    declared = declared_settings()
    models = declared.paths.models
    promoted = counting(models, declared.classify.declared)
    if promoted is None or not promoted.folder:
        return declared
    place = {"checkpoint": str(models / promoted.folder), "labels": dict(promoted.labels)}
    classify = declared.classify.model_copy(update=place)
    return declared.model_copy(update={"classify": classify})


def declared_settings() -> Settings:
    """What `settings.toml` and the environment say; raises `GiveUp` as `load_settings`."""
    try:
        return Settings()
    except ValidationError as error:
        problems = "; ".join(
            f"`{'.'.join(str(part) for part in problem['loc'])}`: {problem['msg']}"
            for problem in error.errors()
        )
        raise GiveUp(f"The settings can't be read: {problems}") from error
    except SettingsError as error:
        # The value is not shown: it may be a secret that was meant for another name.
        raise GiveUp(
            f"A variable `RESONANZ_*` of the environment can't be read: {error}."
        ) from None
    except OSError as error:
        raise GiveUp(
            f"`{home() / 'settings.toml'}` can't be read ({error.strerror}): allow it, or put it "
            "back."
        ) from error
    except ValueError as error:
        raise GiveUp(f"`{home() / 'settings.toml'}` is not valid TOML: {error}") from error
