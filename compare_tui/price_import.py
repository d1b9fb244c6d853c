"""Takes prices from files other projects keep: LiteLLM's price map and OpenRouter's models list."""

import datetime as dt
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from compare_tui.core.pricing import EXACT, tidy
from compare_tui.core.ratecard import CardError, RateCard
from compare_tui.core.usage import LARGEST_COUNT
from compare_tui.ratecards import IMPORTED, CardFile, parse_toml

Entry = dict[str, Any]
"""A model as a card's TOML has it."""

_LARGEST_FILE = 256 * 1024 * 1024
_LITELLM_MODES = ("chat", "responses")
_LITELLM_TIERS = {
    "": "default",
    "_flex": "flex",
    "_batches": "batch",
    "_priority": "priority",
    "_ultrafast": "ultrafast",
}
_LITELLM_PRICES = {
    "input": "input_cost_per_token",
    "cached": "cache_read_input_token_cost",
    "written": "cache_creation_input_token_cost",
    "written_12h": "cache_creation_input_token_cost_above_12hr",
    "output": "output_cost_per_token",
}
_STEP = re.compile(r"input_cost_per_token_above_(\d{1,6})k_tokens")
_OPENROUTER_PRICES = {
    "input": "prompt",
    "cached": "input_cache_read",
    "written": "input_cache_write",
    "output": "completion",
}


class ImportFailed(Exception):
    """The file gives no prices; the message is one sentence for the user."""


class Skipped(Exception):
    """A model that is left out, with the reason."""


@dataclass(frozen=True, slots=True)
class Import:
    """What was found in a file."""

    kind: str
    models: dict[str, Entry] = field(default_factory=dict)
    skipped: Counter[str] = field(default_factory=Counter)


def read_prices(path: Path, globs: Sequence[str], today: dt.date) -> Import:
    """The models of a file that match one of the globs, or all of them."""
    kind, listed, convert = _recognised(path, _json(path))
    found = Import(kind)
    for name, raw in listed:
        if globs and not any(fnmatchcase(name, glob) for glob in globs):
            continue
        try:
            found.models[name] = _checked(name, convert(raw), today)
        except Skipped as reason:
            found.skipped[str(reason)] += 1
    if not found.models and not found.skipped:
        what = f"no model matches {' '.join(globs)}" if globs else "no model is listed"
        raise ImportFailed(f"{path.name}: {what}.")
    return found


def merge(imported: Import, path: Path) -> int:
    """Write the models into the imported card, each in place of what was there; how many it now holds."""
    import tomli_w

    from compare_tui.paths import write_private

    models = {**_already_imported(path), **imported.models}
    card = {"date": max(entry["date"] for entry in models.values()), "models": models}
    write_private(path, tomli_w.dumps(card).encode())
    return len(models)


def _already_imported(path: Path) -> dict[str, Entry]:
    """The models of the imported card, each with the date it was read on."""
    card = CardFile(IMPORTED, path).read()
    if card is None:
        return {}
    models: dict[str, Entry] = parse_toml(path.read_text(encoding="utf-8-sig")).get("models", {})
    return {name: {"date": card.date, **entry} for name, entry in models.items()}


def _json(path: Path) -> Any:
    try:
        if path.stat().st_size > _LARGEST_FILE:
            raise ImportFailed(f"{path.name} is too large for a price list.")
        return json.loads(path.read_bytes().decode("utf-8-sig"), parse_float=Decimal)
    except OSError as error:
        raise ImportFailed(f"{path.name} cannot be read: {error.strerror}.") from None
    except json.JSONDecodeError as error:
        raise ImportFailed(f"{path.name} is not JSON: {error.msg} in line {error.lineno}.") from None
    except UnicodeDecodeError:
        raise ImportFailed(f"{path.name} is not JSON: it is not UTF-8 text.") from None
    except (ValueError, ArithmeticError, RecursionError):
        raise ImportFailed(
            f"{path.name} is not a price list: a number is too large or it is nested too deeply."
        ) from None


_Listed = Iterator[tuple[str, Mapping[str, Any]]]


def _recognised(path: Path, data: object) -> tuple[str, _Listed, Callable[[Mapping[str, Any]], Entry]]:
    if isinstance(data, Mapping) and isinstance(data.get("data"), list):
        return "OpenRouter's models list", _by_id(data["data"]), _from_openrouter
    if isinstance(data, Mapping) and any(isinstance(raw, Mapping) and "mode" in raw for raw in data.values()):
        models = ((name, raw) for name, raw in data.items() if isinstance(raw, Mapping) and name != "sample_spec")
        return "LiteLLM's price map", models, _from_litellm
    raise ImportFailed(f"{path.name} is neither LiteLLM's price map nor OpenRouter's models list.")


def _by_id(listed: list[Any]) -> _Listed:
    for raw in listed:
        if isinstance(raw, Mapping) and isinstance(raw.get("id"), str):
            yield raw["id"], raw


def _checked(name: str, entry: Entry, today: dt.date) -> Entry:
    """The entry, if a card would take it."""
    entry = {"date": today, **{key: value for key, value in entry.items() if value is not None}}
    try:
        RateCard.from_tables({"date": today, "models": {name: entry}})
    except CardError:
        raise Skipped("with figures or a name no card can hold") from None
    return entry


def _from_litellm(raw: Mapping[str, Any]) -> Entry:
    if raw.get("mode") not in _LITELLM_MODES:
        raise Skipped("not for text (another mode than chat or responses)")
    if raw.get("output_cost_per_reasoning_token") not in (None, raw.get("output_cost_per_token")):
        raise Skipped("with another price for reasoning than for output")
    if raw.get("tiered_pricing"):
        raise Skipped("priced in steps this card cannot hold")
    if raw.get("input_cost_per_request"):
        raise Skipped("with a price per request")
    rates = [row for suffix, tier in _LITELLM_TIERS.items() for row in _litellm_rows(raw, suffix, tier)]
    if not any(row["tier"] == "default" for row in rates):
        raise Skipped("without a price")
    return {
        "max_input": _count(raw.get("max_input_tokens")),
        "max_output": _count(raw.get("max_output_tokens")),
        "images": raw["supports_vision"] if isinstance(raw.get("supports_vision"), bool) else None,
        "apis": _litellm_apis(raw),
        "shutdown": _day(raw.get("deprecation_date")),
        "rates": rates,
    }


def _litellm_rows(raw: Mapping[str, Any], suffix: str, tier: str) -> Iterator[Entry]:
    """The tier's row and those of its long-context steps; a step this tier has no full price for ends it."""
    base = _litellm_row(raw, "", suffix)
    if base is None:
        return
    steps = sorted({int(match[1]) for key in raw if (match := _STEP.match(key))})
    priced: list[Entry] = []
    for step in steps:
        row = _litellm_row(raw, f"_above_{step}k_tokens", suffix)
        if row is None:
            (priced[-1] if priced else base)["up_to"] = step * 1000
            break
        priced.append({"tier": tier, **row, "above": step * 1000})
    yield {"tier": tier, **base}
    yield from priced


def _litellm_row(raw: Mapping[str, Any], step: str, suffix: str) -> Entry | None:
    prices = {name: _per_million(raw.get(f"{stem}{step}{suffix}")) for name, stem in _LITELLM_PRICES.items()}
    if prices["input"] is None or prices["output"] is None:
        return None
    return {name: price for name, price in prices.items() if price is not None}


def _litellm_apis(raw: Mapping[str, Any]) -> list[str] | None:
    endpoints = raw.get("supported_endpoints")
    listed = endpoints if isinstance(endpoints, list) else []
    apis = [api for api, path in (("responses", "/v1/responses"), ("chat", "/v1/chat/completions")) if path in listed]
    return apis or (["responses"] if raw.get("mode") == "responses" else None)


def _from_openrouter(raw: Mapping[str, Any]) -> Entry:
    pricing = _table(raw, "pricing")
    prices = {name: _per_million(pricing.get(key)) for name, key in _OPENROUTER_PRICES.items()}
    if prices["input"] is None or prices["output"] is None:
        raise Skipped("without a price")
    if _per_million(pricing.get("request")):
        raise Skipped("with a price per request")
    if _per_million(pricing.get("internal_reasoning")) not in (None, Decimal(0), prices["output"]):
        raise Skipped("with another price for reasoning than for output")
    takes = _table(raw, "architecture").get("input_modalities")
    return {
        "window": _count(raw.get("context_length")),
        "max_output": _count(_table(raw, "top_provider").get("max_completion_tokens")),
        "images": "image" in takes if isinstance(takes, list) else None,
        "rates": [{"tier": "default", **{name: price for name, price in prices.items() if price is not None}}],
    }


def _table(raw: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = raw.get(key)
    return value if isinstance(value, Mapping) else {}


def _per_million(value: object) -> Decimal | None:
    """A price per token as one per million; None for what is no price, such as -1 or "varies"."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal | str):
        return None
    try:
        price = Decimal(value)
    except ArithmeticError:
        return None
    if not price.is_finite() or price < 0 or price.adjusted() > 9 or len(price.as_tuple().digits) > 100:
        return None
    return tidy(EXACT.scaleb(price, 6))


def _count(value: object) -> int | None:
    if isinstance(value, Decimal) and value.is_finite() and value == value.to_integral_value():
        value = int(value) if value < LARGEST_COUNT else None
    return value if type(value) is int and 0 < value <= LARGEST_COUNT else None


def _day(value: object) -> dt.date | None:
    try:
        return dt.date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
