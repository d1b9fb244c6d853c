"""Which processes write to the store: each holds a lock that the system takes back however it ends.

A lock and no process number: numbers are given again after a restart, and mean nothing in another container.
"""

import fcntl
import os
from contextlib import suppress
from pathlib import Path
from typing import Final

from compare_tui.paths import make_private_dir

FOLDER: Final = "running"


class Owner:
    """This process, or one part of it. The lock is held until `leave`."""

    def __init__(self, folder: Path) -> None:
        make_private_dir(folder)
        self.id = os.urandom(8).hex()
        self._path = folder / self.id
        self._descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def leave(self) -> None:
        with suppress(OSError):
            self._path.unlink()
        os.close(self._descriptor)


def is_alive(folder: Path, owner: str) -> bool:
    """Whether the process that had this id still runs; what it left behind is cleared away."""
    path = folder / owner
    try:
        descriptor = os.open(path, os.O_RDWR)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    else:
        with suppress(OSError):
            path.unlink()
        return False
    finally:
        os.close(descriptor)
