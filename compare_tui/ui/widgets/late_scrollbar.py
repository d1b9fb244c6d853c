"""A scrollbar four times a second: beside text that scrolls it costs as much to paint as the text."""

from time import monotonic
from typing import Final

from textual.scroll_view import ScrollView

EVERY_S: Final = 0.25


class LateScrollbar:
    """The vertical scrollbar of a view that sets its size and position past Textual's watchers."""

    def __init__(self, view: ScrollView) -> None:
        self._view = view
        self._shown_at = 0.0
        self.is_late = False

    def show_if_due(self) -> None:
        if self.is_late and monotonic() - self._shown_at >= EVERY_S:
            self.show()

    def show(self) -> None:
        self.is_late = False
        view = self._view
        if view.is_attached and view.show_vertical_scrollbar:
            self._shown_at = monotonic()
            bar = view.vertical_scrollbar
            bar.window_virtual_size = view.virtual_size.height
            bar.window_size = view.outer_size.height
            bar.position = view.scroll_y
