"""A list of as many sessions as are known so far: only what is seen is made into rows, more is asked for in time."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Final

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from compare_tui.ui.actions import Where
from compare_tui.ui.bindings import bindings
from compare_tui.ui.screens.sessions.row import Setting, session_rows
from compare_tui.ui.widgets.lines import Piece, Row, cut_short, role_styles

if TYPE_CHECKING:
    from compare_tui.store.store import Listed

_NEAR: Final = 30
"""So many sessions before the end more are asked for."""
_KEPT: Final = 500
"""Sessions whose rows are kept: a Strip is some KB."""


class SessionsList(ScrollView, can_focus=True, inherit_bindings=False):
    """`show` and `extend` fill it; the one at `at` is chosen. Letters that are no keys go to `typed`."""

    WHERE: ClassVar = Where.SESSIONS
    BINDINGS: ClassVar[list[BindingType]] = bindings(Where.SESSIONS, "screen.")
    COMPONENT_CLASSES: ClassVar[set[str]] = {"sessions--cursor", "sessions--left"}
    DEFAULT_CSS = """
    SessionsList {
        overflow-x: hidden;
        overflow-y: scroll;
        scrollbar-size-vertical: 1;

        & > .sessions--cursor {
            color: $block-cursor-foreground;
            background: $block-cursor-background;
            text-style: $block-cursor-text-style;
        }
        & > .sessions--left {
            color: $block-cursor-blurred-foreground;
            background: $block-cursor-blurred-background;
            text-style: $block-cursor-blurred-text-style;
        }
    }
    """

    class Chosen(Message):
        """Another session is chosen, or none."""

    class NearEnd(Message):
        """The last one is near: are there more?"""

    class Opened(Message):
        """The chosen one was clicked twice."""

    def __init__(self, typed: Callable[[str], None], setting: Setting) -> None:
        super().__init__(id="sessions-list")
        self._typed = typed
        self.setting = setting
        self.rows: list[Listed] = []
        self.at: int | None = None
        self._empty: tuple[Row, ...] = ()
        self._strips: dict[int, list[Strip]] = {}
        self._to_end = False

    @property
    def _columns(self) -> int:
        """Beside the scrollbar."""
        return self.scrollable_content_region.width

    @property
    def chosen(self) -> "Listed | None":
        return None if self.at is None else self.rows[self.at]

    # What is in it

    def show(self, rows: Sequence["Listed"], at: int, setting: Setting) -> None:
        """These instead of what was there."""
        self.rows = list(rows)
        self.setting = setting
        self._empty = ()
        self._to_end = False
        self.at = min(max(at, 0), len(rows) - 1) if rows else None
        self._measure()
        self._see_chosen()
        self.post_message(self.Chosen())

    def extend(self, rows: Sequence["Listed"]) -> None:
        """Behind the others, which stay as they are painted."""
        self.rows += rows
        if self._to_end and rows:
            self._choose(len(self.rows) - 1)
        self._measure(keep=True)

    def show_again(self, setting: Setting) -> None:
        """The same sessions in another setting."""
        if setting != self.setting:
            self.setting = setting
            self._measure()
            self._see_chosen()

    def say(self, lines: Sequence[Row]) -> None:
        """In place of sessions, where there are none."""
        self._empty = tuple(lines)
        self.refresh()

    def without(self, gone: "Listed") -> None:
        """At once: the store may take its time."""
        self.show([row for row in self.rows if row.id != gone.id], self.at or 0, self.setting)

    def check_end(self) -> None:
        """Whether the end is in sight, or the chosen one close to it."""
        height = self.setting.height
        last_seen = (round(self.scroll_y) + self.size.height) // height
        if max(last_seen, self.at or 0) >= len(self.rows) - _NEAR:
            self.post_message(self.NearEnd())

    # Moving

    def move(self, by: int) -> None:
        self._to_end = False
        self._choose((self.at or 0) + by)

    def page(self, pages: int) -> None:
        self.move(pages * max(1, self.size.height // self.setting.height - 1))

    def to_top(self) -> None:
        self.move(-len(self.rows))

    def to_end(self) -> None:
        """The last one there is: pages that come go on from here."""
        self.move(len(self.rows))
        self._to_end = True

    def _choose(self, at: int) -> None:
        if not self.rows:
            return
        at = min(max(at, 0), len(self.rows) - 1)
        if at != self.at:
            self.at, before = at, self.at
            for one in (before, at):
                self._refresh_session(one)
            self._see_chosen()
            self.post_message(self.Chosen())
        self.check_end()

    # What Textual asks and tells

    def on_key(self, event: events.Key) -> None:
        """At once, and not by a binding: what was typed in one burst with the key of the search belongs to it."""
        if event.character is None or not event.is_printable or not self.screen.is_current:
            return
        bound = self.screen.active_bindings.get(event.key)
        searching = self.screen.focused is not self
        begins = not searching and bound is not None and bound.binding.id == "sessions-search"
        if searching or begins or (bound is None and event.character != " "):
            event.stop()
            event.prevent_default()
            self._typed("" if begins else event.character)

    def on_click(self, event: events.Click) -> None:
        at = (event.y + round(self.scroll_y)) // self.setting.height
        if at < len(self.rows):
            self._to_end = False
            self._choose(at)
            if event.chain == 2:
                self.post_message(self.Opened())

    def on_resize(self) -> None:
        self._measure()
        self._see_chosen()

    def on_focus(self) -> None:
        self._refresh_session(self.at)

    def on_blur(self) -> None:
        self._refresh_session(self.at)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        self.check_end()

    def notify_style_update(self) -> None:
        self._strips.clear()
        super().notify_style_update()

    def render_line(self, y: int) -> Strip:
        width, ground = self._columns, self.rich_style
        if not self.rows:
            return self._paint(self._empty[y], width, ground) if y < len(self._empty) else Strip.blank(width, ground)
        at, line = divmod(y + round(self.scroll_y), self.setting.height)
        return self._session(at)[line] if at < len(self.rows) else Strip.blank(width, ground)

    # Painting

    def _session(self, at: int) -> list[Strip]:
        """Its rows, made when they are seen first."""
        if at == self.at:
            return self._painted(at, self._cursor, plain=True)
        if at not in self._strips:
            if len(self._strips) >= _KEPT:
                self._strips.clear()
            self._strips[at] = self._painted(at, self.rich_style)
        return self._strips[at]

    def _painted(self, at: int, ground: Style, *, plain: bool = False) -> list[Strip]:
        width = self._columns
        rows = session_rows(self.rows[at], width, self.setting)
        return [self._paint(row, width, ground, plain=plain) for row in rows]

    @property
    def _cursor(self) -> Style:
        return self.get_component_rich_style("sessions--cursor" if self.has_focus else "sessions--left")

    def _paint(self, row: Row, width: int, ground: Style, *, plain: bool = False) -> Strip:
        """The left gives way. On the cursor colours would be lost: what stands out is bold and underlined."""
        styles = {role: Style(bold=style.bold) if plain else style for role, style in self._roles.items()}
        left, right = row
        taken = sum(cell_len(text) for text, _ in right)
        segments = _cut(left, width - taken)
        gap = width - taken - sum(cell_len(text) for text, _ in segments)
        pieces = (*segments, (" " * max(0, gap), "plain"), *right)
        strip = Strip([Segment(text, ground + styles[role]) for text, role in pieces if text])
        return strip.adjust_cell_length(width, ground)

    @property
    def _roles(self) -> Any:
        return role_styles(self.app.theme_variables)

    def _refresh_session(self, at: int | None) -> None:
        if at is not None:
            height = self.setting.height
            self.refresh(Region(0, at * height - round(self.scroll_y), self._columns, height))

    def _see_chosen(self) -> None:
        if self.at is not None:
            height = self.setting.height
            region = Region(0, self.at * height, 1, height)
            self.scroll_to_region(region, animate=False, force=True, x_axis=False, immediate=True)

    def _measure(self, *, keep: bool = False) -> None:
        if not keep:
            self._strips.clear()
        self.virtual_size = Size(self._columns, len(self.rows) * self.setting.height)
        if not keep:
            self.refresh()


def _cut(pieces: Sequence[Piece], width: int) -> list[Piece]:
    found: list[Piece] = []
    for text, role in pieces:
        if cell_len(text) > width:
            found.append((cut_short(text, width), role))
            break
        found.append((text, role))
        width -= cell_len(text)
    return found
