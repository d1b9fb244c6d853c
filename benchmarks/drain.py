"""How fast answers are read flat out: all of our path, from bytes to the folded take, against bare `httpx`.

The ratio is one of CPU time for each event. Both sides keep a core busy, so it says the same as events a second; but
beside other work on two cores the ratio of wall times swung by 40 % within one run, and that of CPU times by 4 %.
"""

from collections.abc import Collection, Iterator
from statistics import median
from typing import Final

from benchmarks.children import child
from benchmarks.figures import Bench, Figure, NotMeasured, Target

PAIRS: Final = 7
STREAMS: Final = 8
EVENTS: Final = 10_000

_TARGET: Final = Target("drain.headless", "×", bar=0.80, goal=0.95, better="higher")


def measure(names: Collection[str]) -> Iterator[Figure]:
    with (
        child("benchmarks.servers", "flat", str(EVENTS)) as (_, port),
        child("benchmarks.ours", "drain", str(port), str(STREAMS)) as (ours, _),
        child("benchmarks.controls", "drain", str(port), str(STREAMS)) as (control, _),
    ):
        pairs = [(ours.ask(), control.ask()) for _ in range(PAIRS)]
    if len({run["characters"] for pair in pairs for run in pair}) != 1:
        raise NotMeasured("the two sides did not read the same text")
    events = STREAMS * EVENTS
    our_cpu, its_cpu = (median(run["cpu_s"] for run in side) / events * 1e6 for side in zip(*pairs, strict=True))
    our_wall, its_wall = (median(run["wall_s"] for run in side) for side in zip(*pairs, strict=True))
    yield _TARGET.measured(
        median(control["cpu_s"] / ours["cpu_s"] for ours, control in pairs),
        f"httpx aiter_lines + json.loads at {its_cpu:.1f} µs of CPU an event",
        {
            "our_cpu_us_per_event": our_cpu,
            "control_cpu_us_per_event": its_cpu,
            "our_events_per_s_wall": events / our_wall,
            "control_events_per_s_wall": events / its_wall,
            "wall_ratio": median(control["wall_s"] / ours["wall_s"] for ours, control in pairs),
            "pairs": PAIRS,
            "events_per_run": events,
        },
    )


BENCH: Final = Bench((_TARGET,), measure)
