"""The lines of two compared texts: beside each other, in one column, and as a text to copy; the same at any width."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, chain, groupby, zip_longest
from typing import Final, NamedTuple

from compare_tui.core.diff.lines import EMPTY, Reading, Side
from compare_tui.core.diff.lines import Line as Line
from compare_tui.core.diff.lines import Part as Part
from compare_tui.core.diff.model import Diff, How, Kind
from compare_tui.core.diff.told import counted, unlike, where
from compare_tui.core.sanitize import safe_display

CONTEXT: Final = 3
"""Blocks of what is the same that a patch shows around what is not."""
MOST_UNCHANGED: Final = 5
"""Blocks that differ without a change and are shown for themselves: a text that is wrapped anew has thousands."""
MOST_NAMES: Final = 3
"""Paths and moves that the head of a hunk tells."""
_MARKS: Final = {Kind.GONE: "[-{}-]", Kind.NEW: "{{+{}+}}", Kind.OPEN: "[…{}…]"}
_CHANGED: Final = (Kind.GONE, Kind.NEW)
_KEPT: Final = (Kind.SAME, Kind.ALIKE)
_NONE: Final = range(0)


class Block(NamedTuple):
    """Lines that stand beside each other; of one side there may be none."""

    old: tuple[Line, ...]
    new: tuple[Line, ...]
    changes: range
    """What a reader comes to here for the first time; without any, what goes on here, or the move that ends here."""


def blocks(diff: Diff) -> tuple[Block, ...]:
    """Cut wherever both sides begin a line. What is replaced by something quite different is one block."""
    reading = Reading(diff)
    old, new = reading.old, reading.new
    found: list[Block] = []
    told: set[int] = set()
    for (old_from, new_from), (old_to, new_to) in zip(reading.cuts, reading.cuts[1:], strict=False):
        if old_to - old_from == new_to - new_from == 1 and old.lines[old_from] is new.lines[new_from]:
            whole = (old.lines[old_from],)
            found.append(Block(whole, whole, _NONE))
            continue
        sides = (
            _lines(old, old_from, old_to, alone=new_from == new_to),
            _lines(new, new_from, new_to, alone=old_from == old_to),
        )
        if (EMPTY,) in sides and all(len(lines) == 1 and not _text(lines[0]) for lines in sides):
            sides = (EMPTY,), (EMPTY,)
        changes = _changes(sides, told)
        told.update(changes)
        found.append(Block(*sides, changes))
    return tuple(found)


def _lines(side: Side, start: int, end: int, *, alone: bool) -> tuple[Line, ...]:
    """The break behind the last line is none that differs: the other side begins a line there too."""
    lines = side.lines[start:end]
    if alone:
        lines = [
            (side.opened[at],) if line == EMPTY and at in side.opened else line for at, line in enumerate(lines, start)
        ]
    if lines and len(lines[-1]) > 1 and not lines[-1][-1].text:
        lines[-1] = lines[-1][:-1]
    return tuple(lines)


def _changes(sides: tuple[tuple[Line, ...], tuple[Line, ...]], told: set[int]) -> range:
    here = [part.change for lines in sides for line in lines for part in line if part.change >= 0]
    fresh = [change for change in here if change not in told]
    if fresh:
        return range(min(fresh), max(fresh) + 1)
    return range(here[0], here[0] + 1) if here else _NONE


def unified(diff: Diff) -> tuple[Line, ...]:
    """In one column: where lines differ the old ones and then the new ones; other lines once, as the new text has them.

    Those that differ have a GONE or a NEW part each, maybe an empty one, that tells which side they are from.
    """
    return tuple(chain.from_iterable(map(_column, blocks(diff))))


def _column(block: Block) -> Iterator[Line]:
    if not (_differs(block.old) or _differs(block.new)):
        return iter(block.new or block.old)
    change = block.changes.start
    return chain(
        (_told(line, Kind.GONE, change) for line in block.old), (_told(line, Kind.NEW, change) for line in block.new)
    )


def _differs(lines: Iterable[Line]) -> bool:
    return any(part.kind in _CHANGED for line in lines for part in line)


def _told(line: Line, kind: Kind, change: int) -> Line:
    if any(part.kind is kind or part.kind is Kind.OPEN for part in line):
        return line
    return (*line, Part("", kind, change, False))


# As rows with a sign before each


class Stretch(NamedTuple):
    """Of a line that both sides have: what only the old one has, what only the new one has, and the same behind it."""

    old: Line
    new: Line
    same: Line


def hunks(found: Sequence[Block], around: int = CONTEXT) -> Iterator[range]:
    """The blocks that changed, and the first ones that differ otherwise, with so many others around them."""
    differing = [at for at, block in enumerate(found) if not _is_same(block)]
    unchanged = [at for at in differing if _is_unchanged(found[at])]
    left = set(unchanged[MOST_UNCHANGED:])
    places = [at for at in differing if at not in left]
    at = 0
    while at < len(places):
        first = at
        while at + 1 < len(places) and places[at + 1] - places[at] <= 2 * around + 1:
            at += 1
        yield range(max(0, places[first] - around), min(len(found), places[at] + 1 + around))
        at += 1


def left_out(found: Sequence[Block], shown: Iterable[range]) -> str:
    """How many blocks that differ are in no hunk; empty for none."""
    within = set(chain.from_iterable(shown))
    left = sum(not _is_same(block) for at, block in enumerate(found) if at not in within)
    return f"and {counted(left, 'more place')} without a change" if left else ""


def rows(block: Block) -> Iterator[tuple[str, Line]]:
    """Each line behind a sign: a blank, a minus, a plus, and `…` where one side has not come so far.

    Lines that differ without a change stand once, as the new text has them, behind a `≈`.
    """
    if _is_unchanged(block):
        yield from ((" " if _is_same(block) else "≈", line) for line in block.new or block.old)
    else:
        yield from ((_sign("-", [line]), line) for line in block.old)
        yield from ((_sign("+", [line]), line) for line in block.new)


def in_one_row(block: Block) -> tuple[str, list[Stretch]] | None:
    """A line that is changed in part stands once, behind a `~`."""
    if _is_unchanged(block) or not (len(block.old) == len(block.new) == 1 and all(map(in_part, block.old + block.new))):
        return None
    stretches = zip(_between(block.old[0]), _between(block.new[0]), strict=True)
    found = [Stretch(gone, come, same) for (gone, same), (come, _) in stretches]
    return _sign("~", block.old + block.new), found


def in_part(line: Line) -> bool:
    """Some of it is the same, or alike."""
    return any(part.kind in _KEPT and part.text.strip() for part in line)


def _is_same(block: Block) -> bool:
    old, new = block.old, block.new
    if old is new:  # most of them, and soon said
        return True
    return all(part.kind is Kind.SAME for part in _parts(block))


def _is_unchanged(block: Block) -> bool:
    return all(part.kind in _KEPT for part in _parts(block))


def _parts(block: Block) -> Iterator[Part]:
    return chain.from_iterable(chain(block.old, block.new))


def _sign(sign: str, lines: Sequence[Line]) -> str:
    """What is not compared yet is neither gone nor new."""
    is_open = any(part.kind is Kind.OPEN for line in lines for part in line)
    return "…" if is_open and not _differs(lines) else sign


def _between(line: Line) -> list[tuple[Line, Line]]:
    """Each stretch that is the same, behind what stands before it."""
    found: list[tuple[Line, Line]] = []
    before: list[Part] = []
    for part in line:
        if part.kind is Kind.SAME and part.text:
            found.append((tuple(before), (part,)))
            before = []
        else:
            before.append(part)
    return [*found, (tuple(before), ())]


def together(stretch: Stretch) -> Iterator[Part]:
    """What the one has and then what the other has; between them what is only alike, once, as the new text has it."""
    for old, new in zip_longest(_up_to_alike(stretch.old), _up_to_alike(stretch.new), fillvalue=()):
        yield from (part for part in old if part.kind is not Kind.ALIKE)
        yield from new
    yield from stretch.same


def _up_to_alike(line: Line) -> list[Line]:
    """Cut behind what is only alike."""
    runs: list[list[Part]] = [[]]
    for part in line:
        if runs[-1] and runs[-1][-1].kind is Kind.ALIKE is not part.kind:
            runs.append([])
        runs[-1].append(part)
    return [tuple(run) for run in runs]


# As a text


def change_text(diff: Diff, change: int) -> str:
    """The old lines of one change behind a minus, the new behind a plus; before them its path, or that it moved."""
    of_it = diff.changes[change]
    told = [where(diff, of_it)]
    if of_it.how is How.MOVED:
        told += [f"- {line}" for line in diff.old[slice(*of_it.old)].strip("\n").split("\n")]
        told += [f"+ {line}" for line in diff.new[slice(*of_it.new)].strip("\n").split("\n")]
    else:
        here = [block for block in blocks(diff) if any(part.change == change for part in _parts(block))]
        told += [f"- {_text(line)}" for block in here for line in block.old]
        told += [f"+ {_text(line)}" for block in here for line in block.new]
    return "\n".join(filter(None, told)) + "\n"


def _text(line: Line) -> str:
    return "".join(part.text for part in line)


def patch(diff: Diff, old_name: str, new_name: str) -> str:
    """To be read, not applied: what is ignored is shown too, and a line changed in part stands once."""
    found = blocks(diff)
    if found:
        found = (*found[:-1], *_without_end(found[-1]))
    told = list(_hunks(diff, found))
    if not told and not diff.alike:
        return ""
    laid_out = f" ({diff.structure}, laid out anew)" if diff.structure else ""
    head = f"--- {old_name}{laid_out}\n+++ {new_name}{laid_out}\n"
    return head + ("".join(told) or f"@@ no change: {unlike(diff)} @@\n")


def _without_end(last: Block) -> Iterator[Block]:
    """The empty line behind the last line break is none to a reader, unless one text alone has that break."""
    if not (last.old and last.new):
        yield last
        return
    old, new = (lines if _text(lines[-1]) else lines[:-1] for lines in (last.old, last.new))
    if old or new:
        yield last._replace(old=old, new=new)


def _hunks(diff: Diff, found: Sequence[Block]) -> Iterator[str]:
    olds = [*accumulate((len(block.old) for block in found), initial=1)]
    news = [*accumulate((len(block.new) for block in found), initial=1)]
    shown = list(hunks(found))
    for hunk in shown:
        here = found[hunk.start : hunk.stop]
        old, new = ((lines[hunk.start], lines[hunk.stop] - lines[hunk.start]) for lines in (olds, news))
        changes = (diff.changes[change] for block in here for change in block.changes)
        names = list(dict.fromkeys(filter(None, (where(diff, change) for change in changes))))
        said = ", ".join([*names[:MOST_NAMES], *(["…"] if len(names) > MOST_NAMES else [])])
        yield f"@@ -{old[0]},{old[1]} +{new[0]},{new[1]} @@ {said}".rstrip() + "\n"
        yield from (f"{row}\n" for block in here for row in _rows(block))
    if left := left_out(found, shown):
        yield f"@@ {left} @@\n"


def _rows(block: Block) -> Iterator[str]:
    row = in_one_row(block)
    if row is None:
        yield from (f"{sign}{_marked(line)}" for sign, line in rows(block))
    else:
        yield row[0] + _with_marks(chain.from_iterable(map(together, row[1])))


def _marked(line: Line) -> str:
    return _with_marks(line) if in_part(line) else _text(line)


def _with_marks(parts: Iterable[Part]) -> str:
    """Around what is a change."""
    kinds = ((kind, _text(tuple(run))) for kind, run in groupby(parts, lambda part: part.kind))
    return "".join(_MARKS.get(kind, "{}").format(text) if text else "" for kind, text in kinds)


def as_shown(diff: Diff, old_name: str, new_name: str) -> str:
    """The patch as a screen may have it: each control character as a sign, a return at the end of a line too."""
    return "\n".join(map(safe_display, patch(diff, old_name, new_name).split("\n")))
