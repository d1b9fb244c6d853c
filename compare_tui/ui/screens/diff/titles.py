"""What the diff screen says above the texts: whose they are, which change is the current one, how much is the same."""

from collections.abc import Iterator, Sequence
from typing import Final

from rich.cells import cell_len

from compare_tui.core.diff import told
from compare_tui.core.diff.model import Diff, Unit
from compare_tui.ui.counters import state_piece
from compare_tui.ui.diff.side import DiffLook, DiffSide
from compare_tui.ui.widgets.lines import Piece, Row, cut_short, shown

NOTHING_YET: Final = "Nothing to compare yet: neither text has a whole sentence."
_ROOMY: Final = 110
_LEAST_LABEL: Final = 12
_BETWEEN: Final[Piece] = (" · ", "dim")


def side_row(name: str, side: DiffSide, words: int | None, right: str, width: int) -> Row:
    """`name` is what the side is called here: old or new. A long label gives way to how the side stands."""
    more: list[Piece] = []
    if side.place:
        more += [_BETWEEN, (shown(side.place), "plain")]
    if side.take is not None:
        more += [_BETWEEN, state_piece(side.take)]
    if words is not None:
        more += [_BETWEEN, (told.counted(words, "word"), "plain")]
    key, beside = f" {name} ", f" {right} " if right else ""
    room = width - sum(cell_len(text) for text, _ in more) - len(key) - len(beside) - 1
    left: list[Piece] = [(key, "key"), (f" {cut_short(shown(side.label), max(_LEAST_LABEL, room))}", "title"), *more]
    if side.session:
        left += [_BETWEEN, (f"of “{shown(side.session)}”", "dim")]
    return tuple(left), ((beside, "dim"),) if beside else ()


def counter(diff: Diff, current: int | None, itself: str, *, growing: bool) -> tuple[Piece, ...]:
    """`change 3 of 17 · 82 % the same (this lane with itself: 79 %) · +14 % longer`"""
    count = len(diff.changes)
    at = told.counted(count, "change") if current is None or not count else f"change {current + 1:,} of {count:,}"
    pieces: list[Piece] = [(f" {at}", "strong"), _BETWEEN, (told.share(diff), "strong")]
    if itself:
        pieces.append((f" ({itself})", "plain"))
    if not growing:
        pieces += [_BETWEEN, (told.longer(diff), "plain")]
    return tuple(pieces)


def further(diff: Diff, current: int | None, *, growing: bool, room: int = _ROOMY) -> tuple[Piece, ...]:
    """What else there is to know, as much as has room, what matters most first; with the signs it has in the margin."""
    pieces = list(_further(diff, current, growing=growing))
    while pieces and sum(cell_len(text) for text, _ in pieces) + len(_BETWEEN[0]) * len(pieces) > room:
        pieces.pop()
    row = [piece for one in pieces for piece in (_BETWEEN, one)]
    return ((" ", "plain"), *row[1:]) if row else ()


def _further(diff: Diff, current: int | None, *, growing: bool) -> Iterator[Piece]:
    change = diff.changes[current] if current is not None and current < len(diff.changes) else None
    if growing:
        yield "still writing", "live"
    if change is not None and change.path:
        yield f"at {shown(change.path)}", "mark"
    if numbers := told.numbers(diff):
        yield numbers, "warn"
    if moved := told.moved(diff):
        yield f"» {moved}", "plain"
    if diff.coarse:
        yield told.COARSE, "warn"
    if diff.structure:
        yield f"{shown(diff.structure)} by structure", "plain"
    if diff.alike and diff.changes:
        yield f"≈ {told.unlike(diff)}", "plain"


def nothing_differs(diff: Diff, *, same_text: bool, growing: bool) -> str:
    """Never that they are equal where a character differs."""
    if growing:
        return "Nothing differs so far." if diff.old_words or diff.new_words else NOTHING_YET
    if not diff.old and not diff.new and same_text:
        return "Both are empty."
    if same_text:
        return "The same text, character for character."
    same = told.same(diff)
    return f"{same[0].upper()}{same[1:]}; {told.unlike(diff) if diff.alike else 'only how they are written differs'}."


def lacking(old: DiffSide, new: DiffSide) -> str:
    """Which one has nothing to compare, and why; empty where both have something."""
    sides = (("old", old.lack), ("new", new.lack))
    return ". ".join(f"The {name} one has nothing to compare: {why}" for name, why in sides if why)


def settings(look: DiffLook, width: int, *, unified: bool) -> str:
    """What is ignored, and what is not as usual, is said however little room there is."""
    ignored = told.ignored(look.ignoring)
    words = f"ignoring {ignored}" if ignored else "every character counts"
    if width >= _ROOMY:
        return f"{words} · by {look.unit} · {'unified' if unified else 'side by side'}"
    unit = "" if look.unit is Unit.WORD else f"by {look.unit}"
    return " · ".join(filter(None, (words, unit, "unified" if unified else "")))


def with_itself(old: float | None, new: float | None, *, one_lane: bool) -> str:
    """How much repeats of a lane have in common, as shares."""
    if one_lane:
        known = [share for share in (old, new) if share is not None]
        return f"this lane with itself: {_percent(known)}" if known else ""
    sides = (("old", old), ("new", new))
    shares = [f"{name} lane: {_percent([share])}" for name, share in sides if share is not None]
    return ", ".join(shares).replace(" lane:", " lane with itself:", 1)


def _percent(shares: Sequence[float]) -> str:
    return f"{int(100 * sum(shares) / len(shares))} %"
