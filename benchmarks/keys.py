"""How soon a key is answered while panes stream: from its byte to the painted frame, against the same app at rest."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from statistics import median
from time import perf_counter, sleep
from typing import Final

from benchmarks.app import PATIENCE_S, App, app, wait_until
from benchmarks.children import Child, child
from benchmarks.desk import desk
from benchmarks.figures import Bench, Figure, NotMeasured, Target, p95
from benchmarks.servers import RATE

PAIRS: Final = 5
IDLE_S: Final = 2
REST_MS: Final = 1500
STREAMING_MS: Final = 4000
MARGIN_MS: Final = 200
SIZE: Final = 20_000
PIECE: Final = 4_000


@dataclass(frozen=True, slots=True)
class Case:
    target: Target
    panes: int
    server: tuple[str, ...]


def _paced(panes: int, rate: int) -> tuple[str, ...]:
    return ("panes", *map(str, (panes, REST_MS, STREAMING_MS, rate, PIECE, SIZE)))


_CASES: Final = (
    Case(Target("keys.8x100", "ms", bar=50, goal=35, better="lower"), 8, _paced(8, RATE)),
    Case(Target("keys.16x1000", "ms", bar=120, goal=80, better="lower"), 16, _paced(16, 1000)),
    Case(
        Target("keys.flood", "ms", bar=80, goal=50, better="lower"),
        8,
        ("flood", *map(str, (8, REST_MS, STREAMING_MS, SIZE))),
    ),
)


def measure(names: Collection[str]) -> Iterator[Figure]:
    for case in _CASES:
        if case.target.name in names:
            yield _figure(case)


def _figure(case: Case) -> Figure:
    with (
        desk() as here,
        child("benchmarks.servers", *case.server) as (server, port),
        app(here, port, case.panes) as ours,
    ):
        _streaming(ours)  # the first round opens the connections
        _lasted_s(server, case.panes)
        pairs, lasted_s = [], []
        for _ in range(PAIRS):
            pairs.append((ours.keys_ms(IDLE_S), _streaming(ours)))
            lasted_s.append(_lasted_s(server, case.panes))
    idle, streaming = ([p95(keys) for keys in side] for side in zip(*pairs, strict=True))
    every_idle, every_streaming = ([key for keys in side for key in keys] for side in zip(*pairs, strict=True))
    return case.target.measured(
        median(busy - rest for rest, busy in zip(idle, streaming, strict=True)),
        f"a p95 of {median(idle):.1f} ms at rest",
        {
            "streaming_p95_ms": median(streaming),
            "streaming_p50_ms": median(every_streaming),
            "streaming_max_ms": max(every_streaming),
            "idle_p95_ms": median(idle),
            "idle_p50_ms": median(every_idle),
            "idle_max_ms": max(every_idle),
            "keys_idle": len(every_idle),
            "keys_streaming": len(every_streaming),
            "streams_due_s": (REST_MS + STREAMING_MS) / 1000,
            "streams_lasted_s": median(lasted_s),
            "panes": case.panes,
            "pairs": PAIRS,
        },
    )


def _streaming(ours: App) -> list[float]:
    """A round: keys while it streams, until shortly before it ends."""
    sent = ours.send()
    wait_until(sent + (REST_MS + MARGIN_MS) * 1e6)
    keys = ours.keys_ms((STREAMING_MS - 2 * MARGIN_MS) / 1000)
    ours.finish()
    return keys


def _lasted_s(server: Child, panes: int) -> float:
    """Wait for the streams nobody sees, on other pages; how long the longest took."""
    begun: list[int] = []
    ended: list[int] = []
    deadline = perf_counter() + PATIENCE_S
    while len(ended) < panes:
        if perf_counter() > deadline:
            raise NotMeasured(f"{len(ended)} of {panes} streams came to their end")
        seen = server.ask()
        begun += seen["arrived"]
        ended += seen["ended"]
        sleep(0.02)
    return (max(ended) - min(begun)) / 1e9


BENCH: Final = Bench(tuple(case.target for case in _CASES), measure)
