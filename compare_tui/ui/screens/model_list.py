"""The choice of a model: a field to type in, and below it what the endpoint serves and what the rate card knows."""

import asyncio
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, OptionList, Static

from compare_tui.core.lane import Lane
from compare_tui.core.tally import DASH
from compare_tui.ui.market import Market
from compare_tui.ui.screens.lane_facts import per_1k, today
from compare_tui.ui.screens.lane_rows import MUTED, STRONG, WARNING, Cell, row, text
from compare_tui.ui.screens.model_search import search
from compare_tui.ui.widgets.choice_list import ChoiceList
from compare_tui.ui.widgets.exact_input import ExactInput

PATIENCE_S = 30.0
_CARD_ALONE = "Only the rate card's models: "
_BEFORE_LAYOUT = 40
_ROOM_FOR_BOTH_PRICES = 36


@dataclass(slots=True)
class Listings:
    """What endpoints answered when they were asked for their models, for as long as the lanes screen is open."""

    served: dict[str, tuple[str, ...]] = field(default_factory=dict)


class ModelList(Vertical):
    """The highlighted row is the model; what is typed stands among the rows as it is."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "move(1)", show=False),
        Binding("up", "move(-1)", show=False),
        Binding("pagedown", "move(8)", show=False),
        Binding("pageup", "move(-8)", show=False),
    ]

    class Chosen(Message):
        """Another model is chosen."""

    def __init__(self, model: str, market: Market, listings: Listings) -> None:
        super().__init__(id="models")
        self._market = market
        self._listings = listings
        self._given = model
        self._endpoint: str | None = None
        self._touched = False
        self._said = ""

    def compose(self) -> ComposeResult:
        yield ExactInput("model", self._given, placeholder="type to filter, or any name", select_on_focus=True)
        rows: ChoiceList[str] = ChoiceList("model-rows")
        rows.can_focus = False
        yield rows
        yield Static(id="models-said", markup=False)

    @property
    def model(self) -> str:
        return self._rows.value or ""

    @property
    def _rows(self) -> ChoiceList[str]:
        return self.query_one("#model-rows", ChoiceList)

    @property
    def _typed(self) -> str:
        return self.query_one(ExactInput).exact

    def look_at(self, endpoint: str | None) -> None:
        """Offer the models of this endpoint; it is asked once."""
        self._endpoint = endpoint
        self._renew(self.model or self._given)
        name = self._endpoint_name
        if name is not None and name not in self._listings.served:
            self._ask(name)

    @property
    def _endpoint_name(self) -> str | None:
        return self._endpoint or next(iter(self._market.endpoints), None)

    @work(exclusive=True, group="models", exit_on_error=False)
    async def _ask(self, endpoint: str) -> None:
        self._say(f"asking {endpoint} for its models …", MUTED)
        try:
            asked: Future[list[Mapping[str, Any]]] = await asyncio.to_thread(self._market.models, endpoint)
            listed = await asyncio.wait_for(asyncio.wrap_future(asked), PATIENCE_S)
        except TimeoutError:
            self._say(f"{_CARD_ALONE}{endpoint} gave no list within {PATIENCE_S:.0f} s.", WARNING)
        except Exception as problem:  # its class is of a layer this one does not know; its text is for the reader
            self._say(f"{_CARD_ALONE}{problem}", WARNING)
        else:
            self._listings.served[endpoint] = tuple(dict.fromkeys(str(model["id"]) for model in listed))
            if endpoint == self._endpoint_name:
                self._renew(self.model if self._touched else self._given)
                self.post_message(self.Chosen())

    def _say(self, words: str, style: str = "") -> None:
        if words != self._said:
            self._said = words
            self.query_one("#models-said", Static).update(text(words, style))

    def _names(self) -> dict[str, bool]:
        """Every name, those that are served and known first, and whether it is dimmed: known and not served."""
        account = self._market.account(Lane("?", endpoint=self._endpoint))
        known = list(account.card.models) if account else []
        served = self._listings.served.get(self._endpoint_name or "")
        if served is None:
            return dict.fromkeys(known, False)
        both = [name for name in known if name in served]
        names = dict.fromkeys((*both, *sorted(set(served).difference(known))), False)
        if account and account.endpoint.is_loopback:  # what runs here serves what it says, and nothing of the card
            return names
        return {**names, **{name: True for name in known if name not in names}}

    def _renew(self, chosen: str | None) -> None:
        """Fill the rows for what is typed; `chosen` stays chosen, None lets the typed text decide."""
        typed, names = self._typed, self._names()
        found = search("" if typed == self._given else typed, list(names))
        values = list(found.names)
        if typed and typed not in values:
            values.insert(found.sure, typed)
        at = values.index(chosen) if chosen in values else 0
        width = self._rows.row_width or _BEFORE_LAYOUT
        self._rows.offer([(name, self._row(name, width, dim=names.get(name))) for name in values], at)
        served = self._listings.served.get(self._endpoint_name or "")
        if served is not None:
            more = f", {found.left_out} more when you type" if found.left_out else ""
            dim = "; dim: only on the rate card" if any(names.values()) else ""
            self._say(f"{len(served)} served by {self._endpoint_name}{dim}{more}", MUTED)

    def _row(self, name: str, width: int, *, dim: bool | None) -> Content:
        if dim is None:
            return row(Cell(text(name, STRONG), max(8, width - 9)), Cell(Content.styled("as typed", MUTED), 8))
        account = self._market.account(Lane(name, endpoint=self._endpoint))
        rate = account.rate(name, None, self._market.expected_tokens(), today()) if account else None
        free = account is not None and account.endpoint.free
        prices = ("free", "free") if free else (per_1k(rate.input), per_1k(rate.output)) if rate else (DASH, DASH)
        shown = prices if width >= _ROOM_FOR_BOTH_PRICES else prices[:1]
        name_width = max(8, width - len(shown) * 10)
        cells = [Cell(text(name), name_width), *(Cell(Content(price), 9, right=True) for price in shown)]
        return row(*cells).stylize("dim") if dim else row(*cells)

    def on_resize(self) -> None:
        self._renew(self.model or self._given)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Also when the field is made, with what it was given."""
        event.stop()
        self._touched = self._touched or self._typed != self._given
        self._renew(None if self._touched else self._given)
        self.post_message(self.Chosen())

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        self._touched = True
        self.post_message(self.Chosen())

    def action_move(self, rows: int) -> None:
        """A row beyond an end is at the other; a page stays at the end."""
        count = self._rows.option_count
        if count and self._rows.highlighted is not None:
            to = self._rows.highlighted + rows
            self._rows.highlighted = to % count if abs(rows) == 1 else min(max(to, 0), count - 1)
