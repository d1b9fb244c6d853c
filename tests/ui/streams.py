"""A stream view in an app of its own, and what a test needs to look at it."""

from collections.abc import Awaitable, Callable
from typing import Any

from textual import on
from textual.app import App, ComposeResult
from textual.containers import Horizontal
from textual.pilot import Pilot

from compare_tui.ui.widgets.stream import StreamView
from tests.ui.driving import drive, screen_text, until

NARROW = (41, 12)
"""One view of forty cells beside its scrollbar."""


class Streams(App[None]):
    """Views side by side, as on the compare screen."""

    def __init__(self, count: int = 1) -> None:
        super().__init__()
        self.views = [StreamView() for _ in range(count)]
        self.scrolled: list[int] = []
        self.counted: list[tuple[int | None, int]] = []

    @property
    def view(self) -> StreamView:
        return self.views[0]

    def compose(self) -> ComposeResult:
        yield Horizontal(*self.views)

    @on(StreamView.Scrolled)
    def _scrolled(self, event: StreamView.Scrolled) -> None:
        self.scrolled.append(event.row)

    @on(StreamView.Counted)
    def _counted(self, event: StreamView.Counted) -> None:
        self.counted.append(event.view.found)


def streaming(scenario: Callable[[Streams, Pilot[Any]], Awaitable[None]], size: tuple[int, int] = NARROW) -> None:
    """The scenario on one view that has a size."""
    app = Streams()

    async def played(pilot: Pilot[Any]) -> None:
        await until(pilot, lambda: app.view.row_width == size[0] - 1)
        await scenario(app, pilot)

    drive(app, played, size)


async def say(app: Streams, pilot: Pilot[Any], text: str) -> None:
    """Text comes, and is on the screen."""
    app.view.append(text)
    while app.view.flush():
        pass
    await pilot.pause()


async def resize(app: Streams, pilot: Pilot[Any], width: int, height: int) -> None:
    await pilot.resize_terminal(width, height)
    await until(pilot, lambda: app.view.row_width == width - 1)
    await pilot.pause()


def numbered(first: int, behind: int) -> str:
    return "".join(f"line {number}\n" for number in range(first, behind))


def shown(app: Streams) -> list[str]:
    """The rows of the screen without the scrollbar."""
    return [row[:40].rstrip() for row in screen_text(app).split("\n")]


def styled(app: Streams, text: str) -> list[tuple[str | None, str | None]]:
    """Foreground and background of each place on the screen where a text stands as one piece."""
    found = []
    for strip in app.screen._compositor.render_strips():
        for segment in strip:
            if segment.text.strip() == text and segment.style is not None:
                color, background = segment.style.color, segment.style.bgcolor
                found.append((color and color.name, background and background.name))
    return found
