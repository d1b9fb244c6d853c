"""The app on a real terminal: where its panes are on the screen, what they show, and which one has the focus."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from rich.color import Color

from compare_tui.core.verdict import Verdict
from compare_tui.ui.actions import BY_ID
from tests.integration.command import CompareTui
from tests.screen import Screen
from tests.terminal import PATIENCE_S, Terminal

WIDE: Final = (160, 48)
NARROW: Final = (80, 24)

_STATES: Final = ("not sent", "muted", "queued", "waiting", "thinking", "writing", "retrying", *Verdict)
_HEAD: Final = re.compile(rf" (\d{{1,2}}) (\S[^│]*?) +[^\w\s] ({'|'.join(_STATES)})(?= |$)")


@dataclass(frozen=True, slots=True)
class Head:
    """The title row of a pane: where it begins, whose it is, how its take stands."""

    x: int
    y: int
    label: str
    state: str


class Look:
    """The screen as a reader sees it."""

    def __init__(self, screen: Screen, quiet: Color | None = None) -> None:
        self.screen = screen
        self.text = screen.text
        self.rows = self.text.split("\n")
        self._quiet = quiet

    def __contains__(self, text: str) -> bool:
        return text in self.text

    @cached_property
    def heads(self) -> dict[int, Head]:
        """The panes in sight, by their numbers."""
        found: dict[int, Head] = {}
        for y, row in enumerate(self.rows):
            matches = list(_HEAD.finditer(row))
            if matches and matches[0].start() == 0:
                found |= {int(one[1]): Head(one.start(), y, one[2], one[3]) for one in matches}
        return found

    def background(self, number: int) -> Color | None:
        head = self.heads[number]
        return self.screen.style(head.x + 1, head.y).bgcolor

    @property
    def focused(self) -> int | None:
        """The pane whose head stands out."""
        return next((number for number in self.heads if self.background(number) != self._quiet), None)

    def label(self, number: int) -> str:
        """Of a pane in sight; else nothing."""
        return self.heads[number].label if number in self.heads else ""

    def state(self, number: int) -> str:
        return self.heads[number].state if number in self.heads else ""

    def states(self) -> list[str]:
        return [head.state for _, head in sorted(self.heads.items())]

    @property
    def rounds(self) -> int:
        found = re.search(r"round \d+/(\d+)", self.text)
        return int(found[1]) if found else 0

    def is_done(self) -> bool:
        """Nothing runs, neither here nor on another page."""
        return {*self.states()} <= {"muted", *Verdict} and not re.search(r" \d+ [⋯◌◔▸↻] ", self.text)

    @property
    def is_folded_if_low(self) -> bool:
        """The prompt gives its rows away on a low screen."""
        return self.screen.rows >= 30 or "╭─ Prompt" not in self

    @property
    def first_offer(self) -> str:
        """Of the palette."""
        asked = next((y for y, row in enumerate(self.rows) if "🔎" in row), len(self.rows))
        return next((row.strip() for row in self.rows[asked + 1 :] if row.strip()), "")

    def pane(self, number: int) -> list[str]:
        """The rows of text in this pane, without its scrollbar."""
        head = self.heads[number]
        right = min((one.x for one in self.heads.values() if one.x > head.x), default=self.screen.columns + 1) - 2
        below = min((one.y for one in self.heads.values() if one.y > head.y), default=self._panes_end)
        cells = [texts for texts, _ in self.screen.cells()]
        return ["".join(cells[y][head.x : right]).strip() for y in range(head.y + 2, below)]

    @property
    def _panes_end(self) -> int:
        prompt = next(y for y, row in enumerate(self.rows) if row.startswith(("╭─ Prompt", " ▸ ")))
        return prompt - (1 if self.screen.rows < 30 else 2)


Seen = Callable[[Look], object]


class App(Terminal):
    """`compare-tui` with these words on a terminal of this size, in a home and a folder of its own."""

    def __init__(
        self,
        home: Path,
        *words: str | Path,
        size: tuple[int, int] = WIDE,
        env: Mapping[str, str] | None = None,
    ) -> None:
        command = CompareTui(home / "home", {"ESCDELAY": "25", **(env or {})})
        self.folder = home / "folder"
        self.folder.mkdir(parents=True, exist_ok=True)
        self._quiet: Color | None = None
        super().__init__(command.line(*words), columns=size[0], rows=size[1], env=command.environ, cwd=self.folder)

    def opened(self) -> "App":
        """Until it has painted its price, which comes last; the focus is in the prompt then."""
        self.wait_for(lambda screen: _is_priced(screen.text))
        look = self.look
        self._quiet = next(map(look.background, look.heads), None)
        return self

    @property
    def look(self) -> Look:
        with self._lock:
            return Look(self.screen, self._quiet)

    def see(self, *sights: str | Seen, timeout: float = PATIENCE_S) -> Look:
        """Until all of this is seen at once."""

        def seen(screen: Screen) -> bool:
            look = Look(screen, self._quiet)
            return all(sight in look if isinstance(sight, str) else sight(look) for sight in sights)

        try:
            self.wait_for(seen, timeout)
        except AssertionError as error:
            texts = [sight for sight in sights if isinstance(sight, str) and sight not in self.text]
            raise AssertionError(f"{texts or 'a sight'}: {error}") from None
        return self.look

    def gone(self, *texts: str, timeout: float = PATIENCE_S) -> Look:
        """Until nothing of this is seen."""
        return self.see(lambda look: not any(text in look for text in texts), timeout=timeout)

    def key(self, key: str) -> "App":
        """A key in its legacy code; `:id` is that action by its name in the palette, opened from the panes."""
        if len(key) > 1 and key.startswith(":"):
            action = BY_ID[key[1:]]
            if self.look.focused is None:
                self.to_panes()
            self.press(":")
            self.see("Find an action")
            self.type(action.label).see(lambda look: look.first_offer.startswith(f"{action.label} "))
            self.press("enter")
        else:
            self.press(key)
        return self

    @property
    def has_ended(self) -> bool:
        return self._process.poll() is not None

    @property
    def has_given_back_the_terminal(self) -> bool:
        """Mouse, focus and paste are no longer told, the cursor is there, and so is what the screen showed before."""
        raw, modes = self.raw, (b"1000", b"1003", b"1004", b"1006", b"2004")
        off = all(raw.rfind(b"\x1b[?%sl" % mode) > raw.rfind(b"\x1b[?%sh" % mode) for mode in modes)
        return off and self.screen.cursor_shown and not self.screen.alternate

    def type(self, text: str) -> "App":
        self.send(text.encode())
        return self

    def drag(self, start: tuple[int, int], end: tuple[int, int]) -> None:
        """The left button down at one cell, and up at another."""
        for button, (x, y), how in ((0, start, "M"), (32, end, "M"), (0, end, "m")):
            self.type(f"\x1b[<{button};{x + 1};{y + 1}{how}")

    def to_panes(self) -> None:
        self.press("escape")
        self.see(" i prompt ", lambda look: look.focused is not None)

    def to_prompt(self) -> None:
        self.press("i")
        self.see("╭─ Prompt", " esc to the panes ", lambda look: look.focused is None)

    def answered(self, rounds: int = 1) -> Look:
        """Until all that was sent has been answered."""
        return self.see(f"round {rounds}/{rounds}", Look.is_done)


def _is_priced(text: str) -> bool:
    return bool(re.search(r"\d requests? · ", text)) or "no lane to send to" in text
