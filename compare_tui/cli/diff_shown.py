"""A comparison as the command line writes it: styled for a terminal, as text with marks, or as one object."""

import json
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any, Final

import click
from rich.console import Console
from rich.style import Style
from rich.text import Text

from compare_tui.cli.diff_sides import Side
from compare_tui.core.diff import told
from compare_tui.core.diff.blocks import (
    Block,
    Line,
    Part,
    as_shown,
    blocks,
    hunks,
    in_one_row,
    left_out,
    rows,
    together,
)
from compare_tui.core.diff.model import Change, Diff, How, Kind
from compare_tui.core.sanitize import join_surrogates, safe_display, safe_line

CONTEXT: Final = 2
"""Blocks of what is the same around what is not: a paragraph of an answer is long."""
_GONE: Final = Style(color="red", strike=True)
_NEW: Final = Style(color="green", bold=True, underline=True)
_STYLES: Final = {
    Kind.GONE: _GONE,
    Kind.NEW: _NEW,
    Kind.ALIKE: Style(dim=True, underline=True),
    Kind.OPEN: Style(dim=True),
}
_SIGNS: Final = {"-": Style(color="red"), "+": Style(color="green"), "~": Style(color="yellow")}
_ARROW: Final = Style(dim=True)
"""Between the old words and the new ones: not every terminal strikes through."""
_MOST_PLACES: Final = 4
_NARROWEST: Final = 20
"""Columns: some environments say there are none."""


def write(out: Console, diff: Diff, old: Side, new: Side) -> None:
    """A terminal with colours gets lines that are wrapped to its width; a pipe gets the text that goes to a file."""
    if out.is_terminal and out.color_system and not out.no_color:
        _write_styled(out, diff, old, new)
    else:
        click.echo(as_shown(diff, safe_line(old.title), safe_line(new.title)), nl=False)


# On a terminal


def _write_styled(out: Console, diff: Diff, old: Side, new: Side) -> None:
    out.width = max(out.width, _NARROWEST)
    found = blocks(diff)
    shown = list(hunks(found, CONTEXT))
    for at, hunk in enumerate(shown):
        if not at:
            out.print(Text(f"--- {safe_line(old.title)}\n+++ {safe_line(new.title)}", style="bold"))
        here = found[hunk.start : hunk.stop]
        out.print(Text(_heading(diff, here), style="cyan"))
        for block in here:
            for sign, parts in _rows(block):
                _print_row(out, diff, sign, parts)
    if left := left_out(found, shown):
        out.print(Text(left, style="cyan"))


def _heading(diff: Diff, hunk: Sequence[Block]) -> str:
    """Which changes these are; the path of each where there is one, and between which lines it was moved."""
    numbers = sorted({number for block in hunk for number in block.changes})
    if not numbers:
        return "no change"
    which = f"{numbers[0] + 1}" + (f"–{numbers[-1] + 1}" if len(numbers) > 1 else "")
    places = list(filter(None, (safe_line(told.where(diff, diff.changes[number])) for number in numbers)))
    more = ["…"] if len(places) > _MOST_PLACES else []
    return " · ".join([f"change {which} of {len(diff.changes):,}", *places[:_MOST_PLACES], *more])


def _rows(block: Block) -> Iterator[tuple[str, Line]]:
    """A line that is changed in part stands once, with the old words before the new ones."""
    row = in_one_row(block)
    if row is None:
        yield from rows(block)
    else:
        yield row[0], tuple(chain.from_iterable(map(together, row[1])))


def _print_row(out: Console, diff: Diff, sign: str, parts: Sequence[Part]) -> None:
    row = Text()
    before: Part | None = None
    for part in parts:
        if part.kind is Kind.NEW and before is not None and before.kind is Kind.GONE:
            row.append("→", _ARROW)
        row.append(safe_display(part.text), _style(diff, part))
        before = part
    for line in row.wrap(out, out.width - 2, tab_size=4):
        out.print(Text.assemble((f"{sign} ", _SIGNS.get(sign, Style())), line), soft_wrap=True)


def _style(diff: Diff, part: Part) -> Style:
    style = _STYLES.get(part.kind, Style())
    if part.number:
        style += Style(reverse=True)
    if part.change >= 0 and diff.changes[part.change].how is How.MOVED:
        style += Style(italic=True, color="magenta")
    return style


# As an object


def as_object(diff: Diff, old: Side, new: Side, *, same: bool) -> str:
    """Texts raw, but for halves of characters, which JSON cannot have."""
    ignoring = diff.ignoring
    known = {"space": ignoring.space or ignoring.markup, "markup": ignoring.markup, "case": ignoring.case}
    return json.dumps(
        {
            "old": _side(old),
            "new": _side(new),
            "same": same,
            "changes": len(diff.changes),
            "percent": diff.percent,
            "longer": None if diff.longer is None else round(diff.longer, 4),
            "numbers": told.differing(diff),
            "alike": diff.alike,
            "unit": diff.unit.value,
            "ignoring": [name for name, is_ignored in known.items() if is_ignored],
            "structure": diff.structure or None,
            "coarse": diff.coarse,
            "list": [_change(diff, change) for change in diff.changes],
        },
        ensure_ascii=False,
    )


def _side(side: Side) -> dict[str, Any]:
    take = side.take
    return {
        "file": join_surrogates(side.name) if take is None else None,
        "take": take and take.id,
        "lane": None if take is None else join_surrogates(str(take.lane)),
        "verdict": take and take.verdict and take.verdict.value,
    }


def _change(diff: Diff, change: Change) -> dict[str, Any]:
    return {
        "how": change.how.value,
        "old": join_surrogates(diff.old[slice(*change.old)]),
        "new": join_surrogates(diff.new[slice(*change.new)]),
        "path": join_surrogates(change.path) or None,
        "numbers": [{"old": old, "new": new} for old, new in told.against(change)],
    }
