"""The errors of this project; the type says whether trying again may help."""


class ResonanzError(Exception):
    """Any error that is reported to a person as a sentence, without a traceback."""


class TryAgain(ResonanzError):
    """Something outside was busy or away; the same call may succeed later."""


class GiveUp(ResonanzError):
    """The same call can't succeed until a person changes something."""


class ContractBroken(GiveUp):
    """A frame does not fit the table that it was meant for."""


class GateFailed(GiveUp):
    """The new numbers did not pass the quality gate; the last good publish stays in place."""
