"""A session as a document tells it: what Markdown and HTML both say, in words and figures for people."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from compare_tui.core.lane import Lane, distinct_labels
from compare_tui.core.pricing import Cost, CostState, total
from compare_tui.core.prompt import Turn
from compare_tui.core.round import Round
from compare_tui.core.sanitize import safe_line
from compare_tui.core.session import SentRound, Session
from compare_tui.core.take import Take
from compare_tui.core.tally import DASH, Tally, best, seconds, spread
from compare_tui.core.usage import Usage

COLUMNS = ("verdict", "TTFT", "TTFA", "total", "tok/s", "input", "cached", "output", "reasoning", "cost")


@dataclass(frozen=True, slots=True)
class LaneTold:
    """A lane's takes in a round, or in the whole session, and their figures."""

    lane: Lane
    label: str
    takes: tuple[Take, ...]
    tally: Tally

    @property
    def cost(self) -> Cost:
        if self.takes and all(take.origin == "store" for take in self.takes):
            return Cost(Decimal(0), CostState.STORED)
        return total(self.tally.costs)

    @property
    def ttft_ms(self) -> float | None:
        """The median."""
        figures = sorted(self.tally.ttft_ms)
        return (figures[(len(figures) - 1) // 2] + figures[len(figures) // 2]) / 2 if figures else None

    def figures(self) -> tuple[str, ...]:
        """One for each of the columns; several takes give a spread, and their tokens and costs together."""
        tally, usages = self.tally, [take.usage for take in self.takes if take.usage]
        return (
            self._verdicts(),
            spread(tally.ttft_ms, seconds),
            spread(tally.ttfa_ms, seconds),
            spread(tally.total_ms, seconds),
            spread(tally.tokens_per_s, lambda rate: f"{rate:,.0f}"),
            *(_sum(getattr(usage, name) for usage in usages) for name in ("input", "cached", "output", "reasoning")),
            shown_cost(self.cost),
        )

    def _verdicts(self) -> str:
        """Glyph and word, with their number where there are several takes."""
        counts: dict[str, int] = {}
        for take in self.takes:
            counts[state(take)] = counts.get(state(take), 0) + 1
        many = len(self.takes) > 1
        return ", ".join(f"{count} {words}" if many else words for words, count in counts.items()) or "not sent"


@dataclass(frozen=True, slots=True)
class RoundTold:
    """A round with its lanes in the order of their columns."""

    round: Round
    lanes: tuple[LaneTold, ...]
    baseline: LaneTold | None

    @property
    def best(self) -> str:
        return best([told.tally for told in self.lanes])

    def against(self, take: Take) -> Take | None:
        """The baseline's answer that this one is compared with: of the same repeat, else its first."""
        if self.baseline is None or take in self.baseline.takes:
            return None
        answers = [one for one in self.baseline.takes if one.text]
        return next((one for one in answers if one.repeat == take.repeat), answers[0] if answers else None)


@dataclass(frozen=True, slots=True)
class Document:
    """All that is told of a session."""

    title: str
    facts: tuple[str, ...]
    tags: tuple[str, ...]
    rounds: tuple[RoundTold, ...]
    overall: tuple[LaneTold, ...]
    """The lanes over all rounds; none of them when there is one round."""


def told(session: Session) -> Document:
    labels = distinct_labels(lane for sent in session.rounds for lane in sent.lanes)
    rounds = tuple(_round(sent, labels, session.view.get("baseline")) for sent in session.rounds)
    overall = tuple(_lane(lane, labels[lane], _takes(rounds, lane)) for lane in labels) if len(rounds) > 1 else ()
    return Document(
        safe_line(session.title) or session.id,
        tuple(_facts(session, labels)),
        tuple(f"{name}: {value}" for name, value in session.tags.items()),
        rounds,
        overall,
    )


def state(take: Take) -> str:
    """Its verdict as glyph and word, or where it stands."""
    return f"▸ {take.state}" if take.verdict is None else f"{take.verdict.glyph} {take.verdict.value}"


def take_figures(take: Take) -> list[str]:
    """The figures of one answer that are known, in words."""
    stamps, usage = take.stamps, take.usage or Usage()
    times = {"TTFT": stamps.ttft_ns, "TTFA": stamps.ttfa_ns, "total": stamps.total_ns}
    if stamps.ttft_ns == stamps.ttfa_ns:
        del times["TTFA"]
    counts = {"in": usage.input, "cached": usage.cached, "out": usage.output, "reasoning": usage.reasoning}
    return [
        *(f"{name} {seconds(ns / 1e6)}" for name, ns in times.items() if ns is not None),
        *([f"{take.tokens_per_s:,.0f} tok/s"] if take.tokens_per_s is not None else []),
        *(f"{name} {count:,}" for name, count in counts.items() if count is not None),
        f"cost {shown_cost(take.cost)}",
    ]


def shown_cost(cost: Cost) -> str:
    return f"{cost} (stored)" if cost.state is CostState.STORED else str(cost)


def conversation(round_: Round) -> Iterator[tuple[str, Turn]]:
    """What was sent, from the top: who says it, and what. What a lane was told before is in the round it continues."""
    prompt = round_.prompt
    if prompt.system:
        yield "system", Turn("system", prompt.system)
    for name, text in round_.systems.items():
        yield f"system={name}", Turn("system", text)
    for turn in prompt.turns:
        yield f"earlier · {turn.role}", turn
    yield "prompt", Turn("user", prompt.text, prompt.images)


def _facts(session: Session, labels: dict[Lane, str]) -> Iterator[str]:
    takes = list(session.takes())
    for number, word in ((len(session.rounds), "round"), (len(labels), "lane"), (len(takes), "answer")):
        yield f"{number:,} {word}{'' if number == 1 else 's'}"
    yield f"cost {session.cost}"
    dates = sorted({take.rate.card_date.isoformat() for take in takes if take.rate})
    if dates:
        yield f"rates of {' to '.join(dict.fromkeys([dates[0], dates[-1]]))}"
    started = [sent.round.sent_at for sent in session.rounds if sent.round.sent_at]
    if started:
        yield when(started[0])
    yield f"session {session.id}"
    if session.again_of:
        yield f"asks {session.again_of} again"


def when(stamp: str) -> str:
    """`2026-11-20 09:30 UTC` of an ISO stamp."""
    return f"{stamp[:16].replace('T', ' ')} UTC"


def _round(sent: SentRound, labels: dict[Lane, str], baseline: object) -> RoundTold:
    lanes = tuple(_lane(lane, labels[lane], _of(sent, lane)) for lane in sent.lanes)
    chosen = next((one for one in lanes if str(one.lane) == baseline), lanes[0] if len(lanes) > 1 else None)
    return RoundTold(sent.round, lanes, chosen)


def _of(sent: SentRound, lane: Lane) -> list[Take]:
    return [take for take in sent.takes if take.lane == lane]


def _lane(lane: Lane, label: str, takes: Iterable[Take]) -> LaneTold:
    one = LaneTold(lane, label, tuple(takes), Tally(lane, label))
    for take in one.takes:
        if take.verdict is not None:
            one.tally.add(take)
    return one


def _takes(rounds: Iterable[RoundTold], lane: Lane) -> list[Take]:
    return [take for one in rounds for told in one.lanes if told.lane == lane for take in told.takes]


def _sum(counts: Iterable[int | None]) -> str:
    known = [count for count in counts if count is not None]
    return f"{sum(known):,}" if known else DASH
