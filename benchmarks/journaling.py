"""Hands events to a recorder as fast as eight quick models write, and to somebody who watches, as the engine does.

    python -m benchmarks.journaling journal|unrecorded SECONDS

Says that it stands; then, for every line it is given, writes a round of so many seconds, waits until all of it is on
disk, and says what that took.
"""

import itertools
import sys
import tempfile
from collections import deque
from contextlib import ExitStack
from pathlib import Path
from time import perf_counter, process_time, sleep
from typing import Any, Final

from benchmarks.children import answer
from benchmarks.texts import long_answer
from compare_tui.core.events import Event, Kind
from compare_tui.core.lane import Lane
from compare_tui.core.prompt import Prompt
from compare_tui.core.session import SentRound, Session
from compare_tui.core.take import Take
from compare_tui.engine.recorder import Recorder, Unrecorded
from compare_tui.engine.settle import settle
from compare_tui.store.store import Store

STREAMS: Final = 8
RATE: Final = 1_000
TICK_S: Final = 0.005
LOOK_S: Final = 1 / 30
"""What has come meanwhile is handed in together, as after a read; each delta by itself."""
_LANES: Final = tuple(Lane.parse(f"bench-m{number}") for number in range(1, STREAMS + 1))
_PIECES: Final = [piece + " " for piece in long_answer(50_000, 1).split(" ")]


def stream(recorder: Recorder, session: Session, seconds: float) -> None:
    """A round whose takes have come to their ends."""
    round_ = session.next_round(Prompt("How fast is it?"), _LANES, {})
    takes = round_.takes()
    session.rounds.append(SentRound(round_, takes))
    recorder.begin(round_, takes, ())
    pieces = itertools.cycle(_PIECES)
    told = dict[str, list[Event]]()
    for take in takes:
        told[take.id] = [Event(1, Kind.QUEUED, data={"input_tokens": 7}), Event(2, Kind.SENT, data={"at": ""})]
        recorder.record(take.id, told[take.id])
    inbox = deque[Event]()
    begun, written, looked = perf_counter(), 0, 0.0
    while written < RATE * seconds:
        due = min(int((perf_counter() - begun) * RATE), int(RATE * seconds))
        for take in takes:
            for number in range(written, due):
                events = [Event(1_000_000 * number, Kind.TEXT, next(pieces))]
                inbox.extend(events)
                recorder.record(take.id, events)
        written = due
        if perf_counter() - looked > LOOK_S:
            inbox.clear()
            looked = perf_counter()
        sleep(TICK_S)
    for take in takes:
        end = [
            Event(1_000_000 * written, Kind.FINISH, data={"status": "completed"}),
            Event(1_000_000 * written, Kind.END),
        ]
        recorder.record(take.id, end)
        recorder.ended(Take(take.id, take.lane).apply_all([*told[take.id], *end]))


def main(kind: str, seconds: str) -> None:
    with ExitStack() as open_:
        recorder: Recorder = Unrecorded()
        store = None
        if kind == "journal":
            folder = open_.enter_context(tempfile.TemporaryDirectory())
            store = Store.open(Path(folder) / "data" / "sessions.db")
            open_.callback(store.close)
            recorder = store.journal
        session = Session()
        stream(recorder, session, 0.2)  # what is imported and made only once
        settle()
        answer("ready")
        while sys.stdin.readline():
            answer(_measured(recorder, session, float(seconds), store))


def _measured(recorder: Recorder, session: Session, seconds: float, store: Store | None) -> dict[str, Any]:
    cpu, begun = process_time(), perf_counter()
    stream(recorder, session, seconds)
    whole = store is None or store.journal.flush(30)
    return {"cpu_s": process_time() - cpu, "wall_s": perf_counter() - begun, "whole": whole}


if __name__ == "__main__":
    main(*sys.argv[1:])
