"""The standard streams as users hand them over: closed, read by something that left, on a terminal that hung up."""

import contextlib
import os
import sys
import threading
from typing import Any, NoReturn, TextIO, cast


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
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_RDWR), mode, encoding="utf-8"))
    encoding = sys.stdout.encoding if sys.stdout.isatty() else "utf-8"
    cast(Any, sys.stdout).reconfigure(encoding=encoding, errors="replace")
    sys.stderr = cast(TextIO, Talk(sys.stderr))


def leave(code: int) -> NoReturn:
    """Flush, and go even while a thread still waits for a name server."""
    sys.stderr.flush()
    try:
        sys.stdout.flush()
    except OSError:  # nobody reads any more
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    if threading.active_count() > 1:
        os._exit(code)
    sys.exit(code)
