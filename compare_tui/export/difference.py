"""Where an answer differs from the baseline's: by words, long texts by lines."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

MOST_COMPARED: Final = 100_000_000
"""Words of one text times words of the other: 12 MB and 30 ms at most, beyond it lines."""
LITTLE: Final = 0.3
"""With less in common than this, showing what only the baseline says would drown the answer."""

_WORDS = re.compile(r"\w+|\s+|[^\w\s]")
_LINES = re.compile(r"[^\n]*\n|[^\n]+")


@dataclass(slots=True)
class Stretch:
    """A text both have, and before it what only the baseline (`gone`) and only the answer (`new`) say."""

    gone: str = ""
    new: str = ""
    same: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """The stretches of the answer from its beginning to its end."""

    stretches: tuple[Stretch, ...]
    by: str
    """word or line."""
    common: float
    """The share of both texts that they have in common."""


def difference(baseline: str, answer: str) -> Difference | None:
    """None when both are too long even by lines."""
    for by, pattern in (("word", _WORDS), ("line", _LINES)):
        old, new = pattern.findall(baseline), pattern.findall(answer)
        if len(old) * len(new) <= MOST_COMPARED:
            stretches = tuple(_readable(_stretches(old, new)))
            same = sum(len(stretch.same) for stretch in stretches)
            return Difference(stretches, by, 2 * same / max(1, len(baseline) + len(answer)))
    return None


def _stretches(old: list[str], new: list[str]) -> Iterator[Stretch]:
    from rapidfuzz.distance import Indel  # 20 ms; only a page with several answers needs it

    stretch = Stretch()
    for change in Indel.opcodes(old, new):
        if change.tag == "equal":
            stretch.same = "".join(new[change.dest_start : change.dest_end])
            yield stretch
            stretch = Stretch()
        elif change.tag == "delete":
            stretch.gone += "".join(old[change.src_start : change.src_end])
        else:
            stretch.new += "".join(new[change.dest_start : change.dest_end])
    yield stretch


def _readable(stretches: Iterator[Stretch]) -> Iterator[Stretch]:
    """A word in common between long changes says nothing: such a text belongs to the changes."""
    last = next(stretches)
    for stretch in stretches:
        before, after = max(len(last.gone), len(last.new)), max(len(stretch.gone), len(stretch.new))
        if before and after and (not last.same.strip() or len(last.same) <= min(before, after)):
            last.gone += last.same + stretch.gone
            last.new += last.same + stretch.new
            last.same = stretch.same
        else:
            yield last
            last = stretch
    yield last
