"""A small app that paints what is hard to paint, and writes down its own screen.

    python -m tests.integration.painter FILE [plain]

Keys: `l` writes a line, `o` lays a question over it, `c` counts, `f9` writes FILE, ctrl+z suspends, ctrl+q quits.
"""

import itertools
import json
import sys
from pathlib import Path
from typing import Any, ClassVar

from rich.cells import split_graphemes
from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.screen import ModalScreen
from textual.widgets import Label, RichLog, Static

HARD = (
    "漢字と仮名 mixed with words",
    "한국어 · e\u0301 n\u0303 · ½ × – ≥",
    "🙂 👍🏽 ❤️ 👩‍👩‍👧 🇩🇪 end",
    "a漢b字c | tail",
)
PLAIN = HARD[:2] + HARD[3:]
"""Without what terminals disagree on."""
STYLES = ("bold red", "italic on blue", "underline", "reverse", "strike #123456 on #fedcba", "color(200) on color(17)")

Cell = tuple[str, str, str, str]


def cells_of(texts: list[str], styles: list[Style]) -> list[Cell]:
    """What a reader can tell of a row: the texts, both colours, and the rest."""
    return [(text, *look(style)) for text, style in zip(texts, styles, strict=True)]


def look(style: Style) -> tuple[str, str, str]:
    shown = ("bold", "italic", "underline", "reverse", "strike")
    color, back = (str(it.get_truecolor()) if it and not it.is_default else "" for it in (style.color, style.bgcolor))
    return color, back, " ".join(name for name in shown if getattr(style, name))


def cells_of_segments(segments: list[Segment]) -> list[Cell]:
    return [
        (text, *look(segment.style or Style.null()))
        for segment in segments
        for begin, end, width in split_graphemes(segment.text)[0]
        for text in (segment.text[begin:end], "")[:width]
    ]


class Over(ModalScreen[None]):
    CSS = "Over { align: center middle; } Label { border: heavy $warning; padding: 1 3; }"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss")]

    def compose(self) -> ComposeResult:
        yield Label("Over 漢字 and all")


class Painter(App[None]):
    CSS = "#left { width: 33; } RichLog { width: 1fr; } #count { dock: bottom; background: $primary; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("l", "line"),
        Binding("o", "over"),
        Binding("c", "count"),
        Binding("f9", "write_down", priority=True),
        Binding("ctrl+z", "suspend_process"),
    ]

    def __init__(self, file: Path, hard: tuple[str, ...] = HARD) -> None:
        super().__init__()
        self._file, self._hard = file, hard
        self._lines = itertools.count(1)
        self._counted = 0

    def compose(self) -> ComposeResult:
        styled = Text("\n").join([Text(style, style) for style in STYLES])
        with Horizontal():
            yield Static(Text("\n").join([*map(Text, self._hard), styled]), id="left")
            yield RichLog(wrap=True)
        yield Static("count 0", id="count")

    def action_line(self) -> None:
        number = next(self._lines)
        line = f"{number} {self._hard[number % len(self._hard)]} {self._hard[0]}"
        self.query_one(RichLog).write(Text(line, STYLES[number % 2]))

    def action_over(self) -> None:
        self.push_screen(Over())

    def action_count(self) -> None:
        self._counted += 1
        self.query_one("#count", Static).update(f"count {self._counted}")

    def action_write_down(self) -> None:
        self.call_after_refresh(self._write_down)

    def _write_down(self) -> None:
        strips: list[Any] = self.screen._compositor.render_strips()
        rows = [cells_of_segments(list(strip)) for strip in strips]
        unfinished = self._file.with_suffix(".part")
        unfinished.write_text(json.dumps(rows))
        unfinished.rename(self._file)


if __name__ == "__main__":
    Painter(Path(sys.argv[1]), PLAIN if "plain" in sys.argv else HARD).run()
