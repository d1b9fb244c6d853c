"""What is handed to who keeps it: rounds that begin, events, takes that end; and a session made of these alone."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from compare_tui.core.events import Event
from compare_tui.core.record import RoundRecord, SessionRecord, TakeRecord
from compare_tui.core.round import Round
from compare_tui.core.take import Take


@dataclass(frozen=True, slots=True)
class Begun:
    """Takes of a round are about to be sent."""

    round: Round
    takes: tuple[Take, ...]
    simulated: frozenset[str] = frozenset()
    at: str = ""
    day: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """What happened to a take."""

    take_id: str
    events: Sequence[Event]


@dataclass(frozen=True, slots=True)
class Ended:
    """A take that has ended, folded."""

    take: Take
    round: Round


@dataclass(eq=False, slots=True)
class Mark:
    """Set when everything handed in before it is written."""

    written: bool = False


News = Begun | Told | Ended | Mark


def joined(record: SessionRecord, news: Iterable[News]) -> SessionRecord:
    """The session with what these tell of it."""
    rounds = {one.round.id: _Unwritten(one.round, {take.id: take for take in one.takes}) for one in record.rounds}
    for one in news:
        if isinstance(one, Begun) and one.round.session == record.id:
            rounds.setdefault(one.round.id, _Unwritten(one.round)).begin(one.takes)
        elif isinstance(one, Told) and one.take_id.startswith(f"{record.id}."):
            rounds[one.take_id.rpartition(".")[0]].events.setdefault(one.take_id, []).extend(one.events)
    return replace(record, rounds=tuple(one.record() for one in rounds.values()))


@dataclass(slots=True)
class _Unwritten:
    round: Round
    takes: dict[str, TakeRecord] = field(default_factory=dict)
    events: dict[str, list[Event]] = field(default_factory=dict)

    def begin(self, takes: Iterable[Take]) -> None:
        for take in takes:
            self.takes.setdefault(take.id, TakeRecord(take.id, take.lane, take.repeat))

    def record(self) -> RoundRecord:
        takes = (replace(one, events=(*one.events, *self.events.get(one.id, ()))) for one in self.takes.values())
        return RoundRecord(self.round, tuple(takes))
