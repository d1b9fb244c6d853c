"""`compare-tui import`: the sessions of files that `compare-tui export` wrote, taken into the store."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from compare_tui.cli.stored import opened

if TYPE_CHECKING:
    from compare_tui.core.record import SessionRecord
    from compare_tui.store.store import Store


@click.command("import", short_help="Take in sessions that export wrote.")
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(path_type=Path, allow_dash=True), metavar="FILE.jsonl..."
)
@click.option("--json", "as_json", is_flag=True, help="One object a session: where it is now, and whether it is new.")
def import_(files: tuple[Path, ...], as_json: bool) -> None:
    """Take in every session of the files (- is stdin) and print their ids.

    With one bad line nothing is taken in. A session that is here already stays as it is, and comes back if it was
    deleted; where another one has its id, the imported one gets a new one.
    """
    records = [record for file in files for record in _read(file)]
    with opened() as store:
        for record in records:
            id_, is_new = _add(store, record)
            about = {"session": id_, "imported_as": record.id, "new": is_new}
            click.echo(json.dumps(about) if as_json else id_)


def _read(file: Path) -> "list[SessionRecord]":
    from compare_tui.export.reading import ImportProblem, lines_of, read

    try:
        if str(file) == "-":
            records = read(lines_of(sys.stdin.buffer))
        else:
            with file.open("rb") as opened_file:
                records = read(lines_of(opened_file))
    except OSError as error:
        raise click.UsageError(f"{file}: {error.strerror}; nothing was imported") from None
    except ImportProblem as problem:
        raise click.UsageError(f"{file}: {problem}; nothing was imported") from None
    if not records:
        raise click.UsageError(f"{file}: there is no session in it; nothing was imported")
    return records


def _add(store: "Store", record: "SessionRecord") -> tuple[str, bool]:
    """Its id here, and whether it was not here before."""
    from compare_tui.store.problems import NotFound

    try:
        here = store.read(record.id)
    except NotFound:
        return store.add(record), True
    if _holds(here, record):
        store.restore(record.id)
        click.echo(f"{record.id} is here already", err=True)
        return record.id, False
    id_ = store.add(record)
    click.echo(f"{record.id} is another session here; the imported one is {id_}", err=True)
    return id_, True


def _holds(here: "SessionRecord", record: "SessionRecord") -> bool:
    """Whether a session has every take of another, event for event; names and tags may have changed since."""
    from compare_tui.export.reading import read
    from compare_tui.export.records import lines

    held = {take.id: take for as_exported in read(lines(here)) for _, take in as_exported.takes()}
    return all(held.get(take.id) == take for _, take in record.takes())
