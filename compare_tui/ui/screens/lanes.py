"""The lanes screen: what the next prompt goes to, added, changed, ordered, muted, named and priced, with undo."""

from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from compare_tui.core.lane import Lane
from compare_tui.core.lineup import MOST_LANES, Lineup, LineupFull, at_every_effort, on_every_tier
from compare_tui.ratecards import YOURS
from compare_tui.ui.actions import Where
from compare_tui.ui.bindings import bindings
from compare_tui.ui.key_names import shown as shown_key
from compare_tui.ui.market import Market
from compare_tui.ui.screens.ask_line import AskLine
from compare_tui.ui.screens.lane_facts import LaneFacts, price_source
from compare_tui.ui.screens.lane_form import LaneForm
from compare_tui.ui.screens.lane_rows import MUTED, STRONG, detail, header, lane_row, text
from compare_tui.ui.screens.lane_text import remarks
from compare_tui.ui.screens.model_list import Listings
from compare_tui.ui.screens.presets import PresetsScreen, TakenUp
from compare_tui.ui.screens.price_form import PriceForm
from compare_tui.ui.widgets.choice_list import ChoiceList
from compare_tui.ui.widgets.footer import ActionFooter

if TYPE_CHECKING:
    from compare_tui.ui.app import CompareApp

_WIDE = 130
_LONGEST_NAME = 60
_EXAMPLE = "gpt-5.5 high flex"
_FIRST_KEYS = (
    ("lanes-add", "add a lane: choose model, effort and tier, see the price"),
    ("lanes-text", f"write one as text: {_EXAMPLE}"),
    ("lanes-presets", "take up lanes you kept under a name"),
)
_LESSON = (
    "A lane is one configuration: model, effort, tier and endpoint.",
    "The prompt goes to all of them, and the answers stand side by side.",
)
_LATER_KEYS = (
    ("lanes-efforts", "the same model at every effort"),
    ("lanes-tiers", "the same lane on every tier"),
)


_WITHOUT_LANES = tuple(f"lanes_{word}" for word in ("add", "text", "presets", "undo", "help", "done", "down", "up"))


class LanesScreen(Screen[Lineup | None]):
    """Dismissed with the lineup, or None when it is what it was.

    With `at` the form of that lane is open at once, with `add` the one of a new lane; either leads straight back.
    """

    WHERE = Where.LANES
    CSS_PATH = "lanes.tcss"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (_WIDE, "-wide")]  # noqa: RUF012  # Textual declares it for instances
    BINDINGS = bindings(Where.LANES)

    def __init__(self, lineup: Lineup, market: Market, *, at: int | None = None, add: bool = False) -> None:
        super().__init__()
        self._lineup = lineup
        self._first = lineup
        self._earlier: list[tuple[Lineup, int]] = []
        self._market = market
        self._listings = Listings()
        self._start = at if at is not None and at < len(lineup) else None
        self._adds = add
        self._straight_back = add or self._start is not None

    def compose(self) -> ComposeResult:
        yield Static(id="lanes-title", markup=False)
        with Horizontal(id="lanes-body"):
            with Vertical(id="lanes-table"):
                yield Static(id="lanes-header", markup=False)
                yield ChoiceList[int]("lanes-list")
                with VerticalScroll(id="lanes-empty"):
                    yield Static(id="lanes-lesson", markup=False)
            with VerticalScroll(id="lanes-detail", can_focus=False):
                yield Static(id="lanes-about", markup=False)
        yield Static(id="lanes-said", markup=False)
        yield ActionFooter()

    def on_mount(self) -> None:
        self._renew(self._start or 0)
        if self._adds:
            self.action_lanes_add()
        elif self._start is not None:
            self.action_lanes_edit()

    def on_resize(self) -> None:
        self.call_after_refresh(lambda: self._renew(self._at or 0))

    def on_option_list_option_highlighted(self) -> None:
        self._describe()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Most keys need a lane to act on, and say nothing without one."""
        possible = bool(self._lineup.entries) or not action.startswith("lanes_") or action in _WITHOUT_LANES
        return True if possible else None

    # What is shown

    @property
    def _list(self) -> ChoiceList[int]:
        return self.query_one("#lanes-list", ChoiceList)

    @property
    def _at(self) -> int | None:
        return self._list.value

    def _renew(self, at: int) -> None:
        lineup, choice = self._lineup, self._list
        width = choice.row_width or self.size.width - 2
        facts = [LaneFacts.of(entry.lane, self._market) for entry in lineup.entries]
        rows = [(n, lane_row(one, lineup, n, width)) for n, one in enumerate(facts)]
        choice.offer(rows, min(at, len(rows) - 1) if rows else None)
        for part in ("#lanes-list", "#lanes-header", "#lanes-detail"):
            self.query_one(part).display = bool(rows)
        self.query_one("#lanes-empty").display = not rows
        self.query_one("#lanes-header", Static).update(header(width), layout=False)
        self.query_one("#lanes-title", Static).update(self._title(), layout=False)
        self.refresh_bindings()
        if rows:
            choice.focus()
            self._describe()
        else:
            self.query_one("#lanes-empty").focus()
            self.query_one("#lanes-lesson", Static).update(self._lesson())

    def _title(self) -> Content:
        count, muted = len(self._lineup), len(self._lineup) - len(self._lineup.lanes)
        words = f"{count} of {MOST_LANES}" + (f", {muted} muted" if muted else "")
        return Content("Lanes") + (Content.styled(f"  {words}", MUTED) if count else Content())

    def _describe(self) -> None:
        if self._at is not None:
            facts = LaneFacts.of(self._lineup.entries[self._at].lane, self._market)
            self.query_one("#lanes-about", Static).update(detail(facts, roomy=self.size.width >= _WIDE))

    def _lesson(self) -> Content:
        """What an empty lineup teaches, with the keys as they are set."""
        keys: dict[str | None, str] = {}
        for key, bound in self.active_bindings.items():
            keys.setdefault(bound.binding.id, shown_key(key))
        rows = [Content.styled("No lanes yet", STRONG), Content(), *map(Content, _LESSON), Content()]
        for row in (*_FIRST_KEYS, None, *_LATER_KEYS):
            if row is None:
                rows += [Content(), Content.styled("and with a lane there", MUTED)]
            else:
                rows.append(Content.styled(f"{keys.get(row[0], ''):>4}", STRONG) + Content(f"   {row[1]}"))
        return Content("\n").join(rows)

    def _say(self, words: str) -> None:
        self.query_one("#lanes-said", Static).update(text(words))

    # What changes

    def _change(self, lineup: Lineup, at: int, said: str) -> None:
        self._earlier.append((self._lineup, self._at or 0))
        self._lineup = lineup
        self._renew(at)
        self._say(said)

    def _try(self, make: Callable[[], Lineup], at: int, said: str) -> None:
        """A change that may be one lane too many."""
        try:
            lineup = make()
        except LineupFull as full:
            self._say(str(full))
        else:
            self._change(lineup, at, said)

    def action_lanes_undo(self) -> None:
        if not self._earlier:
            self._say("Nothing to take back.")
            return
        self._lineup, at = self._earlier.pop()
        self._renew(at)
        self._say("Taken back.")

    def action_lanes_done(self) -> None:
        if self.is_current:
            self.dismiss(None if self._lineup == self._first else self._lineup)

    # Adding and changing

    def _ask_lane(self, title: str, at: int | None) -> None:
        lane = None if at is None else self._lineup.entries[at].lane
        form = LaneForm(title, lane, self._market, self._listings)
        self.app.push_screen(form, lambda answer: self._take(answer, at))

    def action_lanes_add(self) -> None:
        if len(self._lineup) >= MOST_LANES:
            self._say(f"{MOST_LANES} lanes are the most side by side.")
        else:
            self._ask_lane("A new lane", None)

    def action_lanes_edit(self) -> None:
        if (at := self._at) is not None:
            self._ask_lane(f"Lane {at + 1}", at)

    def action_lanes_text(self) -> None:
        at = self._at
        line = _EXAMPLE if at is None else str(self._lineup.entries[at].lane)

        def remark(written: str) -> tuple[bool, Content]:
            lane, said = remarks(written, self._market)
            return lane is not None, said

        def take(written: str | None) -> None:
            self._take(None if written is None else Lane.parse(written), at)

        self.app.push_screen(AskLine("A new lane" if at is None else f"Lane {at + 1}", line, remark), take)

    def _take(self, lane: Lane | None, at: int | None) -> None:
        """A lane from a form or a line: at its place, or as a new one at the end."""
        if lane is not None and at is None:
            self._try(lambda: self._lineup.add(lane), len(self._lineup), f"Added {lane.label}.")
        elif lane is not None and at is not None and lane != self._lineup.entries[at].lane:
            self._change(self._lineup.replace(at, lane), at, f"Lane {at + 1} is now {lane.label}.")
        if self._straight_back:
            self.action_lanes_done()

    def action_lanes_name(self) -> None:
        if (at := self._at) is None:
            return

        def remark(name: str) -> tuple[bool, Content]:
            if len(name) > _LONGEST_NAME:
                return False, text(f"A name of up to {_LONGEST_NAME} characters.", MUTED)
            return True, text("What panes and tables call this lane; nothing takes the name away.", MUTED)

        def take(name: str | None) -> None:
            if name is not None:
                self._change(self._lineup.name(at, name.strip()), at, "Named." if name.strip() else "Its name is gone.")

        self.app.push_screen(AskLine("Name of the lane", self._lineup.entries[at].lane.name or "", remark), take)

    def action_lanes_price(self) -> None:
        if (at := self._at) is None:
            return
        facts = LaneFacts.of(self._lineup.entries[at].lane, self._market)
        if facts.account is None or facts.free:
            self._say("There is nothing to price: " + ("the endpoint is free." if facts.free else "no such endpoint."))
        elif price_source(facts.account.card, facts.lane.model) == YOURS:
            self._say(f"Your prices.toml says what {facts.lane.model} costs; it is only read here, so change it there.")
        else:
            self.app.push_screen(PriceForm(facts, self._market), self._priced)

    def _priced(self, said: str | None) -> None:
        if said is not None:
            self._renew(self._at or 0)
            self._say(said)

    # One key each

    def action_lanes_duplicate(self) -> None:
        if (at := self._at) is not None:
            self._try(lambda: self._lineup.duplicate(at), at + 1, f"A copy of lane {at + 1}: change it with e.")

    def action_lanes_remove(self) -> None:
        if (at := self._at) is not None:
            label = self._lineup.entries[at].lane.label
            self._change(self._lineup.remove(at), at, f"Removed {label}; u brings it back.")

    def action_lanes_mute(self) -> None:
        if (at := self._at) is not None:
            lineup = self._lineup.mute(at)
            muted = lineup.entries[at].muted
            self._change(lineup, at, f"Lane {at + 1} is {'left out of' if muted else 'back in'} the next sends.")

    def _move(self, by: int) -> None:
        if (at := self._at) is not None and 0 <= at + by < len(self._lineup):
            self._change(self._lineup.move(at, by), at + by, f"Now lane {at + by + 1}.")

    def action_lanes_move_down(self) -> None:
        self._move(1)

    def action_lanes_move_up(self) -> None:
        self._move(-1)

    def action_help(self) -> None:
        cast("CompareApp", self.app).open_help(Where.LANES)

    def action_lanes_down(self) -> None:
        self._list.action_cursor_down()

    def action_lanes_up(self) -> None:
        self._list.action_cursor_up()

    # Sweeps

    def action_lanes_efforts(self) -> None:
        self._sweep("effort", "efforts", lambda facts: at_every_effort(facts.lane, facts.efforts))

    def action_lanes_tiers(self) -> None:
        self._sweep("tier", "tiers", lambda facts: on_every_tier(facts.lane, facts.tiers))

    def _sweep(self, one: str, many: str, made: Callable[[LaneFacts], list[Lane]]) -> None:
        if (at := self._at) is None:
            return
        facts = LaneFacts.of(self._lineup.entries[at].lane, self._market)
        lanes = made(facts)
        if not getattr(facts, many):
            none_at_all = many == "efforts" and facts.card is not None and facts.card.efforts == ()
            unknown = f"The rate card knows no {many} of {facts.lane.model}; write them as text with t."
            self._say(f"{facts.lane.model} takes no effort." if none_at_all else unknown)
            return
        try:
            lineup = self._lineup.extend(at, lanes)
        except LineupFull as full:
            self._say(str(full))
            return
        added = len(lineup) - len(self._lineup)
        if added:
            self._change(lineup, at, f"Added {added} {one if added == 1 else many}; u takes them back.")
        else:
            self._say(f"Every {one} the rate card knows is there already.")

    # Other screens

    def action_lanes_presets(self) -> None:
        self.app.push_screen(PresetsScreen(self._lineup), self._take_up)

    def _take_up(self, taken: TakenUp | None) -> None:
        if taken is not None:
            said = ("Taken up; u brings the lanes before back.", *taken.failures)
            self._change(taken.lineup, 0, " ".join(said))
