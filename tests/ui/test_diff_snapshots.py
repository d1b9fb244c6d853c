"""Answers read against each other, in each way there is: the diff, marks in place, find, the inspector."""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest
from textual.pilot import Pilot
from textual.widgets import Input
from textual.widgets._toast import Toast

from compare_tui.core.events import Event, Kind
from compare_tui.ui import figures
from compare_tui.ui.app import CompareApp
from compare_tui.ui.screens.diff.screen import DiffScreen
from compare_tui.ui.widgets.stream import StreamView
from tests.ui.driving import NARROW, WIDE, screen_text, until
from tests.ui.scenes import Script, app_with, at, on_stage, opened, plays, settled
from tests.ui.snapshots import Snapshots, snapshot

LANES: Final = ("gpt-5.5 low repeat=2", "gpt-5.5 high logprobs=3", "gpt-5.5-pro high flex", "gpt-5.5-mini low")
OLD: Final = """# Waiting for the first token

The first token is what a **reader** waits for before anything moves on the screen. It says little about the rest of
the answer, and all about how the answer feels.

Measure it at the socket. A client that stamps what it has parsed already counts its own work.

## What makes it longer

- It grows with the prompt, since every token of it is read first.
- A queue counts too: at noon it took 180 ms.
- Reasoning comes before the answer. Nobody sees it.

```python
begun = clock()
first = await stream.next()
ttft = first - begun
```

## What makes it shorter

Caching makes it shorter by 40 %. The beginning of the prompt has to be the same, down to the last character.

| model | wait | price |
|---|---|---|
| gpt-5.5 | 408 ms | 5.00 |
| gpt-5.5-mini | 180 ms | 0.25 |
"""
NEW: Final = """# Waiting for the first token

The first token is what a **user** waits for before anything moves on the screen. It says little about the rest of
the answer, and all about how the answer feels.

## What makes it longer

- It grows with the prompt, since every token of it is read first.
- A queue counts too: at noon it took 210 ms.
- Reasoning comes before the answer.
- A cold connection adds two round trips.

```python
begun = perf_counter()
first = await stream.next()
ttft = first - begun
```

## What makes it shorter

Caching makes it shorter by 55 %. The beginning of the prompt has to be the same, down to the last character.

| model | wait | price |
|---|---|---|
| gpt-5.5 | 408 ms | 5.00 |
| gpt-5.5-mini | 210 ms | 0.25 |

Measure it at the socket. A client that stamps what it has parsed already counts its own work.
"""
BROKEN: Final = OLD.replace("screen. It", "screen.\nIt").replace("rest of\nthe", "rest of the")
MARKED: Final = BROKEN.replace("**", "__").replace("# Waiting", "Waiting")
LOUD: Final = MARKED.replace("the socket", "The Socket")
VALUES: Final = '{"model": "gpt-5.5-mini", "wait": {"p50": 180, "p95": 410}, "tags": ["fast", "cheap"], "stable": true}'
OTHERS: Final = '{"tags": ["fast", "cheap", "new"], "model": "gpt-5.5-mini", "wait": {"p95": 430, "p50": 180}}'
INK: Final = "ink"
THEMES: Final = ("paper", "contrast-dark")
"""In these a main scene is looked at as well: light, and high contrast."""
ITSELF: Final = "lane with itself"
COMPARING: Final = "comparing…"
ASKED: Final = "Explain time to first token to a developer who compares models."
ASKED_NEXT: Final = "Explain time to first token, in one page, to a product manager who compares models."
TOKENS: Final = (
    *(("The", 0.97), (" first", 0.93), (" token", 0.99), (" is", 0.81), (" what", 0.56), (" a", 0.72)),
    *((" user", 0.31), (" waits", 0.88), (" for", 0.99), (".", 0.64), ("\n\n", 0.97), ("Caching", 0.12)),
    *((" makes", 0.71), (" it", 0.98), (" shorter", 0.44), (" by", 0.9), (" 55", 0.06), (" %", 0.95), (".", 0.99)),
)


@pytest.fixture(autouse=True)
def a_home_and_a_clock_that_stands_still(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMPARE_TUI_HOME", str(tmp_path / "compare-tui"))
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setattr(figures, "perf_counter_ns", lambda: at(3_000))


def says(text: str, ms: float = 410) -> Script:
    return Script().sent().accepted().says(text, ms, 2_300).done(2_310, 240, reasoning=64)


def weighed() -> Script:
    """With the probabilities of its tokens."""
    script = Script().sent().accepted().says("".join(text for text, _ in TOKENS), 410, 900)
    script.events.append(Event(at(900), Kind.LOGPROBS, data={"tokens": [_entry(*token) for token in TOKENS]}))
    return script.done(910, len(TOKENS))


def _entry(text: str, probability: float) -> dict[str, Any]:
    others = ((" reader", 0.4), (text, probability), (" person", 0.09)) if text == " user" else ((text, probability),)
    return {
        "token": text,
        "logprob": math.log(probability),
        "top_logprobs": [{"token": one, "logprob": math.log(share)} for one, share in others],
    }


@dataclass(frozen=True)
class Stage:
    """The app, and where its pictures go: `diff-NAME-SCENE`, in other themes `diff-NAME-THEME-SCENE`."""

    pilot: Pilot[Any]
    app: CompareApp
    snapshots: Snapshots
    name: str

    async def asks(self, prompt: str, *scripts: Script) -> None:
        self.app.compare.prompt.load(prompt)
        await plays(self.pilot, self.app, *scripts)

    async def presses(self, *keys: str) -> None:
        """What a key says for some seconds is in no picture."""
        for key in keys:
            await self.pilot.press(key)
            self.app.clear_notifications()
            await until(self.pilot, lambda: not self.app.screen.query(Toast))

    async def shows(self, scene: str, *keys: str, words: str = "", main: bool = False) -> None:
        """Once these keys have been pressed, what was asked for is compared, and the words can be read."""
        await self.presses(*keys)
        await until(self.pilot, lambda: self._is_compared and words in screen_text(self.app))
        for field in self.app.screen.query(Input):
            field.cursor_blink = False
        await self._stands_still()
        self.snapshots.check(self.app, f"diff-{self.name}-{scene}")
        if main:
            for theme in THEMES:
                await self.dressed(theme)
                self.snapshots.check(self.app, f"diff-{self.name}-{theme}-{scene}")
            await self.dressed(INK)

    async def dressed(self, theme: str) -> None:
        self.app.theme = theme
        await self._stands_still()

    async def _stands_still(self) -> None:
        """Panes are told of another theme later, and a scrollbar of another height."""
        before = ""
        while before != (before := snapshot(self.app)):
            await self.pilot.pause()
            await settled(self.pilot, self.app)
            for view in self.app.screen.query(StreamView):
                view._scrollbar.show()

    @property
    def _is_compared(self) -> bool:
        screen = self.app.screen
        return not isinstance(screen, DiffScreen) or (
            screen.diff is not None and COMPARING not in screen_text(self.app)
        )


async def values(stage: Stage) -> None:
    """Answers that are JSON, and one that only breaks its lines elsewhere."""
    await stage.asks(ASKED, says(VALUES), says(VALUES, 520), says(OTHERS), says(OLD), says(BROKEN))
    await stage.shows("json", "escape", "2", "d", "n", words=ITSELF)
    await stage.shows("only-space", "escape", "3", "b", "4", "d", words="The same words")
    await stage.presses("escape", "3", "b")


async def sides(stage: Stage) -> None:
    once, again = says(OLD.replace("noon", "night")), says(OLD, 520)
    await stage.asks(ASKED, once, again, says(NEW), says(LOUD), says(OLD))
    await stage.shows("side-by-side", "2", "d", words=ITSELF)
    await stage.shows("moved", "n", "n", words=ITSELF)
    await stage.shows("other-end", "o", words=ITSELF)
    await stage.shows("current", "n", words=ITSELF, main=True)
    await stage.shows("unified", "g", "u", words=ITSELF)
    await stage.shows("sentence", "u", "v", words=ITSELF)
    await stage.shows("line", "v", words=ITSELF)
    await stage.shows("chooser", "v", "s", words="What is compared", main=True)
    await stage.presses("escape", "escape")


async def ignoring(stage: Stage) -> None:
    await stage.shows("space", "3", "d", words=ITSELF)
    await stage.shows("markup", "w", words=ITSELF)
    await stage.shows("case", "w", words="ignoring white space, markup and case")
    await stage.shows("exact", "w", words=ITSELF)
    await stage.shows("same", "w", "escape", "4", "d", words="character for character")
    await stage.presses("escape")


async def panes(stage: Stage) -> None:
    await stage.shows("marks", "2", "c", words="the same text" if stage.app.size == WIDE else "7 changes", main=True)
    await stage.shows("only-here", "c", words="only here")
    await stage.shows("find", "c", "slash", *"first", "enter", "n", words="in 4 panes")
    await stage.presses("escape")


async def next_round(stage: Stage) -> None:
    half = Script().sent().accepted().says(NEW[: NEW.index("```")], 410, 2_900)
    await stage.asks(ASKED_NEXT, says(NEW), says(NEW, 520), weighed(), says(OLD), half)
    await stage.shows("before", "1", "p", words="prompt: ", main=True)
    await stage.shows("live", "p", "3", "b", "4", "d", words="still writing")
    await stage.shows("inspector", "escape", "2", "I", words="tokens under", main=True)
    await stage.shows("inspector-none", "escape", "1", "I", words="does not ask")


async def reads(stage: Stage) -> None:
    await opened(stage.pilot, stage.app)
    for part in (values, sides, ignoring, panes, next_round):
        await part(stage)


@pytest.mark.parametrize(("name", "size"), [("wide", WIDE), ("narrow", NARROW)])
def test_reading_answers_against_each_other(snapshots: Snapshots, name: str, size: tuple[int, int]) -> None:
    app = app_with(LANES, ASKED, theme=INK)

    async def scenario(pilot: Pilot[Any]) -> None:
        await reads(Stage(pilot, app, snapshots, name))

    on_stage(app, scenario, size)
