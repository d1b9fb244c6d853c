"""The stream view under a real app: following, reading, resizing, reasoning, and what is painted."""

import re
from time import process_time
from typing import Any

import pytest
from rich.segment import Segment
from textual.content import Content
from textual.events import MouseScrollUp
from textual.filter import LineFilter
from textual.pilot import Pilot
from textual.strip import Strip

from compare_tui.ui.rows import Place, RawRows
from tests.ui.driving import screen_text, until
from tests.ui.streams import NARROW, Streams, numbered, resize, say, shown, streaming, styled

# Following and reading


def test_the_end_stays_in_sight_while_text_streams() -> None:
    async def scenario(app: Streams, pilot: Pilot[Any]) -> None:
        await say(app, pilot, numbered(0, 40) + "the end")
        assert shown(app)[-1] == "the end"
        await say(app, pilot, " of it\nand more")
        assert shown(app)[-2:] == ["the end of it", "and more"]

    streaming(scenario)


def test_nothing_appears_before_the_flush() -> None:
    async def scenario(app: Streams, pilot: Pilot[Any]) -> None:
        app.view.append("hello")
        assert app.view.has_pending
        await pilot.pause()
        assert "hello" not in screen_text(app)
        assert app.view.flush()
        await pilot.pause()
        assert "hello" in screen_text(app)
        assert not app.view.flush()

    streaming(scenario)


@pytest.mark.parametrize("how", ["key", "wheel"])
def test_scrolling_up_stops_following_and_tells_of_new_text(how: str) -> None:
    async def scenario(app: Streams, pilot: Pilot[Any]) -> None:
        await say(app, pilot, numbered(0, 40))
        if how == "key":
            app.view.scroll_rows(-2)
        else:
            await pilot._post_mouse_events([MouseScrollUp], app.view, (5, 5))
        await pilot.pause()
        assert not app.view.following
        seen = shown(app)
        assert "new text below" not in screen_text(app)
        await say(app, pilot, numbered(40, 60))
        assert shown(app)[:-1] == seen[:-1]
        assert shown(app)[-1].endswith("↓ new text below · G")
        app.view.to_bottom()
        await pilot.pause()
        assert app.view.following
        assert "line 59" in screen_text(app)
        assert "new text below" not in screen_text(app)

    streaming(scenario)


def test_scrolling_back_to_the_end_follows_again() -> None:
    async def scenario(app: Streams, pilot: Pilot[Any]) -> None:
        await say(app, pilot, numbered(0, 40))
        app.view.page(-1)
        assert not app.view.following
        app.view.page(1)
        assert app.view.following
        app.view.toggle_follow()
        await say(app, pilot, numbered(40, 60))
        assert "line 59" not in screen_text(app)
        app.view.toggle_follow()
        await pilot.pause()
        assert "line 59" in screen_text(app)

    streaming(scenario)


def test_only_the_mouse_is_said_to_scroll() -> None:
    async def scenario(app: Streams, pilot: Pilot[Any]) -> None:
        await say(app, pilot, numbered(0, 40))
        app.view.show_row(3)
        await pilot.pause()
        assert shown(app)[0] == "line 3"
        assert app.scrolled == []
        app.view.scroll_rows(2)
        await pilot.pause()
        assert app.scrolled == [], "what keys do to several views is the screen's to say"
        app.view.scroll_to(y=9, animate=False)  # as the wheel and the scrollbar do
        await until(pilot, lambda: app.scrolled == [9])

    streaming(scenario)


def test_the_scrollbar_is_right_once_the_text_has_ended() -> None:
    async def scenario(app: Streams, pilot: Pilot[Any]) -> None:
        for _ in range(30):
            await say(app, pilot, numbered(0, 4))
        while app.view.has_pending:
            app.view.flush()
            await pilot.pause()
        bar = app.view.vertical_scrollbar
        assert (bar.window_virtual_size, bar.position) == (121, 121 - 12)

    streaming(scenario)


def test_growing_asks_for_no_layout(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario(app: Streams, pilot: Pilot[Any]) -> None:
        await say(app, pilot, numbered(0, 40))
        layouts = 0
        reflow = app.screen._compositor.reflow

        def counting(*arguments: Any) -> Any:
            nonlocal layouts
            layouts += 1
            return reflow(*arguments)

        monkeypatch.setattr(app.screen._compositor, "reflow", counting)
        for _ in range(5):
            await say(app, pilot, numbered(0, 10))
        assert layouts == 0

    streaming(scenario)


# Places, widths, sections


def test_a_resize_keeps_the_place_that_is_read_and_going_back_too() -> None:
    async def scenario(app: Streams, pilot: Pilot[Any]) -> None:
        text = "".join(f"paragraph {number} " + "of words that have to be wrapped " * 4 + "\n" for number in range(60))
        await say(app, pilot, text)
        app.view.show_row(121)
        await pilot.pause()
        first = shown(app)[0]
        for width, height in ((33, 9), (29, 9), (37, 15), NARROW):
            await resize(app, pilot, width, height)
        await pilot.pause()
        assert shown(app)[0] == first

    streaming(scenario)


def test_a_resize_while_following_stays_at_the_end() -> None:
    async def scenario(app: Streams, pilot: Pilot[Any]) -> None:
        await say(app, pilot, "some words to wrap again " * 80 + "\nthe end")
        await resize(app, pilot, 25, 7)
        assert shown(app)[-1].startswith("the end")

    streaming(scenario)


def test_reasoning_is_folded_into_one_row_that_counts() -> None:
    async def scenario(app: Streams, pilot: Pilot[Any]) -> None:
        app.view.append_reasoning("let me think " * 100)
        await say(app, pilot, "the answer")
        assert shown(app)[:2] == ["▸ reasoning · 1,300 characters", "the answer"]
        app.view.append_reasoning("more")
        await say(app, pilot, "")
        assert shown(app)[0] == "▸ reasoning · 1,304 characters"

    streaming(scenario)


def test_unfolded_reasoning_stands_above_the_answer_and_folds_again() -> None:
    async def scenario(app: Streams, pilot: Pilot[Any]) -> None:
        app.view.append_reasoning("first\nsecond")
        await say(app, pilot, "the answer")
        app.view.reasoning_unfolded = True
        await pilot.pause()
        assert shown(app)[:4] == ["▾ reasoning · 12 characters · t folds", "first", "second", "the answer"]
        app.view.append_reasoning("\nthird")
        await say(app, pilot, "")
        assert shown(app)[3:5] == ["third", "the answer"]
        assert styled(app, "second") != styled(app, "the answer")
        await pilot.click(app.view, offset=(3, 0))
        await until(pilot, lambda: shown(app)[1] == "the answer")

    streaming(scenario)


def test_reasoning_that_comes_above_leaves_the_reader_in_place() -> None:
    async def scenario(app: Streams, pilot: Pilot[Any]) -> None:
        app.view.reasoning_unfolded = True
        app.view.append_reasoning("thought\n")
        await say(app, pilot, numbered(0, 40))
        app.view.show_row(20)
        await pilot.pause()
        first = shown(app)[0]
        app.view.append_reasoning("thought\n" * 7)
        await say(app, pilot, "")
        assert shown(app)[0] == first

    streaming(scenario)


class Growing(RawRows):
    """Rows laid out when they are asked for: until then, a line counts as one."""

    def __init__(self, lines: int) -> None:
        super().__init__(20)
        self._laid_out = [False] * lines

    def _known(self) -> list[tuple[int, int]]:
        return [(line, at) for line, done in enumerate(self._laid_out) for at in range(3 if done else 1)]

    def __len__(self) -> int:
        return len(self._known())

    def row(self, y: int) -> Strip:
        return Strip([Segment(self.plain(y))])

    def plain(self, y: int) -> str:
        line, at = self._known()[y]
        self._laid_out[line] = True
        return f"rendered {line}.{at}"

    def place(self, y: int) -> Place:
        line, at = self._known()[y]
        return Place(line, at * 100)

    def row_at(self, place: Place) -> int:
        known = [Place(line, at * 100) for line, at in self._known()]
        return max([0, *(y for y, other in enumerate(known) if other <= place)])


def test_a_rendered_answer_stands_where_the_raw_one_was_read() -> None:
    async def scenario(app: Streams, pilot: Pilot[Any]) -> None:
        await say(app, pilot, numbered(0, 60))
        app.view.show_row(30)
        app.view.show_rendered(Growing(60))
        await pilot.pause()
        assert shown(app)[:4] == ["rendered 30.0", "rendered 30.1", "rendered 30.2", "rendered 31.0"]
        app.view.scroll_rows(-2)
        await pilot.pause()
        assert shown(app)[:3] == ["rendered 28.0", "rendered 28.1", "rendered 28.2"]
        app.view.show_row(app.view.text_rows - 20)
        await pilot.pause()
        app.view.to_bottom()
        await pilot.pause()
        assert shown(app)[-1] == "rendered 59.2"
        app.view.show_rendered(None)
        await pilot.pause()
        assert shown(app)[-2] == "line 59"

    streaming(scenario)


def test_the_placeholder_stands_in_the_middle_until_text_comes() -> None:
    async def scenario(app: Streams, pilot: Pilot[Any]) -> None:
        app.view.placeholder = Content("waiting · 1.2 s")
        await pilot.pause()
        assert "waiting · 1.2 s" in shown(app)[5]
        muted = styled(app, "waiting · 1.2 s")
        assert shown(app)[5].startswith(" " * 12)
        app.view.placeholder = Content("waiting · 1.3 s")
        await pilot.pause()
        assert "waiting · 1.3 s" in screen_text(app)
        await say(app, pilot, "text")
        assert "waiting" not in screen_text(app)
        assert muted != styled(app, "text")
        app.view.reset()
        await pilot.pause()
        assert "waiting · 1.3 s" in screen_text(app)

    streaming(scenario)


def test_a_hidden_view_keeps_its_text_and_wraps_it_when_it_is_shown() -> None:
    async def scenario(app: Streams, pilot: Pilot[Any]) -> None:
        app.view.display = False
        app.view.append(numbered(0, 40) + "the end")
        assert not app.view.flush()
        assert not app.view.has_pending
        assert app.view.text_rows == 0
        await until(pilot, lambda: app.view not in app.screen._compositor.visible_widgets)
        app.view.display = True
        await until(pilot, lambda: "the end" in screen_text(app))

    streaming(scenario)


def test_a_giant_is_taken_in_over_several_flushes() -> None:
    async def scenario(app: Streams, pilot: Pilot[Any]) -> None:
        app.view.append("👨\u200d👩\u200d👧 family " * 40_000 + "the end")
        started = process_time()
        app.view.flush()
        assert process_time() - started < 0.2
        assert app.view.has_pending
        app.view.reset()

    streaming(scenario)


# Colours


def test_another_theme_repaints_every_row() -> None:
    async def scenario(app: Streams, pilot: Pilot[Any]) -> None:
        app.theme = "textual-dark"
        app.view.reasoning_unfolded = True
        app.view.append_reasoning("thoughts")
        await say(app, pilot, numbered(0, 30) + "words")
        app.view.show_row(0)
        await say(app, pilot, "\nmore")
        dark = {text: styled(app, text) for text in ("thoughts", "line 3")}
        app.theme = "textual-light"
        for text, before in dark.items():
            await until(pilot, lambda text=text, before=before: styled(app, text) not in ([], before))  # type: ignore[misc]  # defaults bind

    streaming(scenario)


class Shouting(LineFilter):
    def apply(self, segments: list[Segment], background: Any) -> list[Segment]:
        return [Segment(text.upper(), style, control) for text, style, control in segments]


def test_line_filters_see_every_row_and_mark() -> None:
    async def scenario(app: Streams, pilot: Pilot[Any]) -> None:
        app._filters.append(Shouting())
        await say(app, pilot, numbered(0, 30))
        app.view.scroll_rows(-1)
        await say(app, pilot, "more\n" * 3)
        assert "LINE 20" in screen_text(app)
        assert "NEW TEXT BELOW" in screen_text(app)
        assert "line" not in screen_text(app)

    streaming(scenario)


def test_control_sequences_and_markup_stay_text() -> None:
    async def scenario(app: Streams, pilot: Pilot[Any]) -> None:
        await say(app, pilot, "\x1b[2J[bold]not bold[/bold]\x1b]52;c;eA==\x07")
        assert shown(app)[0] == "␛[2J[bold]not bold[/bold]␛]52;c;eA==␇"
        assert not re.search("[\x00-\x1f]", screen_text(app).replace("\n", ""))

    streaming(scenario)
