"""Notices when a prompt file was saved in another editor: looks at the file when asked, and reads it once it rests."""

from pathlib import Path
from typing import Final

from compare_tui.promptfiles import PromptFileError
from compare_tui.promptfiles.places import Place, read_text

_LARGEST: Final = 20_000_000

_Look = tuple[int, int, int]
"""Changed at, size, inode: an editor writes into the file or puts another one in its place."""


class FileWatch:
    """A file and its text as last read. It has no thread and no timer; between changes a poll costs one `stat`."""

    def __init__(self, path: Path) -> None:
        """Reads the file; raises PromptFileError when it gives no text."""
        self.path = path
        self.text = self._read()
        self._seen: _Look | None = None
        self._known: _Look | None = None  # not what it looks like now: it may have changed while it was read

    def poll(self) -> str | None:
        """The new text, once; a change has to look the same in two polls, or half a file would be read.

        A file that is gone for a moment is no news. One that cannot be used raises PromptFileError, once a change.
        """
        look = self._look()
        if look is None or look == self._known or look != self._seen:
            self._seen = look
            return None
        self._known = look
        text = self._read_unchanged(look)
        if text is None or text == self.text:
            return None
        self.text = text
        return text

    def _read_unchanged(self, look: _Look) -> str | None:
        """None when it was written to or taken away meanwhile: the next polls find it as it is then."""
        try:
            text = self._read()
        except PromptFileError:
            if self._look() == look:
                raise
            text = None
        if self._look() != look:
            self._known = None
            return None
        return text

    def _look(self) -> _Look | None:
        try:
            found = self.path.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size, found.st_ino

    def _read(self) -> str:
        look = self._look()
        if look is not None and not self.path.is_dir() and not self.path.is_file():
            raise Place.of(self.path).error("this is not a regular file")
        if look is not None and look[1] > _LARGEST:
            raise Place.of(self.path).error(f"it is larger than {_LARGEST // 1_000_000} MB")
        return read_text(self.path)
