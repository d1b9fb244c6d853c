"""Looking at the file of the sessions without changing it: for `doctor`, it takes a second or two."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from compare_tui.store.problems import in_words

_BESIDE = ("", "-wal")


def check(path: Path) -> tuple[bool, str]:
    """Whether the file is sound, and what to say of it."""
    if not path.exists():
        return True, "nothing is stored yet"
    try:
        with closing(sqlite3.connect(f"file:{quote(os.fsencode(path))}?mode=ro", uri=True)) as connection:
            (sessions,) = connection.execute("SELECT count(*) FROM session").fetchone()
            (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    except (sqlite3.Error, OSError) as error:
        return False, f"{path}: {in_words(error)}"
    size = sum(place.stat().st_size for end in _BESIDE if (place := path.with_name(path.name + end)).exists())
    told = f"{path}: {sessions:,} session{'' if sessions == 1 else 's'}, {size / 1e6:,.1f} MB"
    return verdict == "ok", told if verdict == "ok" else f"{told}, damaged: {verdict}"
