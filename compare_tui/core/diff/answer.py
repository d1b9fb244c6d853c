"""What a take says, and how two of them are compared: values and tool calls by structure, all else as text."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from compare_tui.core.diff.compare import compare
from compare_tui.core.diff.items import Pair, paired
from compare_tui.core.diff.model import Diff, Ignoring, Unit
from compare_tui.core.diff.structure import Comparison, Entry, likeness
from compare_tui.core.diff.values import AsItCame, Many, NotComparable, Reader, Value, like_of
from compare_tui.core.take import Take

MOST_CHARACTERS: Final = 2_000_000
"""Of both together; more is compared as text."""
_AS_PROSE: Final = Ignoring()
_Call = tuple[str, Value]


class Said(NamedTuple):
    """An answer, and the calls it asks for: names, and arguments as they came."""

    text: str
    calls: tuple[tuple[str, str], ...] = ()


def said(take: Take) -> Said:
    """Without the ids of calls, which are others each time."""
    return Said(take.text, tuple((call.name, "".join(call.arguments)) for call in take.tools.values()))


def whole_text(said: Said) -> str:
    """The answer, its calls behind it."""
    return "\n".join(filter(None, (said.text, *(f"→ {name} {arguments}" for name, arguments in said.calls))))


def compare_said(
    old: Said, new: Said, unit: Unit = Unit.WORD, ignoring: Ignoring = _AS_PROSE, *, growing: bool = False
) -> Diff:
    """By structure only where white space may be ignored, for it lays out anew, and only when both have ended."""
    found = None if growing or old == new or not ignoring.space else _by_structure(old, new, unit, ignoring)
    return found or compare(whole_text(old), whole_text(new), unit, ignoring, growing=growing)


def _by_structure(old: Said, new: Said, unit: Unit, ignoring: Ignoring) -> Diff | None:
    """None for what has no structure, or too much of it."""
    if len(whole_text(old)) + len(whole_text(new)) > MOST_CHARACTERS:
        return None
    reader, comparison = Reader(), Comparison(unit, ignoring)
    try:
        texts = _texts(reader, old.text, new.text)
        if old.calls or new.calls:
            comparison.entries([*_answer(*texts), *_calls(reader, old, new)], "", "\n", "")
        elif isinstance(texts[0], Many):
            comparison.values(*texts, "")
        else:
            return None
    except (NotComparable, RecursionError):
        return None
    return comparison.writer.diff(unit, ignoring, "tool calls" if old.calls or new.calls else "JSON")


def _texts(reader: Reader, old: str, new: str) -> tuple[Value, Value]:
    """As values when both are."""
    try:
        return reader.read_answer(old), reader.read_answer(new)
    except NotComparable:
        return AsItCame(old), AsItCame(new)


def _answer(old: Value, new: Value) -> list[Entry]:
    return [Entry(old or None, new or None, "")] if old or new else []


def _calls(reader: Reader, old: Said, new: Said) -> list[Entry]:
    olds, news = ([(name, _arguments(reader, text)) for name, text in said.calls] for said in (old, new))
    pairs = paired(
        [(name, like_of(value)) for name, value in olds],
        [(name, like_of(value)) for name, value in news],
        lambda i, j: _likeness(olds[i], news[j]),
    )
    if pairs is None:
        raise NotComparable("too many calls")
    return [_call(olds, news, pair) for pair in pairs]


def _arguments(reader: Reader, text: str) -> Value:
    try:
        return reader.read(text)
    except NotComparable:
        return AsItCame(text)


def _likeness(old: _Call, new: _Call) -> float:
    """A call to another function is another call, unless it stands alone in its place."""
    if old[0] == new[0]:
        return 1 + likeness(old[1], new[1])
    return 0.5 if like_of(old[1]) == like_of(new[1]) else 0.01


def _call(olds: Sequence[_Call], news: Sequence[_Call], pair: Pair) -> Entry:
    old, new = (None if at is None else calls[at] for calls, at in ((olds, pair.old), (news, pair.new)))
    calls, at = (olds, pair.old) if pair.new is None else (news, pair.new)
    assert at is not None
    name = calls[at][0]
    earlier = sum(other == name for other, _ in calls[:at])
    return Entry(
        old and old[1],
        new and new[1],
        f"{name}#{earlier + 1}" if earlier else name,
        f"→ {old[0]}" if old else "",
        f"→ {new[0]}" if new else "",
        " ",
        pair.moved,
    )
