"""`kill -9` while eight takes stream: the file is whole, and a quarter of a second is lost of the answers at most."""

import asyncio
import json
import random
import sqlite3
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter, perf_counter_ns

import pytest

from compare_tui.core.take import Take
from compare_tui.core.verdict import Verdict
from compare_tui.store.store import Store
from tests.faults.behaviours_wire import ChatWire
from tests.integration.store_children import Nursery, nursery

AT_ONCE = 5
STREAMS = 8
EVERY_S = 0.04
MOST_LOST_NS = 250_000_000
REOPEN_S = 1.0
SHORT = {7: 5, 8: 12}
"""These streams end after so many deltas; the others go on for longer than anybody lives."""


def piece(stream: int, number: int) -> str:
    """No two are alike, so that neither a hole nor a doubled one goes unseen."""
    return f"{stream}:{number} Größe {number * 7919 % 100_003} 🦊 "


@dataclass
class Streamed:
    """What was sent of one answer, and when each piece was."""

    sent: list[int] = field(default_factory=list)
    ended: int | None = None

    def before(self, moment: int) -> int:
        return sum(at <= moment for at in self.sent)


class CountingServer:
    """Streams chat answers made of numbered pieces, and knows what it has sent. A request names its run and stream."""

    def __init__(self) -> None:
        self.sent: dict[str, dict[int, Streamed]] = {}
        self._changed = threading.Condition()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._main, name="counting-server")
        self._ready = threading.Event()

    def __enter__(self) -> "CountingServer":
        self._thread.start()
        assert self._ready.wait(5)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def wait_until_sent(self, run: str, deltas: int) -> None:
        """Until all streams of the run are asked for, and so many deltas of them are sent."""

        def enough() -> bool:
            streams = self.sent.get(run, {}).values()
            return len(streams) == STREAMS and sum(len(one.sent) for one in streams) >= deltas

        with self._changed:
            assert self._changed.wait_for(enough, 30), f"{len(self.sent.get(run, {}))} streams were asked for"

    def _main(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._answer, "127.0.0.1", 0))
        self.base_url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        self._ready.set()
        self._loop.run_forever()
        server.close()
        tasks = asyncio.all_tasks(self._loop)
        for task in tasks:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        self._loop.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            length = int(head.lower().partition("content-length: ")[2].partition("\r")[0])
            body = json.loads(await reader.readexactly(length))
            await self._stream(head.split("/")[1], int(body["user"]), writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # it was killed, or the test is over
        finally:
            writer.close()

    async def _stream(self, run: str, stream: int, writer: asyncio.StreamWriter) -> None:
        wire, streamed = ChatWire("gpt-5.5", "default"), Streamed()
        writer.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n" + wire.opening()
        )
        with self._changed:
            self.sent.setdefault(run, {})[stream] = streamed
        await asyncio.sleep(stream * EVERY_S / STREAMS)
        for number in range(SHORT.get(stream, 10_000)):
            streamed.sent.append(perf_counter_ns())
            writer.write(wire.delta(piece(stream, number)))
            await writer.drain()
            with self._changed:
                self._changed.notify_all()
            await asyncio.sleep(EVERY_S)
        streamed.ended = perf_counter_ns()
        writer.write(wire.ending(""))
        await writer.drain()


@dataclass(frozen=True)
class Killed:
    """A process that is no more, and what it had been sent."""

    home: Path
    at_ns: int
    streams: dict[int, Streamed]
    session: str


@pytest.fixture(scope="module")
def children() -> Iterator[Nursery]:
    with nursery() as children:
        yield children


@pytest.fixture(scope="module")
def server() -> Iterator[CountingServer]:
    with CountingServer() as server:
        yield server


def killed(number: int, server: CountingServer, children: Nursery, folder: Path) -> Killed:
    """A process of its own, killed at a moment that its number decides: before the first delta, or a second later."""
    run, session = f"run{number}", f"killed{number}"
    home = folder / run
    home.mkdir()
    lanes = [f"gpt-5.5 body.user={stream}" for stream in range(1, STREAMS + 1)]
    pid = children.start("stream", str(home), f"{server.base_url}/{run}/v1", session, lanes)
    server.wait_until_sent(run, random.Random(number).randrange(0, 220))
    return Killed(home, children.kill(pid), server.sent[run], session)


def test_a_process_killed_at_any_moment_loses_next_to_nothing(
    server: CountingServer, children: Nursery, tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    many = 500 if pytestconfig.getoption("--long") else 50
    kept = 0
    with ThreadPoolExecutor(AT_ONCE) as workers:
        for one in workers.map(lambda number: killed(number, server, children, tmp_path), range(many)):
            kept += look(one)
    assert kept > many * STREAMS * 3 / 4, "hardly any of them had begun"


def look(one: Killed) -> int:
    """Open the store again and see; how many takes had text."""
    begun = perf_counter()
    store = Store.open(one.home / "sessions.db")
    took = perf_counter() - begun
    try:
        assert took <= REOPEN_S
        assert store.notices == ()
        with closing(sqlite3.connect(one.home / "sessions.db")) as file:
            assert file.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            assert file.execute("PRAGMA foreign_key_check").fetchall() == []
            file.execute("INSERT INTO word (word) VALUES ('integrity-check')")
        takes = kept_takes(store, one)
        for take in takes:
            look_at(take, one)
        assert {session.id for session in store.recovered} == ({one.session} if takes else set())
    finally:
        assert store.close()
    return sum(bool(take.text) for take in takes)


def kept_takes(store: Store, one: Killed) -> list[Take]:
    """All of them, unless the process was killed when it had hardly asked."""
    if not store.listed():
        assert all(streamed.before(one.at_ns - MOST_LOST_NS) == 0 for streamed in one.streams.values())
        return []
    takes = list(store.read(one.session).session().takes())
    assert len(takes) == STREAMS
    return takes


def look_at(take: Take, one: Killed) -> None:
    stream = int(take.id.rpartition(".")[2])
    streamed = one.streams[stream]
    pieces = [piece(stream, number) for number in range(len(streamed.sent))]
    kept = next((many for many in range(len(pieces) + 1) if "".join(pieces[:many]) == take.text), None)
    assert kept is not None, f"not what was sent: {take.text!r}"
    assert kept >= streamed.before(one.at_ns - MOST_LOST_NS), "more than a quarter of a second is lost"
    if streamed.ended is not None and streamed.ended <= one.at_ns - MOST_LOST_NS:
        assert take.verdict is Verdict.DONE
        assert take.cost.state == "final"
    elif take.verdict is not Verdict.DONE:
        assert take.verdict is Verdict.INTERRUPTED
        if take.rate is None:
            assert streamed.before(one.at_ns - MOST_LOST_NS) == 0, "its price was known for longer than that"
        else:
            assert take.cost.state == "partial"
            assert take.cost.amount or not take.text, "what was answered is not for nothing"
    else:
        assert streamed.ended is not None
