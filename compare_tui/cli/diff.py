"""`compare-tui diff`: where two answers, or two files, differ; 0 when they do not, 1 when they do."""

import contextlib
import re
import sys
from collections.abc import Sequence
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
_BETWEEN_VALUES: Final = re.compile(r'("(?:\\.|[^"\\])*+")|\s++')


@click.command(short_help="Where two answers or files differ.")
@click.argument("old", metavar="A")
@click.argument("new", metavar="B")
@click.option("--word", is_flag=True, help="Changed words are marked; this is the default.")
@click.option("--sentence", is_flag=True, help="Whole sentences, list items, rows of tables.")
@click.option("--line", is_flag=True, help="Whole lines. Of these three only one can be given.")
@click.option(
    "--ignore",
    "ignored",
    multiple=True,
    type=click.Choice(["space", "markup", "case"]),
    help="What makes no difference to the exit code either; may be given several times. `markup` takes all white space "
    "along, the indentation of code too.",
)
@click.option("--exact", is_flag=True, help="Every character counts, white space too; JSON is compared as text.")
@click.option(
    "--json",
    "as_json",
    is_flag=True,
    help="One object instead of the text: `percent` of the words are the same, `longer` is a share (0.25 is a quarter "
    "more words), `numbers` counts those that stand against another one.",
)
@click.option(
    "--out",
    "outs",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Instead of stdout: a page (.html), the text as it is shown, control characters as signs (.txt), or whole "
    "lines with every character for `patch` (.diff, .patch); may be given several times.",
)
@click.option("--yes", is_flag=True, help="Overwrite without asking.")
def diff(
    old: str,
    new: str,
    word: bool,
    sentence: bool,
    line: bool,
    ignored: tuple[str, ...],
    exact: bool,
    as_json: bool,
    outs: tuple[Path, ...],
    yes: bool,
) -> int:
    """Compare A with B: what B says otherwise, more, less, or at another place.

    Each is a file if there is one of that name (`-` is standard input), else the id of a take (ID.R.T), or of a session
    or a round with one take; `last` is the newest session. JSON and calls of tools are compared by structure.

    In the text a line behind `~` is changed in part; behind `≈` only what is ignored differs, and the line is B's.

    White space that differs in prose is told but is no change. A file of source code that has no fences is prose too:
    its indentation counts with --exact. The exit code is 0 only when not one character differs, or nothing but what is
    to be ignored; 1 when the two differ; 2 on trouble.
    """
    from compare_tui.cli.diff_sides import both
    from compare_tui.core.diff.model import Ignoring

    unit = _one_of(word=word, sentence=sentence, line=line)
    if exact and ignored:
        raise click.UsageError("--exact and --ignore exclude each other")
    outs = tuple(dict.fromkeys(outs))
    _check(outs, (old, new), yes=yes)
    sides = both(old, new)
    asked = Ignoring(space="space" in ignored, markup="markup" in ignored, case="case" in ignored)
    found = _compared(sides, unit, asked, exact=exact)
    same = sides[0].exact == sides[1].exact
    if as_json or not outs:
        _print(found, sides, same=same, as_json=as_json)
    _talk(found, sides, same=same)
    for out in outs:
        if code := _write(out, found, sides):
            return code
    return exits.OK if same or (not found.changes and _is_ignored(found, sides, asked)) else DIFFERENT


def _one_of(**units: bool) -> str:
    asked = [name for name, is_asked in units.items() if is_asked]
    if len(asked) > 1:
        raise click.UsageError(f"--{asked[0]} and --{asked[1]} exclude each other")
    return asked[0] if asked else "word"


def _compared(sides: "Sides", unit: str, asked: "Ignoring", *, exact: bool) -> "Diff":
    """How prose is spaced is never a change unless every character is to be one."""
    from compare_tui.core.diff.answer import compare_said
    from compare_tui.core.diff.model import EVERY_CHARACTER, Unit

    ignoring = EVERY_CHARACTER if exact else replace(asked, space=True)
    old, new = sides
    return compare_said(old.settled, new.settled, Unit(unit), ignoring, growing=old.is_running or new.is_running)


def _is_ignored(found: "Diff", sides: "Sides", asked: "Ignoring") -> bool:
    """Whether nothing differs but what was asked to be ignored: keys of JSON in another order are more than that."""
    from compare_tui.core.diff.answer import whole_text
    from compare_tui.core.diff.compare import compare
    from compare_tui.core.diff.model import EVERY_CHARACTER

    if asked == EVERY_CHARACTER:
        return False
    old, new = (whole_text(side.said) if asked.space or asked.markup else side.exact for side in sides)
    if found.structure == "JSON" and (asked.space or asked.markup):
        old, new = (_BETWEEN_VALUES.sub(r"\1", text) for text in (old, new))
    return not compare(old, new, ignoring=asked).changes


def _print(found: "Diff", sides: "Sides", *, same: bool, as_json: bool) -> None:
    from compare_tui.cli.diff_shown import as_object, write
    from compare_tui.cli.summary import console

    if as_json:
        click.echo(as_object(found, *sides, same=same))
    else:
        write(console(), found, *sides)


def _talk(found: "Diff", sides: "Sides", *, same: bool) -> None:
    from compare_tui.core.diff import told
    from compare_tui.core.sanitize import safe_line

    for side in dict.fromkeys(sides):
        for remark in side.remarks:
            click.echo(safe_line(f"{side.name}: {remark}"), err=True)
    figures = [told.THE_SAME] if same else ["0 changes"] if found.is_same else told.figures(found)
    click.echo(" · ".join(figures), err=True)


def _check(outs: Sequence[Path], names: tuple[str, str], *, yes: bool) -> None:
    """What is compared is never written over."""
    from compare_tui.cli.plan import out_files

    ask = sys.stdin.isatty() and sys.stderr.isatty()
    for out in outs:
        ending = out.suffix if out.suffix.lower() in FORMATS else ""
        for name in names:
            if _is_one_file(name, out):
                raise click.UsageError(f"--out {out}: that is {'standard input' if name == '-' else name} itself")
        out_files([out], yes=yes, ask=ask, formats=[ending] if ending else FORMATS)


def _is_one_file(name: str, out: Path) -> bool:
    """By whatever path or link; a name of nothing there is the id of a take."""
    with contextlib.suppress(OSError, ValueError):
        return out.samefile("/dev/stdin" if name == "-" else name)
    return False


def _write(out: Path, found: "Diff", sides: "Sides") -> int:
    from compare_tui.core.sanitize import join_surrogates, safe_line
    from compare_tui.export.outfile import OutFile, as_it_is

    try:
        with OutFile(out, as_it_is, overwrite=True) as file:
            file.write(join_surrogates(_text(out.suffix.lower(), found, sides)))
    except OSError as error:
        click.echo(f"{safe_line(str(out))}: {error.strerror}", err=True)
        return exits.STORAGE
    click.echo(f"wrote {safe_line(str(out))}", err=True)
    return exits.OK


def _text(ending: str, found: "Diff", sides: "Sides") -> str:
    from compare_tui.core.diff.blocks import as_shown
    from compare_tui.core.sanitize import safe_line
    from compare_tui.export.diff_file import diff_file
    from compare_tui.export.diff_page import diff_page

    names = [safe_line(side.title) for side in sides]
    if ending == ".html":
        return diff_page(found, *names)
    return as_shown(found, *names) if ending == ".txt" else diff_file(sides[0].exact, sides[1].exact, *names)
