"""The view that shows a diff: two texts side by side or in one column, a walk through the changes, a map of them."""

from typing import Final, NamedTuple

from textual import events, on
from textual.app import ComposeResult
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from compare_tui.core.diff.model import Change, Diff, How, Span
from compare_tui.ui.diff.chunks import Alignment
from compare_tui.ui.diff.lines import NEW, OLD
from compare_tui.ui.diff.map import ChangeMap
from compare_tui.ui.diff.rows import DiffRows, Place
from compare_tui.ui.diff.text import DiffText

_ABOVE: Final = 1 / 3
"""A change is shown so far down the height."""
_LONG: Final = 2 / 3
"""One that takes more than this share of the height begins at the top."""


class Stand(NamedTuple):
    """How far a reader has come in a diff: the current change, and the first place in sight."""

    change: Change | None
    place: Place | None


class DiffView(Widget, can_focus=True):
    """Has no keys and no timer of its own: the screen says what a key does, and shows another diff when there is."""

    DEFAULT_CSS = """
    DiffView { width: 1fr; height: 1fr; layout: horizontal; }
    """

    class Moved(Message):
        """`current` is another one; `wrapped` when that was found from the other end on."""

        def __init__(self, view: "DiffView", change: int | None, *, wrapped: bool = False) -> None:
            super().__init__()
            self.view = view
            self.change = change
            self.wrapped = wrapped

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 (Textual's name)
        super().__init__(id=id, classes=classes)
        self._alignment: Alignment | None = None
        self._current: int | None = None
        self._at_old_end = False
        self._owed: int | None = None
        """A change to go to once there is a size."""
        self._map = ChangeMap()
        self._text = DiffText(self._follow)

    def compose(self) -> ComposeResult:
        yield self._text
        yield self._map

    # What is shown

    @property
    def diff(self) -> Diff | None:
        return None if self._alignment is None else self._alignment.diff

    @property
    def stand(self) -> Stand | None:
        diff, current = self.diff, self._current
        return None if diff is None else Stand(None if current is None else diff.changes[current], self._text.place)

    def show(
        self,
        diff: Diff | None,
        *,
        keep: bool = True,
        swapped: bool = False,
        alignment: Alignment | None = None,
        stand: Stand | None = None,
    ) -> None:
        """Whoever made the `alignment` of the diff beside the painting thread hands it over.

        `keep`: the reader stays at the same place of the text, and the change that is current stays it. `swapped`: the
        old one was the new one before. `stand`: else the reader comes back to that.
        """
        current = self._current
        stand = self.stand if keep else stand
        self._alignment = None if diff is None else alignment or Alignment.of(diff)
        place, after = None, None
        if diff is not None and stand is not None:
            place = stand.place
            after = None if stand.change is None else _again(stand.change, diff, swapped=swapped)
            if swapped and place is not None:
                place = place._replace(side=1 - place.side)
        if not keep:
            self._at_old_end = False
        self._current = after
        self._text.mark_current(after)
        self._text.show(self._alignment, place)
        if after != current:
            self.post_message(self.Moved(self, after))

    @property
    def unified(self) -> bool:
        return self._text.unified

    @unified.setter
    def unified(self, unified: bool) -> None:
        self._text.unified = unified

    @property
    def shown_unified(self) -> bool:
        """Also where two columns do not fit."""
        return self._text.shown_unified

    @property
    def is_narrow(self) -> bool:
        """Two columns do not fit."""
        return self._text.is_narrow

    @property
    def placeholder(self) -> Content | None:
        """What stands in the middle while there is no diff, or not one character differs."""
        return self._text.placeholder

    @placeholder.setter
    def placeholder(self, content: Content | None) -> None:
        self._text.placeholder = content

    # Walking through the changes

    @property
    def current(self) -> int | None:
        return self._current

    def go(self, change: int) -> None:
        """A move is shown where the text is now."""
        self._go(change, wrapped=False)

    def step(self, by: int) -> None:
        """From the current change, or, once that is out of sight, from what is in sight."""
        diff, rows = self.diff, self._text.rows
        if diff is None or not diff.changes:
            return
        if self._current is not None and (rows is None or self._is_seen(rows, self._current)):
            to = self._current + by
        elif rows is not None:
            to = _near(rows, self._text.seen, by)
        else:
            to = 0 if by > 0 else -1
        count = len(diff.changes)
        self._go(to % count, wrapped=not 0 <= to < count)

    def other_end(self) -> bool:
        """Go to the other place of the current change, if that moved."""
        diff = self.diff
        if diff is None or self._current is None or diff.changes[self._current].how is not How.MOVED:
            return False
        self._at_old_end = not self._at_old_end
        self._centre(self._current)
        return True

    def _go(self, change: int, *, wrapped: bool) -> None:
        diff = self.diff
        if diff is None or not 0 <= change < len(diff.changes):
            return
        self._at_old_end = False
        self._current = change
        self._text.mark_current(change)
        self._centre(change)
        self.post_message(self.Moved(self, change, wrapped=wrapped))

    def _centre(self, change: int) -> None:
        rows = self._text.rows
        self._owed = change if rows is None else None
        place = None if rows is None else _rows_of(rows, change, old=self._at_old_end)
        if rows is not None and place is not None:
            height = self._text.outer_size.height
            above = 0 if len(place) > height * _LONG else int(height * _ABOVE)
            self._text.show_place(rows.place(place.start), -above)
        self._follow()

    def _is_seen(self, rows: DiffRows, change: int) -> bool:
        seen = self._text.seen
        places = (rows.span(change, side) for side in (OLD, NEW))
        return any(place and place.start < seen.stop and seen.start < place.stop for place in places)

    # Scrolling

    def scroll_rows(self, rows: int) -> None:
        self._text.scroll_rows(rows)

    def page(self, pages: int) -> None:
        self._text.scroll_rows(pages * max(1, self._text.outer_size.height - 1))

    def to_top(self) -> None:
        self._text.to_row(0)

    def to_bottom(self) -> None:
        self._text.to_bottom()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Over the map; the texts see to theirs."""
        event.stop()
        self._text.scroll_rows(round(self.app.scroll_sensitivity_y))

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self._text.scroll_rows(-round(self.app.scroll_sensitivity_y))

    @on(ChangeMap.Chosen)
    def _chosen(self, event: ChangeMap.Chosen) -> None:
        event.stop()
        rows = self._text.rows
        if rows is not None:
            self._text.to_row(int(event.share * len(rows)) - self._text.outer_size.height // 2)

    def _follow(self) -> None:
        """The map shows what is in sight now."""
        rows = self._text.rows
        if rows is not None and self._owed is not None:
            self._centre(self._owed)
            return
        place = None if rows is None or self._current is None else _rows_of(rows, self._current, old=self._at_old_end)
        self._map.show(rows, self._text.seen, None if place is None else place.start)


def _rows_of(rows: DiffRows, change: int, *, old: bool) -> range | None:
    """All rows of a change; of a move those of one place."""
    spans = rows.span(change, OLD), rows.span(change, NEW)
    if rows.alignment.diff.changes[change].how is How.MOVED:
        return spans[OLD if old else NEW] or spans[NEW]
    found = [span for span in spans if span is not None]
    return range(min(span.start for span in found), max(span.stop for span in found)) if found else None


def _near(rows: DiffRows, seen: range, by: int) -> int:
    """The first change that begins in sight or below, or the last that does so in sight or above; else one too far."""
    places = rows.alignment.places
    top, bottom = rows.chunk(seen.start), rows.chunk(min(seen.stop, len(rows)) - 1)
    found: list[tuple[int, int]] = []
    for change in range(len(rows.alignment.diff.changes)):
        number = (places[NEW].get(change) or places[OLD][change]).start
        if number in (top, bottom):
            place = _rows_of(rows, change, old=False)
            begins = rows.begin(number) if place is None else place.start
            is_near = begins >= seen.start if by > 0 else begins < seen.stop
        else:
            is_near = number > top if by > 0 else number < bottom
        if is_near:
            found.append((number, change))
    if not found:
        return len(rows.alignment.diff.changes) if by > 0 else -1
    return (min(found) if by > 0 else max(found))[1]


def _again(change: Change, diff: Diff, *, swapped: bool) -> int | None:
    """The change of another diff that is at the place of this one."""
    old, new = (change.new, change.old) if swapped else (change.old, change.new)
    best = max(
        ((_shared(each.new, new) + _shared(each.old, old), -at) for at, each in enumerate(diff.changes)), default=(0, 0)
    )
    return -best[1] if best[0] > 0 else None


def _shared(one: Span, other: Span) -> int:
    """How many characters two spans share; a little for the same beginning, for a span may be empty."""
    return 2 * max(0, min(one.end, other.end) - max(one.start, other.start)) + (one.start == other.start)
