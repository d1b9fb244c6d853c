"""Sessions as the command line prints them: a table of many, the text around what was looked for, one of them whole."""

import datetime as dt
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from compare_tui.cli.summary import console, figures_table
from compare_tui.core.lane import Lane, distinct_labels
from compare_tui.core.record import RoundRecord, SessionRecord
from compare_tui.core.sanitize import join_surrogates, safe_display, safe_line
from compare_tui.core.take import Take
from compare_tui.core.tally import DASH, notices, seconds
from compare_tui.core.verdict import Verdict
from compare_tui.export.jsonl import lossless, take_object
from compare_tui.export.rows import output, row

if TYPE_CHECKING:
    from compare_tui.store.store import Listed

_FIRST_TO_GO = ("tags", "rounds", "lanes", "verdicts")
"""Columns given up when the terminal is narrow, least missed first."""
_FIT_TITLE = 24
"""Cells a title should have; then the other columns may stay."""
_WIDEST_TITLE = 48
_WIDE_CELL = 32
Columns = dict[str, Callable[["Listed"], str]]
_MATCH = re.compile("\x02([^\x02\x03]*)\x03")
_MARKS = re.compile("[\x02\x03]")


# Many


def listed_object(one: "Listed") -> str:
    return lossless(_about(one))


def match_object(one: "Listed") -> str:
    return lossless({**_about(one), "snippet": _MARKS.sub("", one.snippet)})


def _about(one: "Listed") -> dict[str, Any]:
    """The keys of the CSV where it has one."""
    return {
        "session": one.id,
        "title": one.title,
        "name": one.name,
        "created": one.created,
        "touched": one.touched,
        "rounds": one.rounds,
        "takes": one.takes,
        "lanes": [str(lane) for lane in one.lanes],
        "cost_usd": None if one.cost.amount is None else float(one.cost.amount),
        "cost_state": one.cost.state.value,
        "verdicts": dict(one.verdicts),
        "tags": dict(one.tags),
        "again_of": one.again_of,
        "deleted": one.deleted,
    }


def print_table(several: "Sequence[Listed]") -> None:
    """A line a session; without a terminal as wide as it wants to be."""
    columns: Columns = {
        "id": lambda one: one.id,
        "when": lambda one: _when(one.touched),
        "title": lambda one: _short(one.title, _WIDEST_TITLE),
        "rounds": lambda one: f"{one.rounds:,}",
        "lanes": lambda one: _short(", ".join(distinct_labels(one.lanes).values()), _WIDE_CELL),
        "cost": lambda one: str(one.cost),
        "verdicts": lambda one: _verdicts(one.verdicts),
        "tags": lambda one: _short(_tags(one.tags), _WIDE_CELL),
    }
    out = console()
    for name in _FIRST_TO_GO if out.is_terminal else ():
        if _width(out, columns, several) + _FIT_TITLE > out.width:
            del columns[name]
    if not out.is_terminal:
        out.width = _width(out, columns, several) + _WIDEST_TITLE
    out.print(_filled(columns, several, out.width - _width(out, columns, several)))


def _width(out: Console, columns: "Columns", several: "Sequence[Listed]") -> int:
    """Of all but the titles."""
    return out.measure(_filled(columns, several, 0), options=out.options.update(width=1000)).maximum


def _filled(columns: "Columns", several: "Sequence[Listed]", title_width: int) -> Table:
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, padding=(0, 1, 0, 0), pad_edge=False, header_style="bold")
    for name in columns:
        is_number, most = name in ("rounds", "cost"), title_width if name == "title" else None
        justify: Literal["right", "left"] = "right" if is_number else "left"
        table.add_column(name, justify=justify, no_wrap=True, overflow="ellipsis", max_width=most)
    for one in several:
        table.add_row(*(Text(cell(one)) for cell in columns.values()))
    return table


def print_matches(several: "Iterable[Listed]") -> None:
    out = console()
    for one in several:
        _line(out, Text.assemble((one.id, "bold"), f"  {_when(one.touched)}  {_short(one.title, _WIDEST_TITLE)}"))
        if one.snippet:
            _line(out, Text("  ").append_text(_marked(one.snippet)))


def _marked(snippet: str) -> Text:
    """One line of it; a mark that has lost its other half marks nothing."""
    text = Text()
    for at, piece in enumerate(_MATCH.split(snippet)):
        shown = re.sub(r"\s+", " ", safe_display(_MARKS.sub("", piece)))
        text.append(shown, "bold underline" if at % 2 else "")
    return text


# One


def take_objects(record: SessionRecord) -> Iterator[str]:
    for round_, kept in record.takes():
        yield take_object(row(kept.take(), round_, tags=record.tags))


def in_short(record: SessionRecord) -> str:
    """`“Title”: 2 rounds, 8 takes, $0.12`, to know it by."""
    session = record.session()
    rounds, takes = len(session.rounds), sum(1 for _ in session.takes())
    counts = f"{_count(rounds, 'round')}, {_count(takes, 'take')}, {session.cost}"
    return f"“{_short(session.title, _WIDEST_TITLE)}”: {counts}"


def print_record(record: SessionRecord) -> None:
    out = console()
    session = record.session()
    takes = list(session.takes())
    facts = [
        _when(record.created),
        _count(len(session.rounds), "round"),
        _count(len(takes), "take"),
        str(session.cost),
        _tags(session.tags),
        f"asks {session.again_of} again" if session.again_of else "",
    ]
    _line(out, Text(f"{session.id} · {safe_line(session.title)}", "bold"))
    _line(out, Text(safe_line(" · ".join(filter(None, facts)))))
    labels = distinct_labels(take.lane for take in takes)
    for one in record.rounds:
        _print_round(out, one, labels)


def _print_round(out: Console, one: RoundRecord, labels: Mapping[Lane, str]) -> None:
    round_, takes = one.round, one.sent().takes
    facts = [
        f"round {round_.id}",
        f"prompt {round_.prompt_id}",
        _when(round_.sent_at) if round_.sent_at else "",
        f"continues {round_.follows}" if round_.follows else "",
        _tags(round_.tags),
    ]
    out.print()
    _line(out, Text(safe_line(f"══ {' · '.join(filter(None, facts))} ══"), "bold"))
    if round_.prompt.system:
        _body(out, f"[system] {round_.prompt.system}")
    _body(out, round_.prompt.text)
    if takes:
        out.print()
        out.print(_figures(takes, labels))
    for take in takes:
        verdict = f"{take.verdict.glyph} {take.verdict.value}" if take.verdict else take.state
        out.print()
        _line(out, Text(safe_line(f"── {take.id} · {_name(take, labels)} · {verdict} ──"), "bold"))
        for notice in notices(take):
            _line(out, Text(f"! {safe_line(notice)}", "yellow"))
        _body(out, output(take))


def _figures(takes: Sequence[Take], labels: Mapping[Lane, str]) -> Table:
    table = figures_table("take", "lane", "verdict", "TTFT", "TTFA", "total", "in tok", "out tok", "tok/s", "cost")
    for take in takes:
        usage, stamps = take.usage, take.stamps
        table.add_row(
            take.id.rpartition(".")[2],
            Text(safe_line(_name(take, labels))),
            f"{take.verdict.glyph} {take.verdict.value}" if take.verdict else take.state,
            *(seconds(None if ns is None else ns / 1e6) for ns in (stamps.ttft_ns, stamps.ttfa_ns, stamps.total_ns)),
            *(DASH if n is None else f"{n:,}" for n in ((usage.input, usage.output) if usage else (None, None))),
            DASH if take.tokens_per_s is None else f"{take.tokens_per_s:,.0f}",
            str(take.cost),
        )
    return table


def _name(take: Take, labels: Mapping[Lane, str]) -> str:
    return labels[take.lane] + (f" · repeat {take.repeat}" if take.repeat > 1 else "")


# What both are made of


def _line(out: Console, text: Text) -> None:
    """A pipe gets it in one piece, however long."""
    out.print(text, soft_wrap=not out.is_terminal)


def _body(out: Console, text: str) -> None:
    """A prompt or an answer as it is, which `click.echo` would not leave it; a terminal gets what it may have."""
    whole = safe_display(text) if out.is_terminal else join_surrogates(text)
    sys.stdout.write(f"\n{whole}\n" if whole else "")


def _short(text: str, most: int) -> str:
    line = Text(safe_line(text))
    line.truncate(most, overflow="ellipsis")
    return line.plain


def _when(moment: str) -> str:
    """Here and to the minute."""
    try:
        return f"{dt.datetime.fromisoformat(moment).astimezone():%Y-%m-%d %H:%M}"
    except (ValueError, OverflowError):  # of a file that somebody else wrote
        return safe_line(moment) or DASH


def _verdicts(counts: Mapping[str, int]) -> str:
    """`✓ 7 done, ✗ 1 failed`; those under way have no sign yet."""
    known = {verdict.value: verdict.glyph for verdict in Verdict}
    return ", ".join(f"{known.get(word, '')} {count:,} {word}".strip() for word, count in counts.items())


def _tags(tags: Mapping[str, str]) -> str:
    return safe_line(" ".join(f"{name}={tags[name]}" for name in sorted(tags)))


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
