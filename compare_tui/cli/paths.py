"""`compare-tui paths`: where the files lie, which settings hold, and where each of them came from."""

from pathlib import Path
from typing import Any

import click

LONGEST_VALUE = 100


@click.command(short_help="Where files lie and what is set.")
@click.option("--example", "as_example", is_flag=True, help="Print a config.toml that explains every setting.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def paths(as_example: bool, as_json: bool) -> None:
    """Show where the files lie and what is set, with where each value came from."""
    import os

    from compare_tui import config
    from compare_tui.paths import config_file, every_path

    if as_example:
        click.echo(config.example(), nl=False)
        return
    show = _print_json if as_json else _print_table
    show([{"what": what, "exists": _exists(path), "path": str(path)} for what, path in every_path().items()])
    settings = config.load(config_file(), os.environ)
    values = {name: _without_arguments(name, value) for name, value in settings.settings().items()}
    show([{"setting": name, "origin": settings.where[name], "value": value} for name, value in values.items()])


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:
        return False


def _without_arguments(name: str, value: Any) -> Any:
    """The arguments of a key_cmd may be as secret as the key."""
    return (value[0], "...") if name.endswith(".key_cmd") and value and len(value) > 1 else value


def _print_json(rows: list[dict[str, Any]]) -> None:
    import json

    for row in rows:
        click.echo(json.dumps(row, default=float))


def _print_table(rows: list[dict[str, Any]]) -> None:
    """The long column comes last; a blank line ends the table."""
    cells = [[_cell(name, value) for name, value in row.items()] for row in rows]
    cells.insert(0, [name.upper() for name in rows[0]])
    widths = [max(len(row[column]) for row in cells) for column in range(2)]
    for first, second, last in cells:
        click.echo(f"{first:{widths[0]}}  {second:{widths[1]}}  {last}")
    click.echo()


def _cell(column: str, value: Any) -> str:
    from compare_tui.core.sanitize import safe_line

    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None or value in ("", ()):
        return "-"
    if isinstance(value, float):
        return f"{value:g}"
    text = safe_line("; ".join(value) if isinstance(value, tuple) else str(value))
    return f"{text[:LONGEST_VALUE]}..." if column == "value" and len(text) > LONGEST_VALUE else text
