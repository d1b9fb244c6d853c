"""Where the reader of a sheet of rows is: following what comes, or at a place of the text; and moving from there."""

from typing import Final

from textual.geometry import Size
from textual.scroll_view import ScrollView

from compare_tui.ui.rows import Place
from compare_tui.ui.sheet import Sheet
from compare_tui.ui.widgets.late_scrollbar import LateScrollbar

_WIDTH: Final = 80
"""Until there is one."""


class Reader(ScrollView, can_focus=False, inherit_bindings=False):
    """Moves without asking for a layout; who paints the rows is told by `refresh`."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 (Textual's name)
        self._columns = 0
        self._sheet = Sheet(_WIDTH)
        self._scrollbar = LateScrollbar(self)
        self._news_below = False
        self._reading: Place | None = None
        """The first row seen before the first of several layouts: they bring the reader back, not nearer and nearer."""
        self.following = True
        super().__init__(id=id, classes=classes)

    def toggle_follow(self) -> None:
        if self.following:
            self.following = False
        else:
            self.to_bottom()

    def scroll_rows(self, rows: int) -> None:
        top = max(0, min(self._top + rows, self._last_top))
        self.following = rows > 0 and top == self._last_top
        self._go(top)

    def page(self, pages: int) -> None:
        self.scroll_rows(pages * max(1, self.outer_size.height - 1))

    def to_top(self) -> None:
        self.following = False
        self._go(0)

    def to_bottom(self) -> None:
        self.following = True
        self._go(self._last_top)

    def show_row(self, row: int) -> None:
        """Scroll there without saying so, for panes that scroll together."""
        top = max(0, min(row, self._last_top))
        self.following = top == self._last_top
        self._reading = None
        self._move(top)
        self._scrollbar.show()

    # Moving

    @property
    def _top(self) -> int:
        return round(self.scroll_y)

    @property
    def _last_top(self) -> int:
        return max(0, len(self._sheet) - self.outer_size.height)

    def _place_read(self) -> Place | None:
        return self._sheet.place(self._top) if not self.following and self._top < len(self._sheet) else None

    def _go(self, top: int) -> None:
        """The user scrolls."""
        self._reading = None
        self._move(top)
        self._scrollbar.show()

    def _move(self, top: int) -> None:
        """Without the watchers, which would take it for the user's doing."""
        if top >= self._last_top:
            self._news_below = False
        if top != self._top:
            self.set_reactive(Reader.scroll_y, top)
            self.set_reactive(Reader.scroll_target_y, top)
            self._scrollbar.is_late = True
            self.refresh()

    def _settle(self, place: Place | None = None) -> None:
        """Bring size and scroll position into agreement with the rows there are, without asking for a layout."""
        rows = len(self._sheet)
        if rows != self.virtual_size.height or self._columns != self.virtual_size.width:
            self.set_reactive(Reader.virtual_size, Size(self._columns, rows))
            self._scrollbar.is_late = True
        if self.following:
            self._move(self._last_top)
        else:
            self._move(min(self._top if place is None else self._sheet.row_at(place), self._last_top))
