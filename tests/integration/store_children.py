"""Processes that write to a store until they are killed: forked from one that has everything imported already.

    python -m tests.integration.store_children

A line of JSON in, one out: `{"do": "start", "work": NAME, "values": [VALUE…]}` gives the process number of a child that
does one of the works below; `{"do": "kill", "pid": N}` ends it as `kill -9` does, gives the moment when that was done
and how the child ended; `{"do": "join", "pid": N}` waits for its own end.
"""

import json
import os
import resource
import signal
import socket
import subprocess
import sys
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter_ns
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from compare_tui.core.lane import Lane
    from compare_tui.engine.engine import Engine
    from compare_tui.engine.recorder import Recorder

ROOT = Path(__file__).parents[2]


class Nursery:
    """Asked from any thread for children that share what the process they come from has imported."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process = subprocess.Popen(
            [sys.executable, "-m", __name__], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def start(self, work: str, *values: Any) -> int:
        return int(self._ask(do="start", work=work, values=values)["pid"])

    def kill(self, pid: int) -> int:
        """When it was killed, on the clock that all processes share."""
        said = self._ask(do="kill", pid=pid)
        assert said["ended"] == -signal.SIGKILL, f"it had ended before, by {said['ended']}"
        return int(said["at_ns"])

    def end(self, pid: int) -> None:
        """Kill it, if it has not ended by itself."""
        assert self._ask(do="kill", pid=pid)["ended"] in (0, -signal.SIGKILL)

    def join(self, pid: int) -> int:
        """Its exit code, below 0 for a signal."""
        return int(self._ask(do="join", pid=pid)["ended"])

    def close(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        assert self._process.wait(20) == 0
        self._process.stdout.close()

    def _ask(self, **wish: Any) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with self._lock:
            self._process.stdin.write(json.dumps(wish) + "\n")
            self._process.stdin.flush()
            return json.loads(self._process.stdout.readline())


@contextmanager
def nursery() -> Iterator[Nursery]:
    one = Nursery()
    try:
        yield one
    finally:
        one.close()


# In the process of its own


def stream(home: str, base_url: str, session: str, lanes: list[str]) -> None:
    """The engine as it is, with the store as its recorder, until somebody kills this process."""
    from compare_tui.core.prompt import Prompt
    from compare_tui.core.session import Session
    from compare_tui.store.store import Store

    store = Store.open(Path(home) / "sessions.db")
    with _engine(base_url, store.journal) as engine:
        engine.send(Session(session).next_round(Prompt("Count."), _lanes(lanes), {}))
        signal.pause()


def _engine(base_url: str, recorder: "Recorder") -> "Engine":
    from compare_tui.config import Limits
    from compare_tui.core.endpoint import Endpoint
    from compare_tui.engine.account import Account
    from compare_tui.engine.engine import Engine
    from compare_tui.ratecards import shipped

    return Engine([Account(Endpoint("here", base_url, "chat"), None, shipped())], Limits(), recorder)


def _lanes(texts: list[str]) -> "tuple[Lane, ...]":
    from compare_tui.core.lane import Lane

    return tuple(map(Lane.parse, texts))


def transact(home: str, name: str, count: int) -> None:
    """At least so many transactions: ten a round, of the journal and of what users do; and lists between them."""
    from compare_tui.core.query import Query
    from compare_tui.store.store import Place, Store
    from tests.integration.store_work import Diary

    store = Store.open(Path(home) / "sessions.db")
    diary = Diary(store.journal, name)
    for at in range(count // 10):
        diary.begin()
        assert store.journal.flush(30)
        for _ in range(4):
            diary.record()
            assert store.journal.flush(30)
        diary.end()
        assert store.journal.flush(30)
        store.tag(Place(diary.session, at + 1), "at", str(at))
        store.rename(diary.session, f"{name} {at}")
        passing = store.duplicate(diary.session) if at % 10 == 1 else diary.session
        store.delete(passing)
        store.restore(passing)
        if passing != diary.session:
            store.purge(Place(passing))
        assert store.listed()
        assert diary.session in {one.id for one in store.listed(Query((diary.word,)))}
    assert store.journal.trouble is None
    assert store.close()


def fill_up(home: str, most_bytes: int) -> None:
    """Write answers onto a disk that takes so many bytes to a file and no more. Exit 0 if all went as it should."""
    from compare_tui.store.store import Store
    from tests.integration.store_work import Diary

    store = Store.open(Path(home) / "sessions.db")
    diary = Diary(store.journal, "full")
    diary.begin()
    assert store.journal.flush(5)
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, resource.RLIM_INFINITY))
    while store.journal.trouble is None:
        diary.record(1_000)
        store.journal.flush(5)
    assert store.journal.trouble in ("the disk is full", "the disk reports an error"), store.journal.trouble
    diary.record()
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    diary.end()
    assert store.close()
    (Path(home) / "said").write_text(diary.said)


def migrate(path: str, after: int, between: bool = False) -> None:
    """Bring a file up to later versions, and be killed on the way: see `deadly_steps`."""
    from compare_tui.store.database import Database
    from tests.integration.store_work import deadly_steps

    Database(Path(path), steps=deadly_steps(after, between=between))


WORKS = {work.__name__: work for work in (stream, transact, fill_up, migrate)}


def _start(work: str, values: list[Any]) -> int:
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        os.dup2(2, 1)  # what is said to the parent is not ours to say
        WORKS[work](*values)
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


def _kill(pid: int) -> dict[str, int]:
    at_ns = perf_counter_ns()
    os.kill(pid, signal.SIGKILL)
    return {"at_ns": at_ns, "ended": _ended(pid)}


def _ended(pid: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def _warm_up() -> None:
    """A round that nobody answers: afterwards everything is imported that a child will need, and no thread is left."""
    import tests.integration.store_work  # noqa: F401  # for the children
    from compare_tui.core.prompt import Prompt
    from compare_tui.core.session import Session
    from compare_tui.engine.recorder import Unrecorded

    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        with _engine(f"http://127.0.0.1:{nobody.getsockname()[1]}/v1", Unrecorded()) as engine:
            (running,) = engine.send(Session().next_round(Prompt("Count."), _lanes(["gpt-5.5"]), {}))
            while running.take.retrying is None and running.take.verdict is None:
                engine.changed.wait(0.1)
                running.drain()


def main() -> None:
    _warm_up()
    for line in sys.stdin:
        wish = json.loads(line)
        if wish["do"] == "start":
            said = {"pid": _start(wish["work"], wish["values"])}
        elif wish["do"] == "kill":
            said = _kill(wish["pid"])
        else:
            said = {"ended": _ended(wish["pid"])}
        print(json.dumps(said), flush=True)


if __name__ == "__main__":
    main()
