"""A round: one prompt sent to a set of lanes at one moment, and the ids of what comes of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from compare_tui.core.lane import Lane
from compare_tui.core.prompt import Prompt
from compare_tui.core.take import Take


@dataclass(frozen=True, slots=True)
class Round:
    """The id is `SESSION.R`; `systems` holds the texts of the files that lanes name with `system=@FILE`."""

    id: str
    prompt: Prompt
    lanes: tuple[Lane, ...]
    prompt_id: str = "0"
    tags: Mapping[str, str] = field(default_factory=dict)
    systems: Mapping[str, str] = field(default_factory=dict)

    @property
    def session(self) -> str:
        return self.id.partition(".")[0]

    def prompt_for(self, lane: Lane) -> Prompt:
        """A lane's own system text stands in for the prompt's."""
        return self.prompt.with_system(self.systems[lane.system]) if lane.system else self.prompt

    def input_tokens(self, lanes: Iterable[Lane] | None = None) -> dict[Lane, int]:
        """What each lane's prompt comes to, estimated once for lanes that send the same."""
        asked = tuple(self.lanes if lanes is None else lanes)
        by_system = {name: self._sized(name) for name in {lane.system for lane in asked}}
        return {lane: by_system[lane.system] for lane in asked}

    def _sized(self, system: str | None) -> int:
        return self.prompt.with_system(self.systems[system] if system else None).input_tokens

    def takes(self) -> list[Take]:
        """One for each lane and repeat, none of them sent."""
        repeats = [(lane, repeat) for lane in self.lanes for repeat in range(1, (lane.repeat or 1) + 1)]
        return [Take(f"{self.id}.{at}", lane, repeat=repeat) for at, (lane, repeat) in enumerate(repeats, 1)]
