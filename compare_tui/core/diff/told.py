"""What a comparison comes to, in words: the counter, how it was compared, and what one change is."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from compare_tui.core.diff.model import Change, Diff, How, Ignoring
from compare_tui.core.sanitize import safe_line
from compare_tui.core.verdict import Verdict

if TYPE_CHECKING:
    from compare_tui.core.take import Take

THE_SAME: Final = "not one character differs"
COARSE: Final = "compared coarsely"


def figures(diff: Diff) -> list[str]:
    """`17 changes`, `82 % the same`, `+14 % longer`, `2 numbers differ`, `white space differs in 3 places`."""
    if diff.is_same:
        return [THE_SAME]
    return [*_size(diff), *_details(diff)]


def _size(diff: Diff) -> Iterator[str]:
    yield counted(len(diff.changes), "change")
    if diff.changes:
        yield share(diff)
        yield longer(diff)
    else:
        yield same(diff)


def _details(diff: Diff) -> Iterator[str]:
    yield from filter(None, (numbers(diff), moved(diff)))
    if diff.alike:
        yield unlike(diff)
    if diff.coarse:
        yield COARSE


def missing(take: "Take") -> str:
    """Why it has nothing to compare. An answer without a word can be one; what broke off before a word came is none."""
    if take.verdict is None or take.verdict is Verdict.DONE or take.text or take.tools:
        return ""
    why = f" ({safe_line(take.failure.message)})" if take.failure else ""
    return f"{take.verdict.value}, without a word{why}"


def share(diff: Diff) -> str:
    return f"{diff.percent} % the same"


def same(diff: Diff) -> str:
    """Of a diff without a change."""
    return "the same values" if diff.structure else "the same words"


def numbers(diff: Diff) -> str:
    """Empty where none does."""
    count = differing(diff)
    return f"{counted(count, 'number')} {'differs' if count == 1 else 'differ'}" if count else ""


def differing(diff: Diff) -> int:
    """Numbers that stand against another number: one in what only one text has differs from nothing."""
    return sum(len(against(change)) for change in diff.changes)


def against(change: Change) -> list[tuple[str, str]]:
    """Old and new."""
    return [(old, new) for old, new in change.numbers if old and new]


def moved(diff: Diff) -> str:
    """Empty where nothing is."""
    count = sum(change.how is How.MOVED for change in diff.changes)
    return f"{count:,} moved" if count else ""


def unlike(diff: Diff) -> str:
    """What differs though it is no change."""
    if diff.structure:
        return f"written otherwise in {counted(diff.alike, 'place')}"
    what = ignored(diff.ignoring)
    return f"{what} {'differ' if ' and ' in what else 'differs'} in {counted(diff.alike, 'place')}"


def longer(diff: Diff) -> str:
    """In words of both."""
    percent = None if diff.longer is None else round(100 * diff.longer)
    if percent is None:
        return "only the new one has words" if diff.new_words else "no words"
    if percent == 0:
        return "as long"
    return f"+{percent:,} % longer" if percent > 0 else f"{-percent} % shorter"


def ignored(ignoring: Ignoring) -> str:
    """`white space, markup and case`; empty where every character counts."""
    known = {"white space": ignoring.space or ignoring.markup, "markup": ignoring.markup, "case": ignoring.case}
    *names, last = [name for name, is_ignored in known.items() if is_ignored] or [""]
    return f"{', '.join(names)} and {last}" if names else last


def compared(diff: Diff) -> str:
    """`compared by words, white space ignored`."""
    if diff.structure:
        return f"compared as {diff.structure}, laid out anew: the order of keys does not count"
    what = ignored(diff.ignoring)
    return f"compared by {diff.unit}s, {f'{what} ignored' if what else 'every character counts'}"


def change_title(change: Change) -> str:
    """`replaced`, `moved`, with its path where there is one, and the numbers that differ."""
    numbers = (f"{old} → {new}" for old, new in against(change))
    return " · ".join(filter(None, (change.how.value, change.path, *numbers)))


def where(diff: Diff, change: Change) -> str:
    """`items[2].price`, `moved from line 12 to line 6`; empty for what the text around it tells."""
    if change.how is not How.MOVED:
        return change.path
    old, new = diff.old.count("\n", 0, change.old.start) + 1, diff.new.count("\n", 0, change.new.start) + 1
    return " ".join(filter(None, (change.path, f"moved from line {old} to line {new}")))


def counted(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"
