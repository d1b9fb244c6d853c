"""Chooses what the diff is made of: either side can be any take or prompt of this session or of one in the store."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, Final

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static

from compare_tui.core.sanitize import safe_line
from compare_tui.ui.diff.side import DiffSide
from compare_tui.ui.screens.diff.candidates import matching, of_session, opened, session_row, side_rows, stored
from compare_tui.ui.screens.export_parts import Newest
from compare_tui.ui.screens.lane_rows import BAD, MUTED, text
from compare_tui.ui.screens.sessions.row import title
from compare_tui.ui.widgets.choice_list import ChoiceList
from compare_tui.ui.widgets.exact_input import ExactInput
from compare_tui.ui.widgets.lines import Lines, Piece, Row, shown

if TYPE_CHECKING:
    from compare_tui.store.store import Listed
    from compare_tui.ui.desk import Desk

_LOOK_AGAIN_S: Final = 0.5
_KEYS: Final = "enter takes it · 1 2 or tab the other side · esc back"
_KEYS_INSIDE: Final = "enter takes it · tab the other side · esc all sessions"


class _Filter(ExactInput):
    """Steers the list, too. As long as nothing is typed, 1 and 2 say which side is chosen."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "screen.back", show=False),
        Binding("tab,shift+tab", "screen.other_side", show=False),
        Binding("enter", "screen.take", show=False),
        *(Binding(key, f"screen.steer('{key}')", show=False) for key in ("up", "down", "pageup", "pagedown")),
    ]

    def on_key(self, event: events.Key) -> None:
        if not self.value and event.character in ("1", "2") and isinstance(self.screen, DiffChooser):
            event.stop()
            event.prevent_default()
            self.screen.choose_side(int(event.character) - 1)


class DiffChooser(ModalScreen[tuple[DiffSide, DiffSide] | None]):
    """Dismissed with both sides once there are two that are not the same, or None."""

    AUTO_FOCUS = "#diff-filter"
    DEFAULT_CSS = """
    DiffChooser { align: center middle; }
    DiffChooser #diff-chooser {
        width: 120;
        max-width: 100%;
        height: 90%;
        border: round $primary;
        border-title-style: bold;
        background: $surface;
        padding: 0 1;
    }
    DiffChooser #diff-chosen { height: 2; background: $surface; }
    DiffChooser #diff-filter { background: $boost; margin-top: 1; }
    DiffChooser #diff-remark { height: 1; margin-bottom: 1; color: $text-muted; text-wrap: nowrap; }
    DiffChooser #diff-list { height: 1fr; border: none; padding: 0; background: $surface; }
    DiffChooser #diff-nothing { height: 1fr; display: none; padding: 1 2; }
    DiffChooser #diff-keys { height: 1; color: $text-muted; }
    """

    def __init__(self, desk: "Desk", old: DiffSide | None, new: DiffSide, remark: str = "") -> None:
        """Without an old side that is what has to be chosen; the remark says why."""
        super().__init__()
        self._desk = desk
        self._chosen: list[DiffSide | None] = [old, new]
        self._at = 0
        self._remark = remark
        self._stored: list[Listed] = []
        self._trouble = ""
        self._here: tuple[int | None, list[DiffSide]] | None = None
        """Of this session, and the round that comes first."""
        self._inside: tuple[str, list[DiffSide]] | None = None
        """The stored session that is looked into."""
        self._typed_before = ""
        self._list: ChoiceList[DiffSide | Listed] = ChoiceList("diff-list")
        self._lookup: Newest[tuple[list[Listed], str]] = Newest(self, desk.aside, self._found)

    def compose(self) -> ComposeResult:
        with Vertical(id="diff-chooser") as box:
            box.border_title = Content("What is compared")
            yield Lines(id="diff-chosen")
            yield _Filter(
                "diff-filter", placeholder="type to find: words, a lane, a verdict, an id, model: tag: since:"
            )
            yield Static(id="diff-remark", markup=False)
            yield self._list
            yield Static(id="diff-nothing", markup=False)
            yield Static(_KEYS, id="diff-keys", markup=False)

    def on_mount(self) -> None:
        self._list.can_focus = False
        self._look()
        self.set_interval(_LOOK_AGAIN_S, self._look_again)

    @property
    def _filter(self) -> _Filter:
        return self.query_one(_Filter)

    # What is offered

    @on(Input.Changed)
    def _look(self) -> None:
        store, typed, here = self._desk.store, self._filter.exact, self._desk.session.id
        if store is not None and self._inside is None:
            self._lookup.ask(lambda: stored(store, typed, here))
        self._offer(first=True)

    def _look_again(self) -> None:
        """How what runs stands now."""
        if self._desk.running:
            self._offer()

    def _found(self, found: "tuple[list[Listed], str]") -> None:
        self._stored, self._trouble = found
        self._offer()

    def _offer(self, *, first: bool = False) -> None:
        """`first`: something else is looked for."""
        typed = self._filter.exact
        sides = matching(self._sides, typed)
        sessions = self._stored if self._inside is None else []
        now, width = datetime.now().astimezone(), self._list.row_width or self.size.width
        rows: list[tuple[DiffSide | Listed, Content]] = [
            *zip(sides, side_rows(sides, self._chosen, width), strict=True),
            *((one, session_row(one, now)) for one in sessions),
        ]
        self._list.offer(rows, self._highlighted(rows, first=first))
        self._list.display = bool(rows)
        nothing = self.query_one("#diff-nothing")
        nothing.display = not rows
        self.query_one("#diff-nothing", Static).update(text(self._why_nothing(typed)))
        self._tell()

    @property
    def _sides(self) -> list[DiffSide]:
        """Of this session the round of the side that stays comes first."""
        if self._inside is not None:
            return self._inside[1]
        take = next((side.take for side in self._chosen[::-1] if side is not None and side.take is not None), None)
        number = None if take is None else int(take.id.split(".")[1])
        if self._here is None or self._here[0] != number:  # for each key that would take 80 ms of 2,000 rounds
            self._here = number, of_session(self._desk.session, number)
        return self._here[1]

    def _highlighted(self, rows: "Sequence[tuple[DiffSide | Listed, Content]]", *, first: bool) -> int | None:
        """The one that was it before; at first the one that is chosen now, else the first that can be."""
        before = self._list.value
        if not first and before is not None:
            return _place_of(before, rows) or 0
        chosen = [None if side is None else _place_of(side, rows) for side in self._chosen]
        here = chosen[self._at]
        return next((at for at in range(len(rows)) if at not in chosen), 0) if here is None else here

    def _why_nothing(self, typed: str) -> str:
        if typed.strip():
            is_all = self._inside is None and self._desk.store is not None
            where = "here or in the store" if is_all else "in this session"
            return f"Nothing {where} has “{safe_line(typed)}”."
        return "Nothing was sent yet."

    # What is said

    def _tell(self) -> None:
        self.query_one("#diff-chosen", Lines).show(*(self._row(at) for at in (0, 1)))
        self.query_one("#diff-remark", Static).update(self._said, layout=False)
        self.query_one("#diff-keys", Static).update(_KEYS if self._inside is None else _KEYS_INSIDE, layout=False)

    def _row(self, at: int) -> Row:
        side, is_it = self._chosen[at], at == self._at
        name: Piece = (f"{'▸' if is_it else ' '} {at + 1} {('old', 'new')[at]}  ", "key" if is_it else "dim")
        label = "– chosen below –" if side is None else shown(side.name)
        return (name, (label, "title" if is_it else "plain")), ()

    @property
    def _said(self) -> Content:
        if self._trouble:
            return text(self._trouble, BAD)
        if self._inside is not None:
            return text(f"in the session “{self._inside[0]}”", MUTED)
        if self._remark:
            return text(self._remark)
        if self._desk.store is None:
            why = "This is private work" if self._desk.private else "No store is open"
            return text(f"{why}: there is this session to choose from.", MUTED)
        return text("Takes and prompts of this session, then the sessions in the store.", MUTED)

    # Keys

    def choose_side(self, at: int) -> None:
        self._at = at
        self._offer(first=True)

    def action_other_side(self) -> None:
        self.choose_side(1 - self._at)

    async def action_steer(self, key: str) -> None:
        move = {"up": "cursor_up", "down": "cursor_down", "pageup": "page_up", "pagedown": "page_down"}[key]
        await self.app.run_action(move, self._list)

    @on(OptionList.OptionSelected)
    def action_take(self) -> None:
        value = self._list.value
        if isinstance(value, DiffSide):
            self._take(value)
        elif value is not None:
            self._open(value)

    def _take(self, side: DiffSide) -> None:
        both = list(self._chosen)
        both[self._at] = side
        old, new = both
        if old is None or new is None:
            self._chosen = both
            self.choose_side(0 if old is None else 1)
        elif old.key == new.key:
            self.notify("That is the other side already.")
        elif self.is_current:
            self.dismiss((old, new))

    @work(group="open", exclusive=True)
    async def _open(self, one: "Listed") -> None:
        store = self._desk.store
        if store is None:
            return
        sides = await self._desk.aside(lambda: opened(store, one))
        if isinstance(sides, str):
            self._trouble = sides
            self._tell()
            return
        self._typed_before = self._filter.exact
        self._inside = title(one), sides
        self._filter.value = ""
        self._offer(first=True)

    def action_back(self) -> None:
        """Out of the stored session, then out of here."""
        if self._inside is not None:
            self._inside = None
            self._filter.value = self._typed_before
            self._look()
        elif self.is_current:
            self.dismiss(None)


def _place_of(value: "DiffSide | Listed", rows: "Sequence[tuple[DiffSide | Listed, Content]]") -> int | None:
    return next((at for at, (one, _) in enumerate(rows) if _key(one) == _key(value)), None)


def _key(value: "DiffSide | Listed") -> object:
    return value.key if isinstance(value, DiffSide) else value.id
