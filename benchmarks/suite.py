"""Many short calls through `compare-tui run`: how even they flow, how long the whole process takes, how big it gets."""

import csv
import sys
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from statistics import median
from typing import Final

from benchmarks.children import Child, Finished, child, whole
from benchmarks.desk import Desk, desk
from benchmarks.figures import Bench, Figure, NotMeasured, Target

CALLS: Final = 200
CALL_MS: Final = 50
CONCURRENCY: Final = 4
FLOOR_S: Final = CALLS * CALL_MS / 1000 / CONCURRENCY
PAIRS: Final = 5
MANY_CALLS: Final = 2000
SHORT_CALL_MS: Final = 5
GROWTH_PAIRS: Final = 3

_SPAN: Final = Target("suite.span", "×", bar=1.20, goal=1.05, better="lower")
_WALL: Final = Target("suite.wall", "×", bar=1.6, goal=1.4, better="lower")
_RSS: Final = Target("suite.rss", "MiB", bar=80, goal=64, better="lower")
_GROWTH: Final = Target("suite.growth", "MiB", bar=16, goal=4, better="lower")


@dataclass(frozen=True, slots=True)
class Run:
    """One run of the command: the process, and the span its server saw."""

    process: Finished
    span_s: float


def run(here: Desk, server: Child, port: int, calls: int) -> Run:
    prompts, out = here.path / f"prompts-{calls}.txt", here.path / f"out-{calls}.csv"
    prompts.write_text("\n---\n".join(f"How fast is call {number}?" for number in range(calls)))
    out.unlink(missing_ok=True)
    where = ["--base-url", f"http://127.0.0.1:{port}/v1", "--api", "responses", "--lane", "bench"]
    how = ["--out", str(out), "--yes", "--concurrency", str(CONCURRENCY)]
    command = [sys.executable, "-m", "compare_tui", "run", str(prompts), *where, *how]
    process = whole(command, here.environ)
    with out.open(newline="", encoding="utf-8") as rows:
        written = sum(row["verdict"] == "done" for row in csv.DictReader(rows))
    if written != calls:
        raise NotMeasured(f"{calls} calls were to be made, {written} were answered")
    return Run(process, span_s(server, calls))


def span_s(server: Child, calls: int) -> float:
    """From the first request to the last byte, as the server saw it."""
    seen = server.ask()
    arrived: list[int] = seen["arrived"]
    ended: list[int] = seen["ended"]
    if len(arrived) != calls or len(ended) != calls:
        raise NotMeasured(f"{calls} calls were to be made, {len(arrived)} came and {len(ended)} were answered")
    return (max(ended) - min(arrived)) / 1e9


def measure(names: Collection[str]) -> Iterator[Figure]:
    if {_SPAN.name, _WALL.name, _RSS.name} & set(names):
        for figure in _flow():
            if figure.target.name in names:
                yield figure
    if _GROWTH.name in names:
        yield _growth()


def _flow() -> Iterator[Figure]:
    with (
        desk() as here,
        child("benchmarks.servers", "calls", str(CALL_MS)) as (server, port),
        child("benchmarks.controls", "calls", str(port), str(CALLS), str(CONCURRENCY)) as (control, _),
    ):
        run(here, server, port, CONCURRENCY)  # writes the bytecode
        pairs = [(run(here, server, port, CALLS), _control_span(control, server)) for _ in range(PAIRS)]
    ours = [run for run, _ in pairs]
    our_span, its_span = median(run.span_s for run in ours), median(span for _, span in pairs)
    wall, cpu = median(run.process.wall_s for run in ours), median(run.process.cpu_s for run in ours)
    detail = {
        "our_span_s": our_span,
        "control_span_s": its_span,
        "our_wall_s": wall,
        "our_wall_outside_the_span_s": median(run.process.wall_s - run.span_s for run in ours),
        "our_cpu_s": cpu,
        "peak_mib": median(run.process.peak_mib for run in ours),
        "floor_s": FLOOR_S,
        "pairs": PAIRS,
    }
    raw = f"a raw-socket client's span of {its_span:.2f} s"
    yield _SPAN.measured(median(run.span_s / span for run, span in pairs), raw, detail)
    yield _WALL.measured(wall / FLOOR_S, f"a floor of {FLOOR_S:g} s for {CALLS} calls", detail)
    yield _RSS.measured(detail["peak_mib"], None, detail)


def _control_span(control: Child, server: Child) -> float:
    control.ask()
    return span_s(server, CALLS)


def _growth() -> Figure:
    """Short calls, so that two thousand of them are soon made."""
    with desk() as here, child("benchmarks.servers", "calls", str(SHORT_CALL_MS)) as (server, port):
        run(here, server, port, CONCURRENCY)  # writes the bytecode
        pairs = [
            (run(here, server, port, CALLS).process, run(here, server, port, MANY_CALLS).process)
            for _ in range(GROWTH_PAIRS)
        ]
    few, many = (median(run.peak_mib for run in side) for side in zip(*pairs, strict=True))
    return _GROWTH.measured(
        median(more.peak_mib - less.peak_mib for less, more in pairs),
        f"a peak of {few:.1f} MiB after {CALLS} calls",
        {
            "peak_mib_few": few,
            "peak_mib_many": many,
            "calls_few": CALLS,
            "calls_many": MANY_CALLS,
            "kib_per_call": (many - few) * 1024 / (MANY_CALLS - CALLS),
            "cpu_ms_per_call": median(more.cpu_s - less.cpu_s for less, more in pairs) * 1000 / (MANY_CALLS - CALLS),
            "pairs": GROWTH_PAIRS,
        },
    )


BENCH: Final = Bench((_SPAN, _WALL, _RSS, _GROWTH), measure)
