"""A program on a real terminal: keys go in as bytes, what is painted is read back from its screen."""

import codecs
import os
import pty
import signal
import subprocess
import termios
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import CancelledError, Future
from contextlib import suppress
from pathlib import Path
from threading import RLock, Thread
from types import TracebackType
from typing import Final, Self

from rich.style import Style

from tests.screen import Screen

PATIENCE_S: Final = 30.0
"""What is waited for comes in a moment; on a machine that is busy elsewhere it may take this long."""
RAW_BYTES: Final = 8_000_000
"""So much of what was written last is kept."""
NOT_INHERITED: Final = ("NO_COLOR", "TMUX", "TERM_PROGRAM", "SSH_TTY", "SSH_CONNECTION", "COLUMNS", "LINES")
_OPEN_AND_BECOME: Final = 'exec "$@" <>"$0"'
"""The first process of a session gets the terminal it opens as its own: signals and /dev/tty work as in earnest."""

_NAMED: Final = {
    "enter": "\r",
    "tab": "\t",
    "shift+tab": "\x1b[Z",
    "escape": "\x1b",
    "space": " ",
    "backspace": "\x7f",
    "delete": "\x1b[3~",
    "insert": "\x1b[2~",
    "home": "\x1b[H",
    "end": "\x1b[F",
    "pageup": "\x1b[5~",
    "pagedown": "\x1b[6~",
    **{f"f{at}": f"\x1bO{final}" for at, final in enumerate("PQRS", 1)},
    **{f"f{at}": f"\x1b[{n}~" for at, n in enumerate((15, 17, 18, 19, 20, 21, 23, 24), 5)},
}
_ARROWS: Final = {"up": "A", "down": "B", "right": "C", "left": "D"}
_MODIFIERS: Final = {"": "", "shift+": "1;2", "alt+": "1;3", "ctrl+": "1;5"}

Seen = Callable[[Screen], object]


def legacy_code(key: str) -> bytes:
    """What a terminal without any key protocol sends for a key as Textual names it."""
    arrows = {f"{held}{name}": f"\x1b[{code}{a}" for name, a in _ARROWS.items() for held, code in _MODIFIERS.items()}
    known = _NAMED | arrows
    if key in known:
        return known[key].encode()
    if key.startswith("alt+"):
        return b"\x1b" + legacy_code(key[4:])
    held, _, last = key.rpartition("+")
    if held == "ctrl" and len(last) == 1 and last.isalpha() and last not in "him":
        return bytes([ord(last) & 0x1F])
    if len(key) != 1:
        raise ValueError(f"a legacy terminal cannot send {key}")
    return key.encode()


class Terminal:
    """A command on a pty of its own, whose screen is always read. `env` replaces the whole environment, if given."""

    def __init__(
        self,
        argv: Sequence[str],
        *,
        columns: int = 160,
        rows: int = 48,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
    ) -> None:
        self.screen = Screen(columns, rows, lambda answer: self.send(answer.encode()))
        """To be looked at within `wait_for`, or while nothing is painted."""
        self._lock = RLock()
        self._awaited: tuple[Seen, Future[int]] | None = None
        self._raw: deque[bytes] = deque()
        self._over = False
        self._ours, theirs = pty.openpty()
        termios.tcsetwinsize(theirs, (rows, columns))
        environ = {name: value for name, value in (env or os.environ).items() if name not in NOT_INHERITED}
        environ |= {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8"}
        self.started_ns = self.read_ns = time.perf_counter_ns()
        self._process = subprocess.Popen(
            ["/bin/sh", "-c", _OPEN_AND_BECOME, os.ttyname(theirs), *argv],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env=environ,
            cwd=cwd,
            start_new_session=True,
        )
        os.close(theirs)
        self.pid = self._process.pid
        self._reader = Thread(target=self._read, name="terminal", daemon=True)
        self._reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Whatever still runs in there is killed."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        self._process.wait()
        self._reader.join()
        os.close(self._ours)

    def _read(self) -> None:
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        kept = 0
        while chunk := self._read_some():
            stamp = time.perf_counter_ns()
            with self._lock:
                self.read_ns = stamp
                self._raw.append(chunk)
                kept += len(chunk)
                while kept > RAW_BYTES:
                    kept -= len(self._raw.popleft())
                self.screen.feed(decoder.decode(chunk))
                self._look()
        with self._lock:
            self._over = True
            if self._awaited is not None:
                self._awaited[1].cancel()

    def _read_some(self) -> bytes:
        try:
            return os.read(self._ours, 262_144)
        except OSError:  # the other side is gone
            return b""

    def _look(self) -> None:
        """Is this what is waited for? Asked after every read, so that the answer has the stamp of its bytes."""
        if self._awaited is None:
            return
        condition, met = self._awaited
        try:
            if not condition(self.screen):
                return
        except BaseException as error:
            met.set_exception(error)
        else:
            met.set_result(self.read_ns)
        self._awaited = None

    @property
    def text(self) -> str:
        with self._lock:
            return self.screen.text

    @property
    def raw(self) -> bytes:
        """Everything that was written, or the end of it."""
        with self._lock:
            return b"".join(self._raw)

    def row(self, y: int) -> str:
        with self._lock:
            return self.screen.row(y)

    def style(self, x: int, y: int) -> Style:
        with self._lock:
            return self.screen.style(x, y)

    def wait_for(self, sight: str | Seen, timeout: float = PATIENCE_S) -> int:
        """Until this text is on the screen, or this holds; when the bytes were read that showed it."""
        condition: Seen = (lambda screen: sight in screen.text) if isinstance(sight, str) else sight
        met: Future[int] = Future()
        with self._lock:
            self._awaited = condition, met
            self._look()
            if self._over:
                met.cancel()
        try:
            return met.result(timeout)
        except (TimeoutError, CancelledError):
            what = repr(sight) if isinstance(sight, str) else "what was waited for"
            raise AssertionError(f"{what} did not come{self._ended}; the screen was:\n{self.text}") from None
        finally:
            with self._lock:
                self._awaited = None

    def wait_until_still(self, seconds: float = 0.1, timeout: float = PATIENCE_S) -> None:
        """Until nothing was written for so long."""
        deadline = time.monotonic() + timeout
        while (quiet := (time.perf_counter_ns() - self.read_ns) / 1e9) < seconds:
            assert time.monotonic() < deadline, "it is never still"
            time.sleep(seconds - quiet)

    @property
    def _ended(self) -> str:
        return ", the program has ended" if self._over else ""

    def send(self, keys: bytes) -> int:
        """Bytes as a keyboard would send them; when they were sent."""
        stamp = time.perf_counter_ns()
        while keys:
            keys = keys[os.write(self._ours, keys) :]
        return stamp

    def press(self, *keys: str) -> int:
        """Keys as Textual names them, in legacy codes. After `escape` wait for what it does: it begins other codes."""
        return self.send(b"".join(map(legacy_code, keys)))

    def paste(self, text: str) -> int:
        """In brackets, as terminals do for programs that asked for it."""
        return self.send(b"\x1b[200~" + text.encode() + b"\x1b[201~")

    def resize(self, columns: int, rows: int) -> int:
        with self._lock:
            self.screen.resize(columns, rows)
            stamp = time.perf_counter_ns()
            termios.tcsetwinsize(self._ours, (rows, columns))
        return stamp

    def signal(self, number: signal.Signals) -> None:
        os.kill(self.pid, number)

    def wait_until_stopped(self, timeout: float = PATIENCE_S) -> None:
        """Suspended, as by ctrl+z; `signal(SIGCONT)` is the shell's `fg`."""
        deadline = time.monotonic() + timeout
        while os.waitid(os.P_PID, self.pid, os.WSTOPPED | os.WNOHANG) is None:
            assert time.monotonic() < deadline, "it was not suspended"
            time.sleep(0.01)

    def wait_for_exit(self, timeout: float = PATIENCE_S) -> int:
        """The exit code, below 0 for a signal; then everything it said is on the screen."""
        code = self._process.wait(timeout)
        self._reader.join(timeout)
        return code
