"""A recorded session again at the pace it had: the same events in the same order, on a time axis of its own."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from compare_tui.core.events import DELTAS, Event, Kind
from compare_tui.core.record import SessionRecord, TakeRecord
from compare_tui.core.session import SentRound, Session
from compare_tui.core.take import Take

SPEEDS: Final = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0)
GAP_NS: Final = 1_000_000_000
"""Time in which nothing was under way is cut to this: between rounds, and before a lane was asked again."""
ANOTHER_CLOCK_NS: Final = 1_000_000_000
"""So far back goes no stamp of one process."""
SHOWING: Final = DELTAS | {
    Kind.QUEUED,
    Kind.SENT,
    Kind.HEADERS,
    Kind.USAGE,
    Kind.STORED,
    Kind.UNSTREAMED,
    Kind.CAUTION,
    Kind.NOTICE,
    Kind.RETRY,
    Kind.ERROR,
    Kind.END,
    Kind.INTERRUPTED,
}
"""What changes something a reader sees."""


News = list[tuple[Take, list[Event]]]


@dataclass(slots=True)
class _Track:
    """One take: where each of its events lies on the axis, and how many of them have been told."""

    record: TakeRecord
    round_at: int
    places: Sequence[int]
    stamps: Sequence[int]
    """What the take's own clock said at each place."""
    take: Take = field(init=False)
    told: int = field(init=False)

    def begin_anew(self) -> None:
        record = self.record
        self.take = Take(record.id, record.lane, repeat=record.repeat, origin=record.origin)
        self.told = 0

    def tell_until(self, place: int) -> list[Event]:
        """The events until there that were not told yet, folded."""
        upto = bisect_right(self.places, place, self.told)
        events = list(self.record.events[self.told : upto])
        self.told = upto
        self.take.apply_all(events)
        return events

    @property
    def is_told(self) -> bool:
        return self.told == len(self.places)

    def next_shown(self) -> int | None:
        ahead = range(self.told, len(self.places))
        return next((self.places[at] for at in ahead if self.record.events[at].kind in SHOWING), None)

    def clock_at(self, place: int) -> int:
        at = max(0, self.told - 1)
        return self.stamps[at] + max(0, place - self.places[at])


class Replay:
    """Stands at a place on the axis and tells what lies between there and where it is moved to.

    Rounds come one after another. Takes of a round lie as they were recorded, those asked again later behind a short
    gap. Events are told as they are, so every figure folded from them is the recorded one. It has no clock of its own.
    """

    def __init__(self, record: SessionRecord) -> None:
        self.record = record
        self.speed = 1.0
        self.round_starts: list[int] = []
        self._tracks: dict[str, _Track] = {}
        self._place = self._end = 0
        for at, one in enumerate(record.rounds):
            self._end += GAP_NS if at else 0
            self.round_starts.append(self._end)
            self._lay_out(at, [take for take in one.takes if take.events])
        self._begin_anew()

    def _lay_out(self, round_at: int, records: Sequence[TakeRecord]) -> None:
        begins = self.round_starts[round_at]
        shift = begins - _first_stamp(records)
        for record in records:
            first = record.events[0].t_ns
            start = first + shift
            if start < begins or start > self._end + GAP_NS:  # asked again much later, or by another process
                start = self._end + GAP_NS
                shift = start - first
            axis = list(_axis(record.events, start))
            places, stamps = [place for place, _ in axis], [stamp for _, stamp in axis]
            self._tracks[record.id] = _Track(record, round_at, places, stamps)
            self._end = max(self._end, places[-1])

    # Where it stands

    @property
    def position(self) -> float:
        """Seconds from the beginning."""
        return self._place / 1e9

    @property
    def length(self) -> float:
        return self._end / 1e9

    @property
    def is_over(self) -> bool:
        return self._place >= self._end

    @property
    def round_at(self) -> int:
        """The round it is in, from 0."""
        return max(0, bisect_right(self.round_starts, self._place) - 1)

    def is_told(self, round_at: int) -> bool:
        """Whether nothing more comes of this round."""
        return all(track.is_told for track in self._tracks.values() if track.round_at == round_at)

    def clock(self, take: Take) -> int:
        """What time it is for this take, on the clock of its own stamps."""
        return self._tracks[take.id].clock_at(self._place)

    # Moving on

    def advance(self, seconds: float) -> News:
        """So many seconds later, times the speed."""
        return self._move_to(self._place + round(seconds * self.speed * 1e9))

    def step(self) -> News:
        """To the next event that shows something; without any, to the end."""
        ahead = (track.next_shown() for track in self._tracks.values())
        return self._move_to(min((place for place in ahead if place is not None), default=self._end))

    def go_to(self, seconds: float) -> News:
        """Anywhere. Back from here means from the beginning: the session and its takes are new ones then."""
        return self._go_to(max(0, round(seconds * 1e9)))

    def go_to_round(self, at: int) -> News:
        return self._go_to(self.round_starts[at])

    def go_to_end(self) -> News:
        return self._move_to(self._end)

    def _go_to(self, place: int) -> News:
        if place < self._place:
            self._begin_anew()
        return self._move_to(place)

    def quicken(self, by: int) -> None:
        """So many notches faster, or slower."""
        at = min(range(len(SPEEDS)), key=lambda one: abs(SPEEDS[one] - self.speed))
        self.speed = SPEEDS[max(0, min(len(SPEEDS) - 1, at + by))]

    def _begin_anew(self) -> None:
        self._place = 0
        rounds = [SentRound(one.round) for one in self.record.rounds]
        self.session = Session(
            self.record.id, rounds, name=self.record.name, tags=dict(self.record.tags), again_of=self.record.again_of
        )
        """As far as it has come: a round has the takes that have begun."""
        for track in self._tracks.values():
            track.begin_anew()

    def _move_to(self, place: int) -> News:
        self._place = max(self._place, min(place, self._end))
        news = []
        begun = set()
        for track in self._tracks.values():
            begins = not track.told
            if events := track.tell_until(self._place):
                news.append((track.take, events))
                begun |= {track.round_at} if begins else set()
        for at in begun:  # in the order they were asked in, whichever stood in line first
            self.session.rounds[at].takes = [
                track.take for track in self._tracks.values() if track.round_at == at and track.told
            ]
        return news


def _first_stamp(records: Sequence[TakeRecord]) -> int:
    """Of those that were sent together; the first of them need not be the first that stood in line."""
    firsts = [record.events[0].t_ns for record in records]
    return min((first for first in firsts if abs(first - firsts[0]) <= ANOTHER_CLOCK_NS), default=0)


def _axis(events: Sequence[Event], start: int) -> Iterator[tuple[int, int]]:
    """Place and clock of each event. Stamps of another process, which may lie anywhere, go on from the last place."""
    latest = events[0].t_ns
    shift = start - latest
    for event in events:
        stamp = latest if event.kind is Kind.INTERRUPTED else event.t_ns
        if stamp < latest - ANOTHER_CLOCK_NS:
            shift += latest - stamp
            latest = stamp
        latest = max(latest, stamp)
        yield latest + shift, latest


def minutes(seconds: float) -> str:
    """`02:03.4`; tenths are cut, not rounded, so that a minute never has sixty seconds."""
    whole, tenths = divmod(int(seconds * 10), 600)
    return f"{whole:02}:{tenths // 10:02}.{tenths % 10}"
