"""What lies in the store once however often it is asked: pictures and long texts, by their digest."""

import hashlib
import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any, Final

LONG: Final = 512
"""Characters from which on a text inside recorded data is kept once: eight lanes record the same prompt."""
_KEPT: Final = "\x00kept"


class Keeper:
    """Keeps bytes for one round, within the transaction that is open."""

    def __init__(self, connection: sqlite3.Connection, session: int, round_: int) -> None:
        self._connection = connection
        self._place = session, round_

    def keep(self, data: bytes) -> str:
        digest = hashlib.sha256(data).hexdigest()
        self._connection.execute("INSERT OR IGNORE INTO kept (digest, bytes) VALUES (?, ?)", (digest, data))
        self._connection.execute("INSERT OR IGNORE INTO keeps VALUES (?, ?, ?)", (*self._place, digest))
        return digest

    def lean(self, value: Any) -> Any:
        """The value with its long texts kept apart."""
        if isinstance(value, str):
            return {_KEPT: self.keep(value.encode("utf-8", "surrogatepass"))} if len(value) > LONG else value
        if isinstance(value, Mapping):
            return {key: self.lean(one) for key, one in value.items()}
        if isinstance(value, Sequence):
            return [self.lean(one) for one in value]
        return value


class Kept:
    """Gives back what was kept; what was read once is remembered as long as this is."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._texts: dict[str, str] = {}

    def fetch(self, digest: str) -> bytes:
        found = self._connection.execute("SELECT bytes FROM kept WHERE digest = ?", (digest,)).fetchone()
        return b"" if found is None else bytes(found[0])

    def whole(self, value: Any) -> Any:
        """The value with its long texts in their places."""
        if isinstance(value, dict):
            if len(value) == 1 and _KEPT in value:
                return self._text(value[_KEPT])
            return {key: self.whole(one) for key, one in value.items()}
        if isinstance(value, list):
            return [self.whole(one) for one in value]
        return value

    def _text(self, digest: str) -> str:
        if digest not in self._texts:
            self._texts[digest] = self.fetch(digest).decode("utf-8", "surrogatepass")
        return self._texts[digest]


def forget_unused(connection: sqlite3.Connection) -> None:
    connection.execute("DELETE FROM kept WHERE digest NOT IN (SELECT digest FROM keeps)")
