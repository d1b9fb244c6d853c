"""A text area that keeps pasted text exact and literal, and tells keys pressed by hand from a paste sent as keys."""

from typing import Any, ClassVar, Final

from rich.text import Text
from textual import events
from textual.binding import Binding, BindingType
from textual.document._document import EditResult, Location, Selection
from textual.geometry import Offset
from textual.message import Message
from textual.timer import Timer
from textual.widgets import TextArea

from compare_tui.ui.actions import Where
from compare_tui.ui.written import LONGEST_UNFOLDED, Signs, is_too_long

BURST_S: Final = 0.010
"""Keys of one read come within 1 ms, or 6 when a thread holds the interpreter; a hand on one key repeats in 25."""
_HELD_S: Final = 0.015
_GIVEN_UP: Final = {"f6", "f7"}
_MEANT: Final = {"@", "{"}
_AS_TEXT: Final = {"ctrl+j": "\n", "enter": "\n", "tab": "\t"}
_ACTING: Final = {"ctrl+j", "tab"}


class PromptArea(TextArea, inherit_bindings=False):
    """Holds its text as `Signs` do; `exact` is what would be sent."""

    WHERE: ClassVar = Where.PROMPT
    BINDINGS: ClassVar[list[BindingType]] = [
        binding for binding in TextArea.BINDINGS if not isinstance(binding, Binding) or binding.key not in _GIVEN_UP
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {"prompt-area--label"}
    DEFAULT_CSS = """
    PromptArea .prompt-area--label {
        color: $text-muted;
        text-style: italic;
    }
    """

    class Send(Message):
        """The send key was pressed by hand."""

    class Chosen(Message):
        """tab or enter while paths are offered."""

    class Turned(Message):
        """up or down while paths are offered."""

        def __init__(self, step: int) -> None:
            super().__init__()
            self.step = step

    class Refused(Message):
        """escape while paths are offered."""

    class EmptiedFurther(Message):
        """backspace where there is nothing before the cursor."""

    def __init__(self, signs: Signs, *, placeholder: str, id: str) -> None:  # noqa: A002 - Textual's name for it
        self.signs = signs
        super().__init__(id=id, tab_behavior="focus", highlight_cursor_line=False, placeholder=placeholder)
        self.match_cursor_bracket = False  # it would see the typed brackets and not the pasted ones
        self.offering = False
        """Whether paths are offered for what is typed, and the keys that choose one are theirs."""
        self._last_key = float("-inf")
        self._held: events.Key | None = None
        self._holding: Timer | None = None

    @property
    def exact(self) -> str:
        return self.signs.exact(self.document.text)

    def put(self, held: str) -> None:
        """The whole text, as one step that can be undone."""
        self.history.checkpoint()
        self.replace(held, (0, 0), self.document.end, maintain_selection_offset=False)
        self.history.checkpoint()

    async def _on_key(self, event: events.Key) -> None:
        together = event.time - self._last_key <= BURST_S
        text = _text_of(event)
        await self._decide(by_hand=text is None or not together)
        if text is None:
            if self.offering and event.key in ("up", "down", "escape"):
                self._answer_offer(event.key)
                _taken(event)
            return
        self._last_key = event.time
        _taken(event)
        if together:
            self._insert(self.signs.literal(text))
        elif event.key in _ACTING or text in _MEANT:
            self._held = event
            self._holding = self.set_timer(_HELD_S, self._decide)
        elif event.key == "enter" and self.offering:
            self.post_message(self.Chosen())
        else:
            self._insert(self.signs.typed(text))

    async def _decide(self, *, by_hand: bool = True) -> None:
        """Give the held key its meaning: alone it was pressed, together with others it was pasted."""
        if self._held is None:
            return
        key, self._held = self._held, None
        if self._holding is not None:
            self._holding.stop()
        text = _text_of(key) or ""
        if not by_hand:
            self._insert(self.signs.literal(text))
        elif key.key == "tab" and self.offering:
            self.post_message(self.Chosen())
        elif key.key in _ACTING:
            await self._act(key.key)
        else:
            self._insert(text)

    async def _act(self, key: str) -> None:
        """What the key is bound to, here or above."""
        bound = self.screen.active_bindings.get(key)
        if bound is None:
            return
        if bound.binding.action == "send":
            self.post_message(self.Send())
        else:
            await self.app.run_action(bound.binding.action, bound.node)

    def _answer_offer(self, key: str) -> None:
        self.post_message(self.Refused() if key == "escape" else self.Turned(1 if key == "down" else -1))

    def _insert(self, held: str) -> None:
        self._restart_blink()
        self._replace_via_keyboard(held, *self.selection)

    async def _on_paste(self, event: events.Paste) -> None:
        _taken(event)
        self._paste(event.text)

    def action_paste(self) -> None:
        self._paste(self.app.clipboard)

    def _paste(self, text: str) -> None:
        """Terminals send the line ends of a paste as CR; one that sends LF as well sends the text as it is."""
        if "\n" not in text:
            text = text.replace("\r", "\n")
        if result := self._replace_via_keyboard(self.signs.given(text), *self.selection):
            self.move_cursor(result.end_location)

    def action_copy(self) -> None:
        if self.selection.is_empty:
            super().action_copy()
        else:
            self.app.copy_to_clipboard(self.signs.exact(self.selected_text))

    def action_cut(self) -> None:
        start, end = self.selection
        cut = self._delete_cursor_line() if start == end else self._delete_via_keyboard(start, end)
        if cut is not None:
            self.app.copy_to_clipboard(self.signs.exact(cut.replaced_text))

    def action_delete_left(self) -> None:
        if self.selection == Selection.cursor((0, 0)):
            self.post_message(self.EmptiedFurther())
        else:
            super().action_delete_left()

    def unfold(self) -> str | None:
        """Lay out the pasted text whose label the cursor touches; why not, if not."""
        row, column = self.cursor_location
        span = self.signs.label_at(self.document[row], column)
        if span is None:
            return "Put the cursor on the label of a folded paste first."
        text = self.signs.exact(self.document[row][slice(*span)])
        if is_too_long(text, LONGEST_UNFOLDED):
            return "It is too long to lay out here; $EDITOR has it whole."
        self.replace(self.signs.literal(text), (row, span[0]), (row, span[1]), maintain_selection_offset=False)
        return None

    def _delete_via_keyboard(self, start: Location, end: Location) -> EditResult | None:
        return super()._delete_via_keyboard(*self._widened(start, end))

    def _replace_via_keyboard(self, insert: str, start: Location, end: Location) -> EditResult | None:
        return super()._replace_via_keyboard(insert, *self._widened(start, end))

    def _widened(self, start: Location, end: Location) -> tuple[Location, Location]:
        """A label goes whole or not at all."""
        top, bottom = sorted((start, end))
        return (top, bottom) if top == bottom else (self._out_of_label(top, 0), self._out_of_label(bottom, 1))

    def _validate_selection(self, selection: Selection) -> Selection:
        """The cursor steps over a label."""
        start, end = super()._validate_selection(selection)
        onward = int(end > self.selection.end)
        return Selection(self._out_of_label(start, onward), self._out_of_label(end, onward))

    def _out_of_label(self, location: Location, side: int) -> Location:
        row, column = location
        if row >= self.document.line_count:
            return location
        span = self.signs.label_around(self.document[row], column)
        return location if span is None else (row, span[side])

    def scroll_cursor_visible(self, center: bool = False, animate: bool = False) -> Offset:
        """Undo that takes the scrollbar away asks for it before the cursor is back in the text, which ended the app."""
        if self.cursor_location[0] >= self.document.line_count:
            return Offset(0, 0)
        return super().scroll_cursor_visible(center, animate)

    def get_line(self, line_index: int) -> Text:
        """As it may be seen."""
        held = self.document.get_line(line_index)
        line = Text(self.signs.shown(held), end="", no_wrap=True)
        for at in self.signs.strange(held):
            line.stylize(self.get_component_rich_style("prompt-area--label", partial=True), at, at + 1)
        return line


def _text_of(event: events.Key) -> str | None:
    """What the key writes. Joiners and marks of direction are no printable characters, and part of what is typed."""
    if event.key in _AS_TEXT:
        return _AS_TEXT[event.key]
    character = event.character
    if character is None or len(character) != 1 or not (character.isprintable() or ord(character) > 0x9F):
        return None
    return character


def _taken(event: Any) -> None:
    event.stop()
    event.prevent_default()
