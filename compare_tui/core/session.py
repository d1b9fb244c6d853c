"""A session: rounds in the order they were sent, each with the takes that came of it."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from compare_tui.core.lane import Lane
from compare_tui.core.pricing import Cost, total
from compare_tui.core.prompt import Prompt
from compare_tui.core.round import Round
from compare_tui.core.take import Take

_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"
_TITLE_WORDS = 8
_TITLE_CHARACTERS = 500


def new_session_id() -> str:
    """Eight signs, the first one a letter."""
    first, *others = os.urandom(8)
    return _LETTERS[first % 26] + "".join(_LETTERS[byte % len(_LETTERS)] for byte in others)


def first_words(text: str) -> str:
    return " ".join(text[:_TITLE_CHARACTERS].split()[:_TITLE_WORDS])


@dataclass(slots=True)
class SentRound:
    """A round and its takes; lanes asked again have more of them than the round planned."""

    round: Round
    takes: list[Take] = field(default_factory=list)

    @property
    def lanes(self) -> tuple[Lane, ...]:
        """The lanes with a take, in the order of the round; those asked for later stand behind."""
        return tuple(dict.fromkeys((*self.round.lanes, *(take.lane for take in self.takes))))

    def of(self, lane: Lane) -> list[Take]:
        """The takes of this lane as they were asked for; without any, those of the same configuration."""
        return [take for take in self.takes if take.lane == lane] or self.alike(lane)

    def alike(self, lane: Lane) -> list[Take]:
        """The takes of its configuration, whatever the lane was called and however long it might take."""
        return [take for take in self.takes if take.lane.configuration == lane.configuration]

    def again(self, lane: Lane) -> Take:
        """A further take of a lane, not sent yet. Some may be missing before it: a copy has only those that ended."""
        number = max((int(take.id.rpartition(".")[2]) for take in self.takes), default=0) + 1
        repeat = max((take.repeat for take in self.alike(lane)), default=0) + 1
        take = Take(f"{self.round.id}.{number}", lane, repeat=repeat)
        self.takes.append(take)
        return take


@dataclass(slots=True)
class Session:
    """What was asked and answered in one sitting."""

    id: str = field(default_factory=new_session_id)
    rounds: list[SentRound] = field(default_factory=list)
    name: str | None = None
    tags: dict[str, str] = field(default_factory=dict)
    """They hold for every round; a round has further ones of its own."""
    again_of: str | None = None
    """The session that this one asks again."""
    view: dict[str, Any] = field(default_factory=dict)
    """How it was looked at, when it is opened again."""
    _ended: dict[str, tuple[Cost, bool]] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """Its name, until it has one the first words of the first prompt."""
        if self.name:
            return self.name
        return first_words(self.rounds[0].round.prompt.text) if self.rounds else ""

    def next_round(self, prompt: Prompt, lanes: tuple[Lane, ...], systems: dict[str, str]) -> Round:
        """Under the number that follows the last one: a round may have been taken out since."""
        at = self.rounds[-1].round.number if self.rounds else 0
        return Round(f"{self.id}.{at + 1}", prompt, lanes, str(at), {}, systems)

    def takes(self) -> Iterator[Take]:
        for sent in self.rounds:
            yield from sent.takes

    @property
    def cost(self) -> Cost:
        """Of all takes that can have cost anything; asked ten times a second, so what has ended is worked out once."""
        costs = [self._ended.get(take.id) or self._cost_of(take) for take in self.takes()]
        return total(cost for cost, billed in costs if billed or cost.amount)

    def _cost_of(self, take: Take) -> tuple[Cost, bool]:
        told = take.cost, take.may_be_billed
        if take.verdict is not None:
            self._ended[take.id] = told
        return told
