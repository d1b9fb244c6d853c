"""What differs between the prompts of two rounds, in a few words."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from compare_tui.core.diff.compare import compare
from compare_tui.core.diff.model import Diff, Kind
from compare_tui.core.round import Round
from compare_tui.core.sanitize import safe_line

_AROUND: Final = 5
"""Words of what is the same that stand before and behind a change."""
_LONGEST: Final = 300
"""Characters shown of one change."""
_MOST: Final = 2_000
"""Characters shown of all changes: more than three rows of the widest screen."""

_CLOSE_UP: Final = (" ", *".,;:!?)]}…")
"""What begins with these follows what is gone as it stands, without a blank between the two."""


class Part(NamedTuple):
    """Some words, of one kind, fit for a screen."""

    text: str
    kind: Kind


class Compared(NamedTuple):
    """`told` in words, and the changes with the words around them."""

    told: str
    parts: tuple[Part, ...] = ()


def prompts_compared(old: Round, new: Round) -> Compared:
    """All that was written for the round; that lanes have other system texts of their own is only told."""
    diff = compare(old.prompt.written, new.prompt.written)
    many = f"{len(diff.changes)} change{'s' * (len(diff.changes) > 1)}"
    same = "the same" if diff.is_same else "the same words"
    told = f"prompt: {many if diff.changes else same}{' · other system texts of lanes' * (old.systems != new.systems)}"
    return Compared(told, tuple(_parts(diff)) if diff.changes else ())


def _parts(diff: Diff) -> Iterator[Part]:
    """As many as anybody can see."""
    shown, before = 0, Kind.SAME
    for number, (kind, old, old_end, new, new_end, _, _) in enumerate(diff.pieces):
        if kind in (Kind.GONE, Kind.NEW):
            text = _line(diff.old[old:old_end] if kind is Kind.GONE else diff.new[new:new_end])
        else:
            last = number == len(diff.pieces) - 1
            kind, text = Kind.SAME, _shortened(diff.new[new:new_end], first=not number, last=last)
        if Kind.SAME not in (kind, before) and not text.startswith(_CLOSE_UP):
            yield Part(" ", Kind.SAME)
        yield Part(text, kind)
        before = kind
        shown += len(text)
        if shown > _MOST:
            yield Part(" …", Kind.SAME)
            return


def _line(text: str) -> str:
    """With the blanks at its ends, which keep words apart."""
    inner = safe_line(text if len(text) <= _LONGEST else f"{text[: _LONGEST // 2]} … {text[-_LONGEST // 2 :]}")
    return f"{' ' * text[:1].isspace()}{inner}{' ' * text[-1:].isspace()}" if inner else " "


def _shortened(text: str, *, first: bool, last: bool) -> str:
    words = safe_line(text).split(" ")
    before = 0 if first else _AROUND
    behind = 0 if last else _AROUND
    if len(words) <= before + behind + 1:
        return _line(text)
    begin, end = " ".join(words[:before]), " ".join(words[len(words) - behind :])
    shown = f"{begin}{' ' * bool(begin)}…{' ' * bool(end)}{end}"
    return f"{' ' * text[:1].isspace()}{shown}{' ' * text[-1:].isspace()}"
