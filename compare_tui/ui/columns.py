"""Which panes there are: the lanes of a round that was sent, or those that are sent to now."""

from collections.abc import Sequence
from dataclasses import dataclass

from compare_tui.core.lane import Lane, distinct_labels
from compare_tui.core.lineup import Lineup
from compare_tui.core.session import SentRound
from compare_tui.core.take import Take


@dataclass(frozen=True, slots=True)
class Column:
    """What one pane is about: a lane and its takes in the round that is looked at."""

    lane: Lane
    label: str
    takes: tuple[Take, ...] = ()
    muted: bool = False


def columns_of(sent: SentRound) -> list[Column]:
    """The lanes of a round as it was sent."""
    return _columns(sent, [(lane, False) for lane in sent.lanes])


def columns_now(lineup: Lineup, sent: SentRound | None) -> list[Column]:
    """The lanes there are with their takes of this round, and lanes of it that are gone but still run."""
    rows = [(entry.lane, entry.muted) for entry in lineup.entries]
    here = {lane.configuration for lane, _ in rows}
    if sent is not None:
        asked = {lane.configuration for lane in sent.round.lanes}
        rows += [
            (lane, False)
            for lane in sent.lanes
            if lane.configuration not in here and (lane.configuration not in asked or _runs(sent.of(lane)))
        ]
    return _columns(sent, rows)


def _columns(sent: SentRound | None, rows: list[tuple[Lane, bool]]) -> list[Column]:
    """Lanes that are the same share one, muted when all of them are. Another lane's takes are not shown twice."""
    labels = distinct_labels(lane for lane, _ in rows)
    columns = []
    for lane, label in labels.items():
        takes = sent.alike(lane) if sent else []
        own = tuple(take for take in takes if take.lane == lane or take.lane not in labels)
        columns.append(Column(lane, label, own, all(muted for other, muted in rows if other == lane)))
    return columns


def _runs(takes: Sequence[Take]) -> bool:
    return any(take.verdict is None for take in takes)
