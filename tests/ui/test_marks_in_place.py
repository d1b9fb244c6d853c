"""What is marked in the panes: words the baseline does not have, where its words are gone, what is only here."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.pilot import Pilot
from textual.theme import BUILTIN_THEMES

from compare_tui.core.diff.answer import Said
from compare_tui.core.events import Event, Kind
from compare_tui.core.lane import Lane
from compare_tui.core.lineup import Lineup
from compare_tui.core.prompt import Prompt, Turn
from compare_tui.core.round import Round
from compare_tui.ui.app import CompareApp
from compare_tui.ui.ink import Ink
from compare_tui.ui.marks.in_place import As, Marks, differing, only_here, shown
from compare_tui.ui.marks.on_rows import on_row
from compare_tui.ui.marks.prompt import prompts_compared
from compare_tui.ui.rendered.answer import rendered
from compare_tui.ui.rows import RawRows, Rows
from compare_tui.ui.widgets.pane import Pane
from tests.ui.driving import NARROW, screen_text, until
from tests.ui.scenes import Script, app_with, at, on_stage, plays, settled

INK = Ink.of(BUILTIN_THEMES["textual-dark"].to_color_system().generate())

OLD = """# Waiting

The first token is what a **reader** waits for. Caching makes it shorter by 40 %.

- It grows with the prompt.
- A queue counts too.

| model | wait |
|---|---|
| mini | 180 ms |

```python
begun = waited(time)
```

Measure it at the socket."""
NEW = """# Waiting

The first token is what a **user** waits for. Caching makes it shorter by 55 %.

- It grows with the prompt.

| model | wait |
|---|---|
| mini | 210 ms |

```python
begun = waited(clock)
```

Measure it at the socket. Warm connections save two round trips."""
ONLY_NEW = re.findall(r"\w+", "Caching makes it shorter by 55 | mini | 210 ms | begun = waited(clock)")
ONLY_OLD = re.findall(r"\w+", "Caching makes it shorter by 40 | A queue counts too | mini 180 ms begun = waited(time)")
DIFFERENT = ["user", "55", "210", "clock", "Warm", "connections", "save", "two", "round", "trips"]


def answered(text: str) -> Script:
    return Script().sent().accepted().says(text, 400, 900).done(1000, 200)


def stage(scenario: Any, *texts: str, size: tuple[int, int] = (120, 50)) -> None:
    """The scenario on panes with these answers, the focus on the first of them."""
    app = app_with(["gpt-5.5 low", "gpt-5.5 high", "gpt-5.5-mini low"][: len(texts)])

    async def played(pilot: Pilot[Any]) -> None:
        await plays(pilot, app, *map(answered, texts))
        app.compare.action_to_panes()
        await scenario(pilot, app)

    on_stage(app, played, size)


def marked(pane: Pane, name: str) -> list[str]:
    """The words of a pane that are painted so, in their order; a sign is one of them."""
    app = pane.app
    background = pane.view.get_component_rich_style(f"stream--{name}").bgcolor
    x, y, width, height = pane.view.region
    found = []
    for strip in app.screen._compositor.render_strips()[y : y + height]:
        for segment in strip.crop(x, x + width):
            if segment.style is not None and segment.style.bgcolor == background and segment.style.underline:
                found += re.findall(r"\w+|▾", segment.text)
    return found


def changed(pane: Pane) -> list[str]:
    """What is new, and the numbers that are others."""
    return marked(pane, "new")


async def is_marked(pilot: Pilot[Any], app: CompareApp) -> Pane:
    """The second pane, once it has its marks on the screen."""
    pane = app.compare.board.panes[1]
    await until(pilot, lambda: pane.view.marks is not None)
    await settled(pilot, app)
    return pane


# In the panes


def test_c_marks_what_differs_then_what_is_only_here_then_nothing_and_goes_with_its_words() -> None:
    async def scenario(pilot: Pilot[Any], app: CompareApp) -> None:
        first, pane = app.compare.board.panes
        app.compare.action_marks()
        await is_marked(pilot, app)
        assert changed(pane) == DIFFERENT
        assert marked(pane, "gone") == ["▾"]
        assert first.view.marks is None
        shown = screen_text(app)
        assert "marked: differs from pane 1" in shown
        assert "marked against this" in shown
        assert "pane 1 is taken" in shown
        assert re.search(r"\d changes · \d\d %", shown)
        app.compare.board.choose(1)
        app.compare.action_rendered()
        await settled(pilot, app)
        assert "**user**" in screen_text(app)
        assert changed(pane) == DIFFERENT
        await pilot.resize_terminal(90, 60)
        app.compare.action_rendered()
        await settled(pilot, app)
        assert changed(pane) == DIFFERENT
        assert marked(pane, "gone") == ["▾"]
        app.compare.action_baseline()
        await until(pilot, lambda: first.view.marks is not None)
        assert "marked: differs from pane 2" in screen_text(app)
        app.compare.action_marks()
        await until(pilot, lambda: len(re.findall("4 (?:sentences )?only here", screen_text(app))) == 2)
        await settled(pilot, app)
        assert marked(pane, "only") == [*ONLY_NEW, *DIFFERENT[4:]]
        assert marked(first, "only") == ONLY_OLD
        assert not changed(pane)
        app.compare.action_marks()
        await until(pilot, lambda: "only here" not in screen_text(app))
        assert not marked(pane, "only")

    stage(scenario, OLD, NEW)


def test_marks_follow_what_comes_and_are_right_at_the_end() -> None:
    """Of what is written before a call only what is whole."""
    app = app_with(["gpt-5.5 low", "gpt-5.5 high"])
    half = NEW.index("grows")

    async def scenario(pilot: Pilot[Any]) -> None:
        running = Script().sent().accepted().says(NEW[:half], 400, 600)
        await plays(pilot, app, answered(OLD), running)
        app.compare.action_marks()
        pane = await is_marked(pilot, app)
        assert changed(pane) == ["user", "55"]
        assert "so far" in screen_text(app)
        before = pane.view.marks
        more = Script().says(NEW[half:], 700, 900).done(1000, 200).events[1:]
        app.desk._running[0].inbox.extend(more)
        app.something_runs()
        await until(pilot, lambda: pane.view.marks is not before)
        await until(pilot, lambda: "so far" not in screen_text(app))
        await settled(pilot, app)
        assert changed(pane) == DIFFERENT
        assert pane.view.marks == differing(Said(OLD), Said(NEW))

    on_stage(app, scenario, (120, 50))


def test_p_marks_against_the_round_before_and_shows_what_the_prompt_has_become() -> None:
    app = app_with(["gpt-5.5 low", "gpt-5.5 high"], "Why is the sky blue?")

    async def scenario(pilot: Pilot[Any]) -> None:
        await plays(pilot, app, answered(OLD), answered(OLD))
        app.compare.prompt.load("Why is the deep sea blue?")
        await plays(pilot, app, answered(OLD), answered(NEW))
        app.compare.action_to_panes()
        app.compare.action_against_before()
        app.compare.action_against_before()
        await settled(pilot, app)
        assert not app.compare.query("PromptDiff"), "it was taken back before it was worked out"
        app.compare.action_against_before()
        pane = await is_marked(pilot, app)
        assert changed(pane) == DIFFERENT
        await until(pilot, lambda: "prompt: 1 change" in screen_text(app))
        row = next(row for row in screen_text(app).split("\n") if "prompt: 1 change" in row)
        assert all(word in row for word in ("Why is the", "sky", "deep sea", "blue?"))
        await pilot.resize_terminal(*NARROW)
        assert "measured against the round before" in screen_text(app)
        app.compare.action_marks()
        await until(pilot, lambda: "against the round before · only here" in screen_text(app))
        app.compare.action_marks()
        app.compare.action_against_before()
        await until(pilot, lambda: "prompt: 1 change" not in screen_text(app))
        assert pane.view.marks is None

    on_stage(app, scenario, (120, 50))


def test_what_says_nothing_is_nothing_to_hold_others_against() -> None:
    app = app_with(["gpt-5.5 low", "gpt-5.5 high", "gpt-5.5-mini low"])

    async def scenario(pilot: Pilot[Any]) -> None:
        thinks = Script().sent().accepted().thinks("Well.", 100, 200).done(400, 30, reasoning=30)
        await plays(pilot, app, thinks, answered(OLD), answered(NEW))
        app.compare.action_marks()
        await until(pilot, lambda: "marked: differs from pane 2" in screen_text(app))
        last = app.compare.board.panes[2]
        await until(pilot, lambda: last.view.marks is not None)
        app.compare.board.choose(0)
        app.compare.action_baseline()
        assert last.view.marks is None, "they were made against another pane than is said above"
        await until(pilot, lambda: screen_text(app).count("nothing to compare") == 2)
        app.compare.action_marks()
        app.compare.action_marks()
        await app.compare.use_lineup(Lineup.of([Lane.parse("gpt-5.5 high")]))
        app.compare.action_marks()
        await until(pilot, lambda: "no other pane to hold this one against" in screen_text(app))
        assert "marked" not in screen_text(app).split("\n")[0]

    on_stage(app, scenario, (130, 40))


def test_a_call_stands_behind_the_text_that_came_with_it_in_one_beat() -> None:
    """As it came and as it is marked are the same text, also where the text came last."""
    app = app_with(["gpt-5.5 low", "gpt-5.5 high", "gpt-5.5-mini low"])

    async def scenario(pilot: Pilot[Any]) -> None:
        await plays(pilot, app, *(calls(number).done(900, 40) for number in ("40", "55")), calls("7"))
        app.compare.action_marks()
        pane = await is_marked(pilot, app)
        rows = [[cell.strip() for cell in row.split("│")] for row in screen_text(app).split("\n")[3:7]]
        assert [row[1] for row in rows] == ["Let me look.", "Here:", '→ search {"n": 55}', ""]
        assert [row[2] for row in rows] == ["Let me look.", "", '→ search {"n": 7}Here:', ""], "as it comes"
        assert app.compare.board.panes[2].view.marks == Marks(), "what stands there is not in order yet"
        assert changed(pane) == ["55"]

    on_stage(app, scenario, (120, 40))


def calls(number: str) -> Script:
    script = Script().sent().accepted().says("Let me look.\n", 300, 400)
    script.events.append(Event(at(500), Kind.TOOL, f'{{"n": {number}}}', {"key": "1", "name": "search"}))
    return script.says("Here:", 600, 700)


# Which characters


TEXTS = st.lists(
    st.sampled_from(["one", "two,", "three.", "\n", "\n\n", "  ", "\t", "深い海", "• é", "42", "🙂", "**x**", "a-b"]),
    max_size=30,
).map(" ".join)


def characters(rows: Rows, marks: Marks) -> str:
    """All that is marked on the rows, but the signs and the blanks."""
    found = []
    for y in range(len(rows)):
        text = rows.plain(y)
        on_this = on_row(marks, text, rows.stretches(y), rows.width)
        found += [text[one.start : one.end] for one in on_this if one.why is not As.GONE]
    return "".join("".join(found).split())


@given(TEXTS, TEXTS, st.integers(2, 60))
def test_at_any_width_the_same_characters_are_marked(old: str, new: str, width: int) -> None:
    marks = differing(Said(old), Said(new))
    wide, narrow = RawRows(10_000), RawRows(width)
    for rows in (wide, narrow):
        rows.append(new)
        rows.fold(60)
    assert characters(narrow, marks) == characters(wide, marks)
    kept = iter("".join(new.split()))
    assert all(character in kept for character in characters(wide, marks))


@pytest.mark.parametrize(
    ("text", "others", "only"),
    [
        ("It is fast. It is cheap.", ["It is cheap! It is slow."], "It is fast"),
        ("The cache makes it twice as fast.", ["A cache makes it about twice as fast."], ""),
        ("IT   IS\nfast.", ["it is fast."], ""),
        ("Nothing is like this.", [], "Nothing is like this"),
        (
            "Usually it takes 42 ms on a warm connection.",
            ["Usually it takes 63 ms on a warm connection."],
            "Usually it takes 42 ms on a warm connection",
        ),
        ("1. Ask again after an error.", ["2. Ask again after an error."], ""),
        (
            "It can finish last, because speed is another quantity.",
            ["Two may end seconds apart, because speed is another quantity."],
            "It can finish last, because speed is another quantity",
        ),
    ],
)
def test_a_sentence_is_only_here_unless_another_answer_says_nearly_the_same(
    text: str, others: list[str], only: str
) -> None:
    marks = only_here(Said(text), [Said(other) for other in others])
    rows = RawRows(1_000)
    rows.append(text)
    rows.fold(60)
    assert characters(rows, marks).rstrip(".") == "".join(only.split())


def words(rows: Rows, marks: Marks) -> list[str]:
    """Those that are marked on the rows, as far as they are."""
    found = []
    for y in range(len(rows)):
        text = rows.plain(y)
        on_this = on_row(marks, text, rows.stretches(y), rows.width)
        found += [text[one.start : one.end] for one in on_this if one.why is not As.GONE]
    return found


def as_it_came(text: str, width: int = 1_000) -> RawRows:
    rows = RawRows(width)
    rows.append(text)
    rows.fold(60)
    return rows


def test_the_same_text_is_called_so_and_values_are_marked_where_they_stand_in_whatever_order() -> None:
    value = '{"wait": 180, "name": "a", "model": {"name": "mini", "tags": ["a", "b"]}}'
    assert differing(Said(value), Said(value)).told[0] == "the same text"
    other = '{"model":\n{"tags": ["a", "c"], "name": "mini"}, "name": "a", "wait": 180}'
    assert words(as_it_came(other), differing(Said(value), Said(other))) == ["c"]
    fenced = f"```json\n{other}\n```"
    assert words(as_it_came(fenced), differing(Said(value), Said(fenced))) == ["c"]
    asked = Said("Look.", (("search", value), ("search", other)))
    again = Said("Look.", (("search", value), ("search", value)))
    assert words(as_it_came(shown(asked)), differing(again, asked)) == ["c"]


def test_of_a_table_told_row_by_row_the_names_of_the_columns_are_not_taken_for_values() -> None:
    old = (
        "| model | wait | name | more |\n|---|---|---|---|\n| first one | long | a | 1 |\n| last one | short | b | 2 |"
    )
    new = old.replace("first", "model").replace("short", "name")
    rows = rendered(new, [], 20, INK)
    marks = differing(Said(old), Said(new))
    assert words(rows, marks) == ["model", "name"]
    marked_rows = [y for y in range(len(rows)) if on_row(marks, rows.plain(y), rows.stretches(y), 20)]
    assert [rows.plain(y).strip() for y in marked_rows] == ["model: model one", "wait: name"]
    assert rows.plain(marked_rows[0])[on_row(marks, rows.plain(0), rows.stretches(0), 20)[0].start - 2] == ":"


def test_of_two_words_that_are_alike_one_is_not_marked_for_the_other_that_is_not_shown() -> None:
    """Which of the two stands there cannot be told: the marks are joined to other letters, or not shown."""
    old, new = "python **a**", "b python **a**python **a**"
    rows = rendered(new, [], 60, INK)
    assert rows.plain(0) == "b python apython a"
    assert words(rows, differing(Said(old), Said(new))) == ["b python"]


def test_what_is_told_of_a_prompt_is_no_longer_than_anybody_can_see() -> None:
    old, new = (f"Read this. {letter * 100_000} {letter.upper() * 100_000}" for letter in "xy")
    compared = prompts_compared(Round("s.1", Prompt(old), ()), Round("s.2", Prompt(new), ()))
    assert compared.told == "prompt: 1 change"
    assert sum(len(part.text) for part in compared.parts) < 1_000


def test_what_is_told_of_a_prompt_reads_as_it_was_written_whatever_differs_in_it() -> None:
    old = Prompt("Explain it to a developer who waits.", turns=(Turn("user", "Hello."),))
    new = Prompt("Explain it, in one page, to a product manager who waits.", turns=(Turn("user", "Hello you."),))
    first, last = (
        prompts_compared(Round("s.1", old, ()), Round("s.2", new, ())),
        prompts_compared(Round("s.1", old, ()), Round("s.2", old, (), systems={"x.md": "Be brief."})),
    )
    text = "".join(part.text for part in first.parts)
    assert "Hello you." in text
    assert " ," not in text
    assert last.told == "prompt: the same · other system texts of lanes"
