"""A comparison as one page: both texts in rows that belong together, what differs marked, and a map of where.

It is readable without script, asks the network for nothing, and every text is escaped where it is put in.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from compare_tui.core.diff import told
from compare_tui.core.diff.blocks import Block, Line, Part, blocks
from compare_tui.core.diff.model import Change, Diff, How, Kind
from compare_tui.export.page import MADE_BY, head, html_line, html_text, marked, spans

_MOST_LISTED: Final = 300
_OPEN_UP_TO: Final = 12
_LONGEST_LISTED: Final = 70
_ROW: Final = 80
"""Characters of a line that take one row, for the map."""
_STEPS: Final = 250
"""Places on the map that can be told apart."""


def diff_page(diff: Diff, old_name: str, new_name: str) -> str:
    return "".join((*head(f"{old_name} → {new_name}", "diff_page.css"), *_body(diff, old_name, new_name)))


def _body(diff: Diff, old_name: str, new_name: str) -> Iterator[str]:
    mono = " checked" if diff.structure else ""
    yield f'<body>\n<header class="top">\n<h1>What differs</h1>\n<p class="figures">{spans(told.figures(diff))}</p>\n'
    yield f'<p class="facts">{spans([told.compared(diff)])}</p>\n<div class="choices">\n'
    if diff.changes:
        yield '<label><input type="checkbox" id="brief"> only the changes</label>\n'
    yield f'<label><input type="checkbox" id="mono"{mono}> fixed-width text</label>\n</div>\n</header>\n<main>\n'
    rows = blocks(diff)
    yield from _list(diff)
    yield from _map(diff, rows)
    yield "<table>\n<thead><tr>"
    for who, name in (("old", old_name), ("new", new_name)):
        yield f'<th scope="col"><span class="who">{who}</span>{html_line(name)}</th>'
    yield "</tr></thead>\n<tbody>\n"
    yield from _Rows(diff).told(rows)
    yield f"</tbody>\n</table>\n</main>\n<footer>\n{MADE_BY}\n</footer>\n</body>\n</html>\n"


# The list and the map


def _list(diff: Diff) -> Iterator[str]:
    if not diff.changes:
        return
    is_open = " open" if len(diff.changes) <= _OPEN_UP_TO else ""
    yield f'<nav class="list" aria-label="Changes"><details{is_open}><summary>All changes</summary>\n<ol>\n'
    for number, change in enumerate(diff.changes[:_MOST_LISTED], 1):
        yield f'<li><a href="#change-{number}">{_listed(diff, change)}</a></li>\n'
    yield "</ol>\n"
    if (left := len(diff.changes) - _MOST_LISTED) > 0:
        yield f'<p class="left">and {left:,} more below</p>\n'
    yield "</details></nav>\n"


def _listed(diff: Diff, change: Change) -> str:
    path = f"<code>{html_line(change.path)}</code> " if change.path else ""
    old, new = _short(diff.old[slice(*change.old)]), _short(diff.new[slice(*change.new)])
    if change.how is How.MOVED:
        return f'<span class="how">moved</span> {path}{html_line(new)}'
    words = [marked(kind, html_line(one), "") for kind, one in ((Kind.GONE, old), (Kind.NEW, new)) if one]
    return path + (" ".join(words) or '<span class="how">white space</span>')


def _short(words: str) -> str:
    """Its first words; the span of a change may be the whole text."""
    shown = " ".join(words[: 4 * _LONGEST_LISTED].split())
    return shown if len(shown) <= _LONGEST_LISTED else f"{shown[: _LONGEST_LISTED - 1]}…"


def _map(diff: Diff, rows: Sequence[Block]) -> Iterator[str]:
    """At the edge of the window, as high as it; the list has the same for who does not see it."""
    if not diff.changes:
        return
    heights = [_height(row) for row in rows]
    whole, top = sum(heights) or 1, 0
    marks: dict[int, str] = {}
    for row, height in zip(rows, heights, strict=True):
        for at, number in enumerate(row.changes):
            place = _STEPS * (top + height * at // len(row.changes)) // whole
            how = diff.changes[number].how
            top_is = f"top:{100 * place / _STEPS:g}%"
            marks.setdefault(place, f'<a class="{how}" href="#change-{number + 1}" style="{top_is}" tabindex="-1"></a>')
        top += height
    yield f'<nav class="map" aria-hidden="true">{"".join(marks.values())}</nav>\n'


def _height(row: Block) -> int:
    return max(sum(1 + sum(len(part.text) for part in one) // _ROW for one in side) for side in (row.old, row.new))


# The rows


@dataclass(slots=True)
class _Rows:
    """What was given an id already: each change has its place once."""

    diff: Diff
    _placed: set[str] = field(default_factory=set)

    def told(self, rows: Sequence[Block]) -> Iterator[str]:
        """A row of unchanged text stays beside a changed one when only changes are asked for."""
        changed = [bool(row.changes) for row in rows]
        near = [any(changed[max(0, at - 1) : at + 2]) for at in range(len(rows))]
        cut = [False, *(is_near and not before for before, is_near in pairwise(near))]
        for row, is_changed, is_near, is_cut in zip(rows, changed, near, cut, strict=False):
            kind = "changed" if is_changed else "same" if is_near else "same far"
            yield f'<tr class="{kind}{" cut" if is_cut else ""}">{self._cell("old", row.old)}'
            yield f"{self._cell('new', row.new)}</tr>\n"

    def _cell(self, side: str, lines: Sequence[Line]) -> str:
        if not lines:
            return f'<td class="{side} none"></td>'
        shown = "\n".join("".join(map(self._part, one)) for one in lines)
        return f'<td class="{side}"><div class="text" dir="auto">{shown}</div></td>'

    def _part(self, part: Part) -> str:
        if part.kind not in (Kind.GONE, Kind.NEW):
            return (
                html_text(part.text)
                if part.kind is Kind.SAME
                else f'<span class="{part.kind}">{html_text(part.text)}</span>'
            )
        change = self.diff.changes[part.change]
        is_moved = change.how is How.MOVED
        id_ = f"change-{part.change + 1}"
        other = f"{id_}-from" if is_moved and part.kind is Kind.NEW else id_
        id_ = f"{id_}-from" if is_moved and part.kind is Kind.GONE else id_
        is_first = id_ not in self._placed
        self._placed.add(id_)
        jump = f'<a class="jump" href="#{other}">{_JUMPS[part.kind]}</a> ' if is_moved and is_first else ""
        title = told.change_title(change) if is_first else ""
        return jump + marked(
            part.kind,
            html_text(part.text) or _BREAK,
            title,
            number=part.number,
            moved=is_moved,
            id_=id_ if is_first else "",
        )


_BREAK: Final = "↵"
_JUMPS: Final = {Kind.GONE: "moved to", Kind.NEW: "moved from"}
