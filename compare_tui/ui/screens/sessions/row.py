"""A session as a row of a list: what it was about, when, what it cost, and how its takes ended."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from rich.cells import cell_len

from compare_tui.core.lane import distinct_labels
from compare_tui.core.sanitize import safe_display
from compare_tui.core.tally import DASH
from compare_tui.core.verdict import Verdict
from compare_tui.ui.counters import verdict_role
from compare_tui.ui.widgets.lines import Piece, Row, cut_short, shown

if TYPE_CHECKING:
    from compare_tui.store.store import Listed

RUNNING: Final = "running"
_MATCH: Final = re.compile("\x02([^\x02\x03]*)\x03")
_MARKS: Final = re.compile("[\x02\x03]")
_BLANKS: Final = re.compile(r"\s+")
_UNNAMED: Final = "(nothing asked)"
_SIZE, _VERDICTS, _WHEN, _COST = 7, 8, 11, 9
_TITLE_SHARE: Final = 0.75
"""Of one row: the rest is for lanes and tags."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What a row depends on besides its session."""

    now: datetime
    """Local time."""
    tall: bool = False
    searched: bool = False
    here: str | None = None
    """The session that is worked on."""
    marked: str | None = None

    @property
    def height(self) -> int:
        return (2 if self.tall else 1) + self.searched


def session_rows(one: "Listed", width: int, setting: Setting) -> tuple[Row, ...]:
    """As many as the setting is high, whatever there is to say."""
    rows = _two_rows(one, setting) if setting.tall else (_one_row(one, width, setting),)
    return (*rows, (_snippet(one.snippet), ())) if setting.searched else rows


def title(one: "Listed") -> str:
    return shown(one.title) or _UNNAMED


def when(moment: str, now: datetime) -> str:
    """The time of today, the day of earlier ones."""
    try:
        at = datetime.fromisoformat(moment).astimezone(now.tzinfo)
    except ValueError:
        return DASH
    if at.date() == now.date():
        return f"today {at:%H:%M}"
    if at.date() == now.date() - timedelta(days=1):
        return "yesterday"
    return f"{at.day} {at:%b}" if at.year == now.year else f"{at.day} {at:%b %Y}"


def labels(one: "Listed") -> str:
    return ", ".join(shown(label) for label in distinct_labels(one.lanes).values())


def tags(given: Mapping[str, str]) -> str:
    return " ".join(f"#{shown(name)}{f'={shown(value)}' if value else ''}" for name, value in sorted(given.items()))


def verdicts(counts: Mapping[str, int]) -> Iterator[Piece]:
    """What runs first, what went well last: it gives way where there is little room."""
    if counts.get(RUNNING):
        yield f"▸{counts[RUNNING]} {RUNNING}", "live"
    for verdict in reversed(Verdict):
        if count := counts.get(verdict.value):
            yield f"{verdict.glyph}{count}", verdict_role(verdict)


def _two_rows(one: "Listed", setting: Setting) -> tuple[Row, Row]:
    upper = (*_head(one, setting), *_notes(one, setting))
    moment = (f"  {when(one.touched, setting.now)}", "dim")
    lower = (_gap(2), (f"{_size(one)}  ", "plain"), (labels(one), "dim"), *_tags(one))
    ends = tuple(piece for end in verdicts(one.verdicts) for piece in (_gap(2), end))
    return (upper, (moment, _right(str(one.cost), _COST + 2))), (lower, ends)


def _one_row(one: "Listed", width: int, setting: Setting) -> Row:
    moment = _right(when(one.touched, setting.now), _WHEN + 1)
    ends = (_right(_size(one), _SIZE), _gap(1), *_fitting(one.verdicts), moment, _right(str(one.cost), _COST + 1))
    left = width - sum(cell_len(text) for text, _ in ends)
    mark, (name, role) = _head(one, setting)
    name = cut_short(name, max(8, int((left - 2) * _TITLE_SHARE)))
    return (mark, (name, role), *_tags(one), *_notes(one, setting), _gap(2), (labels(one), "dim")), ends


def _head(one: "Listed", setting: Setting) -> tuple[Piece, Piece]:
    sign = "◆ " if one.id == setting.marked else "● " if one.id == setting.here else "  "
    return (sign, "mark"), (title(one), "title")


def _notes(one: "Listed", setting: Setting) -> Iterator[Piece]:
    if one.id == setting.here:
        yield "  open here", "mark"
    if one.again_of:
        yield f"  again of {shown(one.again_of)}", "dim"


def _tags(one: "Listed") -> Iterator[Piece]:
    if one.tags:
        yield f"  {tags(one.tags)}", "badge"


def _size(one: "Listed") -> str:
    return f"{one.rounds:,} × {len(one.lanes)}"


def _fitting(counts: Mapping[str, int]) -> Iterator[Piece]:
    """In the width of a column; what finds no room is told by a sign."""
    left = _VERDICTS
    found = [(text.removesuffix(f" {RUNNING}"), role) for text, role in verdicts(counts)]
    for at, (text, role) in enumerate(found):
        is_last = at == len(found) - 1
        if cell_len(text) + (0 if is_last else 2) > left:
            yield "+", "dim"
            left -= 1
            break
        yield f"{text}{'' if is_last else ' '}", role
        left -= cell_len(text) + (not is_last)
    yield _gap(left)


def _snippet(snippet: str) -> tuple[Piece, ...]:
    """What was looked for stands out; a mark that lost its other half marks nothing."""
    parts = (_MARKS.sub("", part) for part in _MATCH.split(snippet))
    one_line = (_BLANKS.sub(" ", safe_display(part)) for part in parts)
    return (_gap(4), *((text, "mark" if at % 2 else "dim") for at, text in enumerate(one_line)))


def _gap(cells: int) -> Piece:
    return " " * cells, "plain"


def _right(text: str, cells: int) -> Piece:
    return " " * max(0, cells - cell_len(text)) + text, "plain"
