"""A diff in chunks that are cheap to lay out, so that nothing is laid out before it is looked at; of no width yet."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise, zip_longest
from typing import Final, NamedTuple

from compare_tui.core.diff.blocks import Block, Line, Part, blocks
from compare_tui.core.diff.model import Diff, Kind
from compare_tui.ui.diff.lines import NEW, OLD
from compare_tui.ui.wrap import wrap

_MOST_LINES: Final = 64
_MOST: Final = 16_000
"""Characters of a side that stay together: they take 1 ms to lay out, 10 where they are wide."""
_AIM: Final = 4_000
_JOINT: Final = re.compile(r"\n| (?=[!-~])|[\u3041-\u9fff\uac00-\ud7a3](?=[\u3041-\u9fff\uac00-\ud7a3])")
"""Behind these a long line may be cut, as if it were wrapped there."""
_NEAR: Final = 512
_ROW: Final = 8
"""Where there is nothing of the sort: so many cells further on, which are whole characters in any script."""


class Spot(NamedTuple):
    """A character of one side: its line, and its place among the characters of that."""

    line: int
    at: int


class Chunk(NamedTuple):
    """Lines that stand beside each other, and where the first of each side begins."""

    old: tuple[Line, ...]
    new: tuple[Line, ...]
    begins: tuple[Spot, Spot]
    changes: tuple[frozenset[int], frozenset[int]]
    """Of each side."""

    @property
    def differs(self) -> bool:
        return bool(self.changes[OLD] or self.changes[NEW])


_NONE: Final = (frozenset[int](), frozenset[int]())


def chunks(found: Sequence[Block]) -> Iterator[Chunk]:
    """Blocks as they are, and long ones in several: a text without line breaks is one block."""
    old = new = 0
    for block in found:
        begins = Spot(old, 0), Spot(new, 0)
        if not (_is_long(block.old) or _is_long(block.new)):
            yield _chunk(block.old, block.new, begins, differs=bool(block.changes))
        else:
            yield from _cut(block, begins)
        old += len(block.old)
        new += len(block.new)


def characters(lines: Sequence[Line]) -> int:
    return sum(len(part.text) for line in lines for part in line)


def _chunk(old: tuple[Line, ...], new: tuple[Line, ...], begins: tuple[Spot, Spot], *, differs: bool = True) -> Chunk:
    return Chunk(old, new, begins, (_changes(old), _changes(new)) if differs else _NONE)


def _changes(lines: Sequence[Line]) -> frozenset[int]:
    return frozenset(part.change for line in lines for part in line if part.change >= 0)


def _is_long(lines: Sequence[Line]) -> bool:
    return len(lines) > _MOST_LINES or characters(lines) > _MOST


@dataclass(frozen=True, slots=True)
class Alignment:
    """A diff, cut up, and where in that everything is."""

    diff: Diff
    chunks: tuple[Chunk, ...]
    begins: tuple[tuple[Spot, ...], tuple[Spot, ...]]
    """Of each side, where each chunk begins."""
    places: tuple[dict[int, range], dict[int, range]]
    """Of each side, from which chunk to which a change goes; one in nothing but line breaks is at least somewhere."""

    @classmethod
    def of(cls, diff: Diff) -> "Alignment":
        """35 ms for two texts of 500 kB: at home in a thread as well as before a frame."""
        found = tuple(chunks(blocks(diff)))
        places: tuple[dict[int, range], dict[int, range]] = ({}, {})
        for number, chunk in enumerate(found):
            for of_side, changes in zip(places, chunk.changes, strict=True):
                for change in changes:
                    first = of_side[change].start if change in of_side else number
                    of_side[change] = range(first, number + 1)
        begins = tuple(chunk.begins[OLD] for chunk in found), tuple(chunk.begins[NEW] for chunk in found)
        alignment = cls(diff, found, begins, places)
        for change, there in enumerate(diff.changes):
            if change not in places[OLD] and change not in places[NEW]:
                at = alignment.chunk_at(NEW, Spot(diff.new.count("\n", 0, there.new.start), 0))
                places[NEW][change] = range(at, at + 1)
        return alignment

    def chunk_at(self, side: int, spot: Spot) -> int:
        """The chunk in which a line of a side is, or would be."""
        return max(0, bisect_right(self.begins[side], spot) - 1)

    def as_before(self, before: "Alignment") -> int:
        """How many chunks from the first on are what they were."""
        pairs = zip(self.chunks, before.chunks, strict=False)
        hows = [change.how for change in self.diff.changes], [change.how for change in before.diff.changes]
        for number, (now, then) in enumerate(pairs):
            if now != then or any(hows[0][change] is not hows[1][change] for change in chain(*now.changes)):
                return number
        return min(len(self.chunks), len(before.chunks))


# Cutting what is long


def _cut(block: Block, begins: tuple[Spot, Spot]) -> Iterator[Chunk]:
    """Where both sides have the same, so that they stay beside each other; and where they never have, by length."""
    old, new = _Side(block.old, begins[0]), _Side(block.new, begins[1])
    ends = [(0, 0), *_common(old, new), (len(old.text), len(new.text))]
    for (old_from, new_from), (old_to, new_to) in pairwise(ends):
        for old_end, new_end in zip_longest(old.cuts(old_from, old_to), new.cuts(new_from, new_to)):
            begins = old.spot, new.spot
            yield _chunk(
                old.upto(old_to if old_end is None else old_end),
                new.upto(new_to if new_end is None else new_end),
                begins,
            )


def _common(old: "_Side", new: "_Side") -> Iterator[tuple[int, int]]:
    """Ends of chunks, in stretches that both sides have."""
    last_old = last_new = 0
    for (old_at, text), (new_at, same) in zip(old.same(), new.same(), strict=False):
        if text != same:
            return
        while True:
            least = max(0, _AIM - max(old_at - last_old, new_at - last_new))
            joint = _JOINT.search(text, least)
            if joint is None:
                break
            last_old, last_new = old_at + joint.end(), new_at + joint.end()
            yield last_old, last_new


class _Side:
    """One side of a long block, handed out in order."""

    def __init__(self, lines: tuple[Line, ...], begin: Spot) -> None:
        self.text = "".join("".join(part.text for part in line) + "\n" for line in lines)
        self.spot = begin
        self._at = 0
        self._ahead: list[Part | None] = [item for line in reversed(lines) for item in (None, *reversed(line))]
        """The next one last; None ends a line."""
        self._lines = lines

    def same(self) -> Iterator[tuple[int, str]]:
        at = 0
        for line in self._lines:
            for part in line:
                if part.kind is Kind.SAME and part.text:
                    yield at, part.text
                at += len(part.text)
            at += 1

    def cuts(self, start: int, end: int) -> Iterator[int]:
        while end - start > 2 * _AIM:
            start = self._joint(start + _AIM)
            yield start
        if end > start:
            yield end

    def _joint(self, at: int) -> int:
        joint = _JOINT.search(self.text, at, at + _NEAR)
        if joint is not None:
            return joint.end()
        return at + len(wrap(self.text[at : at + _NEAR], _ROW)[0])

    def upto(self, end: int) -> tuple[Line, ...]:
        lines: list[Line] = []
        parts: list[Part] = []
        line, at = self.spot
        while self._ahead and self._at < end:
            part = self._ahead.pop()
            if part is None:
                lines.append(tuple(parts))
                parts = []
                line, at = line + 1, 0
                self._at += 1
                continue
            room = end - self._at
            if len(part.text) > room:
                self._ahead.append(part._replace(text=part.text[room:]))
                part = part._replace(text=part.text[:room])
            parts.append(part)
            at += len(part.text)
            self._at += len(part.text)
        if parts:
            lines.append(tuple(parts))
        self.spot = Spot(line, at)
        return tuple(lines)
