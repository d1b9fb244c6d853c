"""A store as big as years of use make it: ten thousand sessions of eight answers."""

import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from itertools import accumulate
from pathlib import Path
from typing import Any, Final

from compare_tui.core.events import Event, Kind
from compare_tui.core.lane import Lane
from compare_tui.core.prompt import Prompt
from compare_tui.core.round import Round
from compare_tui.core.take import Take
from compare_tui.store import writing
from compare_tui.store.database import Database, transaction

SESSIONS: Final = 10_000
ANSWERS: Final = 8
COMMONEST: Final = "the"
_BATCH: Final = 500
_TEXTS: Final = 2_000
_PIECES: Final = 24
_MS: Final = 1_000_000
_VOCABULARY: Final = 5_000
_LANES: Final = tuple(
    Lane.parse(f"{model} {effort}{tier}")
    for model in ("gpt-5.5", "gpt-5.5-pro")
    for effort in ("low", "high")
    for tier in ("", " flex")
)


def build(path: Path) -> None:
    """Nothing is made safe while it is built: it is thrown away afterwards."""
    database = Database(path)
    with closing(database.connect()) as connection:
        connection.execute("PRAGMA journal_mode = off")
        connection.execute("PRAGMA synchronous = off")
        connection.execute("PRAGMA secure_delete = off")
        chance = random.Random(7)
        texts = list(_texts(chance))
        for begin in range(0, SESSIONS, _BATCH):
            with transaction(connection):
                for number in range(begin, begin + _BATCH):
                    _session(connection, number, chance.sample(texts, ANSWERS))
        connection.execute("PRAGMA journal_mode = wal")


def _texts(chance: random.Random) -> Iterator[str]:
    """Of one to two kilobytes, in words as unevenly frequent as those of a language."""
    letters = "etaoinshrdlucmfwypvbgkjqxz"
    words = [COMMONEST, *("".join(chance.choices(letters[:16], k=chance.randint(2, 9))) for _ in range(_VOCABULARY))]
    weights = list(accumulate(1 / rank for rank in range(1, len(words) + 1)))
    for _ in range(_TEXTS):
        yield " ".join(chance.choices(words, cum_weights=weights, k=chance.randint(170, 340)))


def _session(connection: sqlite3.Connection, number: int, texts: list[str]) -> None:
    minutes, hours = divmod(number, 60)[::-1]
    at = f"2026-{1 + hours // 24 // 28:02}-{1 + hours // 24 % 28:02}T{hours % 24:02}:{minutes:02}:00.000Z"
    round_ = Round(f"bench{number:05}.1", Prompt(f"Question {number}: {texts[0][:60]}"), _LANES, sent_at=at)
    key = writing.session_key(connection, round_.session, writing.words_of([round_]), at)
    writing.write_round(connection, key, round_)
    for take, text in zip(round_.takes(), texts, strict=True):
        told = Take(take.id, take.lane).apply_all(events := list(_events(text)))
        take_key = writing.write_take(connection, key, take, day=at[:10])
        writing.append(connection, (key, 1), take_key, 0, events)
        writing.finish(connection, take_key, told)


def _events(text: str) -> Iterator[Event]:
    at, size = 1_000 * _MS, len(text) // _PIECES + 1
    yield Event(at, Kind.QUEUED, data={"input_tokens": 20, "endpoint": "bench", "api": "chat"})
    yield Event(at, Kind.RATE, data={"rate": _RATE, "free": False, "thinks": False})
    yield Event(at + _MS, Kind.SENT, data={"at": "2026-11-20T10:00:00.000Z"})
    yield Event(at + 50 * _MS, Kind.HEADERS, data={"status": 200, "request_id": "req_0123456789abcdef"})
    for begin in range(0, len(text), size):
        at += 20 * _MS
        yield Event(at, Kind.TEXT, text[begin : begin + size])
    yield Event(at, Kind.USAGE, data={"input": 20, "output": len(text) // 4, "cached": 0})
    yield Event(at, Kind.FINISH, data={"status": "completed"})
    yield Event(at, Kind.END)


_RATE: Final[dict[str, Any]] = {
    "model": "gpt-5.5",
    "tier": "default",
    "input": "5",
    "output": "30",
    "card_date": "2026-11-01",
}
