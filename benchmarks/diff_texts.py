"""Pairs of answers as they are compared: one edited here and there, and two by different models; the same each time."""

import random
import re
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Final, NamedTuple

from benchmarks.texts import long_answer
from compare_tui.core.diff.model import Diff, Kind

KINDS: Final = ("edited", "other")
_DROPPED: Final = 0.02
_MORE: Final = 0.04
_REPLACED: Final = 0.06
_SHARED: Final = 0.3
_TOKEN: Final = re.compile(r"\w+|\s+|[^\w\s]")
_EQUAL: Final = (Kind.SAME, Kind.ALIKE)


def pair(size: int, kind: str) -> tuple[str, str]:
    """`edited`: some words of a hundred are, one paragraph moved, one went. `other`: has three paragraphs of ten."""
    old, chance = long_answer(size, 7), random.Random(3)
    if kind == "edited":
        return old, _edited(old, chance)
    theirs = long_answer(size, 8).split("\n\n")
    ours = old.split("\n\n")
    mixed = (ours[at] if at < len(ours) and chance.random() < _SHARED else it for at, it in enumerate(theirs))
    return old, "\n\n".join(mixed)


def _edited(old: str, chance: random.Random) -> str:
    words = [word for word in tokens(old) if word.isalpha()]
    written = []
    for word in tokens(old):
        at = chance.random()
        if at < _DROPPED and not word.isspace():
            continue
        if _DROPPED <= at < _MORE:
            written += [word, " ", chance.choice(words)]
        elif _MORE <= at < _REPLACED and word.isalpha():
            written.append(chance.choice(words))
        else:
            written.append(word)
    paragraphs = "".join(written).split("\n\n")
    paragraphs.insert(2, paragraphs.pop(len(paragraphs) // 2))
    del paragraphs[4]
    return "\n\n".join(paragraphs)


def tokens(text: str) -> list[str]:
    """Words, the white space between them, and every other character by itself."""
    return _TOKEN.findall(text)


def words_in(some: Iterable[str]) -> int:
    """Without white space, which counts for nobody: for us it is no change."""
    return sum(not one.isspace() for one in some)


class Stretch(NamedTuple):
    """What both texts have, or where they differ, up to the next one of the other sort."""

    same: bool
    words: int
    """Of both texts where they differ."""


def stretches(diff: Diff) -> list[Stretch]:
    """As a reader sees them: what is ignored changes nothing."""
    found: list[Stretch] = []
    for same, pieces in groupby(diff.pieces, key=lambda piece: piece.kind in _EQUAL):
        here = list(pieces)
        words = sum(words_in(tokens(diff.old[one.old : one.old_end])) for one in here)
        if not same:
            words += sum(words_in(tokens(diff.new[one.new : one.new_end])) for one in here)
        found.append(Stretch(same, words))
    return found


def changed(found: Sequence[Stretch]) -> int:
    """Words of either text that are shown as changed."""
    return sum(one.words for one in found if not one.same)


def islands(found: Sequence[Stretch]) -> int:
    """Single words, or none, left over between changes, which nobody can read."""
    return sum(one.same and one.words <= 1 for one in found[1:-1])
