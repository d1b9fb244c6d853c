"""A rate card: what is known of each model and what its tokens cost, by tier, date, length of input and region."""

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Self, TypeVar

from compare_tui.core.lane import TIER_ALIASES
from compare_tui.core.nearest import did_you_mean
from compare_tui.core.pricing import EXACT, LongContext, ModelCard, Rate, Residency, Row, tidy
from compare_tui.core.sanitize import safe_display
from compare_tui.core.usage import LARGEST_COUNT

T = TypeVar("T")
KeyPath = tuple[str | int, ...]

DIALECTS = ("responses", "chat")

_CARD_KEYS = ("date", "residency", "models")
_RESIDENCY_KEYS = ("factor", "released_from", "hosts")
_MODEL_KEYS = (
    "date",
    "released",
    "shutdown",
    "snapshots",
    "window",
    "max_input",
    "max_output",
    "images",
    "efforts",
    "apis",
    "long_context",
    "rates",
)
_LONG_KEYS = ("above", "input", "cached", "written", "output")
_PRICE_KEYS = ("input", "cached", "written", "written_12h", "output")
_ROW_KEYS = ("tier", *_PRICE_KEYS, "from", "until", "above", "up_to")
_LARGEST_PRICE = 10_000_000
_PRICE_PLACES = 24
_LARGEST_FACTOR = 1_000
_FACTOR_PLACES = 6
_LONGEST_NAME = 200
_DATED = re.compile(r"(.+)-\d{4}-\d{2}-\d{2}")


class CardError(ValueError):
    """A card says something it cannot mean: at which key, why, and in which file when that is known."""

    def __init__(self, reason: str, path: KeyPath = (), place: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.path = path
        self.place = place

    def __str__(self) -> str:
        return " ".join(part for part in (self.place and f"{self.place}:", _dotted(self.path), self.reason) if part)


def _dotted(path: KeyPath) -> str:
    """As TOML writes it, rows counted from 1: `models."gpt-5.5".rates[2].input`."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part + 1}]"
        else:
            text += ("." if text else "") + (part if re.fullmatch(r"[\w-]+", part) else f'"{part}"')
    return text


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a card on its way to become a value; it knows where it stands, so that an error can say so."""

    values: Mapping[str, Any]
    path: KeyPath

    @classmethod
    def of(cls, value: object, path: KeyPath, known: Iterable[str]) -> Self:
        if not isinstance(value, Mapping):
            raise CardError("is not a table", path)
        for key in value:
            if key not in known:
                hint = did_you_mean(key, known) or f"; here belong {', '.join(known)}"
                if key in _ROW_KEYS:
                    hint = "; prices stand in tables of their own: [[models.NAME.rates]]"
                raise CardError(f"is no key of a rate card{hint}", (*path, _named(key)))
        return cls(value, path)

    def wrong(self, key: str, reason: str) -> CardError:
        return CardError(reason, (*self.path, key))

    def needed(self, value: T | None, key: str) -> T:
        if value is None:
            raise self.wrong(key, "is missing")
        return value

    def price(self, key: str) -> Decimal | None:
        return self._decimal(key, "a price of 0 or more, in USD per million tokens", _LARGEST_PRICE, _PRICE_PLACES)

    def factor(self, key: str) -> Decimal | None:
        value = self._decimal(key, "a factor above 0", _LARGEST_FACTOR, _FACTOR_PLACES)
        if value == 0:
            raise self.wrong(key, "is not a factor above 0")
        return value

    def _decimal(self, key: str, meant: str, largest: int, places: int) -> Decimal | None:
        value = self.values.get(key)
        if value is None:
            return None
        number = Decimal(value) if isinstance(value, int) and not isinstance(value, bool) else value
        if not isinstance(number, Decimal) or not number.is_finite() or not 0 <= number <= largest:
            raise self.wrong(key, f"is not {meant}")
        if number != number.quantize(Decimal(1).scaleb(-places), context=EXACT):
            raise self.wrong(key, f"has more than {places} decimal places")
        return number.copy_abs()

    def count(self, key: str) -> int | None:
        value = self.values.get(key)
        if value is not None and (type(value) is not int or not 0 < value <= LARGEST_COUNT):
            raise self.wrong(key, "is not a whole number of tokens")
        return value

    def day(self, key: str) -> dt.date | None:
        value = self.values.get(key)
        if value is not None and type(value) is not dt.date:
            raise self.wrong(key, "is not a date, such as 2026-11-20 without quotes")
        return value

    def flag(self, key: str) -> bool | None:
        value = self.values.get(key)
        if value is not None and not isinstance(value, bool):
            raise self.wrong(key, "is neither true nor false")
        return value

    def word(self, key: str) -> str:
        value = self.needed(self.values.get(key), key)
        if not isinstance(value, str) or not value or not value.isprintable():
            raise self.wrong(key, "is not a word")
        return value

    def words(self, key: str, known: Iterable[str] | None = None) -> tuple[str, ...] | None:
        value = self.values.get(key)
        if value is None:
            return None
        if not isinstance(value, list) or not all(isinstance(word, str) and word.isprintable() for word in value):
            raise self.wrong(key, "is not a list of words")
        for word in value:
            if known is not None and word not in known:
                raise self.wrong(key, f"does not know {word}{did_you_mean(word, known)}")
        return tuple(value)

    def table(self, key: str, known: Iterable[str]) -> "Table | None":
        value = self.values.get(key)
        return None if value is None else Table.of(value, (*self.path, key), known)

    def tables(self, key: str, known: Iterable[str]) -> "list[Table]":
        value = self.values.get(key, [])
        if not isinstance(value, list):
            raise self.wrong(key, "is not a list of tables")
        return [Table.of(item, (*self.path, key, number), known) for number, item in enumerate(value)]

    def named_tables(self, key: str, known: Iterable[str]) -> "list[tuple[str, Table]]":
        value = self.values.get(key, {})
        if not isinstance(value, Mapping):
            raise self.wrong(key, "is not a table")
        for name in value:
            if not name or not name.isprintable() or len(name) > _LONGEST_NAME:
                raise CardError("is no name of a model", (*self.path, key, _named(name)))
        return [(name, Table.of(item, (*self.path, key, name), known)) for name, item in value.items()]


def _named(key: str) -> str:
    """A key from outside, fit for a message."""
    return safe_display(key)[:_LONGEST_NAME]


@dataclass(frozen=True, slots=True)
class RateCard:
    """All models of a card, or of several laid over each other."""

    date: dt.date
    models: Mapping[str, ModelCard]
    residency: Residency | None = None

    @classmethod
    def from_tables(
        cls, tables: Mapping[str, Any], *, source: str = "yours", dated: dt.date | None = None
    ) -> "RateCard":
        """Read what TOML gave with `parse_float=Decimal`. `dated` is the date of a card that names none."""
        top = Table.of(tables, (), _CARD_KEYS)
        card_date = top.needed(top.day("date") or dated, "date")
        residency = top.table("residency", _RESIDENCY_KEYS)
        models = {
            name: _read_model(name, table, card_date, source) for name, table in top.named_tables("models", _MODEL_KEYS)
        }
        return cls(card_date, models, _read_residency(residency) if residency else None)

    def over(self, other: "RateCard") -> "RateCard":
        """This card with the other one laid on it. The date stays this card's: each row keeps its own.

        An entry of its own for a snapshot starts from the model it is a snapshot of.
        """
        models = dict(self.models)
        for name, theirs in other.models.items():
            ours = self.model(name)
            if ours is not None and ours.name != name:
                ours = replace(ours, name=name, snapshots=())
            models[name] = ours.under(theirs) if ours else theirs
        return RateCard(self.date, models, other.residency or self.residency)

    def model(self, name: str) -> ModelCard | None:
        """By its name, a snapshot's name, or its name with a date behind it."""
        if name in self.models:
            return self.models[name]
        snapshot = next((card for card in self.models.values() if name in card.snapshots), None)
        if snapshot is not None:
            return snapshot
        dated = _DATED.fullmatch(name)
        return self.models.get(dated[1]) if dated else None

    def rate(
        self, model: str, tier: str | None, *, input_tokens: int | None, on: dt.date, base_url_host: str = ""
    ) -> Rate | None:
        """The prices of one request; None when no row says them, never another tier's."""
        card = self.model(model)
        row = card.row(price_tier(tier), input_tokens, on) if card else None
        if card is None or row is None:
            return None
        long = card.long if row.above is None and _passes(card.long, input_tokens) else None
        regional = self.residency if self.residency and self.residency.applies(base_url_host, card.released) else None
        return Rate(
            model=card.name,
            tier=row.tier,
            card_date=row.card_date,
            long_above=long.above if long else row.above,
            residency=base_url_host.lower() if regional else None,
            **_prices(row, long, regional),
        )

    def cliff(self, model: str, tier: str | None, *, on: dt.date, base_url_host: str = "") -> tuple[Rate, Rate] | None:
        """The prices up to the first long-context threshold and above it; None without one."""
        card = self.model(model)
        threshold = card.threshold(price_tier(tier), on) if card else None
        if threshold is None:
            return None
        below, above = (
            self.rate(model, tier, input_tokens=tokens, on=on, base_url_host=base_url_host)
            for tokens in (threshold, threshold + 1)
        )
        return (below, above) if below and above else None


def price_tier(tier: str | None) -> str:
    """The word a card's row has for a tier as asked or as echoed."""
    if tier in (None, "auto"):
        return "default"
    return TIER_ALIASES.get(tier, tier)


def _read_row(table: Table, card_date: dt.date, source: str) -> Row:
    row = Row(
        tier=price_tier(table.word("tier")),
        input=table.needed(table.price("input"), "input"),
        output=table.needed(table.price("output"), "output"),
        card_date=card_date,
        source=source,
        cached=table.price("cached"),
        written=table.price("written"),
        written_12h=table.price("written_12h"),
        since=table.day("from"),
        until=table.day("until"),
        above=table.count("above"),
        up_to=table.count("up_to"),
    )
    if row.since and row.until and row.since > row.until:
        raise table.wrong("until", "is before from")
    return row


def _read_long(table: Table) -> LongContext:
    factor = table.needed(table.factor("input"), "input")
    return LongContext(
        above=table.needed(table.count("above"), "above"),
        input=factor,
        cached=table.factor("cached") or factor,
        written=table.factor("written") or factor,
        output=table.needed(table.factor("output"), "output"),
    )


def _read_residency(table: Table) -> Residency:
    return Residency(
        factor=table.needed(table.factor("factor"), "factor"),
        released_from=table.needed(table.day("released_from"), "released_from"),
        hosts=tuple(host.lower() for host in table.words("hosts") or ()),
    )


def _read_model(name: str, table: Table, card_date: dt.date, source: str) -> ModelCard:
    dated = table.day("date") or card_date
    long = table.table("long_context", _LONG_KEYS)
    rates = tuple(_read_row(row, dated, source) for row in table.tables("rates", _ROW_KEYS))
    _no_two_at_once(rates, table.path)
    return ModelCard(
        name=name,
        snapshots=table.words("snapshots") or (),
        released=table.day("released"),
        shutdown=table.day("shutdown"),
        window=table.count("window"),
        max_input=table.count("max_input"),
        max_output=table.count("max_output"),
        images=table.flag("images"),
        efforts=table.words("efforts"),
        apis=table.words("apis", DIALECTS),
        long=_read_long(long) if long else None,
        rates=rates,
    )


def _passes(long: LongContext | None, input_tokens: int | None) -> bool:
    return long is not None and input_tokens is not None and input_tokens > long.above


def _prices(row: Row, long: LongContext | None, regional: Residency | None) -> dict[str, Decimal]:
    """The known prices of a row with every factor that applies."""
    prices = {}
    for name in _PRICE_KEYS:
        price = getattr(row, name)
        if price is not None:
            lengthy = getattr(long, "written" if name == "written_12h" else name) if long else 1
            prices[name] = tidy(EXACT.multiply(EXACT.multiply(price, lengthy), regional.factor if regional else 1))
    return prices


def _no_two_at_once(rows: Iterable[Row], path: KeyPath) -> None:
    """Two rows of a tier for the same inputs on the same day would leave the price to chance."""
    seen: list[Row] = []
    for number, row in enumerate(rows):
        for other in seen:
            first, last = max(row.since or dt.date.min, other.since or dt.date.min), row.until or dt.date.max
            if (row.tier, row.above) == (other.tier, other.above) and first <= min(last, other.until or dt.date.max):
                raise CardError(f"is a second price for {row} on the same day", (*path, "rates", number))
        seen.append(row)
