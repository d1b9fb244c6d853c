"""A terminal's screen as a value to look at: what stands in every cell after the bytes that were written to it.

It knows what full-screen programs write today, and says in `unknown` what it did not know. What stands between the
begin and the end of a synchronised update appears at once, as on a real terminal: nobody ever sees half a frame.
"""

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Final

from rich.ansi import SGR_STYLE_MAP
from rich.cells import split_graphemes
from rich.color import Color
from rich.style import Style
from rich.text import Text

_TOKEN: Final = re.compile(
    r"\x1b\[(?P<csi>[<-?]*[\d;:]*[ -/]*[@-~])"
    r"|\x1b[\]P_^X](?P<string>(?:[^\x07\x1b]|\x1b(?!\\))*)(?:\x07|\x1b\\)"  # a title, the clipboard
    r"|\x1b(?P<escape>[ -/]*[0-OQ-WYZ\\`-~])"
    r"|(?P<text>[^\x00-\x1f\x7f-\x9f]+)"
    r"|(?P<control>[\x00-\x1a\x1c-\x1f\x7f-\x9f])"
    r"|(?P<broken>\x1b\[[0-?]*[ -/]*(?=[^ -~])|\x1b(?=[^ -~]))"
)
_UPDATE_BEGINS: Final = "?2026h"
_UPDATE_ENDS: Final = "\x1b[?2026l"
_REPLIES: Final = {"?2026$p": "\x1b[?2026;2$y", "c": "\x1b[?62;22c", "0c": "\x1b[?62;22c"}
_UNANSWERED: Final = ("u", "t", "q", "$p")
"""The kitty keyboard, the window, the cursor's shape, modes there are not: no terminal has to know them."""


class Screen:
    """Cells of text and style; the second cell of a wide character holds an empty text."""

    def __init__(self, columns: int, rows: int, reply: Callable[[str], object] = lambda answer: None) -> None:
        self.columns, self.rows = columns, rows
        self.frames = 0
        """Synchronised updates that were seen."""
        self.unknown: set[str] = set()
        self.titles: list[str] = []
        self.alternate = False
        self.cursor_shown = self._wraps = True
        self._reply = reply
        self._unread = ""
        self._style = Style.null()
        self._x = self._y = 0
        self._saved = (0, 0, self._style)
        self._texts, self._styles = self._blank()
        self._other = self._blank()

    def _blank(self) -> tuple[list[list[str]], list[list[Style]]]:
        rows = range(self.rows)
        return [[" "] * self.columns for _ in rows], [[Style.null()] * self.columns for _ in rows]

    @property
    def cursor(self) -> tuple[int, int]:
        return min(self._x, self.columns - 1), self._y

    @property
    def text(self) -> str:
        """All rows, without the blanks at their ends."""
        return "\n".join(self.row(y) for y in range(self.rows))

    def row(self, y: int) -> str:
        return "".join(self._texts[y]).rstrip()

    def style(self, x: int, y: int) -> Style:
        return self._styles[y][x]

    def cells(self) -> Iterator[tuple[list[str], list[Style]]]:
        """Row by row, the texts of the cells and their styles."""
        return zip(self._texts, self._styles, strict=True)

    def find(self, text: str) -> tuple[int, int] | None:
        """The cell where this text begins."""
        for y, cells in enumerate(self._texts):
            at = "".join(cells).find(text)
            if at >= 0:
                return next(x for x in range(self.columns) if len("".join(cells[: x + 1])) > at), y
        return None

    def painted(self) -> Text:
        """All rows in their styles, for a picture."""
        painted = Text()
        for texts, styles in self.cells():
            for text, style in zip(texts, styles, strict=True):
                painted.append(text, style)
            painted.append("\n")
        return painted

    def resize(self, columns: int, rows: int) -> None:
        old = (self._texts, self._styles), self._other
        self.columns, self.rows = columns, rows
        fitted = [self._blank() for _ in old]
        for (texts, styles), (new_texts, new_styles) in zip(old, fitted, strict=True):
            for y in range(min(rows, len(texts))):
                kept = texts[y][:columns]
                new_texts[y][: len(kept)], new_styles[y][: len(kept)] = kept, styles[y][:columns]
        (self._texts, self._styles), self._other = fitted
        self._move(self._x, self._y)

    def clear(self) -> None:
        """Nothing is left of what was written."""
        self._texts, self._styles = self._blank()

    def feed(self, text: str) -> None:
        """Take in what was written, cut anywhere."""
        unread, at = self._unread + text, 0
        while at < len(unread) and (token := _TOKEN.match(unread, at)):
            if token["csi"] == _UPDATE_BEGINS and unread.find(_UPDATE_ENDS, at) < 0:
                break
            at = token.end()
            self._take(token)
        self._unread = unread[at:]

    def _take(self, token: re.Match[str]) -> None:
        said = token[token.lastgroup or 0]
        match token.lastgroup:
            case "text":
                self._write(said)
            case "csi":
                self._csi(said)
            case "control" if said in "\r\n\b\t\a\v\f\0":
                self._control(said)
            case "string":
                if said.startswith(("0;", "2;")):
                    self.titles.append(said[2:])
            case "escape" if said in ("7", "8"):
                self._save() if said == "7" else self._restore()
            case "escape" if said[0] in "()*+=>#":
                pass
            case _:
                self.unknown.add(token[0])

    def _write(self, text: str) -> None:
        cells = list(text) if text.isascii() else list(_cells(self._continued(text[0]) + text))
        while cells:
            if self._x >= self.columns:
                self._x = 0 if self._wraps else self.columns - 1
                cells = cells if self._wraps else cells[-1:]
                self._line_feed(self._wraps)
            room = self.columns - self._x
            if room < len(cells) and not cells[room]:
                room -= 1
            self._put(cells[:room])
            cells = cells[room:]
            if cells:
                self._x = self.columns

    def _put(self, cells: list[str]) -> None:
        x, end = self._x, self._x + len(cells)
        texts, styles = self._texts[self._y], self._styles[self._y]
        if cells and x and not texts[x]:
            texts[x - 1] = " "  # half of a wide character is none
        if cells and end < self.columns and not texts[end]:
            texts[end] = " "
        texts[x:end], styles[x:end] = cells, [self._style] * len(cells)
        self._x = end

    def _continued(self, first: str) -> str:
        """What the cell before the cursor holds, when this character belongs to it: it is then written once more."""
        texts, x = self._texts[self._y], self._x - 1
        if x > 0 and not texts[x]:
            x -= 1
        if x < 0 or len(split_graphemes(texts[x] + first)[0]) > 1:
            return ""
        self._x = x
        return texts[x]

    def _line_feed(self, times: int = 1) -> None:
        for _ in range(times):
            if self._y < self.rows - 1:
                self._y += 1
                continue
            del self._texts[0], self._styles[0]
            self._texts.append([" "] * self.columns)
            self._styles.append([self._erased] * self.columns)

    def _control(self, character: str) -> None:
        match character:
            case "\r":
                self._x = 0
            case "\n" | "\v" | "\f":
                self._line_feed()
            case "\b":
                self._move(self.cursor[0] - 1, self._y)
            case "\t":
                self._move(self._x // 8 * 8 + 8, self._y)

    def _move(self, x: int, y: int) -> None:
        self._x, self._y = max(0, min(x, self.columns - 1)), max(0, min(y, self.rows - 1))

    def _csi(self, said: str) -> None:
        final = said[-1]
        if final == "m" and said[0] not in "<=>?":
            self._style = _styled(self._style, said[:-1])
        elif said in _REPLIES or said == "6n":
            x, y = self.cursor
            self._reply(_REPLIES.get(said) or f"\x1b[{y + 1};{x + 1}R")
        elif said[0] == "?" and final in "hl":
            for mode in said[1:-1].split(";"):
                self._set_mode(mode, final == "h")
        elif final in "ABCDGHJKdfsu" and (said[:-1] or "0").replace(";", "").isdigit():
            self._edit(final, [int(number or 0) for number in said[:-1].split(";")])
        elif not said.endswith(_UNANSWERED) and said[0] not in "<=>":
            self.unknown.add(f"\x1b[{said}")

    def _edit(self, final: str, numbers: list[int]) -> None:
        """Move, or erase: `numbers` as they came, 0 where there was none."""
        first, second = numbers[0], numbers[1] if len(numbers) > 1 else 0
        x, by = self.cursor[0], max(first, 1)
        match final:
            case "H" | "f":
                self._move(second - 1, first - 1)
            case "A" | "B":
                self._move(x, self._y + (by if final == "B" else -by))
            case "C" | "D":
                self._move(x + (by if final == "C" else -by), self._y)
            case "G":
                self._move(first - 1, self._y)
            case "d":
                self._move(x, first - 1)
            case "K":
                self._erase(self._y, *((x, self.columns), (0, x + 1), (0, self.columns))[first])
            case "J":
                self._erase_display(first)
            case "s":
                self._save()
            case "u":
                self._restore()

    def _erase_display(self, which: int) -> None:
        if which < 2:
            self._edit("K", [which])
        for y in (range(self._y + 1, self.rows), range(self._y), range(self.rows), range(0))[which]:
            self._erase(y, 0, self.columns)

    def _erase(self, y: int, begin: int, end: int) -> None:
        self._texts[y][begin:end] = [" "] * (end - begin)
        self._styles[y][begin:end] = [self._erased] * (end - begin)

    @property
    def _erased(self) -> Style:
        return Style(bgcolor=self._style.bgcolor) if self._style.bgcolor else Style.null()

    def _save(self) -> None:
        self._saved = (self._x, self._y, self._style)

    def _restore(self) -> None:
        self._x, self._y, self._style = self._saved

    def _set_mode(self, mode: str, on: bool) -> None:
        match mode:
            case "7":
                self._wraps = on
            case "25":
                self.cursor_shown = on
            case "2026":
                self.frames += on
            case "1049" if on is not self.alternate:
                self.alternate = on
                self._save() if on else self._restore()
                self._other, (self._texts, self._styles) = (self._texts, self._styles), self._other
                if on:
                    self._texts, self._styles = self._blank()


def _cells(text: str) -> Iterator[str]:
    """The text cell by cell, an empty one after each wide character."""
    for begin, end, width in split_graphemes(text)[0]:
        yield from (text[begin:end], "")[:width]


@lru_cache(maxsize=4096)
def _styled(style: Style, numbers: str) -> Style:
    """The style after these numbers of an SGR sequence."""
    codes = iter([int(number or 0) for number in re.split("[;:]", numbers)])
    for code in codes:
        if code == 0:
            style = Style.null()
        elif code in (38, 48):
            color = _color(codes)
            style += Style(color=color) if code == 38 else Style(bgcolor=color)
        elif code in SGR_STYLE_MAP:
            style += Style.parse(SGR_STYLE_MAP[code])
    return style


def _color(codes: Iterator[int]) -> Color:
    if next(codes, 0) == 5:
        return Color.from_ansi(next(codes, 0))
    return Color.from_rgb(next(codes, 0), next(codes, 0), next(codes, 0))
