"""The measured side: our engine in a process of its own, watched 30 times a second as a screen would.

    python -m benchmarks.ours ttft|drain PORT STREAMS

Says that it stands; then, for every line it is given, sends a round and says what it saw.
"""

import itertools
import sys
import tempfile
from collections.abc import Callable, Iterable
from contextlib import closing
from pathlib import Path
from time import perf_counter, process_time
from typing import Any, Final

from benchmarks.children import answer
from benchmarks.servers import STAMP
from compare_tui import ratecards
from compare_tui.config import Limits
from compare_tui.core.endpoint import Api, Endpoint
from compare_tui.core.events import Event, Kind
from compare_tui.core.lane import Lane
from compare_tui.core.prompt import Prompt
from compare_tui.core.round import Round
from compare_tui.engine.account import Account
from compare_tui.engine.engine import Engine, Running
from compare_tui.store.store import Store

TICK_S: Final = 1 / 30
_APIS: Final[dict[str, Api]] = {"ttft": "responses", "drain": "chat"}


_numbers = itertools.count(1)


def watch(engine: Engine, lanes: tuple[Lane, ...], see: Callable[[Iterable[Event]], None]) -> list[Running]:
    """Send a round, and fold it until every take has its verdict."""
    running = engine.send(Round(f"bench1.{next(_numbers)}", Prompt("How fast is it?"), lanes))
    while any(one.take.verdict is None for one in running):
        engine.changed.wait(TICK_S)
        engine.changed.clear()
        for one in running:
            see(one.drain())
    return running


def ttft(engine: Engine, lanes: tuple[Lane, ...]) -> dict[str, Any]:
    """How late each delta was stamped, in milliseconds after the server's own stamp; and the first of each stream."""
    seen: list[Event] = []
    cpu = process_time()
    running = watch(engine, lanes, seen.extend)
    cpu = process_time() - cpu
    late = [
        (event.t_ns - int(stamp)) / 1e6
        for event in seen
        if event.kind is Kind.TEXT
        for stamp in STAMP.findall(event.text)
    ]
    first = [
        (one.take.stamps.first_text - int(found[1])) / 1e6
        for one in running
        if one.take.stamps.first_text and (found := STAMP.search(one.take.text))
    ]
    return {"late_ms": late, "first_ms": first, "cpu_s": cpu}


def drain(engine: Engine, lanes: tuple[Lane, ...]) -> dict[str, Any]:
    """From the first byte to the last event folded."""
    cpu = process_time()
    running = watch(engine, lanes, lambda events: None)
    end, cpu = perf_counter(), process_time() - cpu
    begin = min(one.take.stamps.first_event or 0 for one in running) / 1e9
    return {"wall_s": end - begin, "cpu_s": cpu, "characters": sum(len(one.take.text) for one in running)}


def main(mode: str, port: str, streams: str) -> None:
    endpoint = Endpoint("bench", f"http://127.0.0.1:{port}/v1", _APIS[mode], concurrency=int(streams))
    lanes = tuple(Lane.parse(f"bench-{number}") for number in range(int(streams)))
    measure = {"ttft": ttft, "drain": drain}[mode]
    with (
        tempfile.TemporaryDirectory() as folder,
        closing(Store.open(Path(folder) / "sessions.db")) as store,
        Engine([Account(endpoint, None, ratecards.shipped())], Limits(), store.journal) as engine,
    ):
        engine.stop(())  # nothing to stop: it returns when the engine stands
        answer("ready")
        for _ in sys.stdin:
            answer(measure(engine, lanes))


if __name__ == "__main__":
    main(*sys.argv[1:])
