"""A report as tables to read: on a terminal, and the same in Markdown."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from compare_tui.cli.report_rows import tokens
from compare_tui.cli.summary import figures_table
from compare_tui.core.lane import Lane
from compare_tui.core.pairing import FIGURES, LaneShift, Pair, Shift, Side
from compare_tui.core.pricing import format_usd, total
from compare_tui.core.sanitize import safe_line
from compare_tui.core.session import first_words
from compare_tui.core.spending import answer_cost, cached_share, mean
from compare_tui.core.take import Take
from compare_tui.core.tally import DASH, Tally, in_percent, seconds, spread
from compare_tui.core.verdict import Verdict

if TYPE_CHECKING:
    from compare_tui.store.store import Spent

_ON_THE_LEFT: Final = ("lane", "verdict", "prompt", "day", "model", "tier", "text")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table as text; a cell may have two lines. `spare` are columns given up first where there is no room."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    spare: tuple[str, ...] = ()
    left: tuple[str, ...] = _ON_THE_LEFT

    def without(self, column: str) -> "Sheet":
        at = self.columns.index(column)
        rows = tuple(row[:at] + row[at + 1 :] for row in self.rows)
        return Sheet(self.columns[:at] + self.columns[at + 1 :], rows, self.spare, self.left)

    def to_rich(self) -> Table:
        table = figures_table(*self.columns)
        for column, known in zip(self.columns, table.columns, strict=True):
            if column in self.left:
                known.justify = "left"
        for row in self.rows:
            table.add_row(*map(Text, row))
        return table

    def to_markdown(self) -> str:
        from compare_tui.export.markdown import plain

        def line(cells: Sequence[str]) -> str:
            return f"| {' | '.join(cells)} |\n"

        rules = ["---" if column in self.left else "---:" for column in self.columns]
        rows = (["<br>".join(map(plain, cell.split("\n"))) for cell in row] for row in self.rows)
        return "".join(map(line, [list(map(plain, self.columns)), rules, *rows]))


def show(out: Console, sheet: Sheet) -> None:
    unlimited = out.options.update(width=1000)
    for column in sheet.spare:
        if out.measure(sheet.to_rich(), options=unlimited).maximum <= out.width:
            break
        sheet = sheet.without(column)
    out.print(sheet.to_rich())


# One session


def lanes_sheet(found: Sequence[tuple[Tally, Sequence[Take]]]) -> Sheet:
    columns: dict[str, Callable[[Tally, Sequence[Take]], str]] = {
        "lane": lambda tally, takes: safe_line(tally.label),
        "n": lambda tally, takes: f"{len(takes):,}",
        "verdict": _verdicts,
        "TTFT": lambda tally, takes: spread(tally.ttft_ms, seconds),
        "TTFA": lambda tally, takes: spread(tally.ttfa_ms, seconds),
        "total": lambda tally, takes: spread(tally.total_ms, seconds),
        "tok/s": lambda tally, takes: spread(tally.tokens_per_s, lambda rate: f"{rate:,.0f}"),
        "in tok": lambda tally, takes: _count(tokens(_sent(takes))[0]),
        "cached": _cached,
        "out tok": lambda tally, takes: _count(tokens(_sent(takes))[2]),
        "per answer": lambda tally, takes: str(mean(filter(None, map(answer_cost, takes)))),
        "cost": lambda tally, takes: str(total(tally.costs)),
    }
    if all(tally.ttfa_ms == tally.ttft_ms for tally, _ in found):
        del columns["TTFA"]
    rows = tuple(tuple(cell(tally, takes) for cell in columns.values()) for tally, takes in found)
    spare = tuple(name for name in ("TTFA", "in tok", "out tok", "cached", "tok/s") if name in columns)
    return Sheet(tuple(columns), rows, spare)


def _sent(takes: Sequence[Take]) -> list[Take]:
    return [take for take in takes if take.origin != "store"]


def _verdicts(tally: Tally, takes: Sequence[Take]) -> str:
    words = [
        f"{Verdict(word).glyph} {f'{count} ' if len(takes) > 1 else ''}{word}"
        for word, count in tally.verdicts.most_common()
    ]
    stored = len(takes) - len(_sent(takes))
    return ", ".join([*words, *([f"{stored} from the store"] if stored else [])])


def _cached(tally: Tally, takes: Sequence[Take]) -> str:
    read, cached, _ = tokens(_sent(takes))
    share = None if cached is None else cached_share(read or 0, cached)
    return _share(share)


def _share(share: float | None) -> str:
    return DASH if share is None else in_percent(share)


def _count(number: int | None) -> str:
    return DASH if number is None else f"{number:,}"


# One session against another

_WRITTEN: Final[dict[str, Callable[[float], str]]] = {
    "TTFT": seconds,
    "TTFA": seconds,
    "total": seconds,
    "cost": lambda amount: format_usd(Decimal(str(amount))),
    "out tok": lambda number: f"{number:,.0f}",
}


def figures_of(found: Sequence[Pair]) -> tuple[str, ...]:
    """Those worth a column: TTFA only where it is not TTFT."""
    apart = any(pair.changes["TTFA"] != pair.changes["TTFT"] for pair in found)
    return tuple(name for name in FIGURES if apart or name != "TTFA")


def shifts_sheet(shifts: Sequence[LaneShift], labels: Mapping[Lane, str], figures: Sequence[str]) -> Sheet:
    """A row a lane: medians before over medians now, of how many pairs, and whether that is more than noise."""
    rows = []
    for shift in shifts:
        alone = f"\n{shift.unpaired} without" if shift.unpaired else ""
        verdicts = f"{shift.worse} worse\n{shift.better} better"
        differ = f"{shift.differing} of {shift.compared}\ndiffer" if shift.compared else DASH
        cells = (_shifted(shift.figures[name], _WRITTEN[name]) for name in figures)
        rows.append((safe_line(labels[shift.lane]), f"{shift.pairs}{alone}", verdicts, differ, *cells))
    return Sheet(("lane", "pairs", "verdict", "text", *figures), tuple(rows), _spared(figures, "TTFA", "out tok"))


def _spared(figures: Sequence[str], *names: str) -> tuple[str, ...]:
    return tuple(name for name in names if name in figures)


def _shifted(shift: Shift, written: Callable[[float], str]) -> str:
    if shift.old is None or shift.new is None:
        return DASH
    by = _percent(shift.by)
    before = f"{written(shift.old)} n {shift.n}"
    now = f"{written(shift.new)} {f'({by})' if shift.is_noise and shift.by else by}"
    if shift.old_p95 is not None and shift.new_p95 is not None:
        before += f"\np95 {written(shift.old_p95)}"
        now += f"\np95 {written(shift.new_p95)}"
    return f"{before}\n{now}"


def pairs_sheet(found: Sequence[Pair], labels: Mapping[Lane, str], figures: Sequence[str]) -> Sheet:
    """A row a pair, then over now."""
    rows = []
    for pair in found:
        take = pair.side.take
        repeat = f" · {take.repeat}" if take.repeat > 1 else ""
        prompt = f"{pair.side.round.number}  {safe_line(first_words(pair.side.round.prompt.text))}"
        verdict = "\n".join(_ended(side, where) for side, where in ((pair.old, "then"), (pair.new, "now")))
        cells = (_changed(pair, name) for name in figures)
        rows.append((prompt, f"{safe_line(labels[pair.lane])}{repeat}", verdict, _text(pair), *cells))
    spare = _spared(figures, "TTFA", "out tok", "total")
    return Sheet(("prompt", "lane", "verdict", "text", *figures), tuple(rows), spare)


def _ended(side: Side | None, where: str) -> str:
    if side is None:
        return f"none {where}"
    verdict = side.take.verdict
    return "running" if verdict is None else f"{verdict.glyph} {verdict.value}"


def _text(pair: Pair) -> str:
    return DASH if pair.likeness is None else "same" if pair.same_text else f"{pair.likeness} % alike"


def _changed(pair: Pair, name: str) -> str:
    change, written = pair.changes[name], _WRITTEN[name]
    old, new = (DASH if value is None else written(value) for value in (change.old, change.new))
    return f"{old}\n{new}{f' {percent}' if (percent := _percent(change.by)) else ''}"


def _percent(by: float | None) -> str:
    return "" if by is None else "=" if by == 0 else in_percent(by, "+")


# What was spent


def spent_sheet(by: str, found: "Sequence[Spent]") -> Sheet:
    rows = [
        (
            (safe_line(one.key) or "(none)") + (" simulated" if one.simulated else ""),
            f"{one.takes:,}",
            f"{one.input:,}",
            _share(cached_share(one.input, one.cached)),
            f"{one.output:,}",
            str(one.cost),
        )
        for one in found
    ]
    first = safe_line(by)
    return Sheet((first, "takes", "in tok", "cached", "out tok", "cost"), tuple(rows), left=(first,))
