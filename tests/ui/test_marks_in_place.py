"""What is marked in the panes: words the baseline does not have, where its words are gone, what is only here."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.pilot import Pilot

from compare_tui.core.diff.answer import Said
from compare_tui.ui.app import CompareApp
from compare_tui.ui.marks_in_place import As, Marks, differing, only_here
from compare_tui.ui.marks_on_rows import on_row
from compare_tui.ui.rows import RawRows, Rows
from compare_tui.ui.widgets.pane import Pane
from tests.ui.driving import NARROW, screen_text, until
from tests.ui.scenes import Script, app_with, on_stage, plays, settled

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
DIFFERENT = ["user", "55", "210", "clock", "Warm", "connections", "save", "two", "round", "trips"]


def answered(text: str) -> Script:
    return Script().sent().accepted().says(text, 400, 900).done(1000, 200)


def stage(scenario: Any, *texts: str, size: tuple[int, int] = (120, 50)) -> None:
    """The scenario on panes with these answers, the focus on the first of them."""
    app = app_with(["gpt-5.5 low", "gpt-5.5 high", "gpt-5.5-mini low"][: len(texts)])

    async def played(pilot: Pilot[Any]) -> None:
        await plays(pilot, app, *map(answered, texts))
        await pilot.press("escape")
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


def test_c_marks_what_differs_from_the_first_pane_then_what_is_only_here_then_nothing() -> None:
    async def scenario(pilot: Pilot[Any], app: CompareApp) -> None:
        await pilot.press("c")
        pane = await is_marked(pilot, app)
        assert changed(pane) == DIFFERENT
        assert marked(pane, "gone") == ["▾"]
        first = app.compare.board.panes[0]
        assert first.view.marks is None
        shown = screen_text(app)
        assert "marked: differs from pane 1" in shown
        assert "marked against this" in shown
        assert "pane 1 is taken" in shown
        assert re.search(r"\d changes · \d\d %", shown)
        await pilot.press("c")
        await until(pilot, lambda: "1 sentence only here" in screen_text(app))
        assert marked(pane, "only") == DIFFERENT[4:]
        assert marked(first, "only") == ["A", "queue", "counts", "too"]
        assert not changed(pane)
        await pilot.press("c")
        await until(pilot, lambda: "only here" not in screen_text(app))
        assert not marked(pane, "only")

    stage(scenario, OLD, NEW)


def test_marks_stay_on_their_words_as_it_came_at_another_width_and_with_a_baseline() -> None:
    async def scenario(pilot: Pilot[Any], app: CompareApp) -> None:
        await pilot.press("b", "c", "2", "m")
        pane = await is_marked(pilot, app)
        assert "**user**" in screen_text(app)
        assert changed(pane) == DIFFERENT
        assert marked(pane, "gone") == ["▾"]
        await pilot.resize_terminal(90, 60)
        await pilot.press("m")
        await settled(pilot, app)
        assert "**user**" not in screen_text(app)
        assert changed(pane) == DIFFERENT
        assert marked(pane, "gone") == ["▾"]
        await pilot.press("1", "b", "2", "b")
        first = app.compare.board.panes[0]
        await until(pilot, lambda: first.view.marks is not None)
        assert pane.view.marks is None
        assert "marked: differs from pane 2" in screen_text(app)

    stage(scenario, OLD, NEW)


def test_the_same_text_is_called_so_and_an_answer_of_values_is_marked_where_it_stands() -> None:
    async def scenario(pilot: Pilot[Any], app: CompareApp) -> None:
        await pilot.press("c")
        await until(pilot, lambda: "the same text" in screen_text(app))
        last = app.compare.board.panes[2]
        await until(pilot, lambda: last.view.marks is not None)
        await settled(pilot, app)
        assert changed(last) == ["210"]

    value = '{"model": "mini",\n "wait": 180, "tags": ["a", "b"]}'
    stage(scenario, value, value, value.replace("180", "210"))


def test_marks_follow_what_comes_and_are_right_at_the_end() -> None:
    app = app_with(["gpt-5.5 low", "gpt-5.5 high"])
    half = NEW.index("grows")

    async def scenario(pilot: Pilot[Any]) -> None:
        running = Script().sent().accepted().says(NEW[:half], 400, 600)
        await plays(pilot, app, answered(OLD), running)
        await pilot.press("escape", "c")
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
        await pilot.press("escape", "p")
        pane = await is_marked(pilot, app)
        assert changed(pane) == DIFFERENT
        await until(pilot, lambda: "prompt: 1 change" in screen_text(app))
        row = next(row for row in screen_text(app).split("\n") if "prompt: 1 change" in row)
        assert all(word in row for word in ("Why is the", "sky", "deep sea", "blue?"))
        await pilot.resize_terminal(*NARROW)
        assert "measured against the round before" in screen_text(app)
        await pilot.press("c")
        await until(pilot, lambda: "against the round before · only here" in screen_text(app))
        await pilot.press("c", "p")
        await until(pilot, lambda: "prompt: 1 change" not in screen_text(app))
        assert pane.view.marks is None

    on_stage(app, scenario, (120, 50))


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
