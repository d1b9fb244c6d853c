"""The fields of the export screen: a row of choices, a path with folders offered, and looking aside at what follows."""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Any, ClassVar, Final, Generic, Protocol, TypeVar

from rich.cells import cell_len
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.screen import Screen

from compare_tui.ui.actions import Where
from compare_tui.ui.bindings import bindings
from compare_tui.ui.widgets.exact_input import ExactInput
from compare_tui.ui.widgets.lines import Lines, Piece, cut_short
from compare_tui.ui.widgets.path_row import PathRow

T = TypeVar("T")

LABEL_WIDTH: Final = 10


class ChoiceRow(Lines, can_focus=True):
    """What there is to choose in one row, one of it chosen; when not all has room, the chosen one alone."""

    DEFAULT_CSS = """
    ChoiceRow:focus { background: $boost; }
    """

    class Changed(Message):
        """Another one was chosen by the user."""

    def __init__(self, name: str, label: str, options: Sequence[str]) -> None:
        super().__init__(id=name)
        self._label = label
        self._options = tuple(options)
        self._whole = sum(cell_len(option) + 4 for option in self._options)
        self._places: list[tuple[range, int]] = []
        self.at = 0

    def choose(self, at: int) -> None:
        """Without a word to the screen."""
        self.at = at
        self._tell()

    def turn(self, step: int) -> None:
        """Behind the last one comes the first."""
        self._take((self.at + step) % len(self._options))

    def go_to_end(self) -> None:
        self._take(len(self._options) - 1)

    def go_to_beginning(self) -> None:
        self._take(0)

    def _take(self, at: int) -> None:
        if at != self.at:
            self.choose(at)
            self.post_message(self.Changed())

    def watch_has_focus(self, has_focus: bool) -> None:
        super().watch_has_focus(has_focus)
        self._tell()

    def on_resize(self) -> None:
        self._tell()

    def on_click(self, event: events.Click) -> None:
        at = next((at for columns, at in self._places if event.x in columns), None)
        if at is not None:
            self._take(at)

    def _tell(self) -> None:
        label: Piece = (f" {self._label:<{LABEL_WIDTH - 1}}", "key" if self.has_focus else "dim")
        room = self.size.width - LABEL_WIDTH
        beside = "" if self._whole <= room else f"  {self.at + 1} of {len(self._options)} "
        column, self._places = LABEL_WIDTH, []
        pieces = [label]
        for text, at in self._one(room - cell_len(beside)) if beside else self._all():
            self._places.append((range(column, column + cell_len(text)), at))
            column += cell_len(text)
            pieces.append((text, "strong" if at == self.at else "dim"))
        self.show((tuple(pieces), ((beside, "dim"),)))

    def _all(self) -> Iterator[tuple[str, int]]:
        for at, option in enumerate(self._options):
            yield f"{'●' if at == self.at else '○'} {option}  ", at

    def _one(self, room: int) -> Iterator[tuple[str, int]]:
        """The chosen one; a click beside it goes on by one."""
        count = len(self._options)
        yield "‹ ", (self.at - 1) % count
        yield cut_short(self._options[self.at], room - 4), self.at
        yield " ›", (self.at + 1) % count


class PathField(ExactInput):
    """A path; folders that it may mean are offered in a row below it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        binding
        for binding in bindings(Where.EXPORT, "screen.")
        if isinstance(binding, Binding) and binding.id == "export-write"
    ]

    def __init__(self, name: str, offers: PathRow) -> None:
        super().__init__(name)
        self._offers = offers

    @property
    def begun(self) -> str:
        """What stands before the cursor."""
        return self.value[: self.cursor_position]

    def put(self, before: str, behind: str = "") -> None:
        """The cursor comes between the two."""
        self.value = before + behind
        self.cursor_position = len(before)

    def on_key(self, event: events.Key) -> None:
        """As long as there are folders to offer, these keys are about them."""
        if not self._offers.paths or event.key not in ("up", "down", "tab", "escape"):
            return
        event.stop()
        event.prevent_default()
        chosen = self._offers.chosen
        if event.key in ("up", "down"):
            self._offers.turn(1 if event.key == "down" else -1)
            return
        self._offers.paths = ()
        if event.key == "tab" and chosen is not None:
            self.put(chosen, self.value[self.cursor_position :].removeprefix("/"))

    def on_blur(self) -> None:
        self._offers.paths = ()


class _Aside(Protocol):
    def __call__(self, work: Callable[[], T]) -> Awaitable[T]: ...


class Newest(Generic[T]):
    """Looks aside, at one thing at a time; of what is asked for meanwhile only the newest is looked at."""

    def __init__(self, screen: Screen[Any], aside: _Aside, show: Callable[[T], None]) -> None:
        self._screen = screen
        self._aside = aside
        self._show = show
        self._next: Callable[[], T] | None = None
        self._looks = False

    def ask(self, work: Callable[[], T]) -> None:
        self._next = work
        if not self._looks:
            self._looks = True
            self._screen.run_worker(self._go_on())

    async def _go_on(self) -> None:
        try:
            while (work := self._next) is not None:
                self._next = None
                found = await self._aside(work)
                if self._next is None:
                    self._show(found)
        finally:
            self._looks = False
