"""The rate cards: the shipped one, on it what `prices import` wrote, what was typed in the app, and the user's own."""

import datetime as dt
import re
import tomllib
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from compare_tui.core.ratecard import CardError, KeyPath, RateCard
from compare_tui.core.sanitize import safe_line

SHIPPED = "shipped"
IMPORTED = "imported"
TYPED = "typed"
YOURS = "yours"

_SHIPPED_FILE = Path(__file__).with_name("prices.toml")
_LARGEST_FILE = 32 * 1024 * 1024
_ROW_OPENS = re.compile(r"\[\[[^\]\n]*\]\]|\{")


@dataclass(frozen=True, slots=True)
class CardFile:
    """A file that may hold a card."""

    source: str
    path: Path

    def read(self) -> RateCard | None:
        """None when there is no such file; a card without a date has the day the file was last changed."""
        try:
            if self.path.exists() and not self.path.is_file():
                raise CardError("cannot be read: it is no regular file", place=str(self.path))
            if self.path.stat().st_size > _LARGEST_FILE:
                raise CardError("is too large for a rate card", place=str(self.path))
            text = self.path.read_bytes().decode("utf-8-sig")
            changed = dt.date.fromtimestamp(self.path.stat().st_mtime)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise CardError(f"cannot be read: {error.strerror}", place=str(self.path)) from None
        except UnicodeDecodeError:
            raise CardError("is not UTF-8 text", place=str(self.path)) from None
        try:
            return RateCard.from_tables(parse_toml(text), source=self.source, dated=changed)
        except CardError as error:
            line = _line_of(error.path, text)
            place = f"{self.path}:{line}" if line else str(self.path)
            raise CardError(error.reason, error.path, place) from None


def files(config_dir: Path, state_dir: Path) -> tuple[CardFile, ...]:
    """The cards, each to be laid on the ones before it."""
    return (
        CardFile(SHIPPED, _SHIPPED_FILE),
        CardFile(IMPORTED, state_dir / "imported-prices.toml"),
        CardFile(TYPED, state_dir / "typed-prices.toml"),
        CardFile(YOURS, config_dir / "prices.toml"),
    )


@cache
def shipped() -> RateCard:
    card = CardFile(SHIPPED, _SHIPPED_FILE).read()
    if card is None:
        raise CardError("is missing from the installation", place=str(_SHIPPED_FILE))
    return card


def load(config_dir: Path, state_dir: Path) -> RateCard:
    """Every card there is, as one."""
    card = shipped()
    for file in files(config_dir, state_dir)[1:]:
        laid_on = file.read()
        card = card.over(laid_on) if laid_on else card
    return card


def typed_card(model: str, fresh: Decimal, answer: Decimal, cached: Decimal | None, on: dt.date) -> RateCard:
    """A card of one model: what a user typed its tokens cost on the default tier, in USD per million.

    A CardError says what no card can hold.
    """
    return RateCard.from_tables(_typed(model, fresh, answer, cached, on), source=TYPED)


def keep_typed(path: Path, model: str, fresh: Decimal, answer: Decimal, cached: Decimal | None, on: dt.date) -> None:
    """Write such a price down in place of an earlier one. A file there that is no card is left as it is: CardError."""
    import tomli_w

    from compare_tui.paths import write_private

    typed = _typed(model, fresh, answer, cached, on)
    RateCard.from_tables(typed)
    before = parse_toml(path.read_text(encoding="utf-8-sig"))["models"] if CardFile(TYPED, path).read() else {}
    write_private(path, tomli_w.dumps({**typed, "models": {**before, **typed["models"]}}).encode())


def _typed(model: str, fresh: Decimal, answer: Decimal, cached: Decimal | None, on: dt.date) -> dict[str, Any]:
    row = {"tier": "default", "input": fresh, "output": answer, **({} if cached is None else {"cached": cached})}
    return {"date": on, "models": {model: {"date": on, "rates": [row]}}}


def parse_toml(text: str) -> dict[str, Any]:
    """TOML with exact decimals; whatever is wrong with it is a CardError."""
    try:
        return tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise CardError(f"is not TOML: {safe_line(str(error))}") from None
    except (ValueError, ArithmeticError):
        raise CardError("holds a number too large to read") from None
    except RecursionError:
        raise CardError("is nested too deeply") from None


def _line_of(path: KeyPath, text: str) -> int | None:
    """Where the last key of the path stands, or the nearest thing around it."""
    from compare_tui.config_lines import key_lines  # after a mistake only

    names = tuple(part for part in path if isinstance(part, str))
    row = next((part for part in path if isinstance(part, int)), None)
    around = names if row is None else names[: path.index(row)]
    lines = key_lines(text)
    while around and around not in lines:
        around = around[:-1]
    if not around or row is None:
        return lines.get(around)
    start = sum(len(line) for line in text.splitlines(keepends=True)[: lines[around] - 1])
    opens = [match.start() for match in _ROW_OPENS.finditer(text, start)][row : row + 2]
    if not opens:
        return lines[around]
    key = re.compile(rf"(?<![\w-])[\"']?{re.escape(str(path[-1]))}[\"']?\s*=").search(text, *opens)
    return text.count("\n", 0, key.start() if key else opens[0]) + 1
