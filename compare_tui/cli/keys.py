"""`compare-tui keys`: press a key and see what it does, list all of them, check keys.toml."""

import sys
from typing import TYPE_CHECKING

import click

from compare_tui.cli.exits import CONFIGURATION

if TYPE_CHECKING:
    from compare_tui.ui.keymap import Keymap


@click.group(invoke_without_command=True, short_help="Press a key, see what it does; list and check keys.")
@click.option("--json", "as_json", is_flag=True, help="List them, one JSON object a line.")
@click.pass_context
def keys(context: click.Context, as_json: bool) -> int | None:
    """Press a key, see its name and what it does. Without a terminal, list all actions with their keys."""
    if context.invoked_subcommand is not None:
        return None
    if as_json or not (sys.stdin.isatty() and sys.stdout.isatty()):
        return _list(as_json)
    from compare_tui.ui.key_probe import KeyProbe

    keymap, code = _loaded()
    KeyProbe(keymap).run(mouse=False)
    return code


@keys.command("list", short_help="List all actions with their keys.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def list_keys(as_json: bool) -> int:
    """Print every action with its keys, where they work and what it does."""
    return _list(as_json)


@keys.command(short_help="Check keys.toml.")
def check() -> None:
    """Check keys.toml: every mistake with its line and what to do, and exit 3 when there is one."""
    from compare_tui.core.sanitize import safe_line
    from compare_tui.paths import keys_file
    from compare_tui.ui.keymap import load

    path = keys_file()
    keymap = load(path)
    for warning in keymap.warnings:
        click.echo(warning, err=True)
    changed = len(keymap.changes())
    have = "has keys of its own" if changed == 1 else "have keys of their own"
    what = f"{changed} action{'' if changed == 1 else 's'} {have}" if path.exists() else "there is none; defaults hold"
    click.echo(f"{safe_line(str(path))}: {what}")


def _loaded() -> "tuple[Keymap, int]":
    """The user's keys; the defaults, exit 3 and the mistakes said when the file has some."""
    from compare_tui.paths import keys_file
    from compare_tui.ui.keymap import DEFAULTS, KeymapError, load

    try:
        return load(keys_file()), 0
    except KeymapError as error:
        for line in error.lines:
            click.echo(line, err=True)
        click.echo("these are the default keys", err=True)
        return DEFAULTS, CONFIGURATION


def _list(as_json: bool) -> int:
    import json

    from compare_tui.ui.actions import ACTIONS
    from compare_tui.ui.key_names import plain_name

    keymap, code = _loaded()
    rows = [
        {
            "action": action.id,
            "keys": [plain_name(key) for key in keymap.keys[action.id]],
            "where": str(action.where),
            "label": action.label,
            "help": action.help,
        }
        for action in ACTIONS
    ]
    if as_json:
        for row in rows:
            click.echo(json.dumps(row, ensure_ascii=False))
        return code
    lines = [("ACTION", "KEYS", "WHERE", "WHAT IT DOES")]
    lines += [(str(row["action"]), " ".join(row["keys"]), str(row["where"]), str(row["help"])) for row in rows]
    widths = [max(len(line[column]) for line in lines) for column in range(3)]
    for line in lines:
        click.echo("  ".join((*(cell.ljust(width) for cell, width in zip(line, widths, strict=False)), line[3])))
    return code
