"""`compare-tui report`: a session lane by lane, one session against another, and what was spent on what."""

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from compare_tui.cli import exits
from compare_tui.cli.stored import found, opened

if TYPE_CHECKING:
    from compare_tui.cli.report_rows import Row
    from compare_tui.cli.report_tables import Sheet
    from compare_tui.core.session import Session

_FORMATS = (".csv", ".md")
_MARKS = "then over now; (± %) within noise, = within 1 %"


@dataclass(frozen=True, slots=True)
class _Report:
    """The same twice: as values, and as tables to read with a line of what they are."""

    title: str
    rows: "Sequence[Row]"
    sheets: "Sequence[Sheet]"
    remark: str = ""


@click.command(short_help="Figures of a session, against an earlier one, or what was spent.")
@click.argument("session", required=False, metavar="[SESSION]")
@click.option("--against", metavar="OLD", help="Pair the answers with those of an earlier session.")
@click.option("--by", metavar="TAG|model|tier|day", help="What was spent on each, in SESSION or in all of them.")
@click.option("--out", type=click.Path(path_type=Path), help="FILE.csv or FILE.md besides.")
@click.option("--yes", is_flag=True, help="Overwrite without asking.")
@click.option("--json", "as_json", is_flag=True, help="One object a line; unknown is null.")
def report(session: str | None, against: str | None, by: str | None, out: Path | None, yes: bool, as_json: bool) -> int:
    """Report on SESSION (an id, the beginning of one, or `last`, which is meant without it), a row a lane.

    With --against a row a pair of answers: the same prompt, lane and repeat in both sessions, what became worse
    first. With --by the spend of all sessions by day, model, tier or the values of a tag.
    """
    if against is not None and by is not None:
        raise click.UsageError("--against and --by exclude each other")
    if by is not None and not by.strip():
        raise click.UsageError("--by takes model, tier, day or the name of a tag")
    if out is not None:
        _check(out, yes=yes)
    made = _spend(session, by.strip()) if by is not None else _figures(session or "last", against)
    _print(made, as_json=as_json)
    return exits.OK if out is None else _write(out, made)


# What there is to say


def _read(ids: Iterable[str]) -> "list[Session]":
    with opened() as store:
        return [store.read(found(store, id_, level="session")).session() for id_ in ids]


def _figures(session: str, against: str | None) -> _Report:
    if against is None:
        return _lanes(*_read([session]))
    new, old = _read([session, against])
    if new.id == old.id:
        raise click.UsageError(f"{new.id} is compared with itself; --against takes an earlier session")
    return _regression(new, old)


def _lanes(session: "Session") -> _Report:
    from compare_tui.cli.report_rows import lane_row, lane_tallies
    from compare_tui.cli.report_tables import lanes_sheet
    from compare_tui.core.lane import distinct_labels
    from compare_tui.core.tally import best

    labels = distinct_labels(take.lane.configuration for take in session.takes())
    lanes = lane_tallies(session, labels)
    rows = [lane_row(session, tally, takes) for tally, takes in lanes]
    runs = sum(take.verdict is None for take in session.takes())
    words = [best([tally for tally, _ in lanes]), f"total {session.cost}", f"{runs} still running" if runs else ""]
    return _Report(_title(session), rows, [lanes_sheet(lanes)], " · ".join(filter(None, words)))


def _regression(new: "Session", old: "Session") -> _Report:
    from compare_tui.cli.report_rows import pair_row
    from compare_tui.cli.report_tables import figures_of, pairs_sheet, shifts_sheet
    from compare_tui.core.lane import distinct_labels
    from compare_tui.core.pairing import by_lane, pairs, told, worst_first

    paired = worst_first(pairs(new, old))
    names = distinct_labels(pair.lane.configuration for pair in paired)
    labels = {pair.lane: names[pair.lane.configuration] for pair in paired}
    figures = figures_of(paired)
    sheets = [shifts_sheet(by_lane(paired), labels, figures), pairs_sheet(paired, labels, figures)]
    rows = [pair_row(new, old, pair) for pair in paired]
    return _Report(f"{_title(new)} against {_title(old)}", rows, sheets, f"{told(paired)} · {_MARKS}")


def _spend(session: str | None, by: str) -> _Report:
    from compare_tui.cli.report_rows import spent_row
    from compare_tui.cli.report_tables import spent_sheet
    from compare_tui.core.pricing import total

    with opened() as store:
        id_ = None if session is None else found(store, session, level="session").session
        rows = sorted(store.spent(by, session=id_), key=lambda row: row.simulated)
    where = f"in {id_}" if id_ else "in all sessions"
    money = [row.cost for row in rows if not row.simulated]
    spent = f"total {total(money)}" if money else "no money was spent"
    return _Report(f"Spend by {by} {where}", [spent_row(by, row) for row in rows], [spent_sheet(by, rows)], spent)


def _title(session: "Session") -> str:
    return f"{session.title[:80] or 'a session'} ({session.id})"


# Where it goes


def _print(made: _Report, *, as_json: bool) -> None:
    from compare_tui.cli.report_rows import as_json as line
    from compare_tui.cli.report_tables import show
    from compare_tui.cli.summary import console
    from compare_tui.core.sanitize import safe_line

    if as_json:
        for row in made.rows:
            click.echo(line(row))
        return
    click.echo(safe_line(made.title), err=True)
    for sheet in made.sheets:
        if sheet.rows:
            show(console(), sheet)
    click.echo(safe_line(made.remark), err=True)


def _check(out: Path, *, yes: bool) -> None:
    from compare_tui.cli.plan import out_files

    if out.suffix not in _FORMATS:
        raise click.UsageError(f"--out {out}: .csv or .md, not {out.suffix or 'a name without an ending'}")
    out_files([out], yes=yes, ask=sys.stdin.isatty() and sys.stderr.isatty())


def _write(out: Path, made: _Report) -> int:
    from compare_tui.cli.report_rows import as_csv
    from compare_tui.core.sanitize import safe_line
    from compare_tui.export.outfile import OutFile, as_it_is

    text = as_csv(made.rows) if out.suffix == ".csv" else _markdown(made)
    try:
        with OutFile(out, as_it_is, overwrite=True) as file:
            file.write(text)
    except OSError as error:
        click.echo(f"{safe_line(str(out))}: {error.strerror}", err=True)
        return exits.STORAGE
    click.echo(f"wrote {safe_line(str(out))}", err=True)
    return exits.OK


def _markdown(made: _Report) -> str:
    from compare_tui.export.markdown import plain

    tables = "\n".join(sheet.to_markdown() for sheet in made.sheets)
    return f"# {plain(made.title)}\n\n{tables}\n{plain(made.remark)}\n"
