"""Times of WordPress, which it tells in UTC and in the blog's own zone."""

from flows.reading.iso_times import WrittenTime, aware


def moment_of(universal: str | None, local: str | None, zone: str) -> WrittenTime:
    """The time that `universal` tells, else `local` in `zone`.

    Drafts and hand-made files have 0000-00-00 in the former.
    """
    if at := aware(universal, "UTC"):
        return WrittenTime(at, universal)
    if at := aware(local, zone):
        return WrittenTime(at, local, zone)
    return WrittenTime(None, universal or local)
