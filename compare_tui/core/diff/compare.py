"""Compares two texts: by sentences, list items and lines of code first, then by words within what was replaced."""

from typing import Final

from compare_tui.core.diff.amounts import Pairs, call_out
from compare_tui.core.diff.lay import lay
from compare_tui.core.diff.matching import matching
from compare_tui.core.diff.model import Change, Diff, How, Ignoring, Kind, Piece, Span, Unit
from compare_tui.core.diff.units import cut
from compare_tui.core.diff.words import count_words

_SPACE: Final = Ignoring()


def compare(old: str, new: str, unit: Unit = Unit.WORD, ignoring: Ignoring = _SPACE, *, growing: bool = False) -> Diff:
    """`growing`: one of them is still being written, so what only one has at its end is not compared yet."""
    found = matching(old, new, unit, ignoring, growing)
    laid, moves = lay(found, ignoring, growing)
    pieces, numbers = call_out(laid, moves, old, new)
    old_words, new_words = count_words(old), count_words(new)
    return Diff(
        old,
        new,
        tuple(pieces),
        _changes(pieces, moves, numbers),
        unit,
        ignoring,
        _common(old, new, laid, moves, old_words + new_words),
        old_words,
        new_words,
        [piece.kind for piece in laid].count(Kind.ALIKE),
        coarse=found.is_coarse,
    )


def completed(text: str) -> int:
    """How much of a text that still grows is final: all but the unit that is being written."""
    starts = cut(text).starts
    return starts[-1] if starts else 0


def share(old: str, new: str) -> float:
    """What two texts have in common, as `Diff.common` says it."""
    return compare(old, new).common


def _common(old: str, new: str, pieces: list[Piece], moves: set[int], words: int) -> float:
    """Of the words of both that were compared, the share that stands in no change or was only moved."""
    changed: list[str] = []
    if pieces and pieces[-1].kind is Kind.OPEN:
        words -= count_words(old[pieces[-1].old :]) + count_words(new[pieces[-1].new :])
    for _, here, here_end, there, there_end, change, _ in pieces:
        if change >= 0 and change not in moves:
            changed += old[here:here_end], new[there:there_end]
    return max(0.0, 1 - count_words("\n".join(changed)) / words) if words > 0 else 1.0


def _changes(pieces: list[Piece], moves: set[int], numbers: Pairs) -> tuple[Change, ...]:
    ends: dict[int, list[int]] = {}
    is_gone = Kind.GONE
    for kind, old, old_end, new, new_end, change, _ in pieces:
        if change < 0:
            continue
        if change not in ends:
            ends[change] = [old, old_end, new, new_end]
            continue
        spans = ends[change]
        at, begin, end = (0, old, old_end) if kind is is_gone else (2, new, new_end)
        if spans[at] == spans[at + 1]:
            spans[at] = begin
        spans[at + 1] = end
    changes: list[Change] = []
    for change, (old, old_end, new, new_end) in ends.items():
        how = How.GONE if new == new_end else How.NEW if old == old_end else How.REPLACED
        how = How.MOVED if change in moves else how
        changes.append(Change(how, Span(old, old_end), Span(new, new_end), numbers.get(change, ())))
    return tuple(changes)
