"""What can be wrong with the store, in words for its user."""

_BY_NAME = {
    "SQLITE_FULL": "the disk is full",
    "SQLITE_READONLY": "the file cannot be written",
    "SQLITE_BUSY": "another process keeps the file locked",
    "SQLITE_LOCKED": "another process keeps the file locked",
    "SQLITE_CORRUPT": "the file is damaged",
    "SQLITE_NOTADB": "the file is no database",
    "SQLITE_CANTOPEN": "the file cannot be opened",
    "SQLITE_IOERR": "the disk reports an error",
}


class StoreProblem(Exception):
    """The sessions cannot be read or written; the message says why."""


class NotFound(StoreProblem):
    """There is no session, round or take of that id."""


class Superseded(StoreProblem):
    """Somebody else wants to know something else by now."""


def in_words(error: Exception) -> str:
    """What an error of SQLite or the system means for the reader."""
    if isinstance(error, OSError):
        return error.strerror or str(error)
    name = getattr(error, "sqlite_errorname", "") or ""
    for known, words in _BY_NAME.items():
        if name.startswith(known):
            return words
    return str(error)
