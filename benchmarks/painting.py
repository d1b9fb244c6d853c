"""The app while it paints: how fast it drains streams, and how late it stamps them, against sides without a screen.

As in `drain`, the ratio is one of CPU time for each delta: beside other work the ratio of wall times swung from 0.65 to
0.80 between two runs in which that of CPU times stood at 0.67 and 0.63.
"""

import json
from collections.abc import Collection, Iterator
from itertools import chain
from statistics import median
from typing import Final

from benchmarks.app import App, app
from benchmarks.children import Child, child
from benchmarks.desk import desk
from benchmarks.figures import Bench, Figure, NotMeasured, Target, p95

PAIRS: Final = 7
STREAMS: Final = 8
EVENTS: Final = 10_000
ROUNDS: Final = 5
DELTAS: Final = 200

_DRAIN: Final = Target("drain.painting", "×", bar=0.65, goal=0.75, better="higher")
_TTFT: Final = Target("ttft.painting8", "ms", bar=5, goal=2.5, better="lower")


def measure(names: Collection[str]) -> Iterator[Figure]:
    if _DRAIN.name in names:
        yield drain()
    if _TTFT.name in names:
        yield ttft()


def drain() -> Figure:
    with (
        desk() as here,
        child("benchmarks.servers", "flat", str(EVENTS)) as (server, port),
        child("benchmarks.controls", "drain", str(port), str(STREAMS)) as (control, _),
        app(here, port, STREAMS) as ours,
    ):
        _drained(ours, server)  # the first round opens the connections
        pairs = []
        for _ in range(PAIRS):
            wall_s, cpu_s = _drained(ours, server)
            its = control.ask()
            server.ask()
            pairs.append((wall_s, cpu_s, its["wall_s"], its["cpu_s"]))
    events = STREAMS * EVENTS
    our_wall, our_cpu, its_wall, its_cpu = (median(column) for column in zip(*pairs, strict=True))
    return _DRAIN.measured(
        median(pair[3] / pair[1] for pair in pairs),
        f"httpx aiter_lines + json.loads at {its_cpu / events * 1e6:.1f} µs of CPU a delta, without a screen",
        {
            "our_deltas_per_s_wall": events / our_wall,
            "control_deltas_per_s_wall": events / its_wall,
            "our_cpu_us_per_delta": our_cpu / events * 1e6,
            "control_cpu_us_per_delta": its_cpu / events * 1e6,
            "wall_ratio": median(pair[2] / pair[0] for pair in pairs),
            "pairs": PAIRS,
            "deltas_per_run": events,
        },
    )


def _drained(ours: App, server: Child) -> tuple[float, float]:
    """From the first request at the server to the painted frame in which all are done; and the app's CPU time."""
    before = ours.cpu_s
    ours.send()
    done = ours.finish()
    spent = ours.cpu_s - before
    arrived: list[int] = server.ask()["arrived"]
    return (done - min(arrived)) / 1e9, spent


def ttft() -> Figure:
    with (
        desk() as here,
        child("benchmarks.servers", "paced", str(STREAMS), str(DELTAS)) as (_, port),
        child("benchmarks.controls", "ttft", str(port), str(STREAMS)) as (control, _),
    ):
        file = here.path / "late.json"
        with app(here, port, STREAMS, api="responses", program=("benchmarks.stamped", str(file))) as ours:
            runs = [_round(ours, control) for _ in range(ROUNDS + 1)][1:]
        takes: list[list[float]] = [json.loads(line) for line in file.read_text().splitlines()]
    if [len(late) for late in takes] != [DELTAS] * STREAMS * (ROUNDS + 1):
        raise NotMeasured(f"{len(takes)} takes were stamped, not all of them {DELTAS} times")
    rounds = [list(chain(*takes[at : at + STREAMS])) for at in range(STREAMS, len(takes), STREAMS)]
    firsts = [late[0] for late in takes[STREAMS:]]
    our_p95, its_p95 = [p95(late) for late in rounds], [p95(late) for late in runs]
    return _TTFT.measured(
        median(mine - its for mine, its in zip(our_p95, its_p95, strict=True)),
        f"a raw socket's p95 of {median(its_p95):.3f} ms, without a screen",
        {
            "our_p95_ms": median(our_p95),
            "our_p50_ms": median(median(late) for late in rounds),
            "our_max_ms": max(chain(*rounds)),
            "our_first_delta_median_ms": median(firsts),
            "our_first_delta_p95_ms": p95(firsts),
            "control_p95_ms": median(its_p95),
            "pairs": ROUNDS,
            "deltas_per_run": STREAMS * DELTAS,
        },
    )


def _round(ours: App, control: Child) -> list[float]:
    """A round of the app, then one of the control; what the control saw."""
    ours.send()
    ours.finish()
    late: list[float] = control.ask()["late_ms"]
    return late


BENCH: Final = Bench((_DRAIN, _TTFT), measure)
