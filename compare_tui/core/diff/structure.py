"""Compares values by what they hold: members of objects by name, in any order, and items of lists by likeness."""

import json
from collections.abc import Iterator
from typing import Final, NamedTuple

from compare_tui.core.diff.compare import compare
from compare_tui.core.diff.items import Pair, paired
from compare_tui.core.diff.model import How, Ignoring, Unit
from compare_tui.core.diff.values import (
    AsItCame,
    Many,
    NotComparable,
    Value,
    encoded,
    exact_of,
    is_number,
    is_string,
    laid_out,
    like_of,
)
from compare_tui.core.diff.written import Writer

MOST_CHANGES: Final = 3_000
"""Nobody steps through more: what differs behind them is changed whole."""
MOST_STRINGS: Final = 400
"""Strings that are looked into; each takes 0.1 ms and more, the others are changed whole."""
_LITTLE: Final = 0.05
"""Of the same type, and nothing else."""
_NAMING: Final = ('"id"', '"key"', '"name"', '"title"')
"""Members that say which item it is."""


class Entry(NamedTuple):
    """A member of an object or an item of a list: what stands before its value, and the value, on each side."""

    old: Value | None
    new: Value | None
    path: str
    old_name: str = ""
    new_name: str = ""
    colon: str = ""
    """What stands between the name and the value."""
    moved: int | None = None


class Comparison:
    """Writes both texts as the values are walked through."""

    def __init__(self, unit: Unit, ignoring: Ignoring) -> None:
        self.writer = Writer()
        self._unit = unit
        self._ignoring = ignoring
        self._strings = 0

    def values(self, old: Value, new: Value, path: str, indent: str = "") -> None:
        if exact_of(old) == exact_of(new):
            self.writer.same(laid_out(old, indent))
        elif self.writer.changes >= MOST_CHANGES:
            self.writer.coarse = True
            self._replaced(old, new, path, indent)
        elif isinstance(old, AsItCame) or isinstance(new, AsItCame):
            self.texts(laid_out(old, indent), laid_out(new, indent), path)
        elif isinstance(old, Many) and isinstance(new, Many) and _walked(old, new):
            (self._lists if old.names is None else self._objects)(old, new, path, indent)
        elif is_string(old) and is_string(new):
            self._literals(str(old), str(new), path)
        else:
            self._replaced(old, new, path, indent)

    def _replaced(self, old: Value, new: Value, path: str, indent: str) -> None:
        number = is_number(old), is_number(new)
        texts = laid_out(old, indent), laid_out(new, indent)
        told = (texts[0] if number[0] else "", texts[1] if number[1] else "")
        change = self.writer.change(How.REPLACED, path, (told,) if any(told) else ())
        self.writer.gone(texts[0], change, number=number[0])
        self.writer.new(texts[1], change, number=number[1])

    def _literals(self, old: str, new: str, path: str) -> None:
        """What is between the quotes is compared as it reads, and written as it was."""
        self._strings += 1
        if self._strings > MOST_STRINGS:
            self.writer.coarse = True
            self._replaced(old, new, path, "")
            return
        self.writer.same('"')
        self.texts(json.loads(old), json.loads(new), path, escaped=True)
        self.writer.same('"')

    def texts(self, old: str, new: str, path: str, *, escaped: bool = False) -> None:
        diff = compare(old, new, self._unit, self._ignoring)
        self.writer.compared(diff, path, _between_quotes if escaped else str)

    def entries(self, entries: list[Entry], before: str, behind: str, indent: str) -> None:
        """`behind`: what stands behind each but the last of its side."""
        last_old = max((at for at, entry in enumerate(entries) if entry.old is not None), default=-1)
        last_new = max((at for at, entry in enumerate(entries) if entry.new is not None), default=-1)
        moves: dict[int, int] = {}
        for at, entry in enumerate(entries):
            ends = "" if at == last_old else behind, "" if at == last_new else behind
            if entry.old is not None and entry.new is not None:
                self.writer.same(before)
                self._both(entry, entry.old, entry.new, indent)
                self.writer.other_layout(*ends)
            elif entry.old is not None:
                change = self._one_sided(How.GONE, entry, moves)
                self.writer.gone(f"{before}{entry.old_name}{entry.colon}{laid_out(entry.old, indent)}{ends[0]}", change)
            elif entry.new is not None:
                change = self._one_sided(How.NEW, entry, moves)
                self.writer.new(f"{before}{entry.new_name}{entry.colon}{laid_out(entry.new, indent)}{ends[1]}", change)

    def _one_sided(self, how: How, entry: Entry, moves: dict[int, int]) -> int:
        if entry.moved is None:
            return self.writer.change(how, entry.path)
        if entry.moved not in moves:
            moves[entry.moved] = self.writer.change(How.MOVED, entry.path)
        return moves[entry.moved]

    def _both(self, entry: Entry, old: Value, new: Value, indent: str) -> None:
        """With another name it is the same one only where it has the same value."""
        if entry.old_name == entry.new_name:
            self.writer.same(f"{entry.old_name}{entry.colon}")
            self.values(old, new, entry.path, indent)
            return
        change = self.writer.change(How.REPLACED, entry.path)
        if like_of(old) == like_of(new):
            self.writer.gone(entry.old_name, change)
            self.writer.new(entry.new_name, change)
            self.writer.same(entry.colon)
            self.values(old, new, entry.path, indent)
        else:
            self.writer.gone(f"{entry.old_name}{entry.colon}{laid_out(old, indent)}", change)
            self.writer.new(f"{entry.new_name}{entry.colon}{laid_out(new, indent)}", change)

    def _objects(self, old: Many, new: Many, path: str, indent: str) -> None:
        olds, news = old.members(), new.members()
        renamed = _renamed(olds, news)
        names = [renamed.get(name, name) for name in olds]
        both = dict.fromkeys(name for name in names if name in news)
        if [name for name in news if name in both] != list(both):
            self.writer.alike += 1
        self._inside(old, new, list(_members(olds, news, renamed, path)), indent)

    def _lists(self, old: Many, new: Many, path: str, indent: str) -> None:
        pairs = paired(
            [like_of(item) for item in old.items],
            [like_of(item) for item in new.items],
            lambda i, j: likeness(old.items[i], new.items[j]),
        )
        if pairs is None:
            raise NotComparable("too many items")
        self._inside(old, new, [_item(old, new, pair, path) for pair in pairs], indent)

    def _inside(self, old: Many, new: Many, entries: list[Entry], indent: str) -> None:
        inner = f"{indent}  "
        opening, closing = old.brackets
        self.writer.same(opening)
        self.entries(entries, f"\n{inner}", ",", inner)
        self.writer.other_layout(f"\n{indent}" if old.items else "", f"\n{indent}" if new.items else "")
        self.writer.same(closing)


def _walked(old: Many, new: Many) -> bool:
    """Objects without a name in common have nothing to do with each other."""
    if old.names is None or new.names is None:
        return old.names == new.names
    return not (old.names and new.names) or not set(old.names).isdisjoint(new.names)


def _item(old: Many, new: Many, pair: Pair, path: str) -> Entry:
    olds = None if pair.old is None else old.items[pair.old]
    news = None if pair.new is None else new.items[pair.new]
    at = pair.moved if pair.moved is not None else pair.old if pair.new is None else pair.new
    return Entry(olds, news, f"{path}[{at}]", moved=pair.moved)


_Members = dict[tuple[str, int], Value]


def _renamed(olds: _Members, news: _Members) -> dict[tuple[str, int], tuple[str, int]]:
    """A member that is gone and one that came with the same value, where only these two have it."""
    gone, came = _by_value(olds, news), _by_value(news, olds)
    return {names[0]: came[like][0] for like, names in gone.items() if len(names) == len(came.get(like, ())) == 1}


def _by_value(members: _Members, others: _Members) -> dict[object, list[tuple[str, int]]]:
    """The names that the others have not."""
    found: dict[object, list[tuple[str, int]]] = {}
    for name, value in members.items():
        if name not in others:
            found.setdefault(like_of(value), []).append(name)
    return found


def _members(
    olds: _Members, news: _Members, renamed: dict[tuple[str, int], tuple[str, int]], path: str
) -> Iterator[Entry]:
    """In the order of the old object; what only the new one has behind the member it stands behind there."""
    answers = {new: old for old, new in renamed.items()} | {name: name for name in olds if name in news}
    behind: dict[tuple[str, int] | None, list[Entry]] = {}
    last = None
    for name, value in news.items():
        if name in answers:
            last = answers[name]
        else:
            behind.setdefault(last, []).append(Entry(None, value, below(path, name[0]), "", name[0], ": "))
    yield from behind.get(None, ())
    for name, value in olds.items():
        other = renamed.get(name, name)
        yield Entry(value, news.get(other), below(path, other[0]), name[0], other[0], ": ")
        yield from behind.get(name, ())


def below(path: str, name: str) -> str:
    """`name`: as written."""
    inside = name[1:-1]
    if not inside.isidentifier():
        return f"{path}[{name}]"
    return f"{path}.{inside}" if path else inside


def likeness(old: Value, new: Value) -> float:
    """From 0, for other types, to 1."""
    if isinstance(old, str) or isinstance(new, str):
        return _likeness_of_literals(old, new)
    if like_of(old) == like_of(new):
        return 1.0
    if old.names is None or new.names is None:
        same = len({*map(like_of, old.items)} & {*map(like_of, new.items)})
        return 0.0 if old.names != new.names else _LITTLE + 0.9 * same / max(len(old.items), len(new.items), 1)
    olds, news = (dict(zip(many.names or (), many.items, strict=True)) for many in (old, new))
    same = sum(like_of(news[name]) == like_of(value) for name, value in olds.items() if name in news)
    named = [like_of(olds[name]) == like_of(news[name]) for name in _NAMING if name in olds and name in news]
    if named and not any(named):
        return _LITTLE * same / max(len(olds), len(news))
    return _LITTLE + (0.9 if named else 0.8) * max(0.5 if named else 0.0, same / max(len(olds), len(news)))


def _likeness_of_literals(old: Value, new: Value) -> float:
    if is_string(old) and is_string(new):
        from rapidfuzz import fuzz

        return max(_LITTLE, fuzz.ratio(str(old), str(new)) / 100)
    return 2 * _LITTLE if is_number(old) and is_number(new) else _LITTLE


def _between_quotes(text: str) -> str:
    return encoded(text)[1:-1]
