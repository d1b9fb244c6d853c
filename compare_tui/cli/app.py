"""`compare-tui` and `compare-tui FILE`: the app, with what the command line says about it."""

import contextlib
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from compare_tui.cli.endpoints import configured, demo_account, endpoint_options
from compare_tui.cli.types import Speed
from compare_tui.config import Config
from compare_tui.core.lane import Lane

if TYPE_CHECKING:
    from compare_tui.engine.account import Account

DEMO_PROMPT = "Explain time to first token to a developer who compares models."


@click.command(short_help="The app.", add_help_option=False)
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--watch", is_flag=True, help="Send FILE each time its text was changed and saved, one round at a time.")
@click.option(
    "--lane", "lane_texts", multiple=True, metavar="SPEC", help='"MODEL [effort] [tier] [@endpoint] [key=value]…"'
)
@click.option("--preset", metavar="NAME", help="Lanes saved in the app under this name.")
@click.option("-c", "--continue", "go_on", is_flag=True, help="Go on with the last session.")
@click.option("--session", metavar="ID", help="Open this session, as it was left.")
@click.option("--private", is_flag=True, help="Store nothing.")
@click.option("--theme", metavar="NAME", help="Its colours, this time.")
@endpoint_options
def app(**options: Any) -> int:
    """Open the app; FILE is one prompt, and is read anew when it is saved."""
    _must_be_a_terminal()
    if options["watch"] and options["file"] is None:
        raise click.UsageError("--watch sends a FILE when it is saved; there is none")
    if options["private"] and (options["go_on"] or options["session"]):
        raise click.UsageError("--private stores nothing and opens nothing that is stored; leave -c and --session out")
    if options["go_on"] and options["session"]:
        raise click.UsageError("-c goes on with the last session, --session with another one; give one of them")
    config = configured(options["base_url"], options["api"], options["key_env"], options["endpoint"])
    lanes, notices = _lanes(options["lane_texts"], options["preset"], config)
    with contextlib.ExitStack() as opened:
        from compare_tui.cli.stored import open_store
        from compare_tui.core.lineup import Lineup
        from compare_tui.ui.start import Start

        return run_app(
            Start(
                config=config,
                accounts=lambda: _accounts(config),
                keyed=_keyed,
                demo=lambda: _demo(opened, 1.0),
                lineup=lanes if isinstance(lanes, Lineup) else Lineup.of(lanes),
                system=config.defaults.system,
                file=_watched(options["file"]),
                watch=options["watch"],
                theme=options["theme"],
                fixed_lanes=bool(options["lane_texts"] or options["preset"]),
                store=lambda: open_store(config),
                private=options["private"],
                session="last" if options["go_on"] else options["session"],
                notices=notices,
            )
        )


@click.command(short_help="The app on the embedded endpoint: no key, no network.")
@click.option("--speed", type=Speed(), default=1.0, help="Pace of the answers; 1 is that of a model.")
@click.option("--theme", metavar="NAME", help="Its colours, this time.")
def demo(speed: float, theme: str | None) -> int:
    """Open the app on the embedded endpoint, with lanes and a prompt. Every answer is simulated, nothing costs."""
    _must_be_a_terminal()
    from compare_tui.config import Caps, Config, Defaults, Limits
    from compare_tui.core.lineup import Lineup
    from compare_tui.ui.start import Start

    with contextlib.ExitStack() as opened:
        from compare_tui.cli.stored import open_store

        account, lanes = _demo(opened, speed)
        config = Config({"demo": account.endpoint}, Defaults(endpoint="demo"), Limits(), Caps())
        return run_app(
            Start(
                config=config,
                accounts=lambda: {"demo": account},
                keyed=lambda known: known,
                demo=lambda: (account, lanes),
                lineup=Lineup.of(lanes),
                text=DEMO_PROMPT,
                theme=theme,
                simulated=True,
                store=lambda: open_store(config),
            )
        )


def run_app(start: Any) -> int:
    from compare_tui.ui.app import CompareApp

    opened = CompareApp(start)
    result = opened.run()
    if opened.failure is not None:
        raise opened.failure
    return opened.return_code or 0 if result is None else result


def _must_be_a_terminal() -> None:
    """Textual paints on what stderr is; what is piped into the app would be read as keys."""
    from compare_tui.engine.settle import put_off_collecting
    from compare_tui.ui.terminal import why_not

    for stream, name in ((sys.__stdout__, "standard output"), (sys.__stderr__, "standard error")):
        if why := why_not(sys.__stdin__, stream, os.environ, output=name):
            raise click.UsageError(why)
    put_off_collecting()


def _lanes(texts: Sequence[str], preset: str | None, config: Config) -> tuple[Any, tuple[str, ...]]:
    """The lanes named here, else the preset, else the last ones, else those of the settings."""
    from compare_tui import lanes_file, paths
    from compare_tui.cli.lanes import chosen_lanes

    if texts and preset:
        raise click.UsageError("--lane and --preset exclude each other; give one of them")
    if texts:
        return chosen_lanes(texts, None, None, None, None), ()
    kept = lanes_file.load(paths.lanes_file())
    if preset:
        try:
            lineup, failures = kept.preset(preset)
        except lanes_file.NoPreset as error:
            raise click.UsageError(str(error)) from None
        return lineup, (*kept.failures, *failures)
    if len(kept.lineup):
        return kept.lineup, kept.failures
    return chosen_lanes(config.defaults.lanes, None, None, None, None), kept.failures


def _watched(file: Path | None) -> Any:
    if file is None:
        return None
    from compare_tui.promptfiles import PromptFileError
    from compare_tui.ui.file_watch import FileWatch

    try:
        return FileWatch(file)
    except PromptFileError as error:
        raise click.UsageError(str(error)) from None


def _accounts(config: Config) -> "Mapping[str, Account]":
    """Every endpoint with its prices, none with its key."""
    from compare_tui import paths, ratecards
    from compare_tui.engine.account import Account

    card = ratecards.load(paths.config_dir(), paths.state_dir())
    return {name: Account(endpoint, None, card) for name, endpoint in config.endpoints.items()}


def _keyed(account: "Account") -> "Account":
    from dataclasses import replace

    from compare_tui.secrets import read_key

    return replace(account, key=read_key(account.endpoint, os.environ))


def _demo(opened: contextlib.ExitStack, speed: float) -> "tuple[Account, tuple[Lane, ...]]":
    """The embedded endpoint, running until the app ends."""
    from compare_tui.cli.lanes import DEMO_LANES

    account = opened.enter_context(demo_account(speed, "responses"))
    return account, tuple(map(Lane.parse, DEMO_LANES))
