"""Reading a JSON object from outside: each member has the type it must have, or the refusal names its path."""

from collections.abc import Iterator, Mapping
from typing import Any

from compare_tui.demo.refusal import Refusal, listed

_NAMES = {str: "a string", bool: "a boolean", int: "an integer", float: "a decimal", list: "an array"}


class Fields:
    """One object of a request and the path that leads to it. A member that is null counts as absent."""

    def __init__(self, raw: object, path: str = "") -> None:
        if not isinstance(raw, Mapping):
            raise _wrong_type(path, "an object", raw)
        self.raw: Mapping[str, Any] = raw
        self.path = path

    def at(self, name: str) -> str:
        return f"{self.path}.{name}" if self.path else name

    def text(self, name: str) -> str | None:
        value = self.raw.get(name)
        if value is None or isinstance(value, str):
            return value
        raise _wrong_type(self.at(name), "a string", value)

    def required(self, name: str) -> str:
        value = self.text(name)
        if value is None:
            raise missing(self.at(name))
        return value

    def flag(self, name: str, default: bool = False) -> bool:
        value = self.raw.get(name)
        if value is None:
            return default
        if isinstance(value, bool):
            return value
        raise _wrong_type(self.at(name), "a boolean", value)

    def whole(self, name: str, least: int, most: int) -> int | None:
        value = self.raw.get(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int):
            raise _wrong_type(self.at(name), "an integer", value)
        return int(_in_range(self.at(name), value, least, most, "integer"))

    def number(self, name: str, least: float, most: float, default: float) -> float:
        value = self.raw.get(name)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise _wrong_type(self.at(name), "a decimal", value)
        return _in_range(self.at(name), value, least, most, "decimal")

    def choice(self, name: str, accepted: tuple[str, ...]) -> str | None:
        value = self.text(name)
        if value is None or value in accepted:
            return value
        raise Refusal(
            f"Invalid value: '{value}'. Supported values are: {listed(accepted)}.",
            param=self.at(name),
            code="invalid_value",
        )

    def inner(self, name: str) -> "Fields":
        """The object under a name, or an empty one."""
        value = self.raw.get(name)
        return Fields({} if value is None else value, self.at(name))

    def items(self, name: str) -> list[Any]:
        value = self.raw.get(name)
        if value is None:
            return []
        if not isinstance(value, list):
            raise _wrong_type(self.at(name), "an array", value)
        return value

    def objects(self, name: str) -> Iterator["Fields"]:
        for index, value in enumerate(self.items(name)):
            yield Fields(value, f"{self.at(name)}[{index}]")


def missing(path: str) -> Refusal:
    return Refusal(f"Missing required parameter: '{path}'.", param=path, code="missing_required_parameter")


def _in_range(path: str, value: float, least: float, most: float, kind: str) -> float:
    if not value >= least:
        raise Refusal(
            f"Invalid '{path}': {kind} below minimum value. Expected a value >= {least}.",
            param=path,
            code=f"{kind}_below_min_value",
        )
    if value > most:
        raise Refusal(
            f"Invalid '{path}': {kind} above maximum value. Expected a value <= {most}.",
            param=path,
            code=f"{kind}_above_max_value",
        )
    return value


def _wrong_type(path: str, expected: str, value: object) -> Refusal:
    place = f"'{path}'" if path else "the request body"
    got = "null" if value is None else _NAMES.get(type(value), "an object")
    return Refusal(
        f"Invalid type for {place}: expected {expected}, but got {got} instead.",
        param=path or None,
        code="invalid_type",
    )
