"""Lays out two texts as pieces: what is alike, what changed, and where the white space between them belongs."""

from dataclasses import dataclass
from itertools import takewhile
from operator import eq
from typing import Final

from compare_tui.core.diff.matching import Matching, Side
from compare_tui.core.diff.model import Ignoring, Kind, Piece
from compare_tui.core.diff.words import first_word, last_word

Edges = tuple[int, int]
_SAME, _ALIKE, _GONE, _NEW, _OPEN = Kind
"""Each by itself is found ten times as fast as in its class."""
made: Final = tuple.__new__
"""Of a class and its values; three times as fast as to call the class."""


@dataclass(frozen=True, slots=True)
class Laid:
    """Both texts in pieces."""

    pieces: list[Piece]
    changes: list[list[int]]
    """Of each change: from and to in the old text, from and to in the new one."""
    moves: set[int]
    """The changes that are moves."""


def lay(found: Matching, ignoring: Ignoring, growing: bool) -> Laid:
    layout = _Layout(found, ignoring)
    old, new = found.old, found.new
    for start, end, to, to_end, is_same in found.stretches:
        layout.between(start, to)
        layout.put(_SAME if is_same else _ALIKE, end, to_end)
    if not (growing and layout.is_gap(old.end, new.end)):
        layout.between(old.end, new.end)
    layout.put(_OPEN, len(old.text), len(new.text))
    layout.close()
    return Laid(layout.pieces, layout.changes, layout.moves)


class _Layout:
    """Both texts, laid out up to `i` and `j`."""

    def __init__(self, found: Matching, ignoring: Ignoring) -> None:
        self.old, self.new = found.old, found.new
        self.ignoring = ignoring
        self.pieces: list[Piece] = []
        self.changes: list[list[int]] = []
        """In the order in which a reader comes to them."""
        self.i = self.j = 0
        self._kind = _SAME
        self._begin = (0, 0)
        """From here on it is of this kind, up to `i` and `j`."""
        self._moves: dict[int, int] = {}
        """The number each has among the changes."""

    @property
    def moves(self) -> set[int]:
        return set(self._moves.values())

    def put(self, kind: Kind, i: int, j: int) -> None:
        """Up to these places it is of this kind, and no change."""
        if kind is not self._kind and (i != self.i or j != self.j):
            self.close()
            self._kind = kind
        self.i, self.j = i, j

    def close(self) -> None:
        i, j = self._begin
        if i < self.i or j < self.j:
            self.pieces.append(made(Piece, (self._kind, i, self.i, j, self.j, -1, False)))
            self._begin = (self.i, self.j)

    def changed(self, i: int, j: int) -> None:
        """Up to these places all is changed or moved: first what is gone, then what is new."""
        if i == self.i and j == self.j:
            return
        self.close()
        own = -1
        for end, move in _moved(self.old, self.i, i):
            own = self._change() if move is None and own < 0 else own
            self._gone(end, own if move is None else self._move(move))
        for end, move in _moved(self.new, self.j, j):
            own = self._change() if move is None and own < 0 else own
            self._come(end, own if move is None else self._move(move))
        self._begin = (i, j)

    def _change(self) -> int:
        self.changes.append([self.i, self.i, self.j, self.j])
        return len(self.changes) - 1

    def _move(self, move: int) -> int:
        if move not in self._moves:
            self._moves[move] = self._change()
        return self._moves[move]

    def _gone(self, end: int, change: int) -> None:
        self.pieces.append(made(Piece, (_GONE, self.i, end, self.j, self.j, change, False)))
        ends = self.changes[change]
        ends[:2] = ends[0] if ends[0] < ends[1] else self.i, end
        self.i = end

    def _come(self, end: int, change: int) -> None:
        self.pieces.append(made(Piece, (_NEW, self.i, self.i, self.j, end, change, False)))
        ends = self.changes[change]
        ends[2:] = ends[2] if ends[2] < ends[3] else self.j, end
        self.j = end

    def is_gap(self, i: int, j: int) -> bool:
        """Only gaps that differ stand before these places."""
        gap, other = self.old.text[self.i : i], self.new.text[self.j : j]
        return (
            gap != other
            and not _body(self.old, self.i, i, self.ignoring)
            and not _body(self.new, self.j, j, self.ignoring)
        )

    def between(self, i: int, j: int) -> None:
        """What stands before these places is no stretch that is alike: a change, or a gap between two words."""
        if self._is_plain(i, j):
            return
        gone, come = _body(self.old, self.i, i, self.ignoring), _body(self.new, self.j, j, self.ignoring)
        if gone is not None or come is not None:
            if gone is not None and come is not None:
                gone, come = self._both(gone, come, i, j)
            elif come is not None:
                gone, come = self._one(self.old, (self.i, i), self.new, (self.j, j), come)
            else:
                assert gone is not None
                come, gone = self._one(self.new, (self.j, j), self.old, (self.i, i), gone)
            self.gap(gone[0], come[0])
            self.changed(gone[1], come[1])
        self.gap(i, j)

    def _is_plain(self, i: int, j: int) -> bool:
        """What is most often, words with the same gaps around them on one line, is soon laid out."""
        if self.ignoring.markup or self.old.within(self.i, i) or self.new.within(self.j, j):
            return False
        gap, other = self.old.text[self.i : i], self.new.text[self.j : j]
        gone, come = gap.strip(), other.strip()
        before, ahead = gap.index(gone), other.index(come)
        behind, after = len(gap) - before - len(gone), len(other) - ahead - len(come)
        if gone and come:
            is_plain = gap[:before] == other[:ahead] and gap[len(gap) - behind :] == other[len(other) - after :]
        elif gone or come:
            text, space, first = (gap, other, before) if gone else (other, gap, ahead)
            last = text[first + len(gone or come) :]
            is_plain = "\n" not in gap + other and space in (text[:first], last)
            before = ahead = len(space) if space == text[:first] else 0
            behind = after = len(space) - before
        else:
            is_plain = gap == other
        if is_plain:
            self.put(_SAME, self.i + before, self.j + ahead)
            self.changed(i - behind, j - after)
            self.put(_SAME, i, j)
        return is_plain

    def _both(self, gone: Edges, come: Edges, i: int, j: int) -> tuple[Edges, Edges]:
        """What changes where both texts have words: not the gaps around them, as long as they are alike."""
        (start, end), (to, to_end) = gone, come
        before, ahead = self.old.text[self.i : start], self.new.text[self.j : to]
        if before != ahead and self._is_change(before, ahead, start, to):
            same = _alike(before, ahead)
            same = before.rfind("\n", 0, same) + 1 or same
            start, to = self.i + same, self.j + same
        behind, after = self.old.text[end:i], self.new.text[to_end:j]
        if behind[:1] != after[:1] and self._is_change(behind, after, i, j):
            end, to_end = i, j
        return (start, end), (to, to_end)

    def _is_change(self, gap: str, other: str, i: int, j: int) -> bool:
        """The marks of a line go with its words."""
        is_marked = self.ignoring.markup and "\n" in gap + other and gap.split() != other.split()
        return not gap or not other or is_marked or self._counts(gap, other, (self.old, i), (self.new, j))

    def _one(self, bare: Side, gap: Edges, side: Side, around: Edges, body: Edges) -> tuple[Edges, Edges]:
        """What changes where only one text has words: the gap of the other one is before them, or behind."""
        space = bare.text[slice(*gap)]
        before, behind = side.text[around[0] : body[0]], side.text[body[1] : around[1]]
        line, last = before.rfind("\n") + 1, behind.rfind("\n") + 1
        place, other_place = (bare, gap[1]), (side, around[1])
        if line and last and space[:line] == before[:line] and "\n" not in space[line:]:
            return (gap[0] + line, gap[0] + line), (around[0] + line, body[1] + last)
        if space == before:
            return (gap[1], gap[1]), (body[0], around[1])
        if space == behind:
            return (gap[0], gap[0]), (around[0], body[1])
        if before and space and not self._counts(space, before, place, other_place, (side, body[0])):
            return (gap[1], gap[1]), (body[0], around[1])
        if behind and space and not self._counts(space, behind, place, other_place):
            return (gap[0], gap[0]), (around[0], body[1])
        return gap, around

    def gap(self, i: int, j: int) -> None:
        """What stands between two words, on both sides."""
        gap, other = self.old.text[self.i : i], self.new.text[self.j : j]
        if gap == other:
            self.put(_SAME, i, j)
        elif not self._counts(*self._from_line(gap, other), (self.old, i), (self.new, j)):
            self.put(_ALIKE, i, j)
        else:
            same = _alike(gap, other)
            tail = _alike(gap[same:][::-1], other[same:][::-1])
            self.put(_SAME, self.i + same, self.j + same)
            self.changed(i - tail, j - tail)
            self.put(_SAME, i, j)

    def _from_line(self, gap: str, other: str) -> tuple[str, str]:
        """With the line breaks before them, which are laid out already."""
        begins = self.old.text[self.i - 1 : self.i] == self.new.text[self.j - 1 : self.j] == "\n"
        return (f"\n{gap}", f"\n{other}") if begins else (gap, other)

    def _counts(self, gap: str, other: str, *places: tuple[Side, int]) -> bool:
        """Whether these two, which differ between the same words, are a change: in code at one of these places."""
        if self.ignoring.markup:
            return False
        if not self.ignoring.space:
            return True
        line, other_line = gap.rfind("\n") + 1, other.rfind("\n") + 1
        is_other = bool(line) != bool(other_line) or (line > 0 and gap[line:] != other[other_line:])
        return is_other and any(side.is_code(at) for side, at in places)


def _body(side: Side, start: int, end: int, ignoring: Ignoring) -> Edges | None:
    """From the first word between two places to the last one; what was moved counts as a word."""
    holes = side.within(start, end)
    if not holes and not ignoring.markup:
        words = side.text[start:end].lstrip()
        return (end - len(words), end - len(words) + len(words.rstrip())) if words else None
    before, behind = (holes[0].start, holes[-1].end) if holes else (end, start)
    first = first_word(side.text, side.units, start, before, ignoring)
    if first == end:
        return None
    return first, last_word(side.text, side.units, max(first, behind), end, ignoring)


def _moved(side: Side, start: int, end: int) -> list[tuple[int, int | None]]:
    """Where stretches end that were moved, and that were not. White space beside what was moved goes with it."""
    parts: list[tuple[int, int | None]] = []
    holes = side.within(start, end)
    if not holes:
        return [(end, None)] if start < end else []
    for hole in holes:
        if side.text[start : hole.start].strip():
            _put(parts, hole.start, None)
        _put(parts, hole.end, hole.move)
        start = hole.end
    if start < end:
        _put(parts, end, None if side.text[start:end].strip() else parts[-1][1])
    return parts


def _put(parts: list[tuple[int, int | None]], end: int, move: int | None) -> None:
    if parts and parts[-1][1] == move:
        parts.pop()
    parts.append((end, move))


def _alike(gap: str, other: str) -> int:
    """With so many characters both begin."""
    return sum(takewhile(bool, map(eq, gap, other)))
