"""One lane in a form: model, effort, tier and endpoint to choose, the rest to write, its price in sight."""

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static

from compare_tui.core.lane import Lane
from compare_tui.ui.market import Market
from compare_tui.ui.screens.lane_facts import LaneFacts, filled_in_effort, per_1k
from compare_tui.ui.screens.lane_rows import MUTED, WARNING, Cell, row, text
from compare_tui.ui.screens.lane_text import remarks
from compare_tui.ui.screens.model_list import Listings, ModelList
from compare_tui.ui.widgets.choice_list import ChoiceList
from compare_tui.ui.widgets.exact_input import ExactInput

_NOT_KNOWN = "Its efforts and tiers are not known here; write them under more: high flex, or effort=WORD."

_ROOM_FOR_FACTOR = 36

Rows = list[tuple[str | None, Content]]


class LaneForm(ModalScreen[Lane | None]):
    """Dismissed with the lane as it is shown, or None for escape. Without a lane to change it makes a new one."""

    CSS_PATH = "lane_form.tcss"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]  # noqa: RUF012  # Textual declares it for instances
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "take", "take it", id="form-take"),
        Binding("left", "app.focus_previous", show=False),
        Binding("right", "app.focus_next", show=False),
        Binding("escape", "dismiss(None)", "leave it", id="form-leave"),
    ]

    def __init__(self, title: str, lane: Lane | None, market: Market, listings: Listings) -> None:
        super().__init__()
        self._heading = title
        self._lane = lane or Lane("")
        self._market = market
        self._listings = listings
        self._fills_in_effort = lane is None
        self._offered = ("", lane.endpoint if lane else None)
        self._result: Lane | None = None

    def compose(self) -> ComposeResult:
        with Vertical(id="lane-form") as form:
            form.border_title = Content(self._heading)
            with Horizontal(id="lane-choices"):
                models = ModelList(self._lane.model, self._market, self._listings)
                models.border_title = Content("model · $ per 1K")
                yield models
                yield self._choice("effort", "effort")
                with Vertical(id="lane-where"):
                    yield self._choice("tier", "tier · $ per 1K")
                    yield self._choice("endpoint", "endpoint")
            with Horizontal(classes="field"):
                yield Static("more", classes="label", markup=False)
                yield ExactInput(
                    "more", _rest(self._lane), placeholder="temp=0.2 max=4000 logprobs=5 name=… system=@FILE"
                )
            yield Static(id="lane-remarks", markup=False)
            yield Static("enter takes this lane · tab next · ↑↓ choose · esc leaves it", classes="keys", markup=False)

    def _choice(self, name: str, title: str) -> ChoiceList[str | None]:
        choice: ChoiceList[str | None] = ChoiceList(name)
        choice.border_title = Content(title)
        return choice

    def on_mount(self) -> None:
        self._offer_endpoints()
        self._models.look_at(self._lane.endpoint)
        self._models.query_one(ExactInput).focus()
        self._offer_efforts_and_tiers(self._lane.effort, self._lane.tier)
        self._renew()

    @property
    def _models(self) -> ModelList:
        return self.query_one(ModelList)

    def _list(self, name: str) -> ChoiceList[str | None]:
        return self.query_one(f"#{name}", ChoiceList)

    def _offer(self, name: str, rows: Rows, chosen: str | None) -> None:
        values = [value for value, _ in rows]
        self._list(name).offer(rows, values.index(chosen) if chosen in values else 0)

    # What there is to choose

    def _offer_endpoints(self) -> None:
        """The default one is sent to when none is named; a lane that names it goes on doing so."""
        default, *others = self._market.endpoints or [""]
        now = self._lane.endpoint
        rows: Rows = [(now if now == default else None, text(default) + Content.styled(" default", MUTED))]
        rows += [(name, text(name)) for name in others]
        if now is not None and now not in self._market.endpoints:
            rows.append((now, text(now, WARNING)))
        self._list("endpoint").display = len(rows) > 1
        self._offer("endpoint", rows, now)

    def _offer_efforts_and_tiers(self, effort: str | None, tier: str | None) -> None:
        """What the model takes, with what was chosen still chosen."""
        self._offered = (self._models.model, self._list("endpoint").value)
        facts = LaneFacts.of(Lane(self._offered[0], endpoint=self._offered[1]), self._market)
        if self._fills_in_effort:
            effort = filled_in_effort(facts.efforts)
        efforts = _with_typed(facts.efforts, effort)
        self._offer("effort", [(word, _plain_row(word, word in facts.efforts)) for word in efforts], effort)
        tiers = _with_typed(facts.tiers, tier)
        self._offer("tier", [(word, self._tier_row(facts, word)) for word in tiers], tier)

    def _tier_row(self, facts: LaneFacts, tier: str | None) -> Content:
        rate = None if facts.free else facts.tier_rate(tier)
        if tier is None or rate is None:
            return _plain_row(tier, tier in facts.tiers)
        width = self._list("tier").row_width
        cells = [Cell(Content(per_1k(price)), 9, right=True) for price in (rate.input, rate.output)]
        if width >= _ROOM_FOR_FACTOR:
            cells.append(Cell(Content(facts.factor(tier)), 6, right=True))
        return row(Cell(text(tier), max(8, width - sum(cell.width + 1 for cell in cells))), *cells)

    # What was chosen

    def on_model_list_chosen(self) -> None:
        self._renew()

    def on_input_changed(self) -> None:
        self._renew()

    def on_resize(self) -> None:
        self.call_after_refresh(self._fit)

    def _fit(self) -> None:
        self._offer_efforts_and_tiers(self._list("effort").value, self._list("tier").value)

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        if event.option_list.id == "effort":
            self._fills_in_effort = False
        elif event.option_list.id == "endpoint":
            self._models.look_at(self._list("endpoint").value)
        self._renew()

    def _renew(self) -> None:
        """All that follows from what is chosen: efforts and tiers of the model, the lane as text, its price."""
        model, endpoint = self._models.model, self._list("endpoint").value
        if self._offered != (model, endpoint):
            self._fit()
        self._result, said = None, text("Choose a model, or type its name.", MUTED)
        if model:
            chosen = Lane(model, self._list("effort").value, self._list("tier").value, endpoint)
            self._result, said = remarks(f"{chosen} {self.query_one('#more', ExactInput).exact}", self._market)
            if LaneFacts.of(chosen, self._market).card is None:
                said += Content("\n") + text(_NOT_KNOWN, MUTED)
        self.query_one("#lane-remarks", Static).update(said, layout=False)

    def action_take(self) -> None:
        """What the keys before chose counts, even if word of it is still on its way: they may come in one burst."""
        self._renew()
        if self.is_current and self._result is not None:
            self.dismiss(self._result)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_take()


def _with_typed(known: Sequence[str], now: str | None) -> list[str | None]:
    return [None, *known, *([now] if now is not None and now not in known else [])]


def _plain_row(word: str | None, known: bool) -> Content:
    if word is None:
        return text("not sent", MUTED)
    return text(word) if known else text(word) + Content.styled(" as typed", MUTED)


def _rest(lane: Lane) -> str:
    """What of a lane the form has no list for."""
    return str(replace(lane, model="m", effort=None, tier=None, endpoint=None))[2:]
