"""Times of WordPress, which it tells in UTC and in the blog's own zone."""

from flows.reading.iso_times import Moment, aware


def moment_of(universal: str | None, local: str | None, zone: str) -> Moment:
    """The time that `universal` tells, else `local` in `zone`.

    Drafts and hand-made files have 0000-00-00 in the former.
    """
    if at := aware(universal, "UTC"):
        return Moment(at, universal)
    if at := aware(local, zone):
        return Moment(at, local, zone)
    return Moment(None, universal or local)
