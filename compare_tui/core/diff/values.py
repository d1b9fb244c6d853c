"""JSON as it is compared: literals as they are written, and a number for every value that tells which are the same."""

import json
import re
from collections import Counter
from typing import Any, Final, NoReturn

DEEPEST: Final = 64
"""Values in values; deeper ones are compared as text."""

_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_encode: Final = json.JSONEncoder(ensure_ascii=False).encode
_WORDS_AS_WRITTEN: Final = {True: "true", False: "false", None: "null"}
_FENCED: Final = re.compile(r"\s*```(?:json)?[ \t]*\n(.*)\n[ \t]*```\s*", re.DOTALL | re.IGNORECASE)


class NotComparable(ValueError):
    """No JSON, or too deep, or too much: the texts are compared as they came."""


class Many:
    """An object or a list. A single value is just its literal, quotes and all."""

    __slots__ = ("exact", "items", "like", "names")

    def __init__(self, names: list[str] | None, items: list["Value"], like: int, exact: int) -> None:
        self.names = names
        """Of an object, as written; None for a list."""
        self.items = items
        self.like = like
        """The same number for the same value, whatever the order of keys."""
        self.exact = exact
        """The same number for the same value with the keys in the same order."""

    @property
    def brackets(self) -> tuple[str, str]:
        return ("[", "]") if self.names is None else ("{", "}")

    def members(self) -> dict[tuple[str, int], "Value"]:
        """By name, and by how often it stood before."""
        before: Counter[str] = Counter()
        found: dict[tuple[str, int], Value] = {}
        for name, item in zip(self.names or (), self.items, strict=True):
            found[name, before[name]] = item
            before[name] += 1
        return found


Value = str | Many


class AsItCame(str):
    """What is no JSON, where a value is expected."""

    __slots__ = ()


class _Number(str):
    """As written."""

    __slots__ = ()


class _Pairs(list[tuple[str, Any]]):
    """An object with all its members, those of the same name too."""

    __slots__ = ()


class Reader:
    """Reads values that can be told from each other."""

    def __init__(self) -> None:
        self._numbers: dict[object, int] = {}
        self._names: dict[str, str] = {}

    def read(self, text: str) -> Value:
        try:
            value = json.loads(
                text, parse_float=_Number, parse_int=_Number, parse_constant=_refuse, object_pairs_hook=_Pairs
            )
        except RecursionError:
            raise NotComparable("too deep") from None
        except ValueError as error:
            raise NotComparable(str(error)) from None
        return self._value(value, 0)

    def read_answer(self, text: str) -> Many:
        """An object or a list, maybe in a fence; a single value reads better as text."""
        fenced = _FENCED.fullmatch(text)
        inside = fenced[1] if fenced else text
        if inside.lstrip()[:1] not in ("{", "["):
            raise NotComparable("no object and no list")
        value = self.read(inside)
        assert isinstance(value, Many)
        return value

    def _value(self, value: Any, depth: int) -> Value:
        if isinstance(value, str):
            return str(value) if type(value) is _Number else encoded(value)
        if value is None or value is True or value is False:
            return _WORDS_AS_WRITTEN[value]
        if depth == DEEPEST:
            raise NotComparable("too deep")
        if type(value) is _Pairs:
            names = [self._name(name) for name, _ in value]
            items = [self._value(item, depth + 1) for _, item in value]
            like, exact = list(zip(names, map(like_of, items), strict=True)), tuple(map(exact_of, items))
            distinct = len(set(names)) == len(names)
            return Many(
                names,
                items,
                self._number(frozenset(like) if distinct else tuple(like)),
                self._number((*names, None, *exact)),
            )
        items = [self._value(item, depth + 1) for item in value]
        return Many(None, items, self._number(("", *map(like_of, items))), self._number(("", *map(exact_of, items))))

    def _name(self, name: str) -> str:
        """The same few in every object."""
        known = self._names.get(name)
        if known is None:
            known = self._names[name] = encoded(name)
        return known

    def _number(self, what: object) -> int:
        return self._numbers.setdefault(what, len(self._numbers))


def like_of(value: Value) -> str | int:
    return value if isinstance(value, str) else value.like


def exact_of(value: Value) -> str | int:
    return value if isinstance(value, str) else value.exact


def encoded(text: str) -> str:
    """As a literal that can be shown: only what has to be is escaped, and what is half a character."""
    literal = _encode(text)
    return literal if literal.isascii() else _SURROGATE.sub(lambda found: f"\\u{ord(found[0]):04x}", literal)


def is_number(value: Value) -> bool:
    return isinstance(value, str) and value[:1] in tuple("-0123456789")


def is_string(value: Value) -> bool:
    return isinstance(value, str) and not isinstance(value, AsItCame) and value[:1] == '"'


def laid_out(value: Value, indent: str = "") -> str:
    """Two blanks further in for every level, a line for every member."""
    if isinstance(value, str):
        return value
    opening, closing = value.brackets
    if not value.items:
        return opening + closing
    inner = f"{indent}  "
    items = [item if isinstance(item, str) else laid_out(item, inner) for item in value.items]
    if value.names is not None:
        items = [f"{name}: {item}" for name, item in zip(value.names, items, strict=True)]
    rows = f",\n{inner}".join(items)
    return f"{opening}\n{inner}{rows}\n{indent}{closing}"


def _refuse(constant: str) -> NoReturn:
    raise NotComparable(f"{constant} is no JSON")
