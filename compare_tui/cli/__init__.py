"""The command line. A command's module is imported when the command is used, so that `--version` stays instant."""

import importlib
import keyword
import os
import sys
from typing import Any, NoReturn

import click

from compare_tui import __version__
from compare_tui.cli import streams
from compare_tui.cli.exits import NOT_ALL_ANSWERED, USAGE, exit_code_of

_COMMANDS = {
    "demo": "app",
    "run": "run",
    "sessions": "sessions",
    "export": "export",
    "import": "import_",
    "replay": "replay",
    "report": "report",
    "diff": "diff",
    "models": "models",
    "prices": "prices",
    "demo-server": "demo_server",
    "themes": "themes",
    "keys": "keys",
    "paths": "paths",
    "doctor": "doctor",
}


def _function(name: str) -> str:
    """A word that Python keeps for itself has an underscore behind it."""
    word = name.replace("-", "_")
    return f"{word}_" if keyword.iskeyword(word) else word


class LazyGroup(click.Group):
    """Knows its commands by name and loads one when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module = importlib.import_module(f"compare_tui.cli.{_COMMANDS[cmd_name]}")
        command: click.Command = getattr(module, _function(cmd_name))
        return command

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Those of the app, which has no command of its own."""
        from compare_tui.cli.app import app

        with formatter.section("The app"):
            options = [param for param in app.params if isinstance(param, click.Option)]
            rows = [("FILE", "One prompt, read again when it is saved elsewhere.")]
            formatter.write_dl(rows + [record for one in options if (record := one.get_help_record(ctx))])
        super().format_options(ctx, formatter)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in _COMMANDS:
            from compare_tui.core.nearest import did_you_mean

            raise click.UsageError(f"no command and no file {args[0]!r}{did_you_mean(args[0], _COMMANDS)}", ctx)
        return super().resolve_command(ctx, args)


@click.group(
    cls=LazyGroup,
    subcommand_metavar="[FILE] | COMMAND [ARGS]...",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)
@click.version_option(__version__, "-V", "--version", prog_name="compare-tui", message="%(prog)s %(version)s")
def cli() -> None:
    """One prompt to several model × effort × tier configurations, answers and true figures side by side.

    \b
    compare-tui demo                                     the app, without a key and a network
    compare-tui --lane "gpt-5.5 low" --lane "gpt-5.5-pro high flex"
    compare-tui run --demo --prompt "Explain TTFT"      no key, no network: the embedded endpoint
    compare-tui run --prompt "…" --lane "gpt-5.5 low" --lane "gpt-5.5-pro high flex"
    compare-tui run prompts.txt --models gpt-5.5,gpt-5.5-pro --efforts medium,high --out results.csv
    """


def main(args: list[str] | None = None) -> NoReturn:
    """Run, and leave with the exit code that says what happened."""
    streams.prepare()
    streams.leave(_code(args))


def _code(args: list[str] | None) -> int:
    try:
        command, args = _command(sys.argv[1:] if args is None else args)
        result: Any = command.main(args, prog_name="compare-tui", standalone_mode=False)
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.exceptions.NoArgsIsHelpError as help_:
        help_.show()
        return USAGE
    except click.ClickException as error:
        return _explained(error)
    except (click.Abort, KeyboardInterrupt):
        return 130
    except BrokenPipeError:
        return NOT_ALL_ANSWERED
    except Exception as error:
        if isinstance(error, OSError) and streams.is_full(error):
            return streams.say_full(error)
        code = exit_code_of(error)
        if code is None:
            raise
        from compare_tui.core.sanitize import safe_display

        click.echo(f"compare-tui: {safe_display(str(error))}", err=True)
        return code
    return result if isinstance(result, int) else 0


def _command(args: list[str]) -> tuple[click.Command, list[str]]:
    """The app, unless a command is named, or help or the version asked for; the help of the app is that of all."""
    if args and (args[0] in (*_COMMANDS, "-V", "--version") or _is_mistyped(args[0])):
        return cli, args
    if {"-h", "--help"} & set(args):
        return cli, ["--help"]
    from compare_tui.cli.app import app

    return app, args


def _is_mistyped(word: str) -> bool:
    """Neither an option nor a file: a command that is none."""
    return not word.startswith("-") and not os.path.exists(word)  # noqa: PTH110 (pathlib would slow --version down)


def _explained(error: click.ClickException) -> int:
    """click shows what a user typed as it is; a terminal must not get it like that."""
    from compare_tui.core.sanitize import safe_display

    words = error.format_message()
    if isinstance(error, click.UsageError) and error.ctx is not None:
        click.echo(error.ctx.get_usage(), err=True)
        if isinstance(error, click.NoSuchOption) and error.option_name == "--demo" and error.ctx.parent is None:
            words = f"{error.message} The app without a key and a network is `compare-tui demo`."
    click.echo(f"Error: {safe_display(words)}", err=True)
    return error.exit_code
