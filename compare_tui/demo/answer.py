"""One answer before it is spoken: its pieces, its pace, its tokens. The dialects only wrap it."""

from collections.abc import Iterator
from dataclasses import dataclass

from compare_tui.demo.ask import Ask
from compare_tui.demo.composer import compose
from compare_tui.demo.luck import Luck
from compare_tui.demo.pace import Pace
from compare_tui.demo.pieces import split
from compare_tui.demo.thinking import reasoning_tokens, thoughts


@dataclass(frozen=True, slots=True)
class Tally:
    """The tokens of one answer; cached and written are inside the input, reasoning is inside the output."""

    input: int
    cached: int
    written: int
    output: int
    reasoning: int

    @property
    def total(self) -> int:
        return self.input + self.output


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said, at what moments, and what it counts."""

    id: str
    thoughts: tuple[str, ...]
    pieces: tuple[str, ...]
    call: str | None
    complete: bool
    tier: str
    pace: Pace
    tally: Tally
    luck: Luck

    @property
    def text(self) -> str:
        return "".join(self.pieces)

    @property
    def thinking(self) -> str:
        return "".join(self.thoughts)

    def timed_thoughts(self) -> Iterator[tuple[float, str]]:
        step = self.pace.thinking / max(len(self.thoughts), 1)
        return ((self.pace.start + index * step, piece) for index, piece in enumerate(self.thoughts))

    def timed_pieces(self) -> Iterator[tuple[float, str]]:
        return ((self.pace.first_text + index / self.pace.rate, piece) for index, piece in enumerate(self.pieces))

    @property
    def seconds(self) -> float:
        return self.pace.first_text + len(self.pieces) / self.pace.rate


def answer(ask: Ask, *, seed: int, nth: int, cached: int, written: int) -> Answer:
    """A pure function: the same question for the n-th time gets the same words at the same moments."""
    lane = Luck(digest_of(ask, seed, nth))
    tier = served_tier(ask, lane)
    draft = compose(ask, Luck(f"{seed}/{ask.fingerprint}"), nth)
    reasoning = min(reasoning_tokens(ask, lane), ask.limit)
    pieces = split(draft.text)
    spoken = pieces[: ask.limit - reasoning]
    return Answer(
        id=f"{lane.number('id'):016x}",
        thoughts=split(thoughts(ask, lane)) if reasoning else (),
        pieces=spoken,
        call=draft.call,
        complete=len(spoken) == len(pieces),
        tier=tier,
        pace=Pace.of(ask.model, ask.effort, tier, lane),
        tally=Tally(ask.input_tokens, cached, written, reasoning + len(spoken), reasoning),
        luck=lane,
    )


def digest_of(ask: Ask, seed: int, nth: int) -> str:
    return "/".join((str(seed), ask.model.name, ask.effort, ask.tier, ask.fingerprint, str(nth)))


def served_tier(ask: Ask, luck: Luck) -> str:
    """About one priority request in six is served as default, as on a steep ramp."""
    if ask.tier == "auto" or (ask.tier == "priority" and luck.one_in(6, "downgrade")):
        return "default"
    return ask.tier


def echoed_tier(tier: str, model: str) -> str:
    """Models from GPT-6 on call priority `fast` in what they echo."""
    return "fast" if tier == "priority" and model.startswith("gpt-6") else tier
