"""What is kept of a session: for every take the events themselves, so that a fold gives back all there was."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from compare_tui.core.events import Event
from compare_tui.core.lane import Lane
from compare_tui.core.round import Round
from compare_tui.core.session import SentRound, Session
from compare_tui.core.take import Take


@dataclass(frozen=True, slots=True)
class TakeRecord:
    """One take as its events."""

    id: str
    lane: Lane
    repeat: int
    events: tuple[Event, ...] = ()
    origin: str = "live"

    def take(self) -> Take:
        return Take(self.id, self.lane, repeat=self.repeat, origin=self.origin).apply_all(self.events)


@dataclass(frozen=True, slots=True)
class RoundRecord:
    """A round and what came of it."""

    round: Round
    takes: tuple[TakeRecord, ...] = ()

    def sent(self) -> SentRound:
        return SentRound(self.round, [one.take() for one in self.takes])


@dataclass(frozen=True, slots=True)
class SessionRecord:
    """A session as it lies in the store or in a file."""

    id: str
    created: str = ""
    """UTC, ISO 8601."""
    name: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    again_of: str | None = None
    """The session that this one asks again, to see what has changed since."""
    view: Mapping[str, Any] = field(default_factory=dict)
    """How it was looked at: JSON values, by names of the app's own."""
    rounds: tuple[RoundRecord, ...] = ()

    def session(self) -> Session:
        return Session(
            self.id,
            [one.sent() for one in self.rounds],
            name=self.name,
            tags=dict(self.tags),
            again_of=self.again_of,
            view=dict(self.view),
        )

    def takes(self) -> Iterator[tuple[Round, TakeRecord]]:
        for one in self.rounds:
            for take in one.takes:
                yield one.round, take

    def under(self, id_: str) -> "SessionRecord":
        """The same under another id."""

        def moved(old: str) -> str:
            session, dot, rest = old.partition(".")
            return f"{id_}{dot}{rest}" if session == self.id else old

        rounds = tuple(
            RoundRecord(
                replace(one.round, id=moved(one.round.id), follows=one.round.follows and moved(one.round.follows)),
                tuple(replace(take, id=moved(take.id)) for take in one.takes),
            )
            for one in self.rounds
        )
        return replace(self, id=id_, rounds=rounds)

    def only(self, round_: int | None = None, take: int | None = None) -> "SessionRecord":
        """Reduced to one round, or one take of it, by their numbers; their ids stay."""
        rounds = [one for one in self.rounds if round_ is None or one.round.number == round_]
        if take is not None:
            rounds = [replace(one, takes=tuple(t for t in one.takes if _number(t.id) == take)) for one in rounds]
        return replace(self, rounds=tuple(rounds))


def _number(id_: str) -> int:
    return int(id_.rpartition(".")[2])
