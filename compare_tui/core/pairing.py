"""Two sessions side by side: which take of the one answers what which take of the other did, and what has changed."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any, Final

from compare_tui.core.diff.answer import Said, compare_said, said
from compare_tui.core.lane import Lane
from compare_tui.core.pricing import CostState
from compare_tui.core.prompt import Image, Prompt
from compare_tui.core.round import Round
from compare_tui.core.session import Session
from compare_tui.core.take import Take
from compare_tui.core.tally import FEWEST_FOR_PERCENTILES, TIE
from compare_tui.core.verdict import Verdict

MOST_COMPARED: Final = 60_000
"""Characters of one text: two unlike texts of that length take 30 ms."""
LUCK_ONCE_IN: Final = 20

_SURE: Final = (CostState.FINAL, CostState.REPORTED, CostState.FREE)
_BAD: Final = 3
_RANKS: Final = {Verdict.DONE: 0, Verdict.TRUNCATED: 1, Verdict.FILTERED: 2, Verdict.REFUSED: 2}
"""The higher, the less use is the answer; what the endpoint did not end itself is the worst."""


@dataclass(frozen=True, slots=True)
class Side:
    """A take and the round it belongs to."""

    round: Round
    take: Take


@dataclass(frozen=True, slots=True)
class Change:
    """A figure before and now; unknown is None."""

    old: float | None
    new: float | None

    @property
    def by(self) -> float | None:
        """As a share of what it was; 0 for what is nearly the same."""
        if self.old is None or self.new is None:
            return None
        if abs(self.new - self.old) <= TIE * max(abs(self.old), abs(self.new)):
            return 0.0
        return (self.new - self.old) / self.old if self.old else None


@dataclass(frozen=True)
class Pair:
    """The same prompt, lane configuration and repeat in both sessions; what stands in one alone has one side."""

    old: Side | None
    new: Side | None

    @property
    def side(self) -> Side:
        """The newer one there is."""
        side = self.new or self.old
        assert side is not None
        return side

    @property
    def lane(self) -> Lane:
        return self.side.take.lane

    @property
    def is_whole(self) -> bool:
        return self.old is not None and self.new is not None

    @cached_property
    def changes(self) -> dict[str, Change]:
        """By the names of `FIGURES`; worked out once, for a cost takes 0.1 ms."""
        return {name: self._change(figure) for name, figure in FIGURES.items()}

    def _change(self, figure: Callable[[Take], float | Decimal | None]) -> Change:
        old, new = (None if side is None else figure(side.take) for side in (self.old, self.new))
        return Change(None if old is None else float(old), None if new is None else float(new))

    @cached_property
    def verdict(self) -> int | None:
        """Above 0 when it ended worse than before, below 0 when better; None until both have ended."""
        ranks = [
            None if side is None or side.take.verdict is None else _RANKS.get(side.take.verdict, _BAD)
            for side in (self.old, self.new)
        ]
        return None if ranks[0] is None or ranks[1] is None else ranks[1] - ranks[0]

    @cached_property
    def same_text(self) -> bool | None:
        """None where one of them is no answer."""
        both = self._said
        return None if both is None else both[0] == both[1]

    @cached_property
    def likeness(self) -> int | None:
        """How much is the same, as a diff of them says it, and 100 only for the same text; None where one is no answer.

        Of a very long text the beginning alone is compared.
        """
        both = self._said
        if both is None or both[0] == both[1]:
            return None if both is None else 100
        old, new = (one._replace(text=one.text[:MOST_COMPARED]) for one in both)
        return min(99, compare_said(old, new).percent)

    @property
    def _said(self) -> tuple[Said, Said] | None:
        if self.old is None or self.new is None:
            return None
        takes = self.old.take, self.new.take
        if any(take.verdict is None or not take.verdict.is_answer for take in takes):
            return None
        return said(takes[0]), said(takes[1])


# The figures that are compared: of answers the endpoint ended itself, and only where they were measured


def ttft_ms(take: Take) -> float | None:
    return _measured(take, take.stamps.ttft_ns)


def ttfa_ms(take: Take) -> float | None:
    return _measured(take, take.stamps.ttfa_ns)


def total_ms(take: Take) -> float | None:
    return _measured(take, take.stamps.total_ns)


def output_tokens(take: Take) -> int | None:
    return take.usage.output if _is_answer(take) and take.usage else None


def sure_cost(take: Take) -> Decimal | None:
    """Neither a lower bound nor an estimate, nor the nothing that an answer from the store costs."""
    return take.cost.amount if _is_answer(take) and take.cost.state in _SURE else None


def _is_answer(take: Take) -> bool:
    return take.verdict is not None and take.verdict.is_answer and take.origin != "store"


def _measured(take: Take, ns: int | None) -> float | None:
    return None if ns is None or not _is_answer(take) or "clock-gap" in take.flags else ns / 1e6


FIGURES: Final[dict[str, Callable[[Take], float | Decimal | None]]] = {
    "TTFT": ttft_ms,
    "TTFA": ttfa_ms,
    "total": total_ms,
    "cost": sure_cost,
    "out tok": output_tokens,
}

# Pairing

_Key = tuple[int, str | None, Lane, int]


def pairs(new: Session, old: Session) -> list[Pair]:
    """In the order of the new session; behind them what only the old one has.

    The same prompt may have been sent several times: then its id tells which is which, and after it the order.
    """
    prompts: dict[object, int] = {}
    asked_in: dict[str | None, int] = {}
    waiting: dict[_Key, list[Side]] = defaultdict(list)
    for key, side in _keyed(old, prompts, asked_in):
        waiting[key].append(side)
    asked = list(_keyed(new, prompts, asked_in))
    found: dict[str, Side] = {}
    for by_id in (True, False):
        for key, side in asked:
            if side.take.id not in found and (earlier := _taken(waiting[key], side if by_id else None)):
                found[side.take.id] = earlier
    both = [Pair(found.get(side.take.id), side) for _, side in asked]
    return both + [Pair(side, None) for sides in waiting.values() for side in sides]


def _taken(sides: list[Side], like: Side | None) -> Side | None:
    """The first of them, or the first with the prompt id of another, taken out."""
    for at, side in enumerate(sides):
        if like is None or side.round.prompt_id == like.round.prompt_id:
            return sides.pop(at)
    return None


def _keyed(session: Session, prompts: dict[object, int], asked: dict[str | None, int]) -> Iterator[tuple[_Key, Side]]:
    """Every take with what it has to share with its counterpart; each prompt becomes a number.

    A follow-up is told by what was asked before it, not by what was answered; what came before may have been asked in
    the other session alone.
    """
    for sent in session.rounds:
        round_ = sent.round
        prompt = prompts.setdefault((_prompt_key(round_.prompt), asked.get(round_.follows)), len(prompts))
        asked[round_.id] = prompt
        for take in sent.takes:
            system = round_.systems.get(take.lane.system or "")
            yield (prompt, system, take.lane.configuration, take.repeat), Side(round_, take)


def _prompt_key(prompt: Prompt) -> object:
    """What is sent, whatever its pictures are called."""
    turns = tuple((turn.role, turn.text, _image_key(turn.images)) for turn in prompt.turns)
    return prompt.text, prompt.system, turns, _image_key(prompt.images), _json(prompt.schema), _json(prompt.tools)


def _image_key(images: Iterable[Image]) -> object:
    return tuple((image.mime, image.data, image.url) for image in images)


def _json(value: Any) -> str:
    return json.dumps(value, sort_keys=True, default=dict)


def worst_first(found: Iterable[Pair]) -> list[Pair]:
    """Those that ended worse, then those that became dearer, then slower; what has no counterpart last."""
    return sorted(found, key=_badness)


def _badness(pair: Pair) -> tuple[bool, float, float, float]:
    cost, ttft = pair.changes["cost"].by, pair.changes["TTFT"].by
    return not pair.is_whole, -(pair.verdict or 0), -(cost or 0.0), -(ttft or 0.0)


# What it comes to


@dataclass(frozen=True, slots=True)
class Shift:
    """Medians over the pairs that know the figure on both sides, and how many went up and down."""

    n: int
    old: float | None = None
    new: float | None = None
    up: int = 0
    down: int = 0
    old_p95: float | None = None
    new_p95: float | None = None

    @property
    def by(self) -> float | None:
        return Change(self.old, self.new).by

    @property
    def is_noise(self) -> bool:
        """As many pairs would go one way by luck alone more often than once in twenty times: a sign test."""
        moved, fewer = self.up + self.down, min(self.up, self.down)
        ways, as_likely = 1, 1
        for k in range(fewer):
            ways = ways * (moved - k) // (k + 1)
            as_likely += ways
        return 2 * as_likely * LUCK_ONCE_IN > 1 << moved


@dataclass(frozen=True, slots=True)
class LaneShift:
    """A lane in both sessions."""

    lane: Lane
    pairs: int
    unpaired: int
    figures: dict[str, Shift]
    compared: int
    """Pairs with an answer on both sides; `differing` of them say something else."""
    differing: int
    worse: int
    better: int


def by_lane(found: Iterable[Pair]) -> list[LaneShift]:
    lanes: dict[Lane, list[Pair]] = defaultdict(list)
    for pair in found:
        lanes[pair.lane.configuration].append(pair)
    return [_shifted(mine) for mine in lanes.values()]


def _shifted(mine: list[Pair]) -> LaneShift:
    whole = [pair for pair in mine if pair.is_whole]
    texts = [pair.same_text for pair in whole if pair.same_text is not None]
    verdicts = [pair.verdict or 0 for pair in whole]
    return LaneShift(
        mine[0].lane,
        len(whole),
        len(mine) - len(whole),
        {name: _shift([pair.changes[name] for pair in whole]) for name in FIGURES},
        len(texts),
        texts.count(False),
        sum(change > 0 for change in verdicts),
        sum(change < 0 for change in verdicts),
    )


def _shift(changes: list[Change]) -> Shift:
    known = [(change.old, change.new) for change in changes if change.old is not None and change.new is not None]
    if not known:
        return Shift(0)
    import statistics  # 5 ms with all it brings; the app starts without it

    def p95(figures: list[float]) -> float | None:
        enough = len(figures) >= FEWEST_FOR_PERCENTILES
        return statistics.quantiles(figures, n=20, method="inclusive")[18] if enough else None

    before, now = [old for old, _ in known], [new for _, new in known]
    moved = [new - old for old, new in known if Change(old, new).by != 0]
    ups = sum(by > 0 for by in moved)
    median = statistics.median
    return Shift(len(known), median(before), median(now), ups, len(moved) - ups, p95(before), p95(now))


def told(found: Iterable[Pair]) -> str:
    """How many there are, and how many have no counterpart, in words."""
    all_ = list(found)
    whole = sum(pair.is_whole for pair in all_)
    new, old = (sum(pair.old is None for pair in all_), sum(pair.new is None for pair in all_))
    words = [f"{whole} {'pair' if whole == 1 else 'pairs'}"]
    words += [f"{count} only {where}" for count, where in ((new, "in the new one"), (old, "in the old one")) if count]
    return " · ".join(words)
