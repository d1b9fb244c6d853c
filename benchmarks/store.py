"""What it costs to keep everything: to write it down while it streams, and to find it among ten thousand sessions.

`keys.sessions` is how soon a key is answered in the search field of the sessions screen, against the same app at rest.
"""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter, process_time, sleep
from typing import Final

from benchmarks.app import BETWEEN_KEYS_S, App, app
from benchmarks.children import child
from benchmarks.desk import Desk, desk
from benchmarks.figures import Bench, Detail, Figure, NotMeasured, Target, p95
from benchmarks.journaling import RATE, STREAMS
from benchmarks.stored import ANSWERS, COMMONEST, SESSIONS, build
from compare_tui.core.query import Query
from compare_tui.store.store import Listed, Store
from tests.screen import Screen

PAIRS: Final = 5
SECONDS: Final = 8
IDLE_S: Final = 2
RUNS: Final = 15
PAGE: Final = 100

_JOURNAL: Final = Target("store.journal", "%", bar=2, goal=1, better="lower")
_LIST: Final = Target("store.list", "ms", bar=20, goal=5, better="lower")
_SEARCH: Final = Target("store.search", "ms", bar=30, goal=15, better="lower")
_KEYS: Final = Target("keys.sessions", "ms", bar=50, goal=35, better="lower")
_LANES: Final = 4
_FIELD_ROW: Final = 1
_TYPED: Final = (*"the answer to all of it", *["backspace"] * 10)


def measure(names: Collection[str]) -> Iterator[Figure]:
    if _JOURNAL.name in names:
        yield _journal()
    if {_LIST.name, _SEARCH.name, _KEYS.name} & {*names}:
        yield from _found(names)


def _journal() -> Figure:
    with (
        child("benchmarks.journaling", "journal", str(SECONDS)) as (journal, _),
        child("benchmarks.journaling", "unrecorded", str(SECONDS)) as (control, _),
    ):
        pairs = [(journal.ask(), control.ask()) for _ in range(PAIRS)]
    if not all(run["whole"] for pair in pairs for run in pair):
        raise NotMeasured("the journal did not write everything down")
    ours, its = ([100 * run["cpu_s"] / SECONDS for run in side] for side in zip(*pairs, strict=True))
    return _JOURNAL.measured(
        median(one - other for one, other in zip(ours, its, strict=True)),
        f"the same events handed to nobody: {median(its):.2f} % of a core",
        {
            "with_journal_percent": median(ours),
            "control_percent": median(its),
            "until_on_disk_s": median(run["wall_s"] for run, _ in pairs),
            "streams": STREAMS,
            "deltas_per_s": RATE,
            "seconds": SECONDS,
            "pairs": PAIRS,
        },
    )


def _found(names: Collection[str]) -> Iterator[Figure]:
    with filled() as (here, told):
        store = Store.open(sessions_file(here))
        try:
            if _LIST.name in names:
                yield _timed(_LIST, lambda: store.listed(limit=PAGE), told)
            if _SEARCH.name in names:
                yield _timed(_SEARCH, lambda: store.listed(Query((COMMONEST,)), limit=PAGE), told)
        finally:
            store.close()
        if _KEYS.name in names:
            yield _keys(here, told)


def _keys(here: Desk, told: Detail) -> Figure:
    with child("benchmarks.servers", "flat", "1") as (_, port), app(here, port, _LANES) as ours:
        _typing_ms(ours)  # the first time imports the screen
        pairs = [(ours.keys_ms(IDLE_S), _typing_ms(ours)) for _ in range(PAIRS)]
    idle, typing = ([p95(keys) for keys in side] for side in zip(*pairs, strict=True))
    every = [key for _, keys in pairs for key in keys]
    return _KEYS.measured(
        median(busy - rest for rest, busy in zip(idle, typing, strict=True)),
        f"a p95 of {median(idle):.1f} ms at rest",
        {
            **told,
            "typing_p95_ms": median(typing),
            "typing_p50_ms": median(every),
            "typing_max_ms": max(every),
            "idle_p95_ms": median(idle),
            "keys_typing": len(every),
            "pairs": PAIRS,
        },
    )


def _typing_ms(ours: App) -> list[float]:
    """From each key in the search field to the frame that shows it, while the list follows; then back to the panes."""
    terminal, written, answered = ours.terminal, "", list[float]()
    terminal.press("f4")
    terminal.wait_for("Question 9999")
    terminal.press("/")
    for key in _TYPED:
        written = written[:-1] if key == "backspace" else written + key
        pressed = terminal.press("space" if key == " " else key)
        if written[-1] != " ":  # that one cannot be seen
            seen = terminal.wait_for(partial(_shows, f" {written}"))
            answered.append((seen - pressed) / 1e6)
        sleep(BETWEEN_KEYS_S[1])
    terminal.press("ctrl+u", "escape")
    terminal.wait_for("Question 9999")
    terminal.press("escape")
    ours.look()
    return answered


def _shows(written: str, screen: Screen) -> bool:
    return screen.row(_FIELD_ROW).rstrip() == written


@contextmanager
def filled() -> Iterator[tuple[Desk, Detail]]:
    """A desk with all these sessions, and what it took to write them."""
    with desk() as here:
        begun = perf_counter()
        build(sessions_file(here))
        size = sessions_file(here).stat().st_size / 2**20
        yield (
            here,
            {"sessions": SESSIONS, "answers": SESSIONS * ANSWERS, "file_mib": size, "built_s": perf_counter() - begun},
        )


def sessions_file(here: Desk) -> Path:
    return here.path / "data" / "sessions.db"


def _timed(target: Target, ask: Callable[[], list[Listed]], told: Detail) -> Figure:
    """CPU of a whole page; the first time pages of the file are read that nobody has read before."""
    cpu_ms, wall_ms = [], []
    for _ in range(1 + RUNS):
        cpu, begun = process_time(), perf_counter()
        found = ask()
        cpu_ms.append(1_000 * (process_time() - cpu))
        wall_ms.append(1_000 * (perf_counter() - begun))
        if len(found) != PAGE:
            raise NotMeasured(f"{len(found)} sessions were found")
    first, *others = wall_ms
    return target.measured(
        median(cpu_ms[1:]),
        None,
        {**told, "page": PAGE, "wall_ms": median(others), "first_wall_ms": first, "runs": RUNS},
    )


BENCH: Final = Bench((_JOURNAL, _LIST, _SEARCH, _KEYS), measure)
