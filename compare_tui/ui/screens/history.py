"""The prompts sent before, searched while typing."""

from collections.abc import Sequence
from typing import ClassVar, Final

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static

from compare_tui.core.sanitize import safe_display, safe_line
from compare_tui.ui.history import Entry

_COMPARED: Final = 2_000
_SHOWN: Final = 4_000
_ROW: Final = 200
_CLOSE_ENOUGH: Final = 75.0


class HistoryScreen(ModalScreen[Entry | None]):
    """Dismissed with the prompt that was chosen, or None."""

    DEFAULT_CSS = """
    HistoryScreen {
        align: center middle;
    }
    HistoryScreen #history {
        width: 100;
        max-width: 100%;
        height: 80%;
        border: round $primary;
        background: $surface;
    }
    HistoryScreen #history-search {
        border: none;
        height: 1;
    }
    HistoryScreen #history-list {
        height: 1fr;
        border: none;
        padding: 0;
    }
    HistoryScreen #history-preview {
        height: 1fr;
        border-top: solid $border-blurred;
        padding: 0 1;
    }
    """
    AUTO_FOCUS = "#history-search"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "back", tooltip="Leave the prompt as it is.", id="history-leave"),
    ]

    def __init__(self, entries: Sequence[Entry]) -> None:
        super().__init__()
        self._entries = tuple(reversed(entries))
        self._found = self._entries

    def compose(self) -> ComposeResult:
        with Vertical(id="history") as box:
            box.border_title = "Prompts sent before"
            box.border_subtitle = "enter takes it · ↑↓ · esc back"
            yield Input(placeholder="search", id="history-search")
            yield OptionList(markup=False, id="history-list")
            with VerticalScroll(id="history-preview", can_focus=False):
                yield Static(id="history-text", markup=False)

    def on_mount(self) -> None:
        self.query_one("#history-list", OptionList).can_focus = False
        self._show(self._entries)

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._show(matching(event.value, self._entries))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self._answer(self._chosen)

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        self._preview()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self._answer(self._chosen)

    async def on_key(self, event: events.Key) -> None:
        """The list is steered while the search has the focus."""
        step = {"up": "cursor_up", "down": "cursor_down", "pageup": "page_up", "pagedown": "page_down"}.get(event.key)
        if step is not None:
            event.stop()
            event.prevent_default()
            await self.app.run_action(step, self.query_one("#history-list", OptionList))

    def action_leave(self) -> None:
        self._answer(None)

    @property
    def _chosen(self) -> Entry | None:
        at = self.query_one("#history-list", OptionList).highlighted
        return None if at is None else self._found[at]

    def _show(self, found: tuple[Entry, ...]) -> None:
        self._found = found
        rows = self.query_one("#history-list", OptionList)
        rows.clear_options()
        rows.add_options(Content(safe_line(entry.text[:_ROW])) for entry in found)
        rows.highlighted = 0 if found else None
        self._preview()

    def _preview(self) -> None:
        entry = self._chosen
        shown = ""
        if entry is not None:
            system = f"[system] {entry.system[:_SHOWN]}\n\n" if entry.system else ""
            shown = safe_display(system + entry.text[:_SHOWN])
        self.query_one("#history-text", Static).update(Content(shown))

    def _answer(self, entry: Entry | None) -> None:
        if self.is_current:  # a second key of the same moment must not dismiss the screen below
            self.dismiss(entry)


def matching(query: str, entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
    """Those that hold all its words, newest first; without any, those that come close."""
    words = query.lower().split()
    if not words:
        return entries
    whole = tuple(entry for entry in entries if all(word in entry.text.lower() for word in words))
    if whole:
        return whole
    from rapidfuzz import fuzz, process

    texts = [entry.text[:_COMPARED].lower() for entry in entries]
    close = process.extract(" ".join(words), texts, scorer=fuzz.partial_ratio, score_cutoff=_CLOSE_ENOUGH, limit=None)
    return tuple(entries[at] for _, _, at in close)
