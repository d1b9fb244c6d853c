"""config.toml as a file: read whole, its values checked, its mistakes named with file, line, key and nearest name."""

import re
import stat
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from compare_tui.config_lines import key_lines
from compare_tui.core.nearest import did_you_mean
from compare_tui.core.sanitize import safe_line

_BYTES = 1_048_576
_SECONDS = (Decimal("0.01"), Decimal(86_400))
_DOLLARS = (Decimal("0.000001"), Decimal(1_000_000))
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]{1,64}")
_NAMES_A_SECRET = re.compile(r"(key|secret|token|password|bearer|authorization)$")
_PLACE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")

Checks = Mapping[str, Callable[[object], object]]


class ConfigError(Exception):
    """A setting that cannot be used. The message is for the user: file, line, key, what to do; never the value."""


class _Unfit(Exception):
    """What a value must be, as the end of a sentence."""


def _kind(value: object) -> str:
    kinds = {str: "text", bool: "true or false", int: "a number", Decimal: "a number", list: "a list", dict: "a table"}
    return kinds.get(type(value), "a date or a time")


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise _Unfit(f"must be text in quotes, not {_kind(value)}")
    return value


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise _Unfit(f'must be a list of texts, such as ["one", "two"], not {_kind(value)}')
    if not all(isinstance(item, str) and item.strip() for item in value):
        raise _Unfit("must be a list of texts, none of them empty")
    return tuple(value)


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise _Unfit(f"must be true or false, not {_kind(value)}")
    return value


def _count(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise _Unfit("must be a whole number" + ("" if isinstance(value, Decimal) else f", not {_kind(value)}"))
    return value


def _amount(value: object, unit: str, bounds: tuple[Decimal, Decimal]) -> Decimal:
    """Finite and bounded, so that no later sum, print or wait can choke on 1e-999999999 or inf."""
    if not isinstance(value, int | Decimal) or isinstance(value, bool):
        raise _Unfit(f"must be a number of {unit}, not {_kind(value)}")
    amount = Decimal(value)
    if not amount.is_finite() or not bounds[0] <= amount <= bounds[1]:
        raise _Unfit(f"must be from {bounds[0]} to {bounds[1]} {unit}")
    return amount


def _seconds(value: object) -> float:
    return float(_amount(value, "seconds", _SECONDS))


def _dollars(value: object) -> Decimal:
    return _amount(value, "US dollars", _DOLLARS)


ENDPOINT: Checks = {
    "base_url": _text,
    "api": _text,
    "key_env": _text,
    "key_cmd": _texts,
    "concurrency": _count,
    "allow_http": _flag,
    "free": _flag,
}
TABLES: Mapping[str, Checks] = {
    "defaults": {"endpoint": _text, "lanes": _texts, "system": _text},
    "limits": dict.fromkeys(("connect", "wait", "wait_flex", "idle", "total"), _seconds),
    "caps": dict.fromkeys(("per_send", "per_day", "per_month", "ask_above"), _dollars),
    "log": {"requests": _flag, "prompts": _flag},
}
_HOMES = {**TABLES, "endpoint.NAME": ENDPOINT}


@dataclass(frozen=True, slots=True)
class ConfigFile:
    """A config file as it was read, to say where in it something is wrong."""

    name: str
    text: str = ""

    @classmethod
    def read(cls, path: Path) -> "ConfigFile":
        """The file, or an empty one when there is none."""
        shown = safe_line(str(path))
        try:
            status = path.stat()
            if not stat.S_ISREG(status.st_mode):
                raise ConfigError(f"{shown} is not a file")
            if status.st_size > _BYTES:
                raise ConfigError(f"{shown} is larger than 1 MiB")
            data = path.read_bytes()
        except FileNotFoundError:
            return cls(path.name)
        except OSError as error:
            raise ConfigError(f"{shown} cannot be read: {error.strerror}") from None
        try:
            return cls(path.name, data.decode("utf-8-sig"))
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            raise ConfigError(f"{path.name}:{line}: this is not UTF-8 text") from None

    def error(self, key: tuple[str, ...], sentence: str) -> ConfigError:
        lines = key_lines(self.text)
        line = next((lines[key[:end]] for end in range(len(key), 0, -1) if key[:end] in lines), None)
        place = self.name if line is None else f"{self.name}:{line}"
        dotted = ".".join(part if _BARE_KEY.fullmatch(part) else f'"{safe_line(part)[:64]}"' for part in key)
        return ConfigError(f"{place}: {dotted} {sentence}")

    def unknown(self, key: tuple[str, ...], known: Iterable[str]) -> ConfigError:
        if _NAMES_A_SECRET.search(re.sub(r"[^a-z]", "", key[-1].lower())):
            hint = 'name the environment variable that holds it instead: key_env = "OPENAI_API_KEY"'
            return self.error(key, f"is refused: this file never holds a key; {hint}")
        if homes := [f"[{name}]" for name, checks in _HOMES.items() if key[-1] in checks]:
            return self.error(key, f"is not a setting here; it belongs under {homes[0]}")
        hint = did_you_mean(key[-1], known) or f"; known: {', '.join(known)}"
        return self.error(key, f"is not a setting{hint}")

    def values(self) -> dict[str, Any]:
        try:
            return tomllib.loads(self.text, parse_float=Decimal)
        except tomllib.TOMLDecodeError as error:
            message = str(error)
            place = _PLACE.search(message)
            line = place[1] if place and place[1] else self.text.rstrip().count("\n") + 1
            column = f" (column {place[2]})" if place and place[2] else ""
            reason = safe_line(_PLACE.sub("", message))[:200]
            raise ConfigError(f"{self.name}:{line}: this is not TOML: {reason}{column}") from None
        except (ValueError, ArithmeticError, RecursionError):  # 5,000 digits, 1e9999999999999999999, [[[[…
            raise ConfigError(f"{self.name}: a number in it is too long, or its brackets nest too deeply") from None

    def table(self, key: tuple[str, ...], value: object, checks: Checks) -> dict[str, Any]:
        """The values of one table, checked."""
        if not isinstance(value, dict):
            raise self.error(key, f"must be a table, not {_kind(value)}")
        checked = {}
        for name, item in value.items():
            if name not in checks:
                raise self.unknown((*key, name), checks)
            try:
                checked[name] = checks[name](item)
            except _Unfit as unfit:
                raise self.error((*key, name), str(unfit)) from None
        return checked
