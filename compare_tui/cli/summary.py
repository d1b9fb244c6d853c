"""The tables around a run: what it is expected to cost, and what came of it."""

from collections.abc import Callable, Iterable, Sequence

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from compare_tui.core.pricing import CostState, format_usd, total
from compare_tui.core.sanitize import safe_line
from compare_tui.core.tally import DASH, Tally, best, seconds, spread
from compare_tui.core.verdict import Verdict
from compare_tui.engine.forecast import Forecast

MOST_NOTICES = 12
WORTH_SAYING_MS = 50.0
_FIRST_TO_GO = ("TTFA", "tok/s", "out tok")
"""Columns given up when the terminal is narrow, least missed first."""
Columns = dict[str, Callable[[Tally], str | Text]]
_TEXT_COLUMNS = ("lane", "model", "verdict", "efforts")
WIDTH_WITHOUT_TERMINAL = 160


def console(*, stderr: bool = False) -> Console:
    """Text from outside is never read as markup; without a terminal a line is as wide as it needs to be."""
    talk = Console(stderr=stderr, highlight=False, markup=False)
    if not talk.is_terminal:
        talk.width = WIDTH_WITHOUT_TERMINAL
    return talk


def figures_table(*columns: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, padding=(0, 1, 0, 0), pad_edge=False, header_style="bold")
    for column in columns:
        is_text = column in _TEXT_COLUMNS
        table.add_column(column, justify="left" if is_text else "right", overflow="fold", no_wrap=not is_text)
    return table


def print_forecast(out: Console, forecasts: Sequence[Forecast], prompts: int, card_date: str) -> None:
    """A line a lane: all its prompts together."""
    table = figures_table("lane", "requests", "input tokens", "input", "worst case")
    for lane in dict.fromkeys(forecast.lane for forecast in forecasts):
        mine = [forecast for forecast in forecasts if forecast.lane == lane]
        tokens = sum(forecast.input_tokens * forecast.takes for forecast in mine)
        requests = sum(forecast.takes for forecast in mine if not forecast.blocked)
        table.add_row(Text(safe_line(str(lane))), f"{requests}", f"~{tokens:,}", _input_price(mine), _worst(mine))
    out.print(table)
    worst, many = _worst(list(forecasts)), "s" if prompts > 1 else ""
    out.print(Text(f"{prompts} prompt{many} · worst case {worst} · rates of {card_date} · nothing was sent"))


def print_cautions(talk: Console, forecasts: Iterable[Forecast]) -> None:
    said = dict.fromkeys(f"{forecast.lane}: {caution}" for forecast in forecasts for caution in forecast.cautions)
    _print_some(talk, list(said), "! ")


def _filled(columns: Columns, tallies: Sequence[Tally]) -> Table:
    table = figures_table(*columns)
    for tally in tallies:
        table.add_row(*(cell(tally) for cell in columns.values()))
    return table


def print_summary(talk: Console, tallies: Sequence[Tally]) -> None:
    columns: Columns = {
        "lane": lambda tally: Text(safe_line(tally.label)),
        "verdict": _verdicts,
        "TTFT": lambda tally: spread(tally.ttft_ms, seconds),
        "TTFA": lambda tally: spread(tally.ttfa_ms, seconds),
        "total": lambda tally: spread(tally.total_ms, seconds),
        "out tok": lambda tally: f"{sum(tally.output_tokens):,}" if tally.output_tokens else DASH,
        "tok/s": lambda tally: spread(tally.tokens_per_s, lambda rate: f"{rate:,.0f}"),
        "cost": lambda tally: str(total(tally.costs)),
    }
    if all(tally.ttfa_ms == tally.ttft_ms for tally in tallies):
        del columns["TTFA"]
    unlimited = talk.options.update(width=1000)
    for name in _FIRST_TO_GO:
        if talk.measure(_filled(columns, tallies), options=unlimited).maximum > talk.width:
            columns.pop(name, None)
    talk.print(_filled(columns, tallies))
    told = [
        f"{tally.label}: {notice}{f' ({count}×)' if count > 1 else ''}"
        for tally in tallies
        for notice, count in tally.notices.items()
    ]
    _print_some(talk, told, "! ")
    spent = f"total {total(cost for tally in tallies for cost in tally.costs)}"
    dates = sorted(set().union(*(tally.rate_dates for tally in tallies)))
    rates = f"rates of {' to '.join(dict.fromkeys([dates[0], dates[-1]]))}" if dates else ""
    for line in (best(tallies), _connecting(tallies), " · ".join(filter(None, [spent, rates]))):
        if line:
            talk.print(Text(line))


def _connecting(tallies: Sequence[Tally]) -> str:
    """Opening a connection is part of TTFT: said where it is large enough to mislead."""
    longest = max((ms for tally in tallies for ms in tally.connect_ms), default=0.0)
    return f"opening connections took up to {seconds(longest)} of TTFT" if longest >= WORTH_SAYING_MS else ""


def _verdicts(tally: Tally) -> str:
    if not tally.verdicts:
        return "not sent"
    words = tally.verdicts.most_common()
    return ", ".join(f"{Verdict(word).glyph} {f'{count} ' if tally.ended > 1 else ''}{word}" for word, count in words)


def _input_price(forecasts: list[Forecast]) -> str:
    amounts = [forecast.expected.input * forecast.takes for forecast in forecasts if forecast.expected]
    if all(forecast.free for forecast in forecasts):
        return "free"
    return f"~{format_usd(sum(amounts[1:], amounts[0]))}" if len(amounts) == len(forecasts) else DASH


def _worst(forecasts: list[Forecast]) -> str:
    amounts = [forecast.worst for forecast in forecasts if forecast.worst is not None]
    if all(forecast.free for forecast in forecasts):
        return str(CostState.FREE)
    return format_usd(sum(amounts[1:], amounts[0])) if len(amounts) == len(forecasts) else DASH


def _print_some(talk: Console, lines: list[str], mark: str) -> None:
    for line in lines[:MOST_NOTICES]:
        talk.print(Text(f"{mark}{safe_line(line)}", style="yellow"))
    if len(lines) > MOST_NOTICES:
        talk.print(Text(f"{mark}and {len(lines) - MOST_NOTICES} more", style="yellow"))
