"""`compare-tui diff`: where two answers, or two files, differ; 0 when they do not, 1 when they do."""

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from compare_tui.cli import exits

if TYPE_CHECKING:
    from compare_tui.cli.diff_sides import Side
    from compare_tui.core.diff.model import Diff, Ignoring

    Sides = tuple[Side, Side]

DIFFERENT: Final = 1
FORMATS: Final = (".html", ".diff", ".patch", ".txt")


@click.command(short_help="Where two answers or files differ.")
@click.argument("old", metavar="A")
@click.argument("new", metavar="B")
@click.option("--word", "unit", flag_value="word", help="Changed words are marked; this is the default.")
@click.option("--sentence", "unit", flag_value="sentence", help="Whole sentences, list items, rows of tables.")
@click.option("--line", "unit", flag_value="line", help="Whole lines.")
@click.option(
    "--ignore",
    "ignored",
    multiple=True,
    type=click.Choice(["space", "markup", "case"]),
    help="What makes no difference to the exit code either; may be given several times.",
)
@click.option("--exact", is_flag=True, help="Every character counts, white space too; JSON is compared as text.")
@click.option("--json", "as_json", is_flag=True, help="One object instead of the text.")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="FILE.html, or FILE.diff, .patch or .txt, instead of stdout.",
)
@click.option("--yes", is_flag=True, help="Overwrite without asking.")
def diff(
    old: str,
    new: str,
    unit: str | None,
    ignored: tuple[str, ...],
    exact: bool,
    as_json: bool,
    out: Path | None,
    yes: bool,
) -> int:
    """Compare A with B: what B says otherwise, more, less, or at another place.

    Each is a file if there is one of that name (`-` is standard input), else the id of a take (ID.R.T), or of a session
    or a round with one take; `last` is the newest session. JSON and calls of tools are compared by structure.

    White space that differs in prose is told but is no change. The exit code is 0 only when not one character differs,
    or nothing but what is to be ignored; 1 when the two differ; 2 on trouble.
    """
    from compare_tui.cli.diff_sides import both
    from compare_tui.core.diff.model import Ignoring

    if exact and ignored:
        raise click.UsageError("--exact and --ignore exclude each other")
    if out is not None:
        _check(out, yes=yes)
    sides = both(old, new)
    asked = Ignoring(space="space" in ignored, markup="markup" in ignored, case="case" in ignored)
    found = _compared(sides, unit or "word", asked, exact=exact)
    same = sides[0].exact == sides[1].exact
    if as_json:
        from compare_tui.cli.diff_shown import as_object

        click.echo(as_object(found, *sides, same=same))
    elif out is None:
        from compare_tui.cli.diff_shown import write
        from compare_tui.cli.summary import console

        write(console(), found, *sides)
    _talk(found, sides, same=same)
    if out is not None and (code := _write(out, found, sides)):
        return code
    return exits.OK if same or _is_ignored(sides, asked) else DIFFERENT


def _compared(sides: "Sides", unit: str, asked: "Ignoring", *, exact: bool) -> "Diff":
    """How prose is spaced is never a change unless every character is to be one."""
    from compare_tui.core.diff.answer import compare_said
    from compare_tui.core.diff.model import EVERY_CHARACTER, Unit

    ignoring = EVERY_CHARACTER if exact else replace(asked, space=True)
    old, new = sides
    return compare_said(old.settled, new.settled, Unit(unit), ignoring, growing=old.is_running or new.is_running)


def _is_ignored(sides: "Sides", asked: "Ignoring") -> bool:
    """Whether nothing differs but what was asked to be ignored: keys of JSON in another order are more than that."""
    from compare_tui.core.diff.answer import whole_text
    from compare_tui.core.diff.compare import compare
    from compare_tui.core.diff.model import EVERY_CHARACTER

    if asked == EVERY_CHARACTER:
        return False
    old, new = (whole_text(side.said) if asked.space or asked.markup else side.exact for side in sides)
    return not compare(old, new, ignoring=asked).changes


def _talk(found: "Diff", sides: "Sides", *, same: bool) -> None:
    from compare_tui.core.diff import told
    from compare_tui.core.sanitize import safe_line

    for side in dict.fromkeys(sides):
        for remark in side.remarks:
            click.echo(safe_line(f"{side.name}: {remark}"), err=True)
    figures = [told.THE_SAME] if same else ["0 changes"] if found.is_same else told.figures(found)
    click.echo(" · ".join(figures), err=True)


def _check(out: Path, *, yes: bool) -> None:
    from compare_tui.cli.plan import out_files

    out_files([out], yes=yes, ask=sys.stdin.isatty() and sys.stderr.isatty(), formats=FORMATS)


def _write(out: Path, found: "Diff", sides: "Sides") -> int:
    from compare_tui.core.diff.blocks import patch
    from compare_tui.core.sanitize import join_surrogates, safe_line
    from compare_tui.export.diff_page import diff_page
    from compare_tui.export.outfile import OutFile, as_it_is

    names = [safe_line(side.title) for side in sides]
    text = diff_page(found, *names) if out.suffix == ".html" else join_surrogates(patch(found, *names))
    try:
        with OutFile(out, as_it_is, overwrite=True) as file:
            file.write(text)
    except OSError as error:
        click.echo(f"{safe_line(str(out))}: {error.strerror}", err=True)
        return exits.STORAGE
    click.echo(f"wrote {safe_line(str(out))}", err=True)
    return exits.OK
