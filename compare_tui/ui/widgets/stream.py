"""One answer in a pane: text that streams in, followed or read, selected, searched; a frame costs what changed.

Textual's own line widgets build some Strips per visible row and frame and lay the screen out for each new row. This one
overrides `render_lines`, keeps one Strip per row of the text (a Strip keeps its own escape sequences, so a row that
scrolled costs next to nothing), grows without a layout and moves its scrollbar four times a second: 3 ms of CPU for a
frame of eight scrolling panes instead of 32.
"""

from time import monotonic
from typing import TYPE_CHECKING, Final

from textual import events
from textual.content import Content
from textual.geometry import Region, Size
from textual.message import Message
from textual.selection import Selection
from textual.strip import Strip

from compare_tui.ui.finding import Finding, Unwrapped
from compare_tui.ui.marking import pointer_map
from compare_tui.ui.reading import ends_of, text_between
from compare_tui.ui.rows import Place, Rows
from compare_tui.ui.sheet import Sheet
from compare_tui.ui.widgets.painting import COMPONENTS, CSS, Painting
from compare_tui.ui.widgets.reader import Reader
from compare_tui.ui.wrap import NARROWEST

if TYPE_CHECKING:
    from compare_tui.ui.marks.in_place import Marks

FOLDING_S: Final = 0.008
"""Wrapping per flush; what is left waits for the next one."""
LOOKING_S: Final = 0.004
"""The same of looking through it."""
_FORGOTTEN_S: Final = 0.5
"""Text that waited longer has no timer that flushes it: it came while the view was not seen."""
_CORRECTIONS: Final = 4


class StreamView(Reader, inherit_bindings=False):
    """Fed by `append`, brought up to date by `flush`, which the app's one timer calls; it has no timer of its own."""

    ALLOW_SELECT = True
    COMPONENT_CLASSES = COMPONENTS
    DEFAULT_CSS = CSS

    class Scrolled(Message):
        """The mouse scrolled this view alone: `row` is the first one seen now. Keys are the screen's to carry out."""

        def __init__(self, view: "StreamView", row: int) -> None:
            super().__init__()
            self.view = view
            self.row = row

    class Counted(Message):
        """`found` is no longer what it was: text came, or was wrapped anew."""

        def __init__(self, view: "StreamView") -> None:
            super().__init__()
            self.view = view

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 (Textual's name)
        self._painting = Painting(self)
        self._placeholder: Content | None = None
        self._finding: Finding | None = None
        self._fitted = Size(0, 0)
        self._flushed_at = 0.0
        super().__init__(id=id, classes=classes)

    # The text

    @property
    def row_width(self) -> int:
        """Cells a row may have."""
        return self._sheet.width

    @property
    def text_rows(self) -> int:
        return len(self._sheet)

    @property
    def has_pending(self) -> bool:
        searching = self._finding is not None and self._finding.is_late
        return self._is_seen and (self._sheet.pending or self._scrollbar.is_late or searching)

    @property
    def _is_seen(self) -> bool:
        """Otherwise text is only kept, and wrapped when the view is painted."""
        return self._columns > 0 and all(node.display for node in self.ancestors_with_self)

    def reset(self) -> None:
        """Empty again, and following."""
        sheet = Sheet(self._sheet.width)
        sheet.unfolded = self._sheet.unfolded
        self._sheet = sheet
        self.following = True
        self._news_below = False
        self._forget_selection()
        self._lay_out_again(None)

    def append(self, text: str) -> None:
        """Raw text, cut anywhere. Nothing is painted before `flush`."""
        self._sheet.answer.append(text)

    def append_reasoning(self, text: str) -> None:
        self._sheet.reasoning.append(text)

    def flush(self) -> bool:
        """Fold pending text into rows and mark what has to be painted. Whether something changed.

        Text that is not seen waits, unless something is looked for in it.
        """
        if not self._is_seen and self._finding is None:
            return False
        self._flushed_at = monotonic()
        place = self._place_read()
        changed = self._sheet.fold(FOLDING_S)
        if changed is not None:
            self._take_in(changed, place)
        self._scrollbar.show_if_due()
        if self._finding is not None and self._finding.is_due and self._look(self._finding):
            self.post_message(self.Counted(self))
        return changed is not None

    def show_rendered(self, rows: Rows | None) -> None:
        """The finished answer laid out, instead of as it came; None takes that back."""
        if rows is None and not self._sheet.is_rendered:
            return
        place = self._reading or self._place_read()
        self._sheet.show_rendered(rows)
        self._forget_selection()
        self._lay_out_again(place)

    @property
    def reasoning_unfolded(self) -> bool:
        return self._sheet.unfolded

    @reasoning_unfolded.setter
    def reasoning_unfolded(self, unfolded: bool) -> None:
        if unfolded == self._sheet.unfolded:
            return
        place = self._reading or self._place_read()
        self._sheet.unfold(unfolded)
        self._lay_out_again(place)
        self._catch_up()

    @property
    def placeholder(self) -> Content | None:
        """What stands in the middle while there is no text."""
        return self._placeholder

    @placeholder.setter
    def placeholder(self, content: Content | None) -> None:
        if content != self._placeholder:
            self._placeholder = content
            if not len(self._sheet):
                self.refresh()

    # What is marked and looked for in it

    @property
    def marks(self) -> "Marks | None":
        """What stands out in the answer against another one."""
        return self._painting.in_place

    @marks.setter
    def marks(self, marks: "Marks | None") -> None:
        if marks is not self._painting.in_place:
            self._painting.in_place = marks
            self.refresh()

    @property
    def waits(self) -> bool:
        """Whether text was not folded into rows yet, or not looked through, seen or not."""
        return self._sheet.pending or (self._finding is not None and self._finding.is_late)

    @property
    def is_looking(self) -> bool:
        """Whether there may be more matches than are known."""
        return self._finding is not None and (self._finding.is_looking or self._sheet.pending)

    def look_on(self) -> bool:
        """Look through some more, seen or not. Whether there is more of it."""
        if self.is_looking:
            self.flush()
        return self.is_looking

    @property
    def query_text(self) -> str:
        """What is looked for here."""
        return "" if self._finding is None else self._finding.query

    @property
    def matches(self) -> int | None:
        """How many there are; None when nothing is looked for."""
        return None if self._finding is None else len(self._finding)

    @property
    def found(self) -> tuple[int | None, int]:
        """Which match this is, from 1, and how many there are."""
        finding = self._finding
        return (None, 0) if finding is None else (finding.which, len(finding))

    def find(self, query: str) -> int:
        """How many matches there are as far as was looked, case aside. An empty query ends the search."""
        before, self._finding = self._finding, None
        if query:
            self._finding = Finding(query, Unwrapped() if before is None else before.text)
            self._look(self._finding)
        self._repaint()
        return self.found[1]

    def _look(self, finding: Finding) -> bool:
        """Some more. Rows laid out for it may be more than was thought: the reader stays. Whether there is news."""
        place, was_looking = self._place_read(), finding.is_looking
        changed = finding.look(self._sheet, LOOKING_S)
        self._settle(place)
        if changed is not None:
            self._painting.drop(changed)
            if changed < self._top + self.outer_size.height:
                self.refresh()
        return changed is not None or was_looking != finding.is_looking

    def is_last_match(self, step: int) -> bool:
        """Whether there is no further one in this direction."""
        return self._finding is None or self._finding.is_last(step)

    def leave_match(self) -> None:
        """None is the current one: another view has it."""
        if self._finding is not None and self._finding.current is not None:
            self._finding.current = None
            self._repaint()

    def find_next(self, step: int, *, afresh: bool = False) -> tuple[int, int] | None:
        """Go to another match, or to the first one from this side: which one it is, from 1, and of how many."""
        finding = self._finding
        if finding is None:
            return None
        finding.look(self._sheet)
        if afresh:
            finding.begin(step)
        row = finding.step(step, self._top)
        if row is None:
            return None
        if not self._top <= row < self._top + self.outer_size.height:
            self.following = False
            self._go(max(0, min(row - self.outer_size.height // 3, self._last_top)))
        self._repaint()
        return finding.which or 1, len(finding)

    # What Textual asks and tells

    def on_resize(self) -> None:
        self._fit()

    def on_click(self, event: events.Click) -> None:
        if self._sheet.is_fold(self._top + event.y):
            self.reasoning_unfolded = not self.reasoning_unfolded

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Only the user comes here, by wheel, scrollbar or selecting past the edge: our own moves set it unwatched."""
        super().watch_scroll_y(old_value, new_value)
        if round(old_value) != round(new_value):
            self.following = round(new_value) >= self._last_top
            self._reading = None
            self._scrollbar.show()
            self.post_message(self.Scrolled(self, round(new_value)))

    def notify_style_update(self) -> None:
        self._painting.restyle()
        super().notify_style_update()

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        sheet = self._sheet
        if not len(sheet):
            return None
        start, end = ends_of(selection, sheet)
        if sheet.is_rendered and sheet.correct(range(start.row, end.row + 1)):
            self._repaint()
        return text_between(sheet, *ends_of(selection, sheet)), "\n"

    def selection_updated(self, selection: Selection | None) -> None:
        self._repaint()

    def render_line(self, y: int) -> Strip:
        """Textual looks here for what is under the mouse; what is painted comes from `render_lines`."""
        row = min(self._top + y, len(self._sheet) - 1)
        return pointer_map(self._sheet, row, self._columns) if row >= 0 else Strip.blank(self._columns)

    def render_lines(self, crop: Region) -> list[Strip]:
        """Looks itself whether it is behind: Show and Resize are not sent when a look at a region comes before them."""
        if self._is_behind:
            self.call_after_refresh(self._fit)
        empty = not len(self._sheet)
        strips = self._painting.blank(self._placeholder, self._columns, crop) if empty else self._rows_painted(crop)
        whole = crop.column_span == (0, self.outer_size.width)
        return strips if whole else [strip.crop(*crop.column_span) for strip in strips]

    def _rows_painted(self, crop: Region) -> list[Strip]:
        self._correct_estimates()
        selection = self.text_selection if self.is_attached else None  # painted once more while it is taken away
        selected = None if selection is None else ends_of(selection, self._sheet)
        top, last = self._top, self.outer_size.height - 1
        strips = [self._painting.row(self._sheet, top + y, selected, self._finding) for y in crop.line_range]
        if self._news_below and last in crop.line_range:
            strips[last - crop.y] = self._painting.with_note(strips[last - crop.y], self._columns)
        return strips

    # Taking in what came

    @property
    def _is_behind(self) -> bool:
        """Its size is another one, or text waited while the view was not seen."""
        forgotten = self._sheet.pending and monotonic() - self._flushed_at > _FORGOTTEN_S
        return forgotten or self._fitted != self.outer_size

    def _fit(self) -> None:
        if not self._is_behind:
            return
        self._fitted = self.outer_size
        width = max(NARROWEST, self.outer_size.width - self.scrollbar_size_vertical)
        if width != self._columns:
            place = self._reading or self._place_read()
            self._columns = width
            self._sheet.rewrap(width)
            self._lay_out_again(place)
        else:
            self._settle()
            self._scrollbar.show()
        self._catch_up()

    def _take_in(self, changed: int, place: Place | None) -> None:
        """Rows from `changed` on are new. A reader stays at the place read, though rows may have come above it."""
        self._painting.drop(changed)
        top, height = self._top, self.outer_size.height
        if self._finding is not None:
            self._finding.text.changed_from(changed)
        self._settle(place)
        if not self.following and len(self._sheet) > self._top + height:
            self._news_below = True
        if self._top == top:
            first = 0 if self._sheet.is_fold(top) else max(0, changed - top)
            if first < height:
                self.refresh(Region(0, first, self.outer_size.width, height - first))
            elif self._news_below:
                self.refresh(Region(0, height - 1, self.outer_size.width, 1))

    def _lay_out_again(self, place: Place | None) -> None:
        """All rows are others now."""
        self._reading = place
        if self._finding is not None:
            self._finding = self._finding.anew()
            self._look(self._finding)
            self.post_message(self.Counted(self))
        self._settle(place)
        self._repaint()
        self._scrollbar.show()

    def _catch_up(self) -> None:
        """Text that waited while the view had no size or was not seen; a giant takes several turns."""
        if self.flush() and self._sheet.pending:
            self.call_after_refresh(self._catch_up)

    def _correct_estimates(self) -> None:
        """Rows laid out lazily are counted once asked for: ask for those in sight, and stay where the reader is."""
        for _ in range(_CORRECTIONS if self._sheet.is_rendered else 0):
            place = self._place_read()
            in_sight = range(self._top, min(len(self._sheet), self._top + self.outer_size.height))
            corrected = not self._painting.has(in_sight) and self._sheet.correct(in_sight)
            if not corrected and len(self._sheet) == self.virtual_size.height:
                return
            self._painting.drop()
            self._settle(place)
            self.call_after_refresh(self._scrollbar.show)

    def _forget_selection(self) -> None:
        """Other text: what was selected is no longer there."""
        if self.is_attached and self.text_selection is not None:
            self.screen.clear_selection()

    def _repaint(self) -> None:
        self._painting.drop()
        self.refresh()
