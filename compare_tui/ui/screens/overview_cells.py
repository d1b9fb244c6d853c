"""What one lane did in one round, and in all of them, as the cells of the overview."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from rich.cells import cell_len

from compare_tui.core.lane import Lane
from compare_tui.core.pricing import Cost, total
from compare_tui.core.session import SentRound, Session, first_words
from compare_tui.core.spending import mean
from compare_tui.core.take import Take
from compare_tui.core.tally import DASH, seconds
from compare_tui.core.verdict import Verdict
from compare_tui.ui.counters import state_piece, verdict_role
from compare_tui.ui.figures import now_ns, ticking
from compare_tui.ui.widgets.lines import Piece, Row, shown

_BLANK: Row = ((), ())


@lru_cache(1024)
def column_of(lane: Lane) -> Lane:
    """Lanes that differ in repeat or timeout alone share a column; a name is told apart."""
    return replace(lane, repeat=None, timeout=None)


def lanes_of(session: Session) -> tuple[Lane, ...]:
    """Every lane that was ever asked, in the order in which they first were."""
    return tuple(dict.fromkeys(column_of(lane) for sent in session.rounds for lane in sent.lanes))


def round_cell(sent: SentRound) -> Sequence[Row]:
    """Which round, what was asked, and what it was tagged with."""
    round_ = sent.round
    number: Piece = (f"{round_.number:>3}  ", "key")
    words = shown(first_words(round_.prompt.text)) or "(no text)"
    follows = f"continues {round_.follows.rpartition('.')[2]}  " if round_.follows else ""
    return ((number, (words, "plain")), ()), ((("     ", "plain"), (follows, "dim"), (tags(round_.tags), "badge")), ())


def tags(given: Mapping[str, str]) -> str:
    return "  ".join(f"{shown(name)}={shown(value)}" if value else shown(name) for name, value in given.items())


def takes_cell(takes: Sequence[Take], width: int) -> Sequence[Row]:
    """How it ended and what it cost, over the first token and the pace; of several takes the spread."""
    if not takes:
        return ((("·", "dim"),), ()), _BLANK
    cost = str(total(take.cost for take in takes) if len(takes) > 1 else takes[0].cost)
    return ((_ends(takes), ((cost, "strong"),)), _figures(takes, width))


def _ends(takes: Sequence[Take]) -> tuple[Piece, ...]:
    pieces = Counter(state_piece(take) for take in takes)
    if len(pieces) == 1:
        (text, role), count = next(iter(pieces.items()))
        return ((f"{text} ×{count}" if count > 1 else text, role),)
    return tuple((f"{text.split()[0]}{count} ", role) for (text, role), count in pieces.most_common())


def _figures(takes: Sequence[Take], width: int) -> Row:
    from_store = sum(take.origin == "store" for take in takes)
    if from_store == len(takes):
        return (("from the store", "dim"),), ()
    first = _first(takes)
    pace = _pace(takes)
    room = width - cell_len(first[0]) - 1
    return (first,), ((pace, "dim"),) if cell_len(pace) <= room else ()


def _first(takes: Sequence[Take]) -> Piece:
    """The time to the first token: known, or ticking."""
    waiting = next((take for take in takes if take.verdict is None and take.stamps.first_delta is None), None)
    known = sorted(ms for take in takes if (ms := measured_ttft(take)) is not None)
    if not known:
        since = waiting.stamps.sent if waiting is not None else None
        return (DASH, "dim") if since is None else (f"{ticking(now_ns() - since)} …", "live")
    if len(known) == 1:
        return seconds(known[0]) + (f" (n 1 of {len(takes)})" if len(takes) > 1 else ""), "plain"
    import statistics

    low, high = seconds(known[0]), seconds(known[-1])
    low = low.removesuffix(f" {high.split()[-1]}")
    return f"{seconds(statistics.median(known))} ({low}–{high}, n {len(known)})", "plain"


def measured_ttft(take: Take) -> float | None:
    """Not when the clock stood still meanwhile; an answer from the store has none."""
    ns = take.stamps.ttft_ns
    return None if ns is None or take.flags else ns / 1e6


def _pace(takes: Sequence[Take]) -> str:
    known = [rate for take in takes if (rate := take.tokens_per_s) is not None]
    if not known:
        return ""
    import statistics

    return f"{statistics.median(known):,.0f} tok/s"


class LaneSum:
    """A lane over all rounds. A take is added once it has ended, so that a long session is not counted again."""

    def __init__(self) -> None:
        self.costs: list[Cost] = []
        """Of all that may have cost anything."""
        self._verdicts: Counter[Verdict] = Counter()
        self._answers: list[Cost] = []
        self._ttft_ms: list[float] = []
        self._from_store = 0

    def add(self, take: Take) -> None:
        assert take.verdict is not None
        self._verdicts[take.verdict] += 1
        cost, is_stored = take.cost, take.origin == "store"  # working out a cost takes 0.1 ms
        self._from_store += is_stored
        if take.may_be_billed or cost.amount:
            self.costs.append(cost)
        if take.verdict.is_answer and not is_stored and cost.amount is not None:
            self._answers.append(cost)
        if take.verdict.is_answer and (ms := measured_ttft(take)) is not None:
            self._ttft_ms.append(ms)

    def cell(self) -> Sequence[Row]:
        """A line for each of `SUMS`."""
        ends = [(f"{verdict.glyph}{count} ", verdict_role(verdict)) for verdict, count in self._verdicts.most_common()]
        ends += [(f"{self._from_store} stored", "dim")] if self._from_store else []
        return (
            (tuple(ends), ((str(total(self.costs)), "strong"),)),
            _with_n(self._median(), len(self._ttft_ms)),
            _with_n(str(mean(self._answers)), len(self._answers)),
        )

    def _median(self) -> str:
        import statistics

        return seconds(statistics.median(self._ttft_ms)) if self._ttft_ms else DASH


SUMS: tuple[str, ...] = ("total", "median TTFT", "cost per answer")


def _with_n(figure: str, n: int) -> Row:
    return ((figure, "plain"),), ((f"n {n}", "dim"),) if n else ()


def sums_cell() -> Sequence[Row]:
    return tuple((((f"     {word}", "dim"),), ()) for word in SUMS)
