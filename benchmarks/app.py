"""The app as a user has it: on a terminal of 160×48, with lanes to a server of ours, keys in, painted frames out."""

import random
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from time import perf_counter, perf_counter_ns, sleep
from typing import Final

import psutil  # type: ignore[import-untyped]  # it brings no types

from benchmarks.children import ROOT
from benchmarks.desk import Desk
from benchmarks.figures import NotMeasured
from tests.screen import Screen
from tests.terminal import Terminal

PATIENCE_S: Final = 60.0
BETWEEN_KEYS_S: Final = (0.03, 0.07)
"""From one key's answer to the next key: some 18 keys a second, out of step with any timer."""

SETTLED_S: Final = 1.0

Titles = dict[int, tuple[int, int]]

_TITLE: Final = re.compile(r" (\d+) bench-m\1\b")
_DONE: Final = re.compile(r" \d+ bench-m\d+\b[^│]*?\bdone\b")


class App:
    """An app that stands, with the focus in the first pane."""

    def __init__(self, terminal: Terminal) -> None:
        self.terminal = terminal
        self._process = psutil.Process(terminal.pid)
        self._chance = random.Random(1)
        self._focused = 0
        self._titles: Titles = {}
        self._layouts: dict[int, Titles] = {}
        terminal.wait_for(self._find, PATIENCE_S)
        terminal.press("escape")
        terminal.wait_for(lambda screen: focused(screen, titles(screen)))
        self.look()

    def look(self) -> None:
        """Where the titles are now: they stay there until there is another layout."""
        self.terminal.wait_for(self._find)

    def _find(self, screen: Screen) -> bool:
        self._titles = titles(screen)
        return bool(self._titles)

    def send(self) -> int:
        """Send a round; when its key was pressed."""
        pressed = self.terminal.press("ctrl+j")
        self.terminal.wait_for(lambda screen: not self._all_done(screen), PATIENCE_S)
        return pressed

    def finish(self) -> int:
        """Wait until all answers that are seen are done; when that was painted."""
        return self.terminal.wait_for(self._all_done, PATIENCE_S)

    def _all_done(self, screen: Screen) -> bool:
        rows = {y for _, y in self._titles.values()}
        return sum(len(_DONE.findall(screen.row(y))) for y in rows) == len(self._titles)

    def press(self) -> tuple[int, int]:
        """The key of another pane, and what its number is; when it was pressed."""
        self._focused = self._chance.choice([number for number in self._titles if number != self._focused])
        return self._focused, self.terminal.press(str(self._focused))

    def key_ms(self) -> float:
        """From a key to the frame that answers it."""
        wanted, pressed = self.press()
        seen = self.terminal.wait_for(lambda screen: focused(screen, self._titles) == wanted, PATIENCE_S)
        return (seen - pressed) / 1e6

    def keys_ms(self, seconds: float) -> list[float]:
        """Many keys, one after the other."""
        deadline, answered = perf_counter() + seconds, list[float]()
        while perf_counter() < deadline:
            answered.append(self.key_ms())
            sleep(self._chance.uniform(*BETWEEN_KEYS_S))
        return answered

    def learn(self, columns: int) -> None:
        """How the panes stand at this width, once they are at rest."""
        self.terminal.resize(columns, self.terminal.screen.rows)
        sleep(SETTLED_S)
        self.look()
        self._layouts[columns] = self._titles

    def resized_ms(self, columns: int) -> float:
        """From another width, that was learned, to the frame that is laid out for it and answers a key."""
        layout = self._layouts[columns]
        resized = self.terminal.resize(columns, self.terminal.screen.rows)
        self._focused = 1 + self._focused % 4
        self.terminal.press(str(self._focused))
        seen = self.terminal.wait_for(
            lambda screen: titles(screen) == layout and focused(screen, layout) == self._focused, PATIENCE_S
        )
        self._titles = layout
        return (seen - resized) / 1e6

    @property
    def cpu_s(self) -> float:
        times = self._process.cpu_times()
        return float(times.user + times.system)

    @property
    def rss_mib(self) -> float:
        return float(self._process.memory_info().rss / 2**20)


def titles(screen: Screen) -> Titles:
    """Where the title of each pane stands that is seen: the cell of its number."""
    found: Titles = {}
    for y in range(screen.rows):
        for title in _TITLE.finditer(screen.row(y)):
            found.setdefault(int(title[1]), (title.start(1), y))
    return found


def focused(screen: Screen, titles: Titles) -> int | None:
    """The pane whose title looks like no other's."""
    grounds = {number: screen.style(*at).bgcolor for number, at in titles.items()}
    different = [number for number, ground in grounds.items() if list(grounds.values()).count(ground) == 1]
    return different[0] if len(different) == 1 else None


def wait_until(moment_ns: float) -> None:
    sleep(max(0.0, (moment_ns - perf_counter_ns()) / 1e9))


def arguments(here: Desk, port: int, lanes: int, api: str = "chat") -> list[str]:
    """A prompt already written, and so many lanes to the server on this port, all at once, no question of cost."""
    config, prompt = here.path / "config" / "config.toml", here.path / "prompt.md"
    config.parent.mkdir(exist_ok=True)
    url = f"http://127.0.0.1:{port}/v1"
    config.write_text(f'[endpoint.bench]\nbase_url = "{url}"\napi = "{api}"\nfree = true\nconcurrency = {lanes}\n')
    prompt.write_text("How fast is it?")
    which = [word for number in range(1, lanes + 1) for word in ("--lane", f"bench-m{number}")]
    return [str(prompt), "--endpoint", "bench", *which]


@contextmanager
def app(
    here: Desk, port: int, lanes: int, *, api: str = "chat", program: Sequence[str] = ("compare_tui",)
) -> Iterator[App]:
    """The app on a terminal of its own."""
    command = [sys.executable, "-m", *program, *arguments(here, port, lanes, api)]
    with Terminal(command, env=here.environ, cwd=ROOT) as terminal:
        try:
            yield App(terminal)
        except AssertionError as error:
            raise NotMeasured(str(error)) from error
