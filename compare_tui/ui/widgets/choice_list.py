"""A list of which one row is always chosen: the highlighted one. Enter is left to the screen around it."""

from collections.abc import Sequence
from typing import ClassVar, Generic, TypeVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import OptionList

V = TypeVar("V")


class ChoiceList(OptionList, Generic[V], inherit_bindings=False):
    """Posts `OptionHighlighted` when the user chooses, never when rows are put in."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "cursor_down", show=False),
        Binding("up", "cursor_up", show=False),
        Binding("home", "first", show=False),
        Binding("end", "last", show=False),
        Binding("pagedown", "page_down", show=False),
        Binding("pageup", "page_up", show=False),
    ]

    DEFAULT_CSS = """
    ChoiceList {
        text-wrap: nowrap;
        text-overflow: ellipsis;
        scrollbar-gutter: stable;
        scrollbar-size-vertical: 1;
        &:focus { background-tint: transparent; }
    }
    """

    def __init__(self, name: str) -> None:
        super().__init__(id=name, markup=False, compact=True)
        self._values: tuple[V, ...] = ()
        self._contents: tuple[Content, ...] = ()

    @property
    def values(self) -> tuple[V, ...]:
        return self._values

    @property
    def value(self) -> V | None:
        """What is chosen; None also when there is nothing to choose."""
        at = self.highlighted
        return None if at is None else self._values[at]

    @property
    def row_width(self) -> int:
        return max(0, self.scrollable_content_region.width)

    def offer(self, rows: Sequence[tuple[V, Content]], chosen: int | None) -> None:
        """Rows that stand there already are left alone: putting them in asks for a layout of the screen."""
        values, contents = tuple(value for value, _ in rows), tuple(content for _, content in rows)
        with self.prevent(OptionList.OptionHighlighted):
            if values != self._values or not all(map(Content.is_same, contents, self._contents)):
                self.clear_options()
                self._values, self._contents = values, contents
                self.add_options(contents)
            self.highlighted = chosen if rows else None
