"""A round: one prompt sent to a set of lanes at one moment, and the ids of what comes of it."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace

from compare_tui.core.lane import Lane
from compare_tui.core.prompt import Prompt, Turn
from compare_tui.core.take import Take


@dataclass(frozen=True, slots=True)
class Round:
    """The id is `SESSION.R`; `systems` holds the texts of the files that lanes name with `system=@FILE`.

    A round that `follows` another continues each lane's own conversation: `histories` has the earlier turns by
    configuration, as they were sent.
    """

    id: str
    prompt: Prompt
    lanes: tuple[Lane, ...]
    prompt_id: str = "0"
    tags: Mapping[str, str] = field(default_factory=dict)
    systems: Mapping[str, str] = field(default_factory=dict)
    follows: str | None = None
    histories: Mapping[Lane, tuple[Turn, ...]] = field(default_factory=dict)
    sent_at: str = ""
    """UTC, ISO 8601; empty until it is sent."""

    @property
    def session(self) -> str:
        return self.id.partition(".")[0]

    @property
    def number(self) -> int:
        """From 1."""
        return int(self.id.rpartition(".")[2])

    def prompt_for(self, lane: Lane) -> Prompt:
        """A lane's own system text stands in for the prompt's, its own conversation goes before it."""
        prompt = self.prompt.with_system(self.systems[lane.system]) if lane.system else self.prompt
        before = self.histories.get(lane.configuration, ())
        return replace(prompt, turns=(*before, *prompt.turns)) if before else prompt

    def input_tokens(self, lanes: Iterable[Lane] | None = None) -> dict[Lane, int]:
        """What each lane's prompt comes to, estimated once for lanes that send the same."""
        asked = tuple(self.lanes if lanes is None else lanes)
        sizes: dict[tuple[str | None, tuple[Turn, ...]], int] = {}
        found = {}
        for lane in asked:
            same = lane.system, self.histories.get(lane.configuration, ())
            if same not in sizes:
                sizes[same] = self.prompt_for(lane).input_tokens
            found[lane] = sizes[same]
        return found

    def takes(self) -> list[Take]:
        """One for each lane and repeat, none of them sent."""
        repeats = [(lane, repeat) for lane in self.lanes for repeat in range(1, (lane.repeat or 1) + 1)]
        return [Take(f"{self.id}.{at}", lane, repeat=repeat) for at, (lane, repeat) in enumerate(repeats, 1)]


def unanswered(round_: Round, answered: Collection[str]) -> Round:
    """The round with the lanes and repeats that still have to be sent."""
    if not answered:
        return round_
    left = Counter(take.lane for take in round_.takes() if take.id not in answered)
    return replace(
        round_, lanes=tuple(replace(lane, repeat=count) if lane.repeat else lane for lane, count in left.items())
    )
