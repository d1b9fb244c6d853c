"""Which characters are marked: those the comparison calls new and no others, and those that spell what is found."""

import json
import re
from collections.abc import Iterator, Sequence
from threading import Event as Gate
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.pilot import Pilot
from textual.theme import BUILTIN_THEMES

from compare_tui.core.diff.answer import Said, compare_said
from compare_tui.core.diff.model import Diff, Kind
from compare_tui.core.events import Event
from compare_tui.core.events import Kind as What
from compare_tui.core.sanitize import safe_display
from compare_tui.ui.app import CompareApp
from compare_tui.ui.finding import Finding, Unwrapped
from compare_tui.ui.ink import Ink
from compare_tui.ui.marks.in_place import As, Marks, differing, shown
from compare_tui.ui.marks.on_rows import on_row
from compare_tui.ui.rendered.answer import RenderedRows, rendered
from compare_tui.ui.rows import TAB, RawRows, Rows
from compare_tui.ui.sheet import Sheet
from compare_tui.ui.widgets.pane import SHORT
from compare_tui.ui.wrap import clusters
from tests.ui.driving import until
from tests.ui.scenes import Script, app_with, at, on_stage, plays, settled
from tests.ui.streams import Streams, say, streaming

INK = Ink.of(BUILTIN_THEMES["textual-dark"].to_color_system().generate())
FAMILY, FLAG, THUMB = "👨\u200d👩\u200d👧", "🇩🇪", "👍🏽"
BITS = (
    *("one", "two", "four five", "42", "55 ms", "1,5", "a-b", "snake_case", "x" * 30, "**", "`", "|", "- ", "```\n"),
    *(".", ")))))", "…", "。", "\n", "\n\n", " ", " " * 7, "\t", "\r\n", "\x1b[2J", "\u202e", "\u200b", "\u2028"),
    *("深い", "海", "שלום", "مرحبا", "नमस्ते", "é", "e\u0301", "🙂", FAMILY, FLAG, "🇩🇰", THUMB, "⚠\ufe0f", "\u0301"),
)


@st.composite
def pairs(draw: st.DrawFn) -> tuple[str, str]:
    """A text and what became of it."""
    old = draw(st.lists(st.sampled_from(BITS), max_size=25))
    new = list(old)
    for _ in range(draw(st.integers(0, 4))):
        place = draw(st.integers(0, len(new)))
        new[place : place + draw(st.integers(0, 2))] = draw(st.lists(st.sampled_from(BITS), max_size=2))
    between = draw(st.sampled_from(["", " "]))
    return between.join(old), between.join(new)


def new_places(diff: Diff) -> set[int]:
    return {place for piece in diff.pieces if piece.kind is Kind.NEW for place in range(piece.new, piece.new_end)}


def on_lines(text: str, places: set[int]) -> set[tuple[int, int]]:
    """Those of them that are not blank by their lines, tabs of which are spaces."""
    found, line, column = set(), 0, 0
    for place, character in enumerate(text):
        if character == "\n":
            line, column = line + 1, 0
        elif character == "\t":
            column += TAB - column % TAB
        else:
            if place in places and not character.isspace():
                found.add((line, column))
            column += 1
    return found


def marked(rows: Rows, y: int, marks: Marks) -> set[int]:
    """The characters of a row, without the signs for what is gone."""
    found = on_row(marks, rows.plain(y), rows.stretches(y), rows.width)
    return {place for one in found if one.why is not As.GONE for place in range(one.start, one.end)}


@settings(max_examples=120, derandomize=True)
@given(pairs(), st.integers(2, 40), st.lists(st.integers(1, 6), max_size=12), st.booleans())
@example(("oneoneone.。**one", "oneoneone. .****one"), 2, [], False)
def test_of_a_text_as_it_comes_what_is_new_is_marked_and_nothing_else(
    pair: tuple[str, str], width: int, sizes: Sequence[int], growing: bool
) -> None:
    old, new = pair
    rows, came = RawRows(width), 0
    for size in (*sizes, len(new)):
        rows.append(new[came : came + size])
        rows.fold(60)
        came += size
    marks = differing(Said(old), Said(new), growing=growing)
    found, signs = set(), set()
    for y in range(len(rows)):
        place, text = rows.place(y), rows.plain(y)
        found |= {(place.line, place.offset + at) for at in marked(rows, y, marks) if not text[at].isspace()}
        signs |= {(y, one.start) for one in on_row(marks, text, rows.stretches(y), width) if one.why is As.GONE}
    diff = compare_said(Said(safe_display(old)), Said(safe_display(new)), growing=growing)
    assert diff.new == shown(Said(new))
    assert found == on_lines(diff.new, new_places(diff))
    gone = {(line, *mark[:2]) for line, several in marks.lines.items() for mark in several if mark.why is As.GONE}
    assert len(signs) == len({(line, end if end >= 0 else start, end) for line, start, end in gone if start + end > -2})


# Laid out


WORD = re.compile(r"[bdfgk][aeiou]\w[aeiou]zz")
SHAPES = (
    *("{}", "{}", "{} {}", "**{}**", "*{}*", "__{}__", "_{} {}_", "`{}`", "~~{}~~", "[{}](http://{}.org/{}{}{}{})"),
    *(
        "\\*{}\\*",
        "&amp;{}",
        "深{}海",
        "🙂{}",
        "{} שלום",
        "{}\u202e\x1b[2J",
        "${}$",
        "{}\t{}",
        "e\u0301{}",
        "{}{}{}{}{}",
    ),
)
BLOCKS = (
    *("{0}. {1}", "# {0}\n\n{1}", "- {0}\n- {1}\n  - {2}", "1. {0}\n2. {1}", "> {0}\n> {1}", "{0}\n{1}  \n{2}"),
    *("```python\n{0} = {1}\n\t# {2}\n```", "| {0} | {1} |\n|---|---|\n| {2} | {3} |\n| {4} | {5} |", "- {0}\n\n  {1}"),
)


def every_word() -> Iterator[str]:
    """Each of them once."""
    signs, vowels = "bdfgk", "aeiou"
    return (f"{a}{b}{c}{d}zz" for c in "lmnprst" for d in vowels for b in vowels for a in signs)


@st.composite
def documents(draw: st.DrawFn) -> tuple[str, str]:
    """One without any word twice, and one in which some are others or not there."""
    words = every_word()

    def filled(shape: str) -> str:
        return re.sub(r"\{\}", lambda _: next(words), shape)

    def run() -> str:
        return " ".join(map(filled, draw(st.lists(st.sampled_from(SHAPES), min_size=1, max_size=4))))

    old = "\n\n".join(
        block.format(*(run() for _ in range(6))) for block in draw(st.lists(st.sampled_from(BLOCKS), max_size=4))
    )
    what = iter(draw(st.lists(st.sampled_from(("{0}",) * 6 + ("{1}", "{0} {1}", "")), max_size=40)))
    return old, WORD.sub(lambda found: next(what, "{0}").format(found[0], next(words)), old)


def check_words(rows: Rows, marks: Marks, diff: Diff) -> None:
    """Each word that is whole on a row, which is the same as in the text, is marked as far as it is new there."""
    new = new_places(diff)
    wanted = {found[0]: [at in new for at in range(*found.span())] for found in WORD.finditer(diff.new)}
    for y in range(len(rows)):
        label = rows._line(y).label if isinstance(rows, RenderedRows) else 0
        here = marked(rows, y, marks)
        for found in WORD.finditer(rows.plain(y)):
            if found[0] in wanted and found.start() >= label:
                assert [at in here for at in range(*found.span())] == wanted[found[0]], (found[0], rows.plain(y))


@settings(max_examples=60, derandomize=True)
@given(documents(), st.sampled_from([14, 20, 38, 100]))
@example(("see _bolazz_ and __dolazz__", "see _bolezz_ and __dolezz__"), 38)
@example(("see bolazzdolazzfolazzgolazz", "see bolezzdolezzfolezzgolezz"), 14)
def test_laid_out_the_words_that_are_new_are_marked_and_no_others(pair: tuple[str, str], width: int) -> None:
    old, new = pair
    diff = compare_said(Said(safe_display(old)), Said(safe_display(new)))
    check_words(rendered(new, [], width, INK), differing(Said(old), Said(new)), diff)


@pytest.mark.parametrize("ascii_only", [True, False])
def test_of_a_value_with_escapes_only_the_words_that_are_new_are_marked(ascii_only: bool) -> None:
    """Also behind a call whose last argument is empty."""
    old = {"bolazz": "dolazz é 🙂 “folazz” golazz\n", "kolazz": ["balezz"]}
    new = {"bolazz": "dolazz é 🙂 “falizz” golazz\n", "kolazz": ["balezz"]}
    empty = json.dumps({"n": [1, {}]})
    one, other = (Said("", (("a", empty), ("b", json.dumps(value, ensure_ascii=ascii_only)))) for value in (old, new))
    rows = RawRows(30)
    rows.append(shown(other))
    rows.fold(60)
    marks = differing(one, other)
    found = "".join(rows.plain(y)[at] for y in range(len(rows)) for at in sorted(marked(rows, y, marks)))
    assert found == "falizz"


# On the screen


def test_no_mark_parts_the_characters_that_a_terminal_shows_as_one() -> None:
    async def scenario(app: Streams, pilot: Pilot[Any]) -> None:
        text = f"a {FAMILY} b {FLAG} c {THUMB} d e\u0301 ⚠\ufe0f {FLAG}{FLAG}"
        await say(app, pilot, text)
        edges = {begin for begin, _, _ in clusters(text)}
        for query, hits in (("👨", 1), ("👧", 1), ("🇩", 3), ("🇪", 3), ("👍", 1), ("e", 1), ("\u0301", 1), ("⚠", 1)):
            assert app.view.find(query) == hits
            place, found = 0, []
            current = app.view.get_component_rich_style("stream--match").bgcolor
            for segment in app.view._painting.row(app.view._sheet, 0, None, app.view._finding):
                assert place in edges or place >= len(text)
                place += len(segment.text)
                found += [segment.text] if segment.style is not None and segment.style.bgcolor == current else []
            whole = [text[begin:end] for begin, end, _ in clusters(text) if query in text[begin:end]]
            assert "".join(found) == "".join(whole)
            assert all(cell_len(one) for one in found)

    streaming(scenario)


# What is found


def spelled(finding: Finding, sheet: Sheet) -> list[str]:
    """What is marked, that which goes on in the next row in one."""
    found: list[str] = []
    goes_on = False
    for y in range(len(sheet)):
        text = sheet.plain(y)
        for start, end, _ in finding.on_row(y):
            found[len(found) - goes_on :] = ["".join(found[len(found) - goes_on :]) + text[start:end]]
            goes_on = end > len(text)
    return found


@settings(max_examples=60, derandomize=True)
@given(documents(), st.sampled_from([20, 38, 80]), st.booleans(), st.data())
def test_matches_spell_what_is_looked_for_and_are_as_many_at_any_width(
    pair: tuple[str, str], width: int, laid_out: bool, data: st.DataObject
) -> None:
    """In lists, quotes and code too, the margins of which a soft wrap goes round. Cells of tables are their own."""
    text = "\n\n".join(block for block in pair[0].split("\n\n") if not block.startswith("|"))
    sheet, wide = sheet_of(text, width, laid_out), sheet_of(text, 5_000, laid_out)
    whole = "\n".join(wide.plain(y) for y in range(len(wide)))
    begin = data.draw(st.integers(0, max(0, len(whole) - 1)))
    query = whole[begin : begin + data.draw(st.sampled_from([1, 4, 12]))].split("\n")[0].strip().upper()
    if not query:
        return
    finding = Finding(query, Unwrapped())
    while finding.is_looking:
        finding.look(sheet, 0)
    assert len(finding) == len(re.findall(re.escape(query), whole, re.IGNORECASE))
    assert [found.upper() for found in spelled(finding, sheet)] == [query] * len(finding)
    finding.begin(1)
    visited = [(finding.step(1, 0), finding.which) for _ in range(len(finding))]
    assert [which for _, which in visited] == list(range(1, len(finding) + 1))


def sheet_of(text: str, width: int, laid_out: bool) -> Sheet:
    sheet = Sheet(width)
    sheet.answer.append(text)
    sheet.fold(60)
    if laid_out:
        sheet.show_rendered(rendered(text, [], width, INK))
    return sheet


# What a key may cost, and the place read


def answered(text: str) -> Script:
    script = Script().sent().accepted()
    script.events.append(Event(at(400), What.TEXT, text))
    return script.done(1000, 200)


def test_answers_are_compared_and_looked_through_beside_the_keys() -> None:
    """While no thread is free for it nothing is compared; what a key lays out and reads is what is in sight."""
    app = app_with(["gpt-5.5 low", "gpt-5.5 high"])
    text = "\n\n".join(f"Paragraph {number} says **what** it is about, at some length." for number in range(800))

    async def scenario(pilot: Pilot[Any]) -> None:
        await plays(pilot, app, answered(text), answered(text.replace("9", "8")))
        app.compare.action_to_panes()
        pane = app.compare.board.panes[1]
        await until(pilot, lambda: not pane.is_laying_out)
        gate = Gate()
        for _ in range(app.desk._aside._max_workers):
            app.desk._aside.submit(gate.wait)
        try:
            app.compare.action_marks()
            app.compare.action_top()
            await settled(pilot, app)
            assert pane.view.marks is None
        finally:
            gate.set()
        await until(pilot, lambda: pane.view.marks is not None)
        await settled(pilot, app)
        rows = pane.view._sheet._rendered
        assert isinstance(rows, RenderedRows)
        assert 0 < sum(map(len, rows._stretches.values())) < 400
        await app.compare.action_find()
        app.compare._look_for("what")
        assert pane.view.matches is None, "what has not the focus has its turn"
        await until(pilot, lambda: pane.view.matches == 800 and not pane.view.is_looking)

    on_stage(app, scenario)


def test_who_reads_a_long_call_stays_there_when_marks_show_it_as_it_came() -> None:
    def calls(last: int) -> Script:
        script = Script().sent().accepted().says("Let me look.\n\nHere:", 300, 400)
        arguments = json.dumps({f"key{number}": number for number in range(300)} | {"last": last})
        script.events.append(Event(at(500), What.TOOL, "{}", {"key": "0", "name": "look"}))
        script.events.append(Event(at(600), What.TOOL, arguments, {"key": "1", "name": "search"}))
        return script.done(900, 40)

    app = app_with(["gpt-5.5 low", "gpt-5.5 high"])

    async def scenario(pilot: Pilot[Any]) -> None:
        await plays(pilot, app, calls(1), calls(2))
        app.compare.action_to_panes()
        pane = app.compare.board.panes[1]
        view = pane.view
        await until(pilot, lambda: not pane.is_laying_out)
        view.show_row(next(y for y in range(len(view._sheet)) if '"key150"' in view._sheet.plain(y)))
        app.compare.action_marks()
        await until(pilot, lambda: view.marks is not None)
        assert any("key150" in view._sheet.plain(view._top + y) for y in (0, 1))
        app.compare.action_marks()
        app.compare.action_marks()
        await until(pilot, lambda: view._sheet.is_rendered)
        assert '"key150"' in view._sheet.plain(view._top)

    on_stage(app, scenario, (120, 40))


def test_a_value_laid_out_with_other_letters_than_came_is_shown_as_it_came_while_it_is_marked() -> None:
    """And laid out again afterwards, however long it is."""
    app = app_with(["gpt-5.5 low", "gpt-5.5 high"])
    value = json.dumps({"a": "café one", "b": ["c" * SHORT]})

    async def scenario(pilot: Pilot[Any]) -> None:
        await plays(pilot, app, answered(value), answered(value.replace("one", "two")))
        app.compare.action_to_panes()
        pane = app.compare.board.panes[1]
        sheet = pane.view._sheet
        await until(pilot, lambda: sheet.is_rendered and not app.compare.board.panes[0].is_laying_out)
        assert "café" in sheet.plain(1)
        await until(pilot, lambda: not is_beating(app))
        app.compare.action_marks()
        await until(pilot, lambda: pane.view.marks is not None)
        marks = pane.view.marks
        assert marks is not None
        assert "".join(sheet.plain(0)[at] for at in sorted(marked(sheet, 0, marks))) == "two"
        app.compare.action_marks()
        app.compare.action_marks()
        await until(pilot, lambda: sheet.is_rendered)

    on_stage(app, scenario)


def is_beating(app: CompareApp) -> bool:
    return app._fast is not None and app._fast._active.is_set()
