"""Compares two texts: by sentences, list items and lines of code first, then by words within what was replaced."""

from typing import Final

from compare_tui.core.diff.amounts import Pairs, call_out
from compare_tui.core.diff.lay import Laid, lay, made
from compare_tui.core.diff.matching import matching
from compare_tui.core.diff.model import Change, Diff, How, Ignoring, Kind, Span, Unit
from compare_tui.core.diff.units import cut
from compare_tui.core.diff.words import count_words

_SPACE: Final = Ignoring()
_REPLACED, _GONE, _NEW, _MOVED = How


def compare(old: str, new: str, unit: Unit = Unit.WORD, ignoring: Ignoring = _SPACE, *, growing: bool = False) -> Diff:
    """`growing`: one of them is still being written, so what only one has at its end is not compared yet."""
    found = matching(old, new, unit, ignoring, growing)
    laid = lay(found, ignoring, growing)
    pieces, numbers = call_out(laid, found.old, found.new)
    old_words, new_words = count_words(old), count_words(new)
    return Diff(
        old,
        new,
        tuple(pieces),
        _changes(laid, numbers),
        unit,
        ignoring,
        _common(old, new, laid, old_words + new_words),
        old_words,
        new_words,
        [piece.kind for piece in laid.pieces].count(Kind.ALIKE),
        coarse=found.is_coarse,
    )


def completed(text: str) -> int:
    """How much of a text that still grows is final: all but the unit that is being written."""
    starts = cut(text).starts
    return starts[-1] if starts else 0


def _common(old: str, new: str, laid: Laid, words: int) -> float:
    """Of the words of both that were compared, the share that stands in no change or was only moved."""
    changed: list[str] = []
    if laid.pieces and laid.pieces[-1].kind is Kind.OPEN:
        words -= count_words(old[laid.pieces[-1].old :]) + count_words(new[laid.pieces[-1].new :])
    for _, here, here_end, there, there_end, change, _ in laid.pieces:
        if change >= 0 and change not in laid.moves:
            changed += old[here:here_end], new[there:there_end]
    return max(0.0, 1 - count_words("\n".join(changed)) / words) if words > 0 else 1.0


def _changes(laid: Laid, numbers: Pairs) -> tuple[Change, ...]:
    changes: list[Change] = []
    for number, (old, old_end, new, new_end) in enumerate(laid.changes):
        how = _MOVED if number in laid.moves else _GONE if new == new_end else _NEW if old == old_end else _REPLACED
        spans = made(Span, (old, old_end)), made(Span, (new, new_end))
        changes.append(made(Change, (how, *spans, numbers.get(number, ()), "")))
    return tuple(changes)
