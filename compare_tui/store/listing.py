"""Sessions as a list: newest first, or those that hold words and meet conditions."""

import json
import re
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from itertools import chain, islice
from typing import Any, Final

from compare_tui.core.lane import Lane
from compare_tui.core.pricing import Cost, CostState, total
from compare_tui.core.query import Query
from compare_tui.store import moments
from compare_tui.store.snippets import around

RUNNING: Final = "running"
_RANKED_ROWS: Final = 5_000
_WORD: Final = re.compile(r"[^\W_]")
_UNSPACED: Final = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)
"""Scripts that write no spaces between words: there a part of a text is looked for, not a word."""

_WITH_WORD: Final = "SELECT doc.session FROM word CROSS JOIN doc ON doc.key = word.rowid WHERE word MATCH :text{at}"
_WITH_PART: Final = "SELECT session FROM doc WHERE instr(lower(text), lower(:text{at}))"
_ANYWHERE: Final = (
    "(instr(id, lower(:word{at})) = 1 OR instr(:word{at}, id || '.') = 1 "
    "OR key IN (SELECT value FROM json_each(:named{at})) OR key IN ({texts}) "
    "OR EXISTS (SELECT 1 FROM take WHERE take.session = session.key AND "
    f"(instr(lower(lane), lower(:word{{at}})) OR coalesce(verdict, '{RUNNING}') GLOB :state{{at}})))"
)
"""An id may be begun, or be that of a round or a take."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A session as a row: what it asked of which lanes, what came of it and what it cost."""

    id: str
    title: str
    name: str | None
    created: str
    touched: str
    rounds: int
    takes: int
    lanes: tuple[Lane, ...]
    cost: Cost
    verdicts: Mapping[str, int]
    tags: Mapping[str, str]
    again_of: str | None
    deleted: str | None
    snippet: str = ""
    """The text around what was looked for, which stands between \\x02 and \\x03."""


Found = tuple[int, int | None]
"""The key of a session, and that of the text it was found by."""


def listed(
    connection: sqlite3.Connection,
    query: Query,
    *,
    limit: int,
    after: str | None = None,
    ranked: bool = False,
    deleted: bool = False,
) -> list[Listed]:
    if query.words:
        found = _searched(connection, query, ranked, deleted)
        if after is not None:
            found = _behind(connection, found, after)
    else:
        found = _newest(connection, query, after, deleted)
    page = dict(islice(found, limit))
    rows = _rows(connection, list(page))
    return [replace(rows[key], snippet=_snippet(connection, query, doc)) for key, doc in page.items()]


def rows_of(connection: sqlite3.Connection, ids: Iterable[str]) -> list[Listed]:
    keys = [connection.execute("SELECT key FROM session WHERE id = ?", (id_,)).fetchone()[0] for id_ in ids]
    return list(_rows(connection, keys).values())


# Which sessions


def _newest(connection: sqlite3.Connection, query: Query, after: str | None, deleted: bool) -> Iterator[Found]:
    conditions, values = _conditions(connection, query, deleted)
    if after is not None:
        conditions.append("(touched, key) < (SELECT touched, key FROM session WHERE id = :after)")
        values["after"] = after
    for (key,) in connection.execute(
        f"SELECT key FROM session WHERE {' AND '.join(conditions)} ORDER BY touched DESC, key DESC", values
    ):
        yield key, None


def _searched(connection: sqlite3.Connection, query: Query, ranked: bool, deleted: bool) -> Iterator[Found]:
    """Each session once: those whose name holds the words, then those with a text that does."""
    conditions, values = _conditions(connection, query, deleted)
    meets = f"SELECT 1 FROM session WHERE key = :key AND {' AND '.join(conditions)}"
    seen: dict[int, bool] = {}
    for key, doc in chain(_named(connection, query.words), _texts(connection, query, ranked)):
        if key not in seen:
            seen[key] = connection.execute(meets, {**values, "key": key}).fetchone() is not None
            if seen[key]:
                yield key, doc


def _named(connection: sqlite3.Connection, words: Sequence[str]) -> list[Found]:
    wanted = [word.casefold() for word in words]  # SQL's `lower` knows no letters but ASCII's
    rows = connection.execute("SELECT key, name FROM session WHERE name IS NOT NULL ORDER BY touched DESC")
    return [(key, None) for key, name in rows if all(word in name.casefold() for word in wanted)]


def _texts(connection: sqlite3.Connection, query: Query, ranked: bool) -> Iterator[Found]:
    """Newest first costs the same for rare and for common words; by rank every match is looked at."""
    expression = _expression(query)
    parts = _parts(query)
    holds = "".join(" AND instr(lower(doc.text), lower(?))" for _ in parts)
    if not expression:
        return iter(connection.execute(f"SELECT session, key FROM doc WHERE 1 {holds} ORDER BY key DESC", tuple(parts)))
    order = f"rank LIMIT {_RANKED_ROWS}" if ranked else "word.rowid DESC"
    return iter(
        connection.execute(
            f"SELECT doc.session, doc.key FROM word CROSS JOIN doc ON doc.key = word.rowid "
            f"WHERE word MATCH ? {holds} ORDER BY {order}",
            (expression, *parts),
        )
    )


def _behind(connection: sqlite3.Connection, found: Iterator[Found], after: str) -> Iterator[Found]:
    last = connection.execute("SELECT key FROM session WHERE id = ?", (after,)).fetchone()
    if last is None:  # purged meanwhile
        return iter(())
    for key, _ in found:
        if key == last[0]:
            break
    return found


def _is_word(word: str) -> bool:
    return _WORD.search(word) is not None and _UNSPACED.search(word) is None


def _parts(query: Query) -> list[str]:
    return [word for word in query.words if not _is_word(word)]


def _expression(query: Query) -> str:
    """Every word in quotes, so that none is read as an operator."""
    words = [word for word in query.words if _is_word(word)]
    quoted = ['"' + word.replace('"', '""') + '"' for word in words]
    if quoted and query.unfinished and _is_word(query.words[-1]):
        quoted[-1] += "*"
    return " ".join(quoted)


def _conditions(connection: sqlite3.Connection, query: Query, deleted: bool) -> tuple[list[str], dict[str, Any]]:
    conditions = [f"deleted IS {'NOT ' if deleted else ''}NULL"]
    values: dict[str, Any] = {}
    of_a_take = []
    for name in ("model", "effort", "tier", "verdict"):
        if (wanted := getattr(query, name)) is not None:
            of_a_take.append(f"lower({name}) GLOB :{name}")
            values[name] = _pattern(wanted, unfinished=query.unfinished)
    if of_a_take:
        conditions.append(f"EXISTS (SELECT 1 FROM take WHERE take.session = session.key AND {' AND '.join(of_a_take)})")
    for at, (name, value) in enumerate(query.tags.items()):
        conditions.append(
            f"EXISTS (SELECT 1 FROM tag WHERE tag.session = session.key AND tag.name = :tag{at} "
            f"AND (:value{at} = '' OR tag.value = :value{at}))"
        )
        values |= {f"tag{at}": name, f"value{at}": value}
    if query.since is not None:
        conditions.append("touched >= :since")
        values["since"] = moments.begins(query.since)
    if query.until is not None:
        conditions.append("created < :until")
        values["until"] = moments.ends(query.until)
    for name, sign in (("above", ">"), ("below", "<")):
        if (amount := getattr(query, name)) is not None:
            spent = "(SELECT sum(CAST(cost AS REAL)) FROM take WHERE take.session = session.key)"
            conditions.append(f"{spent} {sign} :{name}")
            values[name] = float(amount)
    for at, word in enumerate(query.anywhere):
        unfinished = query.unfinished and at == len(query.anywhere) - 1
        conditions.append(_anywhere(at, is_word=_is_word(word)))
        values |= {
            f"word{at}": word,
            f"state{at}": _pattern(word, unfinished=unfinished),
            f"named{at}": json.dumps([key for key, _ in _named(connection, [word])]),
            f"text{at}": _expression(Query((word,), unfinished=unfinished)) or word,
        }
    return conditions, values


def _anywhere(at: int, *, is_word: bool) -> str:
    return _ANYWHERE.format(at=at, texts=(_WITH_WORD if is_word else _WITH_PART).format(at=at))


def _pattern(wanted: str, *, unfinished: bool) -> str:
    """`*` stands for anything; what is still being typed may go on."""
    literal = "".join(f"[{sign}]" if sign in "?[" else sign for sign in wanted.lower())
    return f"{literal}*" if unfinished else literal


# What a row says


def _rows(connection: sqlite3.Connection, keys: Sequence[int]) -> dict[int, Listed]:
    these, wanted = "(SELECT value FROM json_each(?))", (json.dumps(keys),)  # of any number: variables are limited
    rounds = dict(
        connection.execute(f"SELECT session, count(*) FROM round WHERE session IN {these} GROUP BY session", wanted)
    )
    tags: dict[int, dict[str, str]] = {}
    for key, name, value in connection.execute(
        f"SELECT session, name, value FROM tag WHERE session IN {these} ORDER BY round DESC", wanted
    ):
        tags.setdefault(key, {})[name] = value
    takes: dict[int, list[tuple[Any, ...]]] = {}
    for key, *take in connection.execute(
        f"SELECT session, lane, verdict, owner, cost, cost_state, billed FROM take WHERE session IN {these} "
        "ORDER BY session, round, number",
        wanted,
    ):
        takes.setdefault(key, []).append(tuple(take))
    found = {}
    for key, id_, title, *told in connection.execute(
        "SELECT key, id, coalesce(name, words), name, created, touched, again_of, deleted "
        f"FROM session WHERE key IN {these}",
        wanted,
    ):
        found[key] = _row(id_, title, told, rounds.get(key, 0), takes.get(key, []), tags.get(key, {}))
    return {key: found[key] for key in keys}


def _row(
    id_: str, title: str, told: Sequence[Any], rounds: int, takes: list[tuple[Any, ...]], tags: dict[str, str]
) -> Listed:
    name, created, touched, again_of, deleted = told
    lanes = dict.fromkeys(_lane(take[0]) for take in takes)
    verdicts = Counter(verdict or RUNNING for _, verdict, *_ in takes)
    costs = [
        Cost(None if amount is None else Decimal(amount), CostState(state))
        for _, _, _, amount, state, billed in takes
        if state is not None and (billed or amount)
    ]
    return Listed(
        id_,
        title,
        name,
        created,
        touched,
        rounds,
        len(takes),
        tuple(lanes),
        total(costs),
        verdicts,
        tags,
        again_of,
        deleted,
    )


@lru_cache(maxsize=1024)
def _lane(text: str) -> Lane:
    return Lane.parse(text)


def _snippet(connection: sqlite3.Connection, query: Query, doc: int | None) -> str:
    if doc is None:
        return ""
    (text,) = connection.execute("SELECT text FROM doc WHERE key = ?", (doc,)).fetchone()
    words = [word for word in query.words if _is_word(word)]
    return around(text, words, _parts(query), unfinished=query.words[-1] if query.unfinished else None)
