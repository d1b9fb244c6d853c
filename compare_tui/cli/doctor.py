"""`compare-tui doctor`: is everything in place, and if not, what to do; nothing is changed and nothing is paid for."""

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from compare_tui.cli.exits import CONFIGURATION, NOT_ALL_ANSWERED, OK, STORAGE


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. `code` is the exit code it asks for; 0 is well."""

    what: str
    found: str
    code: int = OK

    def to_data(self) -> dict[str, Any]:
        return {"what": self.what, "ok": self.code == OK, "found": self.found}


@click.command(short_help="Check the installation, the settings and the endpoints.")
@click.option("--offline", is_flag=True, help="Ask no endpoint.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per finding.")
def doctor(offline: bool, as_json: bool) -> int:
    """Check Python, folders, sessions, config.toml, the rate card and keys, and that each endpoint lists its models."""
    import json

    from compare_tui.core.sanitize import safe_line

    code = OK
    for finding in _findings(offline=offline):
        code = code or finding.code
        if as_json:
            click.echo(json.dumps(finding.to_data()))
        else:
            click.echo(f"{'✗' if finding.code else '✓'} {finding.what}: {safe_line(finding.found)}")
    return code


def _findings(*, offline: bool) -> Iterator[Finding]:
    from compare_tui import __version__, paths, ratecards
    from compare_tui.config import ConfigError, load
    from compare_tui.core.ratecard import CardError
    from compare_tui.store.checking import check

    yield Finding("compare-tui", f"{__version__} on Python {sys.version.split()[0]}")
    for what, folder in (("config", paths.config_dir()), ("data", paths.data_dir()), ("state", paths.state_dir())):
        yield _folder(what, folder)
    sound, told = check(paths.sessions_file())
    yield Finding("sessions", told, OK if sound else STORAGE)
    try:
        card = ratecards.load(paths.config_dir(), paths.state_dir())
        yield Finding("rate card", f"of {card.date}, {len(card.models)} models")
    except CardError as error:
        yield Finding("rate card", str(error), CONFIGURATION)
        return
    try:
        config = load(paths.config_file(), os.environ)
    except ConfigError as error:
        yield Finding("settings", str(error), CONFIGURATION)
        return
    there = paths.config_file().exists()
    yield Finding("settings", str(paths.config_file()) if there else "no config.toml, the defaults hold")
    for endpoint in config.endpoints.values():
        yield from _endpoint(endpoint, offline=offline)


def _folder(what: str, folder: Path) -> Finding:
    """A folder that is not there yet is made when it is needed."""
    try:
        existing = next(place for place in (folder, *folder.parents) if place.exists())
    except OSError as error:
        return Finding(f"{what} folder", f"{folder}: {error.strerror}", NOT_ALL_ANSWERED)
    if os.access(existing, os.W_OK):
        return Finding(f"{what} folder", str(folder))
    return Finding(f"{what} folder", f"{folder}: {existing} cannot be written to", NOT_ALL_ANSWERED)


def _endpoint(endpoint: Any, *, offline: bool) -> Iterator[Finding]:
    from compare_tui.api.errors import Problem
    from compare_tui.cli.endpoints import accounts
    from compare_tui.cli.models import listed
    from compare_tui.secrets import KeyProblem

    what = f"@{endpoint.name}"
    try:
        account = accounts([endpoint], with_keys=True)[0]
    except KeyProblem as error:
        yield Finding(what, str(error), CONFIGURATION)
        return
    if offline:
        yield Finding(what, f"{endpoint.shown_url}, {'with a key' if account.key else 'no key is sent'}, not asked")
        return
    try:
        found = listed(account)
    except Problem as problem:
        yield Finding(what, f"{endpoint.shown_url}: {problem.message}", NOT_ALL_ANSWERED)
        return
    yield Finding(what, f"{endpoint.shown_url} lists {len(found)} models")
