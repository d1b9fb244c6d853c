"""How long `--version` takes: whole processes, against one that only imports click."""

import sys
from collections.abc import Collection, Iterator
from statistics import median
from typing import Final

from benchmarks.children import Finished, warm_bytecode, whole
from benchmarks.figures import Bench, Figure, Target

PAIRS: Final = 15

_TARGET: Final = Target("start.version", "×", bar=1.6, goal=1.3, better="lower")
_OURS: Final = (sys.executable, "-m", "compare_tui", "--version")
_CONTROL: Final = (sys.executable, "-c", "import click")


def measure(names: Collection[str]) -> Iterator[Figure]:
    with warm_bytecode() as environ:
        for command in (_OURS, _CONTROL):
            whole(command, environ)
        pairs = [(whole(_OURS, environ), whole(_CONTROL, environ)) for _ in range(PAIRS)]
    our_ms, its_ms = (_wall_ms(side) for side in zip(*pairs, strict=True))
    our_cpu_ms, its_cpu_ms = (_cpu_ms(side) for side in zip(*pairs, strict=True))
    yield _TARGET.measured(
        our_ms / its_ms,
        f"import click at {its_ms:.0f} ms wall",
        {
            "our_wall_ms": our_ms,
            "control_wall_ms": its_ms,
            "our_cpu_ms": our_cpu_ms,
            "control_cpu_ms": its_cpu_ms,
            "cpu_ratio": our_cpu_ms / its_cpu_ms,
            "pairs": PAIRS,
        },
    )


def _wall_ms(runs: tuple[Finished, ...]) -> float:
    return median(run.wall_s for run in runs) * 1000


def _cpu_ms(runs: tuple[Finished, ...]) -> float:
    return median(run.cpu_s for run in runs) * 1000


BENCH: Final = Bench((_TARGET,), measure)
