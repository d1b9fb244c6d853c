"""`compare-tui themes`: which themes there are, and what is wrong with a theme file."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from compare_tui.cli.exits import CONFIGURATION, OK

if TYPE_CHECKING:
    from compare_tui.ui.themes import Loaded, ThemeFile


@click.group(invoke_without_command=True, short_help="The themes there are; check your own.")
@click.option("--json", "as_json", is_flag=True, help="One object a line; contrast is null where the terminal decides.")
@click.pass_context
def themes(context: click.Context, as_json: bool) -> int:
    """List the themes, those that come with the app and your own. Files that cannot be used are named on stderr."""
    if context.invoked_subcommand is not None:
        return OK
    loaded = _loaded()
    for failure in loaded.failures:
        click.echo(failure, err=True)
    (_print_json if as_json else _print_table)(loaded)
    return OK


@themes.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path), metavar="[FILE]...")
def check(files: tuple[Path, ...]) -> int:
    """Say everything that is wrong with theme files: those named, or all in your themes folder. Exit code 3 if any."""
    from compare_tui.core.sanitize import safe_line
    from compare_tui.paths import themes_dir
    from compare_tui.ui.themes import read

    if not files:
        loaded = _loaded()
        good, failures = [file for file in loaded.files if file.yours], loaded.failures
        if not good and not failures:
            click.echo(f"no theme lies in {safe_line(str(themes_dir()))}", err=True)
    else:
        missing = [f"{safe_line(str(path))}: there is no such file" for path in files if not path.exists()]
        results = [read(path) for path in files if path.exists()]
        good = [theme for theme, _ in results if theme is not None]
        failures = (*missing, *(failure for _, mistakes in results for failure in mistakes))
    for file in good:
        click.echo(f"{safe_line(file.path.name)}: {file.theme.name} is a theme{_faint(file)}")
    for failure in failures:
        click.echo(failure, err=True)
    return CONFIGURATION if failures else OK


def _loaded() -> "Loaded":
    from compare_tui.paths import themes_dir
    from compare_tui.ui.themes import load_all

    return load_all(themes_dir())


def _faint(file: "ThemeFile") -> str:
    """The text that is hardest to read, when it is too hard."""
    from compare_tui.ui.contrast import READABLE, lowest

    least = lowest(file.theme)
    if least is None or least.ratio >= READABLE:
        return ""
    return f"; hard to read: {least}, below {READABLE}"


def _print_json(loaded: "Loaded") -> None:
    import json

    from compare_tui.ui.contrast import lowest

    for file in loaded.files:
        least = lowest(file.theme)
        row = {
            "name": file.theme.name,
            "about": file.about,
            "dark": file.theme.dark,
            "ansi": file.theme.ansi,
            "contrast": round(least.ratio, 2) if least else None,
            "origin": _origin(file),
            "path": str(file.path),
        }
        click.echo(json.dumps(row, ensure_ascii=False))


def _print_table(loaded: "Loaded") -> None:
    width = max((len(file.theme.name) for file in loaded.files), default=0)
    for file in loaded.files:
        shade = "dark" if file.theme.dark else "light"
        click.echo(f"{file.theme.name:{width}}  {shade:5}  {_origin(file):7}  {file.about}".rstrip())


def _origin(file: "ThemeFile") -> str:
    return "yours" if file.yours else "shipped"
