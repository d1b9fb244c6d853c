"""What a frame costs in which all panes scroll: eight answers that follow, as ours or as Textual's own `Log`.

    python -m benchmarks.frames ours|log

Says that it stands; then, for every line it is given, paints frames and says the CPU milliseconds of one.
"""

import asyncio
import sys
from collections.abc import Callable
from time import process_time
from typing import Any, Final

from textual._compositor import CompositorUpdate
from textual.app import App, ComposeResult
from textual.containers import Grid
from textual.screen import Screen
from textual.widgets import Log

from benchmarks.children import answer
from benchmarks.texts import long_answer
from compare_tui.ui.widgets.stream import StreamView

PANES: Final = 8
SIZE: Final = 20_000
FRAMES: Final = 30
ROW: Final = "some words of text here\n"


class Ours(StreamView):
    def feed(self, text: str) -> None:
        self.append(text)
        while self.flush() and self.has_pending:
            pass


class Stock(Log):
    def feed(self, text: str) -> None:
        self.write(text)


class Frames(App[None]):
    """All of a frame but the writing: messages, layout if it asks for one, composing, the bytes for the terminal."""

    CSS = "Grid { grid-size: 4 2; grid-gutter: 0 1; }"

    def __init__(self, pane: Callable[[], Ours | Stock]) -> None:
        super().__init__()
        self.panes = [pane() for _ in range(PANES)]
        self.painted = asyncio.Event()
        self.cells = 0

    def compose(self) -> ComposeResult:
        with Grid():
            yield from self.panes

    def _display(self, screen: Screen[Any], renderable: Any) -> None:
        super()._display(screen, renderable)
        if isinstance(renderable, CompositorUpdate):
            self.cells = len(renderable.render_segments(self.console))
            self.painted.set()

    def feed(self, text: str) -> None:
        for pane in self.panes:
            pane.feed(text)

    async def frame(self) -> None:
        self.painted.clear()
        self.feed(ROW)
        await self.painted.wait()


async def measured(app: Frames) -> dict[str, float]:
    cpu = process_time()
    for _ in range(FRAMES):
        await app.frame()
    return {"cpu_ms": (process_time() - cpu) / FRAMES * 1000, "characters": app.cells}


async def main(which: str) -> None:
    app = Frames({"ours": Ours, "log": Stock}[which])
    async with app.run_test(size=(160, 48)) as pilot:
        app.animation_level = "none"
        for at, pane in enumerate(app.panes):
            pane.feed(long_answer(SIZE, at))
        await pilot.pause()
        await measured(app)
        answer("ready")
        while await asyncio.to_thread(sys.stdin.readline):
            answer(await measured(app))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
