"""A lineup: the lanes the next prompt goes to, in their order, some of them muted."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from compare_tui.core.lane import Lane

MOST_LANES = 24


class LineupFull(ValueError):
    """More lanes than a screen can compare; the message is for the reader."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A lane and whether it is left out of the next sends."""

    lane: Lane
    muted: bool = False


@dataclass(frozen=True, slots=True)
class Lineup:
    """Never changed: each method gives another lineup, so that an earlier one is all an undo needs."""

    entries: tuple[Entry, ...] = ()

    def __post_init__(self) -> None:
        if len(self.entries) > MOST_LANES:
            raise LineupFull(f"{MOST_LANES} lanes are the most side by side; this would make {len(self.entries)}.")

    @classmethod
    def of(cls, lanes: Iterable[Lane]) -> "Lineup":
        return cls(tuple(Entry(lane) for lane in lanes))

    def __len__(self) -> int:
        return len(self.entries)

    @property
    def lanes(self) -> tuple[Lane, ...]:
        """Those that are sent to."""
        return tuple(entry.lane for entry in self.entries if not entry.muted)

    def add(self, lane: Lane) -> "Lineup":
        return Lineup((*self.entries, Entry(lane)))

    def duplicate(self, at: int) -> "Lineup":
        """The same lane once more, right behind it."""
        return self._with(at + 1, at + 1, Entry(self.entries[at].lane))

    def replace(self, at: int, lane: Lane) -> "Lineup":
        return self._with(at, at + 1, replace(self.entries[at], lane=lane))

    def remove(self, at: int) -> "Lineup":
        return self._with(at, at + 1)

    def move(self, at: int, by: int) -> "Lineup":
        """Past its neighbours, as far as there are any."""
        rest = self.remove(at)
        to = max(0, min(len(rest), at + by))
        return rest._with(to, to, self.entries[at])

    def mute(self, at: int) -> "Lineup":
        """Leave it out, or take it in again."""
        entry = self.entries[at]
        return self._with(at, at + 1, replace(entry, muted=not entry.muted))

    def name(self, at: int, name: str | None) -> "Lineup":
        return self.replace(at, replace(self.entries[at].lane, name=name or None))

    def extend(self, at: int, lanes: Iterable[Lane]) -> "Lineup":
        """Those lanes that are not there yet, right behind this one."""
        there = {entry.lane.configuration for entry in self.entries}
        fresh: list[Entry] = []
        for lane in lanes:
            if lane.configuration not in there:
                there.add(lane.configuration)
                fresh.append(Entry(lane))
        return self._with(at + 1, at + 1, *fresh)

    def same_as(self, at: int) -> int | None:
        """Where the first lane of the same configuration stands, when there is one before this."""
        wanted = self.entries[at].lane.configuration
        return next((n for n in range(at) if self.entries[n].lane.configuration == wanted), None)

    def _with(self, start: int, end: int, *entries: Entry) -> "Lineup":
        return Lineup((*self.entries[:start], *entries, *self.entries[end:]))


def at_every_effort(lane: Lane, efforts: Iterable[str]) -> list[Lane]:
    """The lane at each of these efforts. A name would be the same for all, so they have none."""
    return [replace(lane, effort=effort, name=None) for effort in efforts]


def on_every_tier(lane: Lane, tiers: Iterable[str]) -> list[Lane]:
    """The lane on each of these tiers but the one it is on: a lane that names no tier is on the default one."""
    from compare_tui.core.ratecard import price_tier

    here = price_tier(lane.tier)
    return [replace(lane, tier=tier, name=None) for tier in tiers if price_tier(tier) != here]
