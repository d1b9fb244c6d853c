"""JSON that somebody else wrote: parsed without surprises, each member of the type it must have."""

import json
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from compare_tui.core.nearest import did_you_mean
from compare_tui.promptfiles.places import Place, PromptFileError, quoted

_DEEPEST = 64
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_KINDS = {
    str: "text",
    bool: "true or false",
    int: "a number",
    float: "a number",
    list: "a list",
    dict: "an object",
    type(None): "null",
}


def parsed(text: str, place: Place) -> Any:
    """The JSON value of a text that begins at a place."""
    try:
        value = json.loads(text, parse_constant=_no_number, parse_float=_finite)
        if _SURROGATE.search(text):
            json.dumps(value, ensure_ascii=False).encode()
    except json.JSONDecodeError as error:
        where = Place(place.file, (place.line or 1) + error.lineno - 1)
        raise where.error(f"this is not JSON: {error.msg} (column {error.colno})") from None
    except UnicodeEncodeError:
        raise place.error("it holds half a character (a lone \\uD800 to \\uDFFF); remove it") from None
    except (ValueError, RecursionError):
        raise place.error("a number in it is too large, or its brackets nest too deeply") from None
    return value


def _no_number(name: str) -> NoReturn:
    raise ValueError(name)


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError(digits)
    return number


def check_depth(value: Any, place: Place, name: str) -> None:
    """Refuse what nests deeper than anybody means, and than a later reader of it may recurse into."""
    level = [value]
    for _ in range(_DEEPEST):
        inner = [each.values() if isinstance(each, dict) else each for each in level if isinstance(each, dict | list)]
        level = [value for values in inner for value in values]
        if not level:
            return
    raise place.error(f"{name} nests more than {_DEEPEST} levels deep")


@dataclass(frozen=True, slots=True)
class Fields:
    """One object of a line and the path that leads to it. A member that is null counts as absent."""

    raw: Mapping[str, Any]
    place: Place
    path: str = ""

    @classmethod
    def of(cls, value: Any, place: Place, path: str) -> "Fields":
        if not isinstance(value, dict):
            raise place.error(f"{path} must be an object, not {_KINDS[type(value)]}")
        return cls(value, place, path)

    def at(self, name: str) -> str:
        return f"{self.path}.{name}" if self.path else name

    def wrong(self, name: str, needed: str) -> PromptFileError:
        value = self.raw.get(name)
        got = "" if value is None else f", not {_KINDS[type(value)]}"
        return self.place.error(f"{self.at(name)} must be {needed}{got}")

    def only(self, known: Iterable[str]) -> None:
        for name in self.raw:
            if name not in known:
                hint = did_you_mean(name, known) or f"; the fields are {', '.join(known)}"
                raise self.place.error(f"{quoted(name)} is not a field{hint}")

    def has(self, name: str) -> bool:
        return self.raw.get(name) is not None

    def text(self, name: str) -> str | None:
        value = self.raw.get(name)
        if value is None or isinstance(value, str):
            return value
        raise self.wrong(name, "text")

    def required(self, name: str) -> str:
        value = self.text(name)
        if value is None:
            raise self.wrong(name, "text")
        return value

    def id(self, name: str) -> str | None:
        """A text or a whole number."""
        value = self.raw.get(name)
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        if value is None or isinstance(value, str):
            return value
        raise self.wrong(name, "text or a whole number")

    def items(self, name: str) -> list[Any]:
        value = self.raw.get(name)
        if value is None:
            return []
        if not isinstance(value, list):
            raise self.wrong(name, "a list")
        return value

    def texts(self, name: str) -> list[str]:
        values = self.items(name)
        if not all(isinstance(value, str) for value in values):
            raise self.place.error(f"{self.at(name)} must be a list of texts")
        return values

    def objects(self, name: str) -> list["Fields"]:
        return [Fields.of(value, self.place, f"{self.at(name)}[{at}]") for at, value in enumerate(self.items(name))]

    def inner(self, name: str) -> "Fields":
        """The object under a name, or an empty one."""
        return Fields.of(self.raw[name] if self.has(name) else {}, self.place, self.at(name))

    def scalars(self, name: str) -> dict[str, str]:
        """An object of texts, numbers, true and false, all of them as text."""
        found = self.inner(name)
        for key, value in found.raw.items():
            if isinstance(value, dict | list):
                raise self.place.error(f"{found.at(quoted(key))} must be text, a number, true or false")
        texts = {key: value if isinstance(value, str) else json.dumps(value) for key, value in found.raw.items()}
        return {key: text for key, text in texts.items() if found.has(key)}
