"""The processor time of one frame in which eight panes scroll, against eight of Textual's own `Log`."""

from collections.abc import Collection, Iterator
from statistics import median
from typing import Final

from benchmarks.children import child
from benchmarks.figures import Bench, Figure, Target

PAIRS: Final = 5

_TARGET: Final = Target("frame.8", "×", bar=0.2, goal=0.12, better="lower")


def measure(names: Collection[str]) -> Iterator[Figure]:
    with child("benchmarks.frames", "ours") as (ours, _), child("benchmarks.frames", "log") as (log, _):
        pairs = [(ours.ask(), log.ask()) for _ in range(PAIRS)]
    our_ms, its_ms = (median(run["cpu_ms"] for run in side) for side in zip(*pairs, strict=True))
    yield _TARGET.measured(
        median(mine["cpu_ms"] / its["cpu_ms"] for mine, its in pairs),
        f"Textual's Log at {its_ms:.1f} ms of CPU",
        {
            "our_cpu_ms_per_frame": our_ms,
            "control_cpu_ms_per_frame": its_ms,
            "our_characters_per_frame": median(mine["characters"] for mine, _ in pairs),
            "control_characters_per_frame": median(its["characters"] for _, its in pairs),
            "pairs": PAIRS,
        },
    )


BENCH: Final = Bench((_TARGET,), measure)
