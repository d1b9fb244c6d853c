"""What a long answer costs a pane: processor time for each delta, memory, and the wait after a resize."""

from collections.abc import Collection, Iterator
from statistics import median
from typing import Final

from benchmarks.app import App, app, wait_until
from benchmarks.children import child
from benchmarks.desk import desk
from benchmarks.figures import Bench, Figure, Target
from benchmarks.servers import RATE

PAIRS: Final = 5
PANES: Final = 8
SHORT: Final = 2_000
LONG: Final = 400_000
PIECE: Final = 4_000
REST_MS: Final = 1500
GROWING_MS: Final = 4000
MARGIN_MS: Final = 400
MEMORY_RUNS: Final = 5
MEMORY_PANES: Final = 4
TOKEN: Final = 5
"""Characters of a delta where each of them may leave something behind."""
RESIZES: Final = 9
WIDE: Final = 160
NARROW: Final = 130

_GROWTH: Final = Target("growth.cpu", "×", bar=1.2, goal=1.0, better="lower")
_MEMORY: Final = Target("memory.pane", "MiB", bar=5, goal=3, better="lower")
_RESIZE: Final = Target("resize.8", "ms", bar=300, goal=150, better="lower")


def measure(names: Collection[str]) -> Iterator[Figure]:
    for target, figure in ((_GROWTH, growth), (_MEMORY, memory), (_RESIZE, resize)):
        if target.name in names:
            yield figure()


def growth() -> Figure:
    server = ("panes", *map(str, (PANES, REST_MS, GROWING_MS, RATE, PIECE, SHORT, LONG)))
    with desk() as here, child("benchmarks.servers", *server) as (_, port), app(here, port, PANES) as ours:
        for _ in (SHORT, LONG):
            _cpu_us(ours)  # the first rounds open the connections
        pairs = [(_cpu_us(ours), _cpu_us(ours)) for _ in range(PAIRS)]
    short, long = (median(side) for side in zip(*pairs, strict=True))
    return _GROWTH.measured(
        median(more / less for less, more in pairs),
        f"{short:.0f} µs of CPU a delta with {SHORT // 1000} kB in each pane",
        {
            "short_cpu_us_per_delta": short,
            "long_cpu_us_per_delta": long,
            "short_kb": SHORT / 1000,
            "long_kb": LONG / 1000,
            "panes": PANES,
            "deltas_per_s": RATE * PANES,
            "pairs": PAIRS,
        },
    )


def _cpu_us(ours: App) -> float:
    """A round: the app's processor time for each delta, while nothing else happens."""
    begin = ours.send() + (REST_MS + MARGIN_MS) * 1e6
    wait_until(begin)
    before = ours.cpu_s
    window_ms = GROWING_MS - 2 * MARGIN_MS
    wait_until(begin + window_ms * 1e6)
    spent = ours.cpu_s - before
    ours.finish()
    return spent / (window_ms / 1000 * RATE * PANES) * 1e6


def memory() -> Figure:
    """A process of its own each time: what a round leaves is not given back within one."""
    server = ("panes", *map(str, (MEMORY_PANES, REST_MS, 0, 0, TOKEN, SHORT, LONG)))
    runs = []
    for _ in range(MEMORY_RUNS):
        with desk() as here, child("benchmarks.servers", *server) as (_, port), app(here, port, MEMORY_PANES) as ours:
            runs.append((_rss_mib(ours), _rss_mib(ours)))
    small, large = (median(side) for side in zip(*runs, strict=True))
    return _MEMORY.measured(
        median((after - before) / MEMORY_PANES for before, after in runs),
        f"{small:.1f} MiB of RSS with {SHORT // 1000} kB in each pane",
        {
            "rss_short_mib": small,
            "rss_long_mib": large,
            "answer_kb": LONG / 1000,
            "characters_per_delta": TOKEN,
            "panes": MEMORY_PANES,
            "runs": MEMORY_RUNS,
        },
    )


def _rss_mib(ours: App) -> float:
    ours.send()
    ours.finish()
    ours.keys_ms(0.3)  # every pane has been looked at
    return ours.rss_mib


def resize() -> Figure:
    server = ("panes", *map(str, (PANES, REST_MS, 0, 0, PIECE, LONG)))
    with desk() as here, child("benchmarks.servers", *server) as (_, port), app(here, port, PANES) as ours:
        ours.send()
        ours.finish()
        for columns in (NARROW, WIDE):
            ours.learn(columns)
        runs = [(ours.resized_ms(NARROW), ours.resized_ms(WIDE)) for _ in range(RESIZES)]
        keys = ours.keys_ms(1.0)
    narrower, wider = (median(side) for side in zip(*runs, strict=True))
    return _RESIZE.measured(
        narrower,
        f"a key without a resize at {median(keys):.0f} ms wall",
        {
            "narrower_wall_ms": narrower,
            "wider_wall_ms": wider,
            "narrower_max_wall_ms": max(narrow for narrow, _ in runs),
            "panes": PANES,
            "answer_kb": LONG / 1000,
            "runs": RESIZES,
        },
    )


BENCH: Final = Bench((_GROWTH, _MEMORY, _RESIZE), measure)
