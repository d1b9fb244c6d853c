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


class Part(NamedTuple):
    """Some words, of one kind, fit for a screen."""

    text: str
    kind: Kind


class Compared(NamedTuple):
    """`told` in words, and the changes with the words around them."""

    told: str
    parts: tuple[Part, ...] = ()


def prompts_compared(old: Round, new: Round) -> Compared:
    """The text, and the system text where it is another one; what else was sent is only told of."""
    diff = compare(_whole(old), _whole(new))
    many = f"{len(diff.changes)} change{'s' * (len(diff.changes) > 1)}"
    same = "the same" if diff.is_same else "the same words"
    told = " · ".join((f"prompt: {many if diff.changes else same}", *_besides(old, new)))
    return Compared(told, tuple(_parts(diff)) if diff.changes else ())


def _besides(old: Round, new: Round) -> Iterator[str]:
    one, other = old.prompt, new.prompt
    pairs = {
        "pictures": (one.images, other.images),
        "schema": (one.schema, other.schema),
        "tools": (one.tools, other.tools),
        "system texts of lanes": (old.systems, new.systems),
    }
    return (f"other {name}" for name, (before, now) in pairs.items() if before != now)


def _parts(diff: Diff) -> Iterator[Part]:
    """As many as anybody can see."""
    shown, before = 0, Kind.SAME
    for number, (kind, old, old_end, new, new_end, _, _) in enumerate(diff.pieces):
        if kind in (Kind.GONE, Kind.NEW):
            text = _line(diff.old[old:old_end] if kind is Kind.GONE else diff.new[new:new_end])
        else:
            last = number == len(diff.pieces) - 1
            kind, text = Kind.SAME, _shortened(diff.new[new:new_end], first=not number, last=last)
        if Kind.SAME not in (kind, before) and not text[:1].isspace():
            yield Part(" ", Kind.SAME)
        yield Part(text, kind)
        before = kind
        shown += len(text)
        if shown > _MOST:
            yield Part(" …", Kind.SAME)
            return


def _whole(round_: Round) -> str:
    system = round_.prompt.system
    return f"system: {system}\n\n{round_.prompt.text}" if system else round_.prompt.text


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
