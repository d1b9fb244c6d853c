"""How long the app takes from its start to the first painted frame, against the least a Textual app can be."""

import re
import sys
from collections.abc import Collection, Iterator, Sequence
from statistics import median
from time import perf_counter, sleep
from typing import Final

from benchmarks.app import PATIENCE_S, arguments, titles
from benchmarks.children import ROOT, child
from benchmarks.desk import Desk, desk
from benchmarks.figures import Bench, Figure, NotMeasured, Target
from tests.terminal import Terminal

PAIRS: Final = 9
LANES: Final = 4

_TARGET: Final = Target("paint.first", "×", bar=1.6, goal=1.3, better="lower")
_OURS: Final = (sys.executable, "-m", "compare_tui")
_CONTROL: Final = (sys.executable, "-m", "benchmarks.minimal")
_OPENAI: Final = re.compile(rb"\| +openai\b")


def measure(names: Collection[str]) -> Iterator[Figure]:
    with desk() as here, child("benchmarks.servers", "flat", "10") as (_, port):
        ours = (*_OURS, *arguments(here, port, LANES))
        for command in (ours, _CONTROL):
            painted_ms(command, here)
        pairs = [(painted_ms(ours, here), painted_ms(_CONTROL, here)) for _ in range(PAIRS)]
        later_ms = openai_later_ms((ours[0], "-X", "importtime", *ours[1:]), here)
    our_ms, its_ms = (median(side) for side in zip(*pairs, strict=True))
    yield _TARGET.measured(
        median(mine / its for mine, its in pairs),
        f"a Textual app of four texts at {its_ms:.0f} ms wall",
        {"our_wall_ms": our_ms, "control_wall_ms": its_ms, "openai_after_paint_ms": later_ms, "pairs": PAIRS},
    )


def painted_ms(command: Sequence[str], here: Desk) -> float:
    """From before the process is started until its four titles are on the screen."""
    with Terminal(command, env=here.environ, cwd=ROOT) as terminal:
        painted = terminal.wait_for(lambda screen: len(titles(screen)) == LANES, PATIENCE_S)
        return (painted - terminal.started_ns) / 1e6


def openai_later_ms(command: Sequence[str], here: Desk) -> float:
    """Python notes every import on the terminal the frames are painted on: what stands there first came first."""
    with Terminal(command, env=here.environ, cwd=ROOT) as terminal:
        last_title = f"bench-m{LANES}".encode()
        painted = _written(terminal, re.compile(last_title))
        before = terminal.raw
        terminal.press("ctrl+j")
        imported = _written(terminal, _OPENAI)
    if _OPENAI.search(before[: before.index(last_title)]):
        raise NotMeasured("openai was imported before the first frame was painted")
    return (imported - painted) * 1000


def _written(terminal: Terminal, sight: re.Pattern[bytes]) -> float:
    """When this was written, to some milliseconds."""
    deadline = perf_counter() + PATIENCE_S
    while not sight.search(terminal.raw):
        if perf_counter() > deadline:
            raise NotMeasured(f"{sight.pattern!r} was not written by the app")
        sleep(0.01)
    return perf_counter()


BENCH: Final = Bench((_TARGET,), measure)
