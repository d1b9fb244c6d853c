"""The other processes of a benchmark: those that are asked again and again, and those that are timed as a whole."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Timer
from time import perf_counter
from typing import Any, Final

from benchmarks.figures import NotMeasured

ROOT: Final = Path(__file__).parents[1]
PATIENCE_S: Final = 60.0
_MAXRSS_PER_MIB: Final = 1024 * 1024 if sys.platform == "darwin" else 1024


class Child:
    """A module of ours in a process of its own: a line in, a line of JSON out, gone when its input closes."""

    def __init__(self, *command: str) -> None:
        self._name = " ".join(command)
        self._process = subprocess.Popen(
            [sys.executable, "-m", *command], cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert self._process.stdin
        assert self._process.stdout
        self._in, self._out = self._process.stdin, self._process.stdout

    def hear(self) -> Any:
        """The next line it says."""
        killer = Timer(PATIENCE_S, self._process.kill)
        killer.start()
        line = self._out.readline()
        killer.cancel()
        if not line:
            raise NotMeasured(f"{self._name} ended before it answered")
        return json.loads(line)

    def ask(self) -> Any:
        self._in.write("\n")
        self._in.flush()
        return self.hear()

    def close(self) -> None:
        self._in.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._out.close()


@contextmanager
def child(*command: str) -> Iterator[tuple[Child, Any]]:
    """A child that stands, and the first line it says."""
    one = Child(*command)
    try:
        yield one, one.hear()
    finally:
        one.close()


@dataclass(frozen=True, slots=True)
class Finished:
    """What a whole process took, from before it was started to after it was gone."""

    wall_s: float
    cpu_s: float
    peak_mib: float


def whole(command: Sequence[str], environ: Mapping[str, str] | None = None) -> Finished:
    """Run a process to its end. Its peak is never below this one's: what a fork shares counts, so we stay small."""
    with tempfile.TemporaryFile() as said:
        started = perf_counter()
        process = subprocess.Popen(
            command, cwd=ROOT, env=environ, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=said
        )
        killer = Timer(PATIENCE_S, process.kill)
        killer.start()
        _, status, usage = os.wait4(process.pid, 0)
        wall = perf_counter() - started
        killer.cancel()
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            said.seek(0)
            words = said.read().decode("utf-8", "replace").strip()[-500:]
            raise NotMeasured(f"{' '.join(command)} ended with {process.returncode}: {words}")
    return Finished(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / _MAXRSS_PER_MIB)


@contextmanager
def warm_bytecode() -> Iterator[dict[str, str]]:
    """An environment that keeps bytecode, of every package alike, outside the checkout; empty before the first run."""
    with tempfile.TemporaryDirectory() as cache:
        kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        yield kept | {"PYTHONPYCACHEPREFIX": cache}


def answer(value: Any) -> None:
    """Said by a child."""
    print(json.dumps(value), flush=True)
