"""The file that has every row from the moment it was written, and takes its place at the end."""

import errno
import io
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from compare_tui.export.rows import Row, RowWriter, Stream


class OutFile:
    """Rows of a long run, each on disk beside the target as soon as it is written; the end puts them in its place.

    What was paid for is not lost: when the run breaks off, the rows so far are put in place too, and a killed
    process leaves them in a hidden file beside the target. A run that breaks off before its first row changes nothing.
    """

    def __init__(self, path: Path, writer: Callable[[Stream], RowWriter], *, overwrite: bool = False) -> None:
        self._target = path.resolve()  # a link stays, what it leads to is replaced
        self._overwrite = overwrite
        if reason := self._objection():
            raise FileExistsError(errno.EEXIST, reason, str(self._target))
        self._lines = _Lines(self._target)
        self._rows = 0
        try:
            self._writer = writer(self._lines)
        except BaseException:
            self.discard()
            raise

    def write(self, row: Row) -> None:
        self._writer.write(row)
        self._rows += 1

    def close(self) -> None:
        """Put the rows in place. Should that fail, the error names the file that has them."""
        self._lines.close()
        if reason := self._objection():
            raise FileExistsError(errno.EEXIST, reason, str(self._lines.path), None, str(self._target))
        self._lines.path.replace(self._target)

    def discard(self) -> None:
        """Leave the target as it was."""
        self._lines.remove()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end(broken_off=error is not None)

    def end(self, *, broken_off: bool) -> None:
        if self._rows or not broken_off:
            self.close()
        else:
            self.discard()

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
        self._file = io.FileIO(descriptor, "wb")
        self._whole = 0

    def write(self, text: str) -> None:
        unwritten = memoryview(text.encode())
        try:
            while unwritten:
                unwritten = unwritten[self._file.write(unwritten) :]
        except BaseException:
            self._file.truncate(self._whole)
            self._file.seek(self._whole)
            raise
        self._whole = self._file.tell()

    def close(self) -> None:
        os.fsync(self._file.fileno())
        self._file.close()

    def remove(self) -> None:
        self._file.close()
        self.path.unlink(missing_ok=True)
