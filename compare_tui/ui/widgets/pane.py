"""A pane: one lane's takes, one of them shown, with its figures above and what there is to say below."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from compare_tui.core.events import Event, Kind
from compare_tui.core.sanitize import safe_display, safe_line
from compare_tui.core.take import Take
from compare_tui.ui.columns import Column
from compare_tui.ui.counters import counter_row, retry_text, title_row
from compare_tui.ui.figures import Clock, now_ns, ticking
from compare_tui.ui.widgets.bars import foreseen
from compare_tui.ui.widgets.ground import VerticalGround
from compare_tui.ui.widgets.lines import Lines
from compare_tui.ui.widgets.stream import StreamView

if TYPE_CHECKING:
    from compare_tui.engine.forecast import Forecast
    from compare_tui.ui.marks.in_place import Marks
    from compare_tui.ui.rendered.answer import RenderedRows

_TEXT = (Kind.TEXT, Kind.REFUSAL)
SHORT = 8_000
"""Characters of an answer that is laid out at once; a longer one waits for its turn."""
LAYING_OUT_MS = 6
"""A beat, for an answer of a megabyte: what is shown until then is the text as it came."""
_FIGURES = 22
"""Cells that TTFT and cost take."""


class Pane(VerticalGround):
    """Fed with events by the board; painted by the app's one timer."""

    DEFAULT_CSS = """
    Pane {
        & > .pane--head { height: 2; background: $panel; }
        & > StreamView {
            margin-left: 1;
            scrollbar-background: $background;
            scrollbar-background-hover: $background;
            scrollbar-background-active: $background;
        }
        & > .pane--notice { height: auto; max-height: 3; color: $text-warning; background: $background; padding: 0 1; }
        & > .pane--head.-focused { background: $primary-muted; }
        & > .pane--head.-focused:ansi { text-style: reverse; }
    }
    """
    AGAIN_OFFER: ClassVar[str] = "\n\nr sends it again"
    STOP_OFFER: ClassVar[str] = " · x stops it"
    FLEX_OFFER: ClassVar[str] = "no flex capacity · r again · W wait for it · D default tier, at its price"

    def __init__(self, number: int, clock: Clock = now_ns) -> None:
        super().__init__()
        self._clock = clock
        self.number = number
        self.column: Column | None = None
        self.take: Take | None = None
        self.forecast: Forecast | None = None
        self._laying_out: RenderedRows | None = None
        self.is_baseline = False
        self.raw = False
        self.against: Take | None = None
        self.marking = False
        """Whether anything is to be marked: what has no place in the text as it came is not laid out then."""
        self._marked: tuple[str, ...] = ()
        self._head = Lines(classes="pane--head")
        self.view = StreamView()
        self._notice = Static(classes="pane--notice", markup=False)
        self._told = ""
        self._has_text = self._is_mixed = False
        """Something was appended to the view; not in the order in which a whole answer is shown."""
        self._tools: list[str] = []
        self._parts: set[str] = set()

    def compose(self) -> ComposeResult:
        yield self._head
        yield self.view

    def show_focus(self, has_it: bool) -> None:
        self._head.set_class(has_it, "-focused")

    def on_resize(self) -> None:
        """How many figures fit, which for an ended take nothing else would find out."""
        self.tick()

    # What it shows

    def show(self, column: Column, take: Take | None) -> None:
        """Another lane, or another take of the same one."""
        if self.column is None or self.column.lane != column.lane:
            self.forecast = None
        self.column = column
        if take is not self.take or take is None:
            self.take = take
            self._refill()
        self.tick()

    def _refill(self) -> None:
        take = self.take
        self.view.reset()
        self.mark(None)
        self._tools.clear()
        self._parts.clear()
        self._has_text = self._is_mixed = False
        if take is not None:
            self.view.append_reasoning(take.reasoning)
            self._append([take.text])
            for key, call in take.tools.items():
                self._call(key, call.name, "".join(call.arguments))
            self.render_answer()

    def feed(self, events: Sequence[Event]) -> None:
        """What came for the take shown here. Nothing is painted yet."""
        take = self.take
        assert take is not None
        text: list[str] = []
        for event in events:
            if event.kind in _TEXT:
                text.append(event.text)
            elif event.kind is Kind.REASONING:
                self.view.append_reasoning(event.text)
            elif event.kind is Kind.TOOL:
                self._append(text)
                self._call(event.data["key"], event.data.get("name") or "", event.text)
            elif event.kind is Kind.PART:
                self._parts.add(event.data["key"])
        self._append(text)
        if take.verdict is not None:
            self._finish()
            self.tick()

    def advance(self, *, lays_out: bool = True) -> bool:
        """Once a beat: fold what came into rows, lay out some more of an answer. Whether there is more to do."""
        rows = self._laying_out
        if rows is not None and not rows.ready and lays_out:
            rows.settle(LAYING_OUT_MS)
        if rows is not None and rows.ready:
            self._laying_out = None
            self.view.show_rendered(rows)
        if self.view.has_pending:
            self.view.flush()
        return self.is_unfinished

    @property
    def is_laying_out(self) -> bool:
        return self._laying_out is not None

    @property
    def is_unfinished(self) -> bool:
        """Whether `advance` has something to do."""
        return self.view.has_pending or self._laying_out is not None

    def _append(self, text: list[str]) -> None:
        """What was said until a call began, or until now."""
        if any(text):
            self._is_mixed |= bool(self._tools)
            self._has_text = True
            self.view.append("".join(text))
            text.clear()

    def _call(self, key: str, name: str, arguments: str) -> None:
        if key not in self._tools:
            self._tools.append(key)
            self.view.append(f"{chr(10) * self._has_text}→ {name} ")
            self._has_text = True
        self._is_mixed |= key != self._tools[-1]
        self.view.append(arguments)

    def _finish(self) -> None:
        """The answer is whole: its pieces in the endpoint's own order, and laid out."""
        if len(self._parts) > 1 or self._is_mixed:
            self._refill()
        else:
            self.render_answer()

    def render_answer(self) -> None:
        """Markdown, JSON and calls laid out once the answer is whole; raw when asked for."""
        take = self.take
        whole = take is not None and take.verdict is not None and (take.text or take.tools)
        self._laying_out = None
        if self.raw or take is None or not whole or (self.marking and _is_laid_out_anew(take)):
            self.view.show_rendered(None)
            return
        from compare_tui.ui.ink import Ink
        from compare_tui.ui.rendered.answer import rendered

        calls = list(take.tools.values())
        self._laying_out = rendered(take.text, calls, self.view.row_width, Ink.of(self.app.theme_variables))
        if len(take.text) <= SHORT:
            self.advance()

    # What is marked in it

    def mark(self, marks: "Marks | None", told: tuple[str, ...] = ()) -> None:
        """In the text, and how it is said above: in words, and in less words for less room."""
        self.view.marks = marks
        self._marked = told

    @property
    def marks_told(self) -> tuple[str, ...]:
        return self._marked

    def set_marking(self, marking: bool) -> None:
        if marking != self.marking:
            self.marking = marking
            if self.take is not None and _is_laid_out_anew(self.take):
                self.render_answer()

    @property
    def whole_text(self) -> str:
        """The answer as it came, calls behind it: what is copied and written."""
        take = self.take
        if take is None:
            return ""
        calls = (f"→ {call.name} {''.join(call.arguments)}" for call in take.tools.values())
        return "\n".join(filter(None, (take.text, *calls)))

    # What it says

    def tick(self) -> None:
        """Bring head, notice and placeholder up to date; cheap when nothing is new."""
        column, take = self.column, self.take
        if column is None:
            return
        at = column.takes.index(take) + 1 if take in column.takes else 0
        note = self._note(self.size.width - _FIGURES)
        figures, _ = counter_row(take, column.takes, self.against, self.size.width - cell_len(note), self._clock)
        self._head.show(
            title_row(
                self.number,
                column.label,
                column.lane,
                take,
                repeats=(at, len(column.takes)),
                baseline=self.is_baseline,
                muted=column.muted,
                blocked=self.forecast is not None and self.forecast.blocked,
            ),
            (figures, ((note, "mark"),) if note else ()),
        )
        self._say(self._notices())
        self.view.placeholder = self._placeholder()

    def _note(self, room: int) -> str:
        """How much was found and marked, in as many words as there is room for beside the first figures."""
        found, so_far = self.view.matches, " so far" * self.view.is_looking
        counted = () if found is None else (f"{found:,} found{so_far}" if found or so_far else "none found",)
        ways = [" · ".join((*counted, told)) for told in self._marked] or [*counted]
        note = next((way for way in ways if cell_len(way) + 2 <= room), ways[-1] if ways else "")
        return f" {note} " if note else ""

    def _say(self, text: str) -> None:
        if text != self._told:
            self._told = text
            self._notice.update(Content(text))
            self._notice.display = bool(text)
            if text and not self._notice.is_attached:  # most answers never need it
                self.mount(self._notice)

    def _notices(self) -> str:
        take = self.take
        if take is None:
            return ""
        told = [take.downgrade, *take.notices, *take.cautions]
        if take.failure is not None and (take.text or take.tools):
            told.append(take.failure.message)
        if self.flex_offered:
            told.append(self.FLEX_OFFER)
        said = " · ".join(safe_line(text) for text in dict.fromkeys(told) if text)
        return f"⚠ {said}" if said else ""

    @property
    def flex_offered(self) -> bool:
        take = self.take
        return take is not None and take.failure is not None and take.failure.error_class == "flex-busy"

    def _placeholder(self) -> Content | None:
        take = self.take
        if take is None:
            muted = self.column is not None and self.column.muted
            if muted:
                return Content("muted: left out of the next sends · - takes it in again")
            return Content(foreseen(self.forecast) if self.forecast is not None else "")
        if take.verdict is None:
            return Content(self._waiting(take))
        if take.failure is not None:
            return Content(f"{safe_display(take.failure.message)}{self.AGAIN_OFFER}")
        return Content(f"{take.verdict.value}, without any text")

    def _waiting(self, take: Take) -> str:
        now = self._clock(take)
        if take.retrying is not None:
            because = safe_display(str(take.retrying.get("because", "")))
            return f"{because}\n\n{retry_text(take, now)}{self.STOP_OFFER}"
        if take.stamps.sent is None:
            return "in line for this endpoint" if take.stamps.queued else ""
        return f"{take.state} {ticking(now - take.stamps.sent)}"


def _is_laid_out_anew(take: Take) -> bool:
    """Other than as Markdown, whose rows say which lines of the text they show: calls, and JSON that is not plain."""
    from compare_tui.ui.rendered.json import is_json, may_be_json

    text = take.text
    if take.tools or not may_be_json(text):
        return bool(take.tools)
    return ("\t" in text or "\\u" in text or safe_display(text) != text) and is_json(text)
