"""The command line. A command's module is imported when the command is used, so that `--version` stays instant."""

import importlib
import sys
from typing import Any

import click

from compare_tui import __version__
from compare_tui.cli.exits import CONFIGURATION, exit_code_of

_COMMANDS = {
    "run": "run",
    "models": "models",
    "prices": "prices",
    "demo-server": "demo_server",
    "paths": "paths",
    "doctor": "doctor",
}


class LazyGroup(click.Group):
    """Knows its commands by name and loads one when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        name = _COMMANDS[cmd_name]
        command: click.Command = getattr(importlib.import_module(f"compare_tui.cli.{name}"), name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in _COMMANDS:
            from compare_tui.core.nearest import did_you_mean

            raise click.UsageError(f"no command {args[0]!r}{did_you_mean(args[0], _COMMANDS)}", ctx)
        return super().resolve_command(ctx, args)


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, "-V", "--version", prog_name="compare-tui", message="%(prog)s %(version)s")
def cli() -> None:
    """One prompt to several model × effort × tier configurations, answers and true figures side by side.

    \b
    compare-tui run --demo --prompt "Explain TTFT"      no key, no network: the embedded endpoint
    compare-tui run --prompt "…" --lane "gpt-5.5 low" --lane "gpt-5.5-pro high flex"
    compare-tui run prompts.txt --models gpt-5.5,gpt-5.5-pro --efforts low,high --out results.csv
    """


def main(args: list[str] | None = None) -> None:
    """Run, and leave with the exit code that says what happened."""
    try:
        result: Any = cli.main(args, prog_name="compare-tui", standalone_mode=False)
    except click.exceptions.Exit as stop:
        sys.exit(stop.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(130)
    except BrokenPipeError:
        _leave_quietly()
    except Exception as error:
        code = exit_code_of(error)
        if code is None:
            raise
        kind = "configuration" if code == CONFIGURATION else "error"
        click.echo(f"compare-tui: {kind}: {error}", err=True)
        sys.exit(code)
    sys.exit(result if isinstance(result, int) else 0)


def _leave_quietly() -> None:
    """Whoever read our output has gone: nobody is left to tell."""
    import os

    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(1)
