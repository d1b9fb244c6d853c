"""The nearest word to a mistyped one, for messages."""

from collections.abc import Iterable


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word most like this one, or None when none is close."""
    from rapidfuzz import process  # a quarter of the start-up of `--version`, needed after a mistake only

    found = process.extractOne(word, list(known), score_cutoff=50)
    return found[0] if found else None


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`; did you mean NAME?`, or nothing."""
    near = nearest(word, known)
    return f"; did you mean {near}?" if near else ""
