"""The prompt editor: the user's text, the system text beside it, pictures, paths offered, prompts sent before."""

import asyncio
from pathlib import Path
from typing import ClassVar, Self

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Static, TextArea

from compare_tui.core.prompt import TOKENS_PER_IMAGE, Image, Prompt
from compare_tui.core.sanitize import safe_line
from compare_tui.paths import prompts_file
from compare_tui.ui.actions import Where
from compare_tui.ui.attachments import Found, Mention, Unfit, look_at, picture_facts
from compare_tui.ui.bindings import bindings
from compare_tui.ui.history import Entry, PromptHistory
from compare_tui.ui.widgets.path_row import PathRow
from compare_tui.ui.widgets.prompt_area import PromptArea
from compare_tui.ui.written import Draft, Signs

_SIDE_BY_SIDE = 100
_FOLDED_CHARACTERS = 400


class PromptEditor(Widget, can_focus=False):
    """Its texts are held as `Signs` do: what was pasted or loaded is exact and never means anything."""

    WHERE: ClassVar = Where.PROMPT
    BINDINGS: ClassVar[list[BindingType]] = bindings(Where.PROMPT)
    DEFAULT_CSS = """
    PromptEditor {
        height: 9;
    }
    PromptEditor #prompt-texts {
        layout: horizontal;
        height: 1fr;
    }
    PromptEditor PromptArea {
        border: round $foreground-muted 50%;
        height: 1fr;
        padding: 0 1;
    }
    PromptEditor PromptArea:ansi {
        border: round $border-blurred;
    }
    PromptEditor PromptArea:focus {
        border: round $border;
    }
    PromptEditor #prompt-user {
        width: 2fr;
    }
    PromptEditor #prompt-system {
        width: 1fr;
    }
    PromptEditor.-narrow #prompt-texts {
        layout: vertical;
    }
    PromptEditor.-narrow #prompt-user, PromptEditor.-narrow #prompt-system {
        width: 1fr;
    }
    PromptEditor.-narrow #prompt-system {
        height: 1;
        border: none;
    }
    PromptEditor.-narrow #prompt-system.-written, PromptEditor.-narrow #prompt-system:focus {
        height: 1fr;
        border: round $foreground-muted 50%;
    }
    PromptEditor.-narrow #prompt-system:focus {
        border: round $border;
    }
    PromptEditor #prompt-pictures {
        display: none;
        height: 1;
        padding: 0 1;
        color: $text-muted;
        text-wrap: nowrap;
        text-overflow: ellipsis;
    }
    PromptEditor.-pictures #prompt-pictures {
        display: block;
    }
    PromptEditor #prompt-folded {
        display: none;
        height: 1;
        padding: 0 1;
        color: $text-muted;
        text-wrap: nowrap;
        text-overflow: ellipsis;
    }
    PromptEditor.-folded {
        height: 1;
    }
    PromptEditor.-folded #prompt-texts, PromptEditor.-folded #prompt-pictures, PromptEditor.-folded PathRow {
        display: none;
    }
    PromptEditor.-folded #prompt-folded {
        display: block;
    }
    """

    folded: reactive[bool] = reactive(False, toggle_class="-folded")
    images: reactive[tuple[Image, ...]] = reactive(())
    continues: reactive[str] = reactive("")
    """What the next send continues, in words; empty when it is a fresh one."""

    class Changed(Message):
        """The text, the system text or the pictures changed."""

    class Send(Message):
        """The send key was pressed by hand."""

    class ToPanes(Message):
        """The user leaves for the panes."""

    def __init__(
        self,
        history: PromptHistory | None = None,
        *,
        folder: Path | None = None,
        id: str | None = None,  # noqa: A002 - Textual's name for it
    ) -> None:
        """By default the history is the user's, and a typed path begins where the app was started."""
        super().__init__(id=id)
        self.history = history or PromptHistory(prompts_file())
        self._folder = folder or Path.cwd()
        self._signs = Signs()
        self._user = PromptArea(
            self._signs, placeholder="Write a prompt · ctrl+j sends · @ attaches a file", id="prompt-user"
        )
        self._user.border_title = "Prompt"
        self._system = PromptArea(self._signs, placeholder="System text, if any", id="prompt-system")
        self._system.border_title = "System"
        self._paths = PathRow()
        self._telling = False
        self._unsent: tuple[str, str] = ("", "")
        self._leafed: tuple[int, tuple[str, str]] | None = None
        """How far back, and what was put there: text that is something else by now is a new draft."""

    def compose(self) -> ComposeResult:
        with Container(id="prompt-texts"):
            yield self._user
            yield self._system
        yield self._paths
        yield Static(id="prompt-pictures", markup=False)
        yield Static(id="prompt-folded", markup=False)

    # What stands there

    @property
    def text(self) -> str:
        return self._user.exact

    @property
    def system(self) -> str:
        return self._system.exact

    @property
    def input_tokens(self) -> int:
        """Estimated; cheap enough to ask for at every key, whatever was pasted."""
        texts = sum(self._signs.tokens(held) for held in self._held)
        return texts + TOKENS_PER_IMAGE * len(self.images)

    def draft(self) -> Draft:
        return Draft.of(Prompt("", images=self.images), *self._held, self._signs)

    def load(self, text: str, system: str | None = None) -> None:
        """Whole and literal, as a step that can be undone. No system text leaves the one that is there."""
        self._user.put(self._signs.given(text))
        if system is not None:
            self._system.put(self._signs.given(system))

    def focus(self, scroll_visible: bool = True) -> Self:
        """Unfold, and put the cursor into the user's text."""
        self.folded = False
        self._user.focus(scroll_visible)
        return self

    @property
    def _held(self) -> tuple[str, str]:
        return self._user.document.text, self._system.document.text

    @property
    def _area(self) -> PromptArea:
        """The text that has the focus, or had it when it was asked for."""
        return self._system if self._system.has_focus else self._user

    # What happens to it

    def on_resize(self, event: events.Resize) -> None:
        self.set_class(event.size.width < _SIDE_BY_SIDE, "-narrow")

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        event.stop()
        self._system.set_class(bool(self._system.document.text), "-written")
        self._offer(self._mention())
        self._tell()

    def on_text_area_selection_changed(self, event: TextArea.SelectionChanged) -> None:
        event.stop()
        if self._paths.paths and self._mention() is None:
            self._offer(None)

    def on_descendant_blur(self) -> None:
        self._offer(None)

    def watch_images(self, images: tuple[Image, ...]) -> None:
        self.set_class(bool(images), "-pictures")
        chips = (f"[{n}] {safe_line(image.name)} · {picture_facts(image)}" for n, image in enumerate(images, 1))
        said = "   ".join(chips)
        if self.is_mounted:
            row = f"{said}   backspace at the start removes the last"
            self.query_one("#prompt-pictures", Static).update(Content(row), layout=False)
            self._tell()

    def watch_continues(self, words: str) -> None:
        self._user.border_subtitle = Content(f"{words} · esc leaves it") if words else None
        self.watch_folded()

    def watch_folded(self) -> None:
        if self.is_mounted:
            self._summarise()

    def _tell(self) -> None:
        """Once for all that changed before the next paint."""
        if not self._telling:
            self._telling = True
            self.call_after_refresh(self._told)

    def _told(self) -> None:
        self._telling = False
        if self.folded:
            self._summarise()
        self.post_message(self.Changed())

    def _summarise(self) -> None:
        words = safe_line(self._signs.shown(self._user.document.text[:_FOLDED_CHARACTERS])) or "no prompt yet"
        pictures = f"{len(self.images)} picture{'s' * (len(self.images) > 1)} · " if self.images else ""
        continues = f"{self.continues} · " if self.continues else ""
        summary = f"▸ {continues}{self.input_tokens:,} tokens · {pictures}{words}"
        self.query_one("#prompt-folded", Static).update(Content(summary), layout=False)

    def on_prompt_area_send(self, message: PromptArea.Send) -> None:
        message.stop()
        self.post_message(self.Send())

    def on_prompt_area_emptied_further(self, message: PromptArea.EmptiedFurther) -> None:
        message.stop()
        if self._user.has_focus:
            self.images = self.images[:-1]

    # Files

    def _mention(self) -> Mention | None:
        """The `@path` before the cursor: a pasted @ is a sign, and begins nothing."""
        area = self._area
        row, column = area.cursor_location
        return Mention.before(area.document[row][:column]) if area.has_focus and area.selection.is_empty else None

    def _offer(self, mention: Mention | None) -> None:
        self._paths.paths = () if mention is None else mention.completions(self._folder)
        for area in (self._user, self._system):
            area.offering = bool(self._paths.paths)

    def on_prompt_area_turned(self, message: PromptArea.Turned) -> None:
        message.stop()
        self._paths.turn(message.step)

    def on_prompt_area_refused(self, message: PromptArea.Refused) -> None:
        message.stop()
        self._offer(None)

    def on_prompt_area_chosen(self, message: PromptArea.Chosen) -> None:
        message.stop()
        mention, chosen = self._mention(), self._paths.chosen
        if mention is None or chosen is None:
            return
        if mention.written != chosen:
            self._put_for(mention, self._signs.typed(f"@{chosen}"))
        if not chosen.endswith("/"):
            self._offer(None)
            self.run_worker(self._ask_about(Mention(mention.column, chosen)), exclusive=True, group="attach")

    def _put_for(self, mention: Mention, held: str) -> None:
        area = self._area
        row, column = area.cursor_location
        area.replace(held, (row, mention.column), (row, column), maintain_selection_offset=False)

    async def _ask_about(self, mention: Mention) -> None:
        """Look at the file, ask, and do what was answered with the words that name it."""
        from compare_tui.ui.screens.attach import ATTACH, INLINE, KEEP, AttachScreen

        try:
            found = await asyncio.to_thread(look_at, mention.path(self._folder))
        except Unfit as unfit:
            self.notify(str(unfit), severity="warning", markup=False)
            return
        answer = await self.app.push_screen_wait(AttachScreen(found))
        if self._mention() != mention:  # edited meanwhile: there is nothing to put it in the place of
            return
        if answer == KEEP:
            self._put_for(mention, self._signs.literal(f"@{mention.written}"))
        elif answer in (ATTACH, INLINE):
            self._take(mention, found)

    def _take(self, mention: Mention, found: Found) -> None:
        if isinstance(found.content, Image):
            self._put_for(mention, "")
            self.images = (*self.images, found.content)
        else:
            self._put_for(mention, self._signs.given(found.content))

    # Actions

    def action_to_panes(self) -> None:
        self.post_message(self.ToPanes())

    def action_unfold_paste(self) -> None:
        if refused := self._area.unfold():
            self.notify(refused, markup=False)

    def action_history(self) -> None:
        from compare_tui.ui.screens.history import HistoryScreen

        def put(entry: Entry | None) -> None:
            if entry is not None:
                self.load(entry.text, entry.system)

        self.app.push_screen(HistoryScreen(self.history.entries()), put)

    def action_older_prompt(self) -> None:
        self._leaf(1)

    def action_newer_prompt(self) -> None:
        self._leaf(-1)

    def _leaf(self, step: int) -> None:
        """The prompts sent before, one by one; in front of the newest stands what was not sent."""
        back = self._leafed[0] if self._leafed and self._leafed[1] == self._held else 0
        if not back:
            self._unsent = self._held
        sent = [entry for entry in self.history.entries() if (entry.text, entry.system) != self._exact(self._unsent)]
        back += step
        if not 0 <= back <= len(sent):
            return
        held = self._unsent
        if back:
            held = self._signs.given(sent[-back].text), self._signs.given(sent[-back].system)
        self._leafed = (back, held)
        self._user.put(held[0])
        self._system.put(held[1])

    def _exact(self, held: tuple[str, str]) -> tuple[str, str]:
        return self._signs.exact(held[0]), self._signs.exact(held[1])

    def edit_outside(self) -> None:
        """The text that has the focus in the user's own editor; what comes back is literal."""
        from compare_tui.ui.external_editor import edit_in_external

        area = self._area
        edited = edit_in_external(self.app, area.exact)
        if edited is not None:
            area.put(self._signs.given(edited))
