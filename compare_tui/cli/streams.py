"""The standard streams as users hand them over: closed, read by something that left, on a terminal that hung up."""

import contextlib
import errno
import os
import sys
import threading
from typing import Any, Final, NoReturn, TextIO, cast

from compare_tui.cli.exits import STORAGE

missing: Final[set[str]] = set()
"""Those that were closed when this process began: what is read there is nothing, and no empty text either."""
_FULL: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class Talk:
    """stderr: what is said there must never cost what is done, so a terminal that hung up is spoken to no more."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        with contextlib.suppress(OSError, ValueError):
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            self._stream.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def prepare() -> None:
    """Make each stream exist, and data UTF-8 whatever the locale says."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            missing.add(name)
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_RDWR), mode, encoding="utf-8"))
    encoding = sys.stdout.encoding if sys.stdout.isatty() else "utf-8"
    cast(Any, sys.stdout).reconfigure(encoding=encoding, errors="replace")
    sys.stderr = cast(TextIO, Talk(sys.stderr))


def leave(code: int) -> NoReturn:
    """Flush, and go even while a thread still waits for a name server."""
    sys.stderr.flush()
    try:
        sys.stdout.flush()
    except OSError as error:  # nobody reads any more, or there is no room
        if is_full(error) and code != STORAGE:
            code = say_full(error)
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    if threading.active_count() > 1:
        os._exit(code)
    sys.exit(code)


def is_full(error: OSError) -> bool:
    """Whether what could not be written found no room, as on a full disk."""
    return error.errno in _FULL


def say_full(error: OSError) -> int:
    """Python and click write the rest of it at the end, so this may be met there as well as before."""
    print(f"compare-tui: not everything could be written: {error.strerror}", file=sys.stderr, flush=True)
    return STORAGE
