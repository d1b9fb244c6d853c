"""Which models a user may mean by what is typed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

MOST_SHOWN = 200
_LIKENESS = 55.0


@dataclass(frozen=True, slots=True)
class Found:
    """The names worth showing, best first, and how many of them hold every word that was typed."""

    names: tuple[str, ...]
    sure: int
    left_out: int = 0


def search(typed: str, names: Sequence[str]) -> Found:
    """Names that hold every word come first, by how early; then those that look alike."""
    words = typed.casefold().split()
    if not words:
        return Found(tuple(names[:MOST_SHOWN]), 0, max(0, len(names) - MOST_SHOWN))
    sure = [name for name in names if all(word in name.casefold() for word in words)]
    sure.sort(key=lambda name: (name != typed, not name.casefold().startswith(words[0]), len(name)))
    alike = _alike(typed, set(names).difference(sure)) if len(sure) < MOST_SHOWN else []
    shown = (*sure, *alike)[:MOST_SHOWN]
    return Found(shown, min(len(sure), len(shown)), len(sure) + len(alike) - len(shown))


def _alike(typed: str, names: Iterable[str]) -> list[str]:
    from rapidfuzz import fuzz, process  # when the first letter is typed

    found = process.extract(
        typed, sorted(names), scorer=fuzz.WRatio, processor=str.casefold, score_cutoff=_LIKENESS, limit=20
    )
    return [name for name, *_ in found]
