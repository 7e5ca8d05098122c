"""A number as people write it, which agrees with its noun: `{posts:post|posts}` in a text."""


class Counted(str):
    """A whole number with its thousands parted; in a format, with the one of two words it asks for.

    `f"{Counted(1):file|files} read"` is "1 file read", `f"{Counted(0):file is|files are} open"`
    "0 files are open". Without words it is the number alone.
    """

    __slots__ = ("number",)

    number: int

    def __new__(cls, number: int, thousands: str = ",") -> "Counted":
        """`number` with `thousands` between groups of three digits."""
        text = super().__new__(cls, f"{number:,}".replace(",", thousands))
        text.number = number
        return text

    def __format__(self, words: str) -> str:
        """The number and, of `one|many`, the word that agrees with it."""
        if "|" not in words:
            return super().__format__(words)
        one, many = words.split("|")
        return f"{self} {one if self.number == 1 else many}"
