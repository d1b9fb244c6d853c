"""Three numbers for a model nobody has a price for."""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from compare_tui.core.pricing import plain
from compare_tui.core.ratecard import CardError
from compare_tui.ui.market import Market
from compare_tui.ui.screens.lane_facts import LaneFacts, per_1k
from compare_tui.ui.screens.lane_rows import BAD, MUTED, WARNING, text
from compare_tui.ui.widgets.exact_input import ExactInput

_NUMBER = re.compile(r"\$?\s*(\d{1,12}(?:[.,]\d{0,30})?|[.,]\d{1,30})", re.ASCII)
_FIELDS = (("input", "input"), ("output", "output"), ("cached", "cached input"))


class NotAPrice(ValueError):
    """The message is for the reader."""


def read_price(written: str) -> Decimal | None:
    """Decimals with a point or a comma; nothing is nothing."""
    if not written.strip():
        return None
    number = _NUMBER.fullmatch(written.strip())
    if number is None:
        raise NotAPrice("is a number such as 2.50 or 2,50, in USD per million tokens")
    return Decimal(number[1].replace(",", "."))


@dataclass(frozen=True, slots=True)
class Prices:
    """USD per million tokens."""

    fresh: Decimal
    answer: Decimal
    cached: Decimal | None


class PriceForm(ModalScreen[str | None]):
    """Dismissed with what was done, in words, or None for escape."""

    CSS_PATH = "lanes_dialogs.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "leave it", id="price-leave"),
        Binding("down", "app.focus_next", show=False),
        Binding("up", "app.focus_previous", show=False),
    ]

    def __init__(self, facts: LaneFacts, market: Market) -> None:
        super().__init__()
        self._model = facts.lane.model
        self._market = market
        self._before = facts.tier_rate(None)
        self._tier = facts.lane.tier

    def compose(self) -> ComposeResult:
        rate = self._before
        known = (rate.input, rate.output, rate.cached) if rate else (None, None, None)
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = Content("What does it cost?")
            yield Static(text(self._model, "bold"), markup=False)
            yield Static("USD per 1M tokens on the default tier", classes="quiet", markup=False)
            for (name, label), price in zip(_FIELDS, known, strict=True):
                with Horizontal(classes="field"):
                    yield Static(label, classes="label", markup=False)
                    yield ExactInput(f"price-{name}", "" if price is None else plain(price))
            yield Static(classes="remark", markup=False)
            yield Static("enter takes them · tab next · esc leaves it", classes="keys", markup=False)

    def on_mount(self) -> None:
        self._say()

    def on_input_changed(self) -> None:
        self._say()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """In a field before an empty one that is needed, enter goes there."""
        output = self.query_one("#price-output", ExactInput)
        if event.input.id == "price-input" and not output.value:
            output.focus()
        elif self.is_current and (prices := self._say()):
            self._take(prices)

    def _say(self) -> Prices | None:
        remark = self.query_one(".remark", Static)
        try:
            prices = self._read()
        except NotAPrice as error:
            remark.update(text(str(error), BAD))
            return None
        if prices is None:
            remark.update(text("Input and output are needed; without cached, cached input counts as fresh.", MUTED))
            return None
        cached = "" if prices.cached is None else f", {per_1k(prices.cached)} cached"
        words = f"per 1K tokens: {per_1k(prices.fresh)} input, {per_1k(prices.answer)} output{cached}"
        remark.update(text(words) + Content("\n") + self._warning(prices))
        return prices

    def _warning(self, prices: Prices) -> Content:
        if prices.cached is not None and prices.cached > prices.fresh:
            return text("Cached input is dearer than fresh?", WARNING)
        if self._tier not in (None, "auto", "default"):
            return text(f"The lane is on {self._tier}, whose price is for prices.toml.", WARNING)
        return Content()

    def _read(self) -> Prices | None:
        read: list[Decimal | None] = []
        for name, label in _FIELDS:
            try:
                read.append(read_price(self.query_one(f"#price-{name}", ExactInput).value))
            except NotAPrice as error:
                raise NotAPrice(f"{label} {error}") from None
        fresh, answer, cached = read
        return None if fresh is None or answer is None else Prices(fresh, answer, cached)

    def _take(self, prices: Prices) -> None:
        try:
            self._market.set_price(self._model, prices.fresh, prices.answer, prices.cached)
        except CardError as error:
            said = str(error) if error.place else f"No rate card can hold this: {error.reason}"
            self.query_one(".remark", Static).update(text(said, BAD))
        except OSError as error:
            self.query_one(".remark", Static).update(text(f"The price cannot be kept: {error.strerror}", BAD))
        else:
            self.dismiss(f"The price of {self._model} is used from now on.")
