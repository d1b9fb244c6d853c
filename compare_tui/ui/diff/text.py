"""Two compared texts, scrolled: side by side with aligned rows, or in one column where that was asked for or is narrow.

Painted row by row as a stream view is. Before rows are shown they are laid out, and those they move away from too:
so a reader stays at a place of the text, whatever the estimates said of rows nobody has looked at.
"""

from collections.abc import Callable
from typing import Final

from textual import events
from textual.content import Content
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.selection import Selection
from textual.strip import Strip

from compare_tui.ui.diff.chunks import Alignment
from compare_tui.ui.diff.painting import COMPONENTS, CSS, DiffPainting
from compare_tui.ui.diff.rows import DiffRows, Place
from compare_tui.ui.diff.selecting import Columns, pointer_map, selected_of, text_of

NARROW: Final = 70
"""Below this many columns two texts do not fit beside each other."""
_CORRECTIONS: Final = 8


class DiffText(ScrollView, can_focus=False, inherit_bindings=False):
    """Has no scrollbar of its own: the change map beside it shows more."""

    ALLOW_SELECT = True
    COMPONENT_CLASSES = COMPONENTS
    DEFAULT_CSS = CSS

    def __init__(self, on_moved: Callable[[], None]) -> None:
        self._on_moved = on_moved
        self._alignment: Alignment | None = None
        self._rows: DiffRows | None = None
        self._painting = DiffPainting(self)
        self._placeholder: Content | None = None
        self._unified = False
        self._fitted = Size(0, 0)
        self._reading: Place | None = None
        """What was in sight before the first of several layouts: they bring the reader back, not nearer and nearer."""
        self._pointed = 0
        super().__init__()

    # What is shown

    @property
    def rows(self) -> DiffRows | None:
        """None without a diff, or before there is a size."""
        return self._rows

    def show(self, alignment: Alignment | None, place: Place | None) -> None:
        """`place` is then the first one in sight; without one that is the beginning."""
        self._alignment = alignment
        if self.is_attached and self.text_selection is not None and place is None:
            self.screen.clear_selection()
        self._lay_out_again(place)

    @property
    def unified(self) -> bool:
        return self._unified

    @unified.setter
    def unified(self, unified: bool) -> None:
        if unified != self._unified:
            place = self.place
            self._unified = unified
            self._lay_out_again(place)

    @property
    def shown_unified(self) -> bool:
        return self._unified or self.is_narrow

    @property
    def is_narrow(self) -> bool:
        return 0 < self._fitted.width < NARROW

    @property
    def placeholder(self) -> Content | None:
        return self._placeholder

    @placeholder.setter
    def placeholder(self, content: Content | None) -> None:
        if content != self._placeholder:
            self._placeholder = content
            self.refresh()

    def mark_current(self, change: int | None) -> None:
        """That one stands out."""
        if change == self._painting.current:
            return
        for current in (self._painting.current, change):
            self._painting.current = current
            if self._rows is not None:
                self._painting.drop_current(self._rows)
        self.refresh()

    # Where the reader is

    @property
    def top(self) -> int:
        return round(self.scroll_y)

    @property
    def seen(self) -> range:
        """The rows in sight."""
        return range(self.top, self.top + self.outer_size.height)

    @property
    def place(self) -> Place | None:
        """What stands in the first row in sight; None at the beginning, which stays the beginning."""
        if self._reading is not None or self._rows is None or self.top == 0:
            return self._reading
        return self._rows.place(self.top)

    def scroll_rows(self, rows: int) -> None:
        if self._rows is not None and len(self._rows):
            self.show_place(self._rows.place(self.top), rows)

    def to_row(self, row: int) -> None:
        if self._rows is not None and len(self._rows):
            self.show_place(self._rows.place(max(0, min(row, len(self._rows) - 1))))

    def to_bottom(self) -> None:
        rows, height = self._rows, self.outer_size.height
        self._reading = None
        if rows is None:
            return
        for _ in range(_CORRECTIONS):
            if not rows.lay_out(range(len(rows) - height, len(rows))):
                break
        self._move(self._last_top)

    def show_place(self, place: Place, further: int = 0) -> None:
        """Have the row of a place first in sight, or so many rows above or below that."""
        rows, height = self._rows, self.outer_size.height
        self._reading = None
        if rows is None:
            return
        near = max(-4 * height, min(further, 4 * height))
        for _ in range(_CORRECTIONS):
            row = rows.row_at(place)
            top = min(row + near, len(rows) - height)
            if not rows.lay_out(range(min(row, top), max(row, top) + height)):
                break
        self._move(rows.row_at(place) + further)

    # What Textual asks and tells

    @property
    def allow_vertical_scroll(self) -> bool:
        """The wheel scrolls, though there is no scrollbar."""
        return self._rows is not None

    def on_resize(self) -> None:
        self._fit()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Only the user comes here, by the wheel or by selecting past the edge: our own moves set it unwatched."""
        by = round(new_value) - round(old_value)
        if by:
            self.set_reactive(DiffText.scroll_y, round(old_value))
            self.scroll_rows(by)
            self.refresh()

    def notify_style_update(self) -> None:
        self._painting.restyle()
        super().notify_style_update()

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        if self._rows is None:
            return None
        return text_of(self._rows, selected_of(self._rows, selection, self._pointed)), "\n"

    def selection_updated(self, selection: Selection | None) -> None:
        rows = self._rows
        self._painting.selected = (
            None if selection is None or rows is None else selected_of(rows, selection, self._pointed)
        )
        self._painting.drop()
        self.refresh()

    def on_mouse_down(self, event: events.MouseDown) -> None:
        if self._rows is not None:
            self._pointed = self._columns.side_at(event.x, self._rows.pair(self.top + event.y))

    def render_line(self, y: int) -> Strip:
        """Textual looks here for what is under the mouse; what is painted comes from `render_lines`."""
        rows = self._rows
        if rows is None or not len(rows) or self._is_blank:
            return Strip.blank(self.outer_size.width)
        return pointer_map(rows, min(self.top + y, len(rows) - 1), self._columns)

    def render_lines(self, crop: Region) -> list[Strip]:
        """Looks itself whether its size is another one: Resize is not sent when a look at a region comes before it."""
        if self._fitted != self.outer_size:
            self.call_after_refresh(self._fit)
        rows = self._rows
        if rows is None or self._is_blank:
            strips = self._painting.blank(self._placeholder, crop)
        else:
            strips = [self._painting.row(rows, self.top + y) for y in crop.line_range]
        whole = crop.column_span == (0, self.outer_size.width)
        return strips if whole else [strip.crop(*crop.column_span) for strip in strips]

    @property
    def _is_blank(self) -> bool:
        diff = None if self._alignment is None else self._alignment.diff
        return diff is None or (diff.is_same and self._placeholder is not None)

    # Laying out

    @property
    def _columns(self) -> Columns:
        return Columns(self._fitted.width, unified=self.shown_unified)

    def _fit(self) -> None:
        if self._fitted == self.outer_size:
            return
        place = self.place
        self._fitted = self.outer_size
        self._lay_out_again(place)

    def _lay_out_again(self, place: Place | None) -> None:
        """Chunks that are as before keep their rows and their Strips."""
        columns, before = self._columns, self._rows
        if self._alignment is None or not columns.width:
            self._rows = None
        else:
            self._rows = DiffRows(self._alignment, columns.text, unified=columns.unified, before=before)
        same = columns == self._painting.columns and self._rows is not None
        self._painting.columns = columns
        self._painting.drop(self._rows.unchanged if same and self._rows is not None else 0)
        if place is not None and self._rows is not None and len(self._rows):
            self.show_place(place)
        else:
            self.to_row(0)
            self._move(0)
        self._reading = place
        self.refresh()

    @property
    def _last_top(self) -> int:
        return max(0, (0 if self._rows is None else len(self._rows)) - self.outer_size.height)

    def _move(self, top: int) -> None:
        """Without the watchers, which would take it for the user's doing; and without asking for a layout."""
        size = Size(self._fitted.width, 0 if self._rows is None else len(self._rows))
        if size != self.virtual_size:
            self.set_reactive(DiffText.virtual_size, size)
        top = max(0, min(top, self._last_top))
        if top != self.top:
            self.set_reactive(DiffText.scroll_y, top)
            self.set_reactive(DiffText.scroll_target_y, top)
            self.refresh()
        self._on_moved()
