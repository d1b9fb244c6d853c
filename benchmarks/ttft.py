"""How late a delta is stamped: ours against a raw socket, both after the server's own stamp inside the delta."""

from collections.abc import Collection, Iterable, Iterator
from statistics import median
from typing import Any, Final

from benchmarks.children import Child, child
from benchmarks.figures import Bench, Figure, NotMeasured, Target, p95

PAIRS: Final = 5
DELTAS: Final = 200
SPREAD_BAR_MS: Final = 20.0
"""The requests of one round reach the server within this time of each other."""

_TARGETS: Final = {
    1: Target("ttft.headless1", "ms", bar=1.0, goal=0.5, better="lower"),
    8: Target("ttft.headless8", "ms", bar=1.0, goal=0.5, better="lower"),
    32: Target("ttft.headless32", "ms", bar=2.0, goal=1.0, better="lower"),
}


def measure(names: Collection[str]) -> Iterator[Figure]:
    for streams, target in _TARGETS.items():
        if target.name in names:
            yield _figure(target, streams)


def _figure(target: Target, streams: int) -> Figure:
    with (
        child("benchmarks.servers", "paced", str(streams), str(DELTAS)) as (server, port),
        child("benchmarks.ours", "ttft", str(port), str(streams)) as (ours, _),
        child("benchmarks.controls", "ttft", str(port), str(streams)) as (control, _),
    ):
        pairs = [(_run(ours, server, streams), _run(control, server, streams)) for _ in range(PAIRS)]
    our_p95, control_p95 = ([p95(run["late_ms"]) for run in side] for side in zip(*pairs, strict=True))
    our_first, control_first = ([late for run in side for late in run["first_ms"]] for side in zip(*pairs, strict=True))
    spreads = [run["spread_ms"] for run, _ in pairs]
    return target.measured(
        median(mine - its for mine, its in zip(our_p95, control_p95, strict=True)),
        f"a raw socket's p95 of {median(control_p95):.3f} ms",
        {
            "our_p95_ms": median(our_p95),
            "our_p50_ms": median(median(run["late_ms"]) for run, _ in pairs),
            "our_first_delta_median_ms": median(our_first),
            "our_first_delta_max_ms": max(our_first),
            "our_cpu_us_per_delta": _cpu_us(run for run, _ in pairs),
            "control_p95_ms": median(control_p95),
            "control_p50_ms": median(median(run["late_ms"]) for _, run in pairs),
            "control_first_delta_max_ms": max(control_first),
            "control_cpu_us_per_delta": _cpu_us(run for _, run in pairs),
            "requests_spread_cold_ms": spreads[0],
            "requests_spread_warm_ms": max(spreads[1:]),
            "requests_spread_bar_ms": SPREAD_BAR_MS,
            "pairs": PAIRS,
            "deltas_per_run": streams * DELTAS,
        },
    )


def _run(side: Child, server: Child, streams: int) -> dict[str, Any]:
    """One round of one side, and how far apart its requests came."""
    run: dict[str, Any] = side.ask()
    if len(run["late_ms"]) != streams * DELTAS:
        raise NotMeasured(f"{streams * DELTAS} deltas were sent, {len(run['late_ms'])} were read")
    arrived = server.ask()["arrived"]
    return run | {"spread_ms": (max(arrived) - min(arrived)) / 1e6}


def _cpu_us(runs: Iterable[dict[str, Any]]) -> float:
    return float(median(run["cpu_s"] / len(run["late_ms"]) * 1e6 for run in runs))


BENCH: Final = Bench(tuple(_TARGETS.values()), measure)
