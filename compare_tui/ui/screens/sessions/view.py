"""What the sessions screen shows: the list as it is looked for, page by page, and the chosen session in short."""

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, Final, TypeVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import Input, Static

from compare_tui.store.problems import StoreProblem, Superseded
from compare_tui.ui.screens.lane_rows import BAD, MUTED, WARNING, text
from compare_tui.ui.screens.sessions.list import SessionsList
from compare_tui.ui.screens.sessions.preview import preview
from compare_tui.ui.screens.sessions.row import Setting
from compare_tui.ui.screens.sessions.search import EXAMPLES, HINT, PAGE, Sought, conditions, understood, unmet
from compare_tui.ui.screens.wanted import Wanted
from compare_tui.ui.widgets.exact_input import ExactInput
from compare_tui.ui.widgets.footer import ActionFooter
from compare_tui.ui.widgets.lines import Row, shown

if TYPE_CHECKING:
    from compare_tui.store.store import Listed, Store
    from compare_tui.ui.desk import Desk

T = TypeVar("T")

_WIDE: Final = 130
_SETTLED_S: Final = 0.12
"""So long a session has to be the chosen one before it is read."""
_LOOK_AGAIN_S: Final = 3.0
_PREVIEW_STEP: Final = 3


class SearchField(ExactInput):
    """What is looked for; the list is steered from here, too."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,escape,tab", "screen.to_list", "to the list", show=False, id="sessions-to-list"),
        Binding("down", "screen.sessions_down", show=False),
        Binding("up", "screen.sessions_up", show=False),
        Binding("pagedown", "screen.sessions_page_down", show=False),
        Binding("pageup", "screen.sessions_page_up", show=False),
        Binding("f1", "screen.help", show=False),
    ]


class SessionsView(Screen[Wanted | None]):
    """The parts, and what keeps them up to date. A new question breaks off the one before it."""

    CSS_PATH = "sessions.tcss"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (_WIDE, "-wide")]  # noqa: RUF012  # Textual declares it for instances
    AUTO_FOCUS = "#sessions-list"

    def __init__(self, desk: "Desk", text: str = "") -> None:
        super().__init__()
        self.desk = desk
        self._start = text
        self.sought = Sought()
        self._mistake = ""
        self._whole = False
        """Whether the last page has come."""
        self._marked: Listed | None = None
        self._previewed: Listed | None = None
        self._settling: Timer | None = None

    def compose(self) -> ComposeResult:
        """Kept by name: what was asked for may come when the screen is being left, its parts one after the other."""
        self._heading = Static(id="sessions-title", markup=False)
        self.field = SearchField("sessions-search", self._start, placeholder="search prompts and answers")
        self._below = Static(id="sessions-hint", markup=False)
        self.shelf = SessionsList(self._search_with, self._setting)
        self._text = Static(id="sessions-text", markup=False)
        self._preview = VerticalScroll(self._text, id="sessions-preview", can_focus=False)
        self._said = Static(id="sessions-said", markup=False)
        yield self._heading
        yield self.field
        yield self._below
        yield Container(self.shelf, self._preview, id="sessions-body")
        yield self._said
        yield ActionFooter()

    def on_mount(self) -> None:
        self._understand(self.field.exact)
        self._say_what_is_wrong()
        self.set_interval(_LOOK_AGAIN_S, self._look_again)

    def on_screen_resume(self) -> None:
        self.seek()

    def on_resize(self) -> None:
        self._hint()
        self.call_after_refresh(lambda: self.shelf.show_again(self._setting))

    # The parts

    @property
    def store(self) -> "Store | None":
        return self.desk.store

    @property
    def _setting(self) -> Setting:
        return Setting(
            datetime.now().astimezone(),
            tall=self.size.width >= _WIDE,
            searched=bool(self.sought.query.words),
            here=self.desk.session.id,
            marked=self._marked.id if self._marked else None,
        )

    def say(self, words: str, style: str = "") -> None:
        self._said.update(text(words, style))

    def _say_what_is_wrong(self) -> None:
        """What the reader of a list should know of the place it comes from."""
        if wrong := self.desk.archive.trouble:
            self.say(wrong, BAD)
        elif self.store is not None and self.store.notices:
            self.say(" ".join(self.store.notices), WARNING)

    # Looking for something

    def _search_with(self, character: str) -> None:
        self.set_focus(self.field)
        self.field.insert_text_at_cursor(character)

    def action_to_list(self) -> None:
        self.set_focus(self.shelf)

    @on(Input.Changed, "#sessions-search")
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        if self._understand(self.field.exact):
            self.seek(anew=True)

    def _understand(self, typed: str) -> bool:
        """Whether it asks for something, and for something else than before."""
        before = self.sought
        query, self._mistake = understood(typed)
        self.sought = replace(before, query=query)
        self._hint()
        return self.sought != before

    @on(events.DescendantFocus)
    def _hint(self) -> None:
        """What may be written, and how to come back from writing it."""
        examples = EXAMPLES if self.size.width >= _WIDE else ""
        hint = Content.styled(HINT + examples, MUTED) if not self._mistake else text(self._mistake, BAD)
        if self.field.has_focus:
            hint += Content.styled("  ↓ to the list · f1 help", MUTED)
        self._below.update(hint, layout=False)

    def look_for(self, sought: Sought) -> None:
        self.sought = sought
        self.seek(anew=True)

    def seek(self, chosen: str | None = None, *, anew: bool = False) -> None:
        """Read the list as it is now. The chosen session stays chosen, unless something else is looked for."""
        if self.store is None:
            self._show_none()
            return
        at = self.shelf.chosen
        self.store.interrupt()
        keep = None if anew else chosen or (at.id if at else None)
        self.run_worker(self._read(self.store, self.sought, keep), group="list", exclusive=True)

    async def _read(self, store: "Store", sought: Sought, chosen: str | None) -> None:
        """As many pages as were there, should the chosen one be on the last of them."""
        rows: list[Listed] = []
        wanted = 0 if chosen is None else (self.shelf.at or 0) + 1
        missing: list[str] = []
        try:
            page = await self._page(store, sought, None)
            rows += page
            while len(page) == PAGE and len(rows) < wanted:
                page = await self._page(store, sought, rows[-1])
                rows += page
            if not rows and not sought.query.is_empty:
                missing = await self.desk.aside(lambda: unmet(store, sought))
        except Superseded:
            return
        except StoreProblem as problem:
            self.say(str(problem), BAD)
            return
        self._whole = len(page) < PAGE
        self._show(rows, chosen, missing)

    async def _page(self, store: "Store", sought: Sought, after: "Listed | None") -> "list[Listed]":
        return await self.desk.aside(lambda: sought.page(store, after))

    def _show(self, rows: "list[Listed]", chosen: str | None, missing: list[str]) -> None:
        same = next((at for at, row in enumerate(rows) if row.id == chosen), None)
        at = same if same is not None else (self.shelf.at or 0) if chosen is not None else 0
        self.shelf.show(rows, at, self._setting)
        if not rows:
            self.shelf.say(_nothing(self.sought, missing))
        self._title()
        self.refresh_bindings()

    def _show_none(self) -> None:
        self.shelf.show([], 0, self._setting)
        problem = self.desk.archive.problem or "no store is open"
        private = "This is private work: nothing of it is kept.", "What was kept before is not opened either."
        self.shelf.say(_lines(*(private if self.desk.private else ("There are no sessions to show.", problem))))
        self._title()

    @on(SessionsList.NearEnd)
    def _near_end(self) -> None:
        reading = any(worker.group == "list" and worker.is_running for worker in self.workers)
        if self.store is not None and self.shelf.rows and not self._whole and not reading:
            self.run_worker(self._read_on(self.store, self.sought, self.shelf.rows[-1]), group="list")

    async def _read_on(self, store: "Store", sought: Sought, last: "Listed") -> None:
        try:
            page = await self._page(store, sought, last)
        except Superseded:
            return
        except StoreProblem as problem:
            self.say(str(problem), BAD)
            return
        self._whole = len(page) < PAGE
        self.shelf.extend(page)
        self._title()
        self.call_after_refresh(self.shelf.check_end)

    def _look_again(self) -> None:
        """Others write to the same store. Only the first page is looked at, where what is new comes in."""
        busy = any(worker.group == "list" and worker.is_running for worker in self.workers)
        if self.store is not None and self.is_current and not busy and not self.sought.by_rank:
            self.run_worker(self._compare(self.store, self.sought), group="look", exclusive=True)

    async def _compare(self, store: "Store", sought: Sought) -> None:
        try:
            page = await self._page(store, sought, None)
        except StoreProblem:
            return
        if page != self.shelf.rows[: len(page)] or len(page) < min(PAGE, len(self.shelf.rows)):
            self.seek()

    def _title(self) -> None:
        sought, known = self.sought, len(self.shelf.rows)
        parts = [f"{known:,}{'' if self._whole else ' and more'}" if known else ""]
        parts += ["deleted" if sought.deleted else "", "best first" if sought.by_rank else "newest first"]
        title = Content("Sessions") + Content.styled(f"  {' · '.join(filter(None, parts))}", MUTED)
        self._heading.update(title, layout=False)

    # The chosen one

    @on(SessionsList.Chosen)
    def _chosen(self) -> None:
        self.refresh_bindings()
        if self._settling is not None:
            self._settling.stop()
        self._settling = self.set_timer(_SETTLED_S, self._show_chosen)

    def _show_chosen(self) -> None:
        one, store = self.shelf.chosen, self.store
        self._preview.display = one is not None
        if one is None or store is None:
            self._previewed = None
            self.workers.cancel_group(self, "preview")
            self._text.update("")
        elif one != self._previewed:
            self.run_worker(self._read_preview(store, one), group="preview", exclusive=True)

    async def _read_preview(self, store: "Store", one: "Listed") -> None:
        try:
            shown = await self.desk.aside(lambda: preview(store, one))
        except StoreProblem as problem:
            shown = text(str(problem), BAD)
        same = self._previewed is not None and self._previewed.id == one.id
        self._previewed = one
        self._text.update(shown)
        if not same:
            self._preview.scroll_home(animate=False)

    def action_sessions_preview_down(self) -> None:
        self._preview.scroll_relative(y=_PREVIEW_STEP, animate=False)

    def action_sessions_preview_up(self) -> None:
        self._preview.scroll_relative(y=-_PREVIEW_STEP, animate=False)


def _nothing(sought: Sought, missing: list[str]) -> tuple[Row, ...]:
    """Why there is nothing to see, and what would help."""
    asked = [condition for condition, _ in conditions(sought.query)]
    if asked:
        help_ = f"Without {' or '.join(missing)} there would be some." if missing else ""
        return _lines(f"No {'deleted ' if sought.deleted else ''}session has {' and '.join(asked)}.", help_)
    if sought.deleted:
        return _lines("Nothing is deleted.", "")
    return _lines("No session yet.", "Every round that is sent is kept here by itself, answer by answer.")


def _lines(what: str, more: str) -> tuple[Row, ...]:
    return _line("", "plain"), _line(what, "title"), _line(more, "dim")


def _line(words: str, role: str) -> Row:
    return (("  ", "plain"), (shown(words), role)), ()
