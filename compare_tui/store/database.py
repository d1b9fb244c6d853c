"""The file of the sessions: made private, checked, brought to this version, and connected to."""

import datetime as dt
import fcntl
import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from time import monotonic, sleep
from typing import Final
from urllib.parse import quote

from compare_tui.core.sanitize import safe_line
from compare_tui.paths import make_private_dir
from compare_tui.store.problems import StoreProblem, in_words
from compare_tui.store.schema import APPLICATION_ID, STEPS, Step

PATIENCE_S: Final = 5.0
"""How long a transaction waits for one of another process."""
_LOOKS_AGAIN_S: Final = 0.01
_BESIDE: Final = ("", "-wal", "-shm", "-journal")
_REMOTE: Final = ("nfs", "nfs4", "cifs", "smb3", "smbfs", "fuse.sshfs", "9p", "afs", "ceph", "glusterfs", "lustre")


class Database:
    """Checked when it is made; `notices` says what the user should know."""

    def __init__(self, path: Path, *, steps: Sequence[Step] = STEPS) -> None:
        self.path = path = path.resolve()  # who comes by a link has to find the same log and the same owners beside it
        self.notices: list[str] = []
        self.read_only = False
        self._remote = _remote(path.parent)
        try:
            make_private_dir(path.parent)
            with _alone(path.parent):
                self._make()
                if not self._is_ours():
                    self._set_aside()
                    self._make()
                self._bring_up(steps)
        except (sqlite3.Error, OSError) as error:
            raise StoreProblem(f"the sessions in {safe_line(str(path))} cannot be opened: {in_words(error)}") from error

    def connect(self) -> sqlite3.Connection:
        """May be handed from thread to thread, one at a time."""
        uri = f"file:{quote(os.fsencode(self.path))}?mode=rw"
        connection = sqlite3.connect(
            uri, uri=True, timeout=PATIENCE_S, isolation_level=None, check_same_thread=False, cached_statements=256
        )
        try:
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute("PRAGMA secure_delete = ON")  # what is purged must not lie in a free page
            if self.read_only:
                connection.execute("PRAGMA query_only = ON")
        except BaseException:
            connection.close()
            raise
        return connection

    @property
    def backups(self) -> list[Path]:
        """Copies from before an update, oldest first."""
        return sorted(self.path.parent.glob(f"{self.path.name}.before-*"))

    def _make(self) -> None:
        with suppress(FileExistsError):  # so that the files SQLite puts beside it are 0600 as well
            os.close(os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))

    def _is_ours(self) -> bool:
        try:
            with closing(self.connect()) as connection, snapshot(connection):
                application = _pragma(connection, "application_id")
                tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        except UnicodeDecodeError:  # of the message: SQLite quotes what it cannot read
            return False
        except sqlite3.DatabaseError as error:
            if getattr(error, "sqlite_errorname", "").startswith(("SQLITE_NOTADB", "SQLITE_CORRUPT")):
                return False
            raise
        return application == APPLICATION_ID or (application == 0 and tables == 0)

    def _set_aside(self) -> None:
        """Never deleted: somebody may be able to mend it."""
        mark = f".corrupt-{dt.datetime.now():%Y%m%d-%H%M%S-%f}"
        for ending in reversed(_BESIDE):  # an old log must never lie beside a new file
            with suppress(FileNotFoundError):
                beside = self.path.with_name(self.path.name + ending)
                beside.rename(self.path.with_name(self.path.name + mark + ending))
        self.notices.append(
            f"The sessions kept so far cannot be read; the file is now {safe_line(self.path.name + mark)}, "
            "and a new one was begun."
        )

    def _bring_up(self, steps: Sequence[Step]) -> None:
        with closing(self.connect()) as connection:
            version = _pragma(connection, "user_version")
            if version > len(steps):
                self.read_only = True
                self.notices.append(
                    "The sessions were written by a newer compare-tui: they can be read, nothing is stored."
                )
                return
            if not os.access(self.path, os.W_OK) and version == len(steps):
                self.read_only = True
                self.notices.append("The file of the sessions cannot be written: nothing is stored.")
                return
            self._set_mode(connection)
            if 0 < version < len(steps):
                self._back_up(connection, version)
            migrate(connection, steps)

    def _set_mode(self, connection: sqlite3.Connection) -> None:
        """A log beside the file; where several machines may write that cannot be, for they share no memory."""
        wanted = "delete" if self._remote else "wal"
        (mode,) = connection.execute(f"PRAGMA journal_mode = {wanted}").fetchone()
        if self._remote or mode != "wal":
            where = f"a network file system ({self._remote})" if self._remote else "a file system without shared memory"
            self.notices.append(f"The sessions lie on {where}: storing takes longer there.")

    def _back_up(self, connection: sqlite3.Connection, version: int) -> None:
        """A whole copy or none."""
        whole = self.path.with_name(f"{self.path.name}.before-{version + 1}")
        partial = whole.with_name(f".{whole.name}.{os.urandom(4).hex()}")
        os.close(os.open(partial, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
        try:
            connection.execute("VACUUM INTO ?", (str(partial),))
            partial.replace(whole)
        except BaseException:
            partial.unlink(missing_ok=True)
            raise


def migrate(connection: sqlite3.Connection, steps: Sequence[Step]) -> None:
    """Each step in a transaction with its version: killed within it, the file is what it was before."""
    while True:
        with transaction(connection):
            version = _pragma(connection, "user_version")  # another process may have been here
            if version >= len(steps):
                return
            steps[version](connection)
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {version + 1}")


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """All or nothing. Begun as a writer: one that only becomes one later fails at once beside another."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield connection
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            with suppress(sqlite3.Error):
                connection.execute("ROLLBACK")
        raise


@contextmanager
def snapshot(connection: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """What is read here is of one moment, whatever others write and purge meanwhile."""
    connection.execute("BEGIN")
    try:
        yield connection
        connection.execute("COMMIT")
    except BaseException:
        with suppress(sqlite3.Error):
            connection.execute("ROLLBACK")
        raise


Connect = Callable[[], sqlite3.Connection]


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One process at a time makes a file, sets one aside, changes its mode: SQLite waits for none of these.

    Where a folder cannot be locked, as on some network file systems, nobody is waited for.
    """
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        patience = monotonic() + PATIENCE_S
        with suppress(OSError):
            while not _locked(descriptor) and monotonic() < patience:
                sleep(_LOOKS_AGAIN_S)
        yield
    finally:
        os.close(descriptor)


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _pragma(connection: sqlite3.Connection, name: str) -> int:
    return int(connection.execute(f"PRAGMA {name}").fetchone()[0])


def _remote(folder: Path) -> str | None:
    """The type of the file system, when another machine has the disk and this one is told so."""
    try:
        lines = Path("/proc/self/mounts").read_text(errors="replace").splitlines()
    except OSError:
        return None
    absolute = str(folder.resolve())
    mounts = [(parts[1], parts[2]) for line in lines if len(parts := line.split()) > 2]
    holding = [(place, kind) for place, kind in mounts if f"{absolute}/".startswith(f"{place.rstrip('/')}/")]
    kind = max(holding, default=("", ""), key=lambda one: len(one[0]))[1]
    return kind if kind in _REMOTE else None
