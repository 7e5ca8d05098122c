"""Whether a name is of somebody whom everybody knows, or of a firm: what they did is not private."""

from collections.abc import Collection, Iterator, Sequence

from transforms.redaction.name_words import firms_like_people, public_figures, public_surnames


def is_public(words: Sequence[str]) -> bool:
    """Whether the words of a name, without titles and particles, are of a public person or a firm.

    A surname by itself has to be distinctive; beside a given name the two have to be known.
    """
    if len(words) == 1:
        return holds(public_surnames(), words[0])
    return is_firm(words) or any(holds(public_figures(), name) for name in parts_of(words))


def is_firm(words: Sequence[str]) -> bool:
    """Whether the words of a name are of a firm that is called like a person."""
    return any(holds(firms_like_people(), name) for name in parts_of(words))


def parts_of(words: Sequence[str]) -> Iterator[str]:
    """Every two and three words of a name that follow each other, without initials."""
    whole = [word for word in words if not word.endswith(".")]
    for length in (2, 3):
        for start in range(len(whole) - length + 1):
            yield " ".join(whole[start : start + length])


def holds(known: Collection[str], name: str) -> bool:
    """Whether `name`, or what it is the genitive of, is among the `known` ones."""
    folded = name.casefold()
    return folded in known or (folded.endswith("s") and folded[:-1] in known)
