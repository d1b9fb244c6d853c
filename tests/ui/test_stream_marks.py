"""Selecting and finding in the stream view, and the bar that asks what to find."""

from typing import Any

from textual import on
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from compare_tui.ui.widgets.find_bar import FindBar
from tests.ui.driving import drive, screen_text, until
from tests.ui.streams import Streams, numbered, resize, say, streaming, styled

# Selecting


async def drag(pilot: Pilot[Any], app: Streams, start: tuple[int, int], end: tuple[int, int]) -> None:
    await pilot.mouse_down(app.view, offset=start)
    await pilot.hover(app.view, offset=end)
    await pilot.mouse_up(app.view, offset=end)


def test_a_selection_is_copied_without_the_soft_wraps() -> None:
    async def scenario(app: Streams, pilot: Pilot[Any]) -> None:
        text = "one long paragraph that has to be wrapped twice in so narrow a view as this\n\nand another"
        await say(app, pilot, text)
        await drag(pilot, app, (4, 0), (2, 4))
        assert app.screen.get_selected_text() == text[4 : text.index("and another") + 3]
        assert styled(app, "and") != styled(app, "another")
        await drag(pilot, app, (0, 0), (39, 0))
        assert app.screen.get_selected_text() == "one long paragraph that has to be "

    streaming(scenario)


def test_a_selection_reaches_over_rows_scrolled_out_and_stays_with_its_text() -> None:
    async def scenario(app: Streams, pilot: Pilot[Any]) -> None:
        await say(app, pilot, numbered(0, 100))
        app.view.show_row(0)
        await pilot.pause()
        await pilot.mouse_down(app.view, offset=(5, 1))
        app.view.show_row(80)
        await pilot.hover(app.view, offset=(3, 4))
        await pilot.mouse_up(app.view, offset=(3, 4))
        selected = "\n".join(["1", *(f"line {number}" for number in range(2, 84)), "line"])
        assert app.screen.get_selected_text() == selected
        await resize(app, pilot, 5, 12)
        assert app.screen.get_selected_text() == selected
        app.view.append("more")
        app.view.flush()
        assert app.screen.get_selected_text() == selected

    streaming(scenario)


def test_a_family_of_emoji_is_selected_whole_and_a_wide_character_alone() -> None:
    async def scenario(app: Streams, pilot: Pilot[Any]) -> None:
        await say(app, pilot, "ab👨\u200d👩\u200d👧cd你好ef")
        await drag(pilot, app, (2, 0), (3, 0))
        assert app.screen.get_selected_text() == "👨\u200d👩\u200d👧"
        await drag(pilot, app, (5, 0), (7, 0))
        assert app.screen.get_selected_text() == "d你"

    streaming(scenario)


def test_everything_is_selected_but_the_fold() -> None:
    async def scenario(app: Streams, pilot: Pilot[Any]) -> None:
        app.view.append_reasoning("hidden")
        await say(app, pilot, numbered(0, 30) + "the end")
        await pilot.double_click(app.view, offset=(3, 3))
        assert app.screen.get_selected_text() == numbered(0, 30) + "the end"

    streaming(scenario)


def test_a_selection_moves_with_its_rows_on_the_screen() -> None:
    async def scenario(app: Streams, pilot: Pilot[Any]) -> None:
        await say(app, pilot, numbered(0, 40))
        app.view.show_row(10)
        await pilot.pause()
        plain = styled(app, "line 13")
        await drag(pilot, app, (0, 3), (39, 3))
        await pilot.pause()
        marked = styled(app, "line 13")
        assert marked != plain
        app.view.scroll_rows(2)
        await pilot.pause()
        assert styled(app, "line 13") == marked
        assert styled(app, "line 15") == plain
        app.screen.clear_selection()
        await pilot.pause()
        assert styled(app, "line 13") == plain

    streaming(scenario)


# Finding


def test_matches_are_counted_across_soft_wraps_and_visited_in_turn() -> None:
    async def scenario(app: Streams, pilot: Pilot[Any]) -> None:
        text = "x" * 34 + " Needle in a stack\n" + numbered(0, 50) + "a needle\nIN a needle in"
        await say(app, pilot, text)
        app.view.to_top()
        assert app.view.find("needle in") == 2
        assert app.view.find("NEEDLE") == 3
        assert app.view.find_next(1) == (1, 3)
        assert app.view.find_next(1) == (2, 3)
        assert app.view.find_next(1) == (3, 3)
        assert not app.view.following
        await pilot.pause()
        assert "IN a needle in" in screen_text(app)
        assert app.view.find_next(1) == (1, 3)
        assert app.view.find_next(-1) == (3, 3)
        assert app.view.find("[") == 0
        assert app.view.find_next(1) is None

    streaming(scenario)


def test_the_current_match_stands_out_and_marks_go_with_the_search() -> None:
    async def scenario(app: Streams, pilot: Pilot[Any]) -> None:
        await say(app, pilot, "one needle\ntwo needle")
        app.view.find("needle")
        app.view.find_next(1)
        await pilot.pause()
        current, other = styled(app, "needle")
        assert current != other
        assert other[1] != styled(app, "one")[0][1]
        app.view.find("")
        await pilot.pause()
        assert styled(app, "needle") == []

    streaming(scenario)


def test_text_that_comes_is_searched_too() -> None:
    async def scenario(app: Streams, pilot: Pilot[Any]) -> None:
        await say(app, pilot, "needle nee")
        assert app.view.find("needle") == 1
        app.view.append("dle\n")
        app.view.append("needle")
        await until(pilot, lambda: app.view.flush() is None or app.counted == [(None, 3)])
        assert not app.view.has_pending
        assert app.view.find_next(1) == (1, 3)

    streaming(scenario)


# The find bar


class Finding(App[None]):
    def __init__(self) -> None:
        super().__init__()
        self.bar = FindBar()
        self.told: list[Any] = []

    def compose(self) -> ComposeResult:
        yield self.bar

    @on(FindBar.Asked)
    def _asked(self, event: FindBar.Asked) -> None:
        self.told.append(event.query)
        self.bar.tell(None, 17)

    @on(FindBar.Step)
    def _step(self, event: FindBar.Step) -> None:
        self.told.append(event.by)
        self.bar.tell(3, 17)

    @on(FindBar.Entered)
    def _entered(self) -> None:
        self.told.append("entered")

    @on(FindBar.Closed)
    def _was_closed(self) -> None:
        self.told.append("closed")


def test_the_find_bar_asks_steps_and_closes_by_keys_alone() -> None:
    app = Finding()

    async def scenario(pilot: Pilot[Any]) -> None:
        app.bar.open()
        await pilot.press("a", "[")
        await until(pilot, lambda: app.told == ["a", "a["])
        assert "17 found" in screen_text(app)
        await pilot.press("enter", "up", "down", "escape")
        await until(pilot, lambda: app.told[2:] == ["entered", -1, 1, "closed"])
        assert "3 of 17" in screen_text(app)

    drive(app, scenario, (60, 5))
