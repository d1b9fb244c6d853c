"""What a pane says above its text: whose answer this is, how it stands, and the figures that matter most."""

from collections.abc import Sequence

from rich.cells import cell_len

from compare_tui.core.lane import Lane
from compare_tui.core.take import Take
from compare_tui.core.tally import in_percent, seconds
from compare_tui.core.verdict import Verdict
from compare_tui.ui.figures import Clock, count, duration, now_ns, ticking
from compare_tui.ui.widgets.lines import Piece, Row, shown

_STATES = {
    "queued": ("⋯ queued", "dim"),
    "waiting": ("◌ waiting", "live"),
    "thinking": ("◔ thinking", "live"),
    "writing": ("▸ writing", "live"),
    "retrying": ("↻ retrying", "warn"),
}
_ROLES = {Verdict.DONE: "good", Verdict.FAILED: "bad", Verdict.CUT: "bad", Verdict.STALLED: "bad"}


def verdict_role(verdict: Verdict) -> str:
    return _ROLES.get(verdict, "warn")


def state_piece(take: Take | None, *, muted: bool = False, blocked: bool = False) -> Piece:
    """Glyph and word, so that no colour has to be seen. `blocked`: the prompt would not be sent to this lane."""
    if take is None and blocked:
        return "⊘ does not fit", "warn"
    if take is None:
        return ("– muted", "dim") if muted else ("· not sent", "dim")
    if take.verdict is None:
        return _STATES[take.state]
    return f"{take.verdict.glyph} {take.verdict.value}", verdict_role(take.verdict)


def title_row(
    number: int,
    label: str,
    lane: Lane,
    take: Take | None,
    *,
    repeats: tuple[int, int],
    baseline: bool,
    muted: bool,
    blocked: bool = False,
) -> Row:
    """The number to press, the label, what is special, and on the right how it stands."""
    left: list[Piece] = [(f" {number} ", "key"), (shown(label) if lane.name else shown(lane.model), "title")]
    badges = (lane.effort, lane.tier, f"@{lane.endpoint}" if lane.endpoint else None)
    left += [(f" {shown(badge)}", "badge") for badge in badges if badge]
    if not lane.name and label != lane.label:
        left.append((f"  {shown(label.removeprefix(lane.label))}", "dim"))
    if baseline:
        left.append((" ◆ baseline", "mark"))
    if repeats[1] > 1:
        left.append((f"  {repeats[0]}/{repeats[1]}", "mark"))
    if muted and take is not None:
        left.append((" – muted", "dim"))
    return tuple(left), ((" ", "plain"), state_piece(take, muted=muted, blocked=blocked), (" ", "plain"))


def counter_row(
    take: Take | None, takes: Sequence[Take], against: Take | None, width: int, clock: Clock = now_ns
) -> Row:
    """As many figures as fit, the most wanted first; how one compares with another take goes before the figure."""
    if take is None:
        return (), ()
    first = _first(take, takes, clock(take))
    wanted = (
        (first, _without_range(first)),
        (_cost(take, against), _cost(take, None)),
        (_tokens(take, against), _tokens(take, None)),
        (_speed(take),),
        (_answer(take),),
        (_total(take, against), _total(take, None)),
    )
    row: list[Piece] = [(" ", "plain")]
    left = width - 1
    for ways in wanted:
        gap = 2 if len(row) > 1 else 0
        known = [piece for piece in ways if piece is not None]
        piece = next((one for one in known if cell_len(one[0]) + gap <= left), None)
        if piece is None and known:
            break
        if piece is not None:
            row += [(" " * gap, "plain"), piece] if gap else [piece]
            left -= cell_len(piece[0]) + gap
    return tuple(row), ()


def detail(take: Take) -> str:
    """The figures that have no room above a pane."""
    stamps, usage = take.stamps, take.usage
    told = [
        f"queue {duration(stamps.queue_ns)}",
        f"connect {duration(stamps.connect_ns)}",
        f"total {duration(stamps.total_ns)}",
        f"attempts {take.attempts}",
    ]
    if stamps.retry_ns:
        told.append(f"retry {duration(stamps.retry_ns)}")
    if usage is not None:
        told += [
            f"input {count(usage.input)}",
            f"cached {count(usage.cached)}",
            f"reasoning {count(usage.reasoning)}",
        ]
    if take.served.model and take.served.model != take.lane.model:
        told.append(f"served {take.served.model}")
    if take.finish_reason not in (None, "completed", "stop"):
        told.append(f"finish {take.finish_reason}")
    told += [text for text in (*take.flags, take.request_id) if text]
    return " · ".join(shown(text) for text in told)


def _first(take: Take, takes: Sequence[Take], now: int) -> Piece:
    """The time to the first token while it runs and when it is known; of repeats the median and the range."""
    stamps = take.stamps
    if take.retrying is not None:
        return retry_text(take, now), "warn"
    if take.verdict is None and stamps.sent is None:
        return f"queue {ticking(now - (stamps.queued or now))}", "dim"
    if take.verdict is None and stamps.first_delta is None:
        return f"TTFT {ticking(now - (stamps.sent or now))} …", "live"
    known = sorted(one.stamps.ttft_ns for one in takes if one.stamps.ttft_ns is not None and not one.flags)
    if len(known) > 1:
        low, high = duration(known[0]), duration(known[-1])
        low = low.removesuffix(f" {high.split()[-1]}")
        from statistics import median

        return f"TTFT {seconds(median(known) / 1e6)} ({low}–{high}, n {len(known)})", "strong"
    return f"TTFT {duration(stamps.ttft_ns)}", "strong"


def _without_range(first: Piece) -> Piece:
    """Of how many repeats the median is has to be said all the same."""
    told, _, of = first[0].partition(" (")
    return (f"{told} ({of.rpartition(', ')[2]}" if of else told), first[1]


def retry_text(take: Take, now_ns: int) -> str:
    """The countdown to the next attempt."""
    told = take.retrying or {}
    left = told.get("wait_ms", 0) / 1000 - (now_ns - told.get("t_ns", now_ns)) / 1e9
    of = f"/{told['of']}" if told.get("of") else ""
    return f"retry {told.get('attempt', 1)}{of} in {max(left, 0):.0f} s"


def _cost(take: Take, against: Take | None) -> Piece:
    cost = take.cost
    if cost.amount is None:
        return f"cost {cost}", "plain"
    times = ""
    if against is not None and against is not take and cost.amount and against.cost.amount:
        times = f" ×{cost.amount / against.cost.amount:.2g}" if not (cost.mark or against.cost.mark) else ""
    return f"{cost}{times}", "strong"


def _tokens(take: Take, against: Take | None) -> Piece | None:
    tokens, usage = take.output_tokens, take.usage
    known = usage is not None and usage.output is not None
    if not tokens and not known:
        return None
    text = f"{'' if known else '~'}{tokens:,} tok"
    if known and against is not None and against is not take and against.usage and against.usage.output:
        text += f" {_percent(tokens, against.usage.output)}"
    return text, "plain"


def _speed(take: Take) -> Piece | None:
    rate = take.tokens_per_s
    return None if rate is None else (f"{rate:,.0f} tok/s", "plain")


def _answer(take: Take) -> Piece | None:
    """The first answer text, where it is not the first token."""
    ttfa = take.stamps.ttfa_ns
    return None if ttfa is None or ttfa == take.stamps.ttft_ns else (f"TTFA {duration(ttfa)}", "plain")


def _total(take: Take, against: Take | None) -> Piece | None:
    total = take.stamps.total_ns
    if total is None:
        return None
    text = f"total {duration(total)}"
    if against is not None and against is not take and against.stamps.total_ns:
        text += f" {_percent(total, against.stamps.total_ns)}"
    return text, "dim"


def _percent(value: int, reference: int) -> str:
    return in_percent((value - reference) / reference, "+")
