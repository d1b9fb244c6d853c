"""What is looked for is looked for in every pane: counted in each, visited from pane to pane, also on other pages."""

from collections.abc import Sequence
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from textual import events
from textual.pilot import Pilot
from textual.theme import BUILTIN_THEMES

from compare_tui.ui.app import CompareApp
from compare_tui.ui.finding import Finding, Unwrapped
from compare_tui.ui.ink import Ink
from compare_tui.ui.rendered.answer import rendered
from compare_tui.ui.sheet import Sheet
from tests.ui.driving import NARROW, screen_text, until
from tests.ui.scenes import Script, app_with, on_stage, plays, settled

LANES = ("gpt-5.5 low", "gpt-5.5 high", "gpt-5.5-mini low")
INK = Ink.of(BUILTIN_THEMES["textual-dark"].to_color_system().generate())
TEXTS = ("a needle, and\n\n" + "hay\n\n" * 60 + "a needle", "only hay", "hay\n\nneedle")


def stage(scenario: Any, size: tuple[int, int] = (120, 30)) -> None:
    app = app_with(LANES)

    async def played(pilot: Pilot[Any]) -> None:
        await plays(pilot, app, *map(answered, TEXTS))
        app.compare.action_to_panes()
        app.compare.action_top()
        await scenario(pilot, app)

    on_stage(app, played, size)


def answered(text: str) -> Script:
    return Script().sent().accepted().says(text, 400, 900).done(1000, 200)


def burst(app: CompareApp, *keys: str) -> None:
    """All of them are there before the first is dealt with."""
    characters = {"slash": "/", "less_than_sign": "<", "enter": "\r", "escape": "\x1b"}
    for key in keys:
        app.post_message(events.Key(key, characters.get(key, key)))


async def looked_for(pilot: Pilot[Any], app: CompareApp) -> None:
    await until(pilot, lambda: [pane.view.matches for pane in app.compare.board.panes] == [2, 0, 1])


async def stands(pilot: Pilot[Any], app: CompareApp, pane: int, told: str) -> None:
    """The focus is on this pane, the bar says this, and the match is on the screen in its colours."""
    await until(pilot, lambda: told in screen_text(app))
    await settled(pilot, app)
    assert app.compare.board.focused_pane is app.compare.board.panes[pane - 1]
    view = app.compare.board.panes[pane - 1].view
    current = view.get_component_rich_style("stream--match-current").bgcolor
    strips = app.screen._compositor.render_strips()
    painted = [
        segment.text for strip in strips for segment in strip if segment.style and segment.style.bgcolor == current
    ]
    assert painted == ["needle"]


def test_every_pane_says_how_many_it_has_and_n_goes_through_all_of_them_and_round_again() -> None:
    """Of a search typed in one burst with its key no letter is lost."""

    async def scenario(pilot: Pilot[Any], app: CompareApp) -> None:
        burst(app, "slash", *"needle", "enter")
        await looked_for(pilot, app)
        await until(pilot, lambda: "n next match  N match before  esc end search" in screen_text(app))
        rows = screen_text(app).split("\n")
        assert [cell.split("  ")[-1].strip() for cell in rows[2].split("│")] == ["2 found", "none found", "1 found"]
        await stands(pilot, app, 1, "1 of 3 in 2 panes")
        burst(app, "n")
        await stands(pilot, app, 1, "2 of 3 in 2 panes")
        burst(app, "n")
        await stands(pilot, app, 3, "3 of 3 in 2 panes")
        burst(app, "n")
        await stands(pilot, app, 1, "1 of 3 in 2 panes")
        burst(app, "N")
        await stands(pilot, app, 3, "3 of 3 in 2 panes")
        burst(app, "2", "n")
        await stands(pilot, app, 3, "3 of 3 in 2 panes")
        burst(app, "escape")
        await until(pilot, lambda: "found" not in screen_text(app) and "end search" not in screen_text(app))
        assert all(pane.view.matches is None for pane in app.compare.board.panes)

    stage(scenario)


def test_panes_on_other_pages_and_in_later_rounds_are_searched_as_well() -> None:
    async def scenario(pilot: Pilot[Any], app: CompareApp) -> None:
        assert len(list(app.compare.board.visible_panes())) < 3
        burst(app, "slash", *"needle")
        await looked_for(pilot, app)
        assert "3 in 2 panes" in screen_text(app)
        await until(pilot, lambda: "enter to the match  ↓ next match  ↑ match before  esc end" in screen_text(app))
        burst(app, "enter")
        await stands(pilot, app, 1, "1 of 3 in 2 panes")
        burst(app, "n", "n")
        await stands(pilot, app, 3, "3 of 3 in 2 panes")
        app.compare.prompt.load("And what now?")
        coming = Script().sent().accepted().says("one needle", 400, 500)
        await plays(pilot, app, coming, answered("one needle"), answered("needle needle"))
        assert app.compare.board.panes[0].has_class("-away")
        await until(pilot, lambda: "4 in 3 panes" in screen_text(app))
        burst(app, "less_than_sign")
        await until(pilot, lambda: "3 in 2 panes" in screen_text(app))

    stage(scenario, NARROW)


def test_a_long_answer_is_looked_through_a_slice_at_a_time_and_never_said_to_have_none_before_the_end() -> None:
    sheet = Sheet(40)
    sheet.show_rendered(rendered("hay **hay** hay.\n\n" * 2_000 + "needle", [], 40, INK))
    finding = Finding("needle", Unwrapped())
    finding.look(sheet, 0.001)
    assert finding.is_looking
    assert len(finding.text.rows) < 2_000
    finding.look(sheet)
    assert not finding.is_looking
    assert len(finding) == 1
    longer = Finding("needle.", finding.text)
    longer.look(sheet, 0)
    assert not longer.is_looking, "the rows are known"


@given(
    st.lists(st.text("aA \n", max_size=8), min_size=1, max_size=12),
    st.sampled_from(["a", "aa", "a a", " a"]),
    st.lists(st.booleans(), min_size=12, max_size=12),
)
def test_in_slices_while_text_comes_the_same_is_found_as_at_once(
    texts: Sequence[str], query: str, whole: Sequence[bool]
) -> None:
    """And the same as in the text, where no newline is part of a match."""
    sheet = Sheet(7)
    finding = Finding(query, Unwrapped())
    for text, at_once in zip(texts, whole, strict=False):
        sheet.answer.append(text)
        changed = sheet.fold(60)
        if changed is not None:
            finding.text.changed_from(changed)
        finding.look(sheet, 60 if at_once else 0)
    while finding.is_late:
        finding.look(sheet, 0)
    afresh = Finding(query, Unwrapped())
    afresh.look(sheet)
    assert matches(finding, sheet) == matches(afresh, sheet)
    assert len(finding) == "".join(texts).lower().count(query)


def matches(finding: Finding, sheet: Sheet) -> list[list[tuple[int, int, bool]]]:
    return [finding.on_row(y) for y in range(len(sheet))]
