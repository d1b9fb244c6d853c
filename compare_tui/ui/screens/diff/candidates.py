"""What a side of the diff can be, found by what is typed: takes and prompts of a session, and sessions in the store."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Final

from textual.content import Content

from compare_tui.core.session import Session, first_words
from compare_tui.ui.counters import state_piece
from compare_tui.ui.diff.side import DiffSide, sides_of
from compare_tui.ui.figures import count
from compare_tui.ui.screens.lane_rows import MUTED, STRONG, WARNING, Cell, text
from compare_tui.ui.screens.sessions.row import labels, title, when
from compare_tui.ui.widgets.lines import shown

if TYPE_CHECKING:
    from compare_tui.store.store import Listed, Store

MOST: Final = 300
"""Rows: what is not among them is found by typing."""
MOST_SESSIONS: Final = 60
_STATE_WIDTH: Final = 14
_LABEL_SHARE: Final = 0.4
_STYLES: Final = {"good": "$text-success", "warn": WARNING, "bad": "$text-error", "live": "$text-primary", "dim": MUTED}


def of_session(session: Session, first: int | None = None, name: str = "") -> list[DiffSide]:
    """The round of that number before the others, the newest of which come first. `name`: of another session."""
    rounds = sorted(session.rounds, key=lambda sent: (sent.round.number == first, sent.round.number), reverse=True)
    return [side for sent in rounds for side in sides_of(sent, name)]


def matching(sides: Iterable[DiffSide], typed: str) -> list[DiffSide]:
    """Those that have every word, as many as are shown."""
    words = typed.casefold().split()
    return list(islice((side for side in sides if all(word in _looked_in(side) for word in words)), MOST))


def _looked_in(side: DiffSide) -> str:
    """Its name and how it stands; of a prompt what it says as well."""
    if side.take is None:
        return f"{side.name} {side.text}".casefold()
    lane = side.take.lane
    written = f"model:{lane.model} effort:{lane.effort} tier:{lane.tier} verdict:{side.take.state}"
    return f"{side.name} {lane} {side.take.state} {written} {side.take.id}".casefold()


def stored(store: "Store", typed: str, besides: str) -> "tuple[list[Listed], str]":
    """Sessions but one, newest first, and what is wrong with what was typed or with the store. Blocks.

    A word may be of a lane, a verdict or an id as well: those are what a side is known by.
    """
    from compare_tui.store.problems import StoreProblem
    from compare_tui.ui.screens.sessions.search import Sought, understood

    query, mistake = understood(typed)
    try:
        found = Sought(replace(query, words=(), anywhere=query.words)).page(store, limit=MOST_SESSIONS + 1)
    except StoreProblem as problem:
        return [], str(problem)
    return [one for one in found if one.id != besides][:MOST_SESSIONS], mistake


def opened(store: "Store", one: "Listed") -> list[DiffSide] | str:
    """Everything of a stored session, or why it cannot be read. Blocks."""
    from compare_tui.store.problems import StoreProblem

    try:
        return of_session(store.read(one.id).session(), name=title(one))
    except StoreProblem as problem:
        return str(problem)


# As rows


def side_rows(sides: Sequence[DiffSide], marks: Sequence[DiffSide | None], width: int) -> Iterator[Content]:
    """Label, place, state and size; those in `marks` with a number before them."""
    label = max((len(shown(side.label)) for side in sides), default=0)
    label = min(label, int(width * _LABEL_SHARE))
    place = min(max((len(shown(side.place)) for side in sides), default=0), width - label - _STATE_WIDTH - 6)
    for side in sides:
        at = next((at for at, one in enumerate(marks, 1) if one and one.key == side.key), None)
        cells = (
            Cell(text(f"{at or ''}", "$text-accent"), 1),
            Cell(text(side.label, STRONG), label),
            Cell(text(side.place), max(0, place)),
        )
        yield Content("  ").join((*(cell.fitted() for cell in cells), _state(side)))


def _state(side: DiffSide) -> Content:
    if side.take is None:
        return text(f"“{first_words(side.text)}”", MUTED)
    words, role = state_piece(side.take)
    tokens = text(f"{count(side.take.output_tokens)} tok", MUTED)
    return Cell(text(words, _STYLES.get(role, "")), _STATE_WIDTH).fitted() + tokens


def session_row(one: "Listed", now: datetime) -> Content:
    size = f"{one.rounds:,} {'round' if one.rounds == 1 else 'rounds'}"
    told = Content.styled("  ", MUTED) + text(f"{when(one.touched, now)} · {size} · {labels(one)}", MUTED)
    return Content.styled("▸  session  ", MUTED) + text(title(one), STRONG) + told
