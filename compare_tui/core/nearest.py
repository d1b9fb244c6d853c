"""The nearest word to a mistyped one, for messages."""

from collections.abc import Iterable

LIKENESS = 55.0
"""Of 100: `maks` and `max` come to 57, `temperature` and `temp` to 90."""


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word most like this one, or None when none is close."""
    from rapidfuzz import fuzz, process  # a quarter of the start-up of `--version`, needed after a mistake only

    scorer = fuzz.WRatio if len(word) > 2 else fuzz.ratio  # a letter or two are part of half the words there are
    found = process.extractOne(word, list(known), scorer=scorer, processor=str.casefold, score_cutoff=LIKENESS)
    return found[0] if found else None


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`; did you mean NAME?`, or nothing."""
    near = nearest(word, known)
    return f"; did you mean {near}?" if near else ""
