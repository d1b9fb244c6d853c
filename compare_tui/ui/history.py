"""The prompts sent before, kept in one private file that several processes may write to."""

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO, Final

from compare_tui.paths import make_private_dir, write_private

MOST_ENTRIES: Final = 500
MOST_BYTES: Final = 5_000_000
LARGEST_ENTRY: Final = 1_000_000
_OVERRUN: Final = 1.2
"""The file may grow so far over its bounds before it is written anew."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One prompt as it was sent; `time` is in seconds since 1970."""

    text: str
    system: str
    time: float


class PromptHistory:
    """The file of it, a JSON object a line, newest last."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read: tuple[tuple[int, int, int] | None, tuple[Entry, ...]] = (None, ())

    def entries(self) -> tuple[Entry, ...]:
        """Each prompt once, where it was sent last; lines that cannot be read are passed over."""
        state = self._state()
        if state is None or state != self._read[0]:
            self._read = (state, _bounded(_parsed(self._bytes())))
        return self._read[1]

    def add(self, text: str, system: str | None) -> None:
        """Remember a prompt; an OSError means it could not be written down."""
        line = _line(Entry(text, system or "", time.time()))
        if not text.strip() or len(line) > LARGEST_ENTRY:
            return
        make_private_dir(self._path.parent)
        with self._locked() as file:
            written = file.seek(0, os.SEEK_END)
            file.write(line if self._ends_whole(written) else b"\n" + line)
            file.flush()
            if written + len(line) > MOST_BYTES * _OVERRUN or self._count() > MOST_ENTRIES * _OVERRUN:
                write_private(self._path, b"".join(map(_line, _bounded(_parsed(self._bytes())))))

    @contextmanager
    def _locked(self) -> Iterator[BinaryIO]:
        """The file, held by this process alone. One that was written anew meanwhile is another file: again."""
        while True:
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
            with os.fdopen(descriptor, "ab") as file:
                fcntl.flock(descriptor, fcntl.LOCK_EX)
                with suppress(FileNotFoundError):
                    if os.fstat(descriptor).st_ino == self._path.stat().st_ino:
                        yield file
                        return

    def _ends_whole(self, size: int) -> bool:
        """A process that died while writing leaves half a line."""
        with self._path.open("rb") as file:
            file.seek(max(size - 1, 0))
            return file.read(1) in (b"", b"\n")

    def _state(self) -> tuple[int, int, int] | None:
        with suppress(OSError):
            found = self._path.stat()
            return found.st_ino, found.st_size, found.st_mtime_ns
        return None

    def _bytes(self) -> bytes:
        try:
            return self._path.read_bytes()
        except OSError:  # none yet, or not ours to read: there is no history
            return b""

    def _count(self) -> int:
        return self._bytes().count(b"\n")


def _line(entry: Entry) -> bytes:
    return json.dumps(asdict(entry), ensure_ascii=False).encode() + b"\n"


def _parsed(data: bytes) -> Iterator[Entry]:
    for line in data.split(b"\n"):
        try:
            match json.loads(line):
                case {"text": str(text), "system": str(system), "time": int() | float() as when}:
                    yield Entry(text, system, when)
        except (ValueError, RecursionError):
            continue


def _bounded(entries: Iterator[Entry]) -> tuple[Entry, ...]:
    """The newest, each once."""
    last: dict[tuple[str, str], Entry] = {}
    for entry in entries:
        last.pop((entry.text, entry.system), None)
        last[entry.text, entry.system] = entry
    newest = tuple(last.values())[-MOST_ENTRIES:]
    size = 0
    for kept, entry in enumerate(reversed(newest)):
        size += len(_line(entry))
        if size > MOST_BYTES:
            return newest[len(newest) - kept :]
    return newest
