"""The file that has every row from the moment it was written, and takes its place, in order, at the end."""

import errno
import io
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Generic, Protocol, Self, TypeVar

from compare_tui.export.rows import Stream

Place = tuple[int, ...]
Item = TypeVar("Item", contravariant=True)


class Writer(Protocol[Item]):
    """A format: each row, or piece of a document, is one call of its stream's `write`."""

    def write(self, item: Item, /) -> object: ...


def as_it_is(stream: Stream) -> Writer[str]:
    """The writer of texts that are the file's own already."""
    return stream


class OutFile(Generic[Item]):
    """Rows of a long run, each on disk beside the target as soon as it is written; the end puts them in its place.

    What was paid for is not lost: when the run breaks off, the rows so far are put in place too, and a killed
    process leaves them in a hidden file beside the target. A run that breaks off before its first row changes nothing.
    """

    def __init__(self, path: Path, writer: Callable[[Stream], Writer[Item]], *, overwrite: bool = False) -> None:
        self._target = path.resolve()  # a link stays, what it leads to is replaced
        self._overwrite = overwrite
        self._places: list[tuple[Place, int, int]] = []
        if reason := self._objection():
            raise FileExistsError(errno.EEXIST, reason, str(self._target))
        self._lines = _Lines(self._target)
        try:
            self._writer = writer(self._lines)
        except BaseException:
            self.discard()
            raise
        self._head = self._lines.whole

    def write(self, item: Item, place: Place = ()) -> None:
        """Rows come as takes end; in the finished file they stand in the order of their places."""
        start = self._lines.whole
        self._writer.write(item)
        self._places.append((place, start, self._lines.whole))

    def close(self) -> None:
        """Put the rows in place. Should that fail, the error names the file that has them."""
        if sorted(self._places) != self._places:
            self._lines = self._in_order()
        self._lines.close()
        if reason := self._objection():
            raise FileExistsError(errno.EEXIST, reason, str(self._lines.path), None, str(self._target))
        self._lines.path.replace(self._target)

    def discard(self) -> None:
        """Leave the target as it was."""
        self._lines.remove()

    def end(self, *, broken_off: bool) -> bool:
        """Close or discard; says whether the target now has the rows."""
        if broken_off and not self._places:
            self.discard()
            return False
        self.close()
        return True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end(broken_off=error is not None)

    def _in_order(self) -> "_Lines":
        """The same lines once more, sorted; the first file stays until the second is whole."""
        ordered = _Lines(self._target)
        ordered.copy(self._lines, 0, self._head)
        for _, start, end in sorted(self._places):
            ordered.copy(self._lines, start, end)
        self._lines.remove()
        return ordered

    def _objection(self) -> str | None:
        """Why the target may not be replaced; a device, a pipe or a directory never is."""
        if self._target.is_file():
            return None if self._overwrite else "exists already"
        return "is no regular file" if self._target.exists() else None


class _Lines:
    """An unfinished private file beside its target that takes each text whole or not at all."""

    def __init__(self, target: Path) -> None:
        descriptor, name = tempfile.mkstemp(prefix=f".{target.name[:40]}.", dir=target.parent)  # 0600
        self.path = Path(name)
        self._file = io.FileIO(descriptor, "r+b")
        self.whole = 0
        """So many bytes are whole texts."""

    def write(self, text: str) -> None:
        self._append(text.encode())

    def copy(self, other: "_Lines", start: int, end: int) -> None:
        self._append(os.pread(other._file.fileno(), end - start, start))

    def close(self) -> None:
        os.fsync(self._file.fileno())
        self._file.close()

    def remove(self) -> None:
        self._file.close()
        self.path.unlink(missing_ok=True)

    def _append(self, data: bytes) -> None:
        unwritten = memoryview(data)
        try:
            while unwritten:
                unwritten = unwritten[self._file.write(unwritten) :]
        except BaseException:
            self._file.truncate(self.whole)
            self._file.seek(self.whole)
            raise
        self.whole = self._file.tell()
