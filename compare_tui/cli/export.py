"""`compare-tui export`: a session, a round or a take of the store, written to files for other programs and people."""

import sys
from collections.abc import Iterable
from pathlib import Path

import click

from compare_tui.cli import exits
from compare_tui.cli.stored import found, opened


@click.command(short_help="Write a session, a round or a take to files.")
@click.argument("id_", metavar="ID")
@click.option(
    "--out",
    "outs",
    multiple=True,
    required=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="FILE.csv, FILE.jsonl, FILE.md or FILE.html; may be given several times.",
)
@click.option("--raw", is_flag=True, help="CSV with the exact texts, formulas of spreadsheets included.")
@click.option("--excel", is_flag=True, help="CSV that Excel opens as it is; whole texts lie in a JSONL beside it.")
@click.option("--yes", is_flag=True, help="Overwrite without asking.")
def export(id_: str, outs: tuple[Path, ...], raw: bool, excel: bool, yes: bool) -> int:
    """Write a session, a round (ID.R) or a take (ID.R.T); `last` is the newest session.

    A .csv has a row a take, a .jsonl all there is of it for `compare-tui import`, .md and .html are to be read.
    """
    from compare_tui.cli.plan import out_files
    from compare_tui.core.sanitize import safe_line
    from compare_tui.export import files

    _check(outs, raw=raw, excel=excel)
    with opened() as store:
        record = store.read(found(store, id_))
    beside = [files.beside(path) for path in outs if excel and path.suffix == ".csv"]
    out_files(dict.fromkeys([*outs, *beside]), yes=yes, ask=sys.stdin.isatty() and sys.stderr.isatty())
    code: int = exits.OK
    for path in dict.fromkeys(outs):
        try:
            written = files.write(path, record, raw=raw, excel=excel, overwrite=True)
        except OSError as error:
            click.echo(f"{safe_line(str(path))}: {error.strerror}", err=True)
            code = exits.STORAGE
        else:
            for file in written:
                click.echo(f"wrote {safe_line(str(file))}", err=True)
    return code


def _check(outs: Iterable[Path], *, raw: bool, excel: bool) -> None:
    for option, given in (("--raw", raw), ("--excel", excel)):
        if given and not any(path.suffix == ".csv" for path in outs):
            raise click.UsageError(f"{option} is about CSV; there is no --out FILE.csv")
    if raw and excel:
        raise click.UsageError("--raw and --excel exclude each other: one keeps every byte, the other what Excel can")
