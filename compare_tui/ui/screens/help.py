"""Help that teaches: the place the focus was in, every key, what each figure means, where the files lie."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import ClassVar, Final

from rich.console import Group, RenderableType
from rich.style import Style
from rich.table import Table
from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.reactive import reactive
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Static

from compare_tui.core.definitions import COSTS, FIGURES, SIGNS, VERDICTS
from compare_tui.core.sanitize import safe_line
from compare_tui.paths import every_path
from compare_tui.ui.actions import Where, actions_in
from compare_tui.ui.key_names import delivered
from compare_tui.ui.keymap import DEFAULTS, Keymap

_ABOUT: Final = {
    Where.ANYWHERE: "These keys work on the main screen, wherever its focus is. In the panes letters are keys too.",
    Where.PANES: "A pane shows what one lane answered, as it comes; repeats of the lane share it. "
    "The pane with the focus is the one these keys act on.",
    Where.PROMPT: "What you write here goes to every lane that is not muted, each time as a new round. "
    "It stays after sending, and so does the focus.",
    Where.FIND: "What is typed is looked for in every pane at once, also in what still comes.",
    Where.LANES: "A lane is one configuration: model, effort, tier, endpoint and what else is sent with them.",
    Where.EXPORT: (
        "A session, or one round of it, as a file: choose what and as what, and where to. Nothing that is there is "
        "replaced without a question."
    ),
    Where.REPLAY: "What was recorded comes again as it came: nothing is sent and nothing costs. The keys of the panes "
    "that only look at an answer work here too: zoom, scroll, find, diff, copy.",
    Where.SESSIONS: "Everything that was sent, newest first. A session is found when one of its rounds holds all words "
    "and one of its takes meets all conditions: tier:flex verdict:failed cost>0.01.",
    Where.TABLES: "One row is chosen. The first column stays; the others move in sideways where they have no room.",
    Where.OVERVIEW: "A row a round, a column a lane: how it ended and what it cost, over TTFT and tok/s. Of several "
    "takes the median, the range and how many. Below stand the sums; what the store answered is in no latency there.",
    Where.AGAINST: "The same prompt, lane and repeat in two sessions: then in the upper line, now in the lower. The "
    "rows of the lanes have medians over all pairs; a change in brackets may as well be luck.",
    Where.ANSWERS: "The answer of then on the left, that of now on the right; they scroll together.",
    Where.DIFF: "Two answers or prompts, old and new. In the margin − is gone, + new, ~ changed within, « and » moved, "
    "≈ alike: other characters, but what differs is ignored. A number that stands against another one is bold and "
    "reversed; the current change has the bar ▌ before it. What is still being written is compared as far as its "
    "sentences are complete; … is not compared yet. The column at the right edge is the whole document: where the "
    "changes lie, and what is in sight.",
    Where.INSPECTOR: "Each token in the style of its probability: plain is sure, reversed is surprising. Below stands "
    "the token with the cursor, and what else might have been there. What has no figure, or no token, is dim.",
    Where.SPEND: "What takes that were sent from here cost, of all sessions in the store. What the embedded endpoint "
    "simulated stands apart, and is no money.",
    Where.FIRST_START: "No key was found, and nothing has been sent. Each of these is a way to begin.",
}
_HINT: Final = "type to search, or / first · j k pgup pgdn scroll · esc closes"
_LIKENESS: Final = 75
_SIGN_WIDTH: Final = 16
_NAME_WIDTH: Final = 16
_LONGEST_PASTE: Final = 80
_NUMBERED: Final = frozenset(f"pane-{n}" for n in range(1, 10))
"""Nine actions that are one line of help."""


@dataclass(frozen=True, slots=True)
class _Entry:
    """A line of help: a key or a sign, its name, what it is."""

    sign: str
    name: str
    meaning: str

    def has(self, words: Iterable[str]) -> bool:
        text = f"{self.sign} {self.name} {self.meaning}".casefold()
        return all(word in text for word in words)

    def likeness(self, query: str) -> float:
        from rapidfuzz import fuzz  # only for what is not found as it is written

        return max(fuzz.ratio(query, word) for word in f"{self.name} {self.meaning}".casefold().split())


@dataclass(frozen=True, slots=True)
class _Section:
    """Entries under a heading; `about` stands before them while nothing is searched."""

    heading: str
    entries: tuple[_Entry, ...]
    about: str = ""


def sections(where: Where, keymap: Keymap) -> tuple[_Section, ...]:
    """Everything there is to say, the given place first."""
    places = dict.fromkeys((where, Where.ANYWHERE, *Where))
    keys = [_Section(_heading(place, where), _of_place(place, keymap), _ABOUT.get(place, "")) for place in places]
    verdicts = {f"{verdict.glyph} {verdict}": meaning for verdict, meaning in VERDICTS.items()}
    files = {name: safe_line(str(path)) for name, path in every_path().items()}
    return (
        *(section for section in keys if section.entries),
        *(
            _Section(heading, tuple(_Entry(term, "", meaning) for term, meaning in texts.items()), about)
            for heading, texts, about in (
                ("Figures", FIGURES, "A stamp is taken when bytes reach the reader, before any parsing."),
                ("Costs", COSTS, ""),
                ("How a take ends", verdicts, ""),
                ("Marks and signs", SIGNS, ""),
                ("Files", files, "`compare-tui paths` prints them, with every setting."),
            )
        ),
    )


def _heading(place: Where, where: Where) -> str:
    return f"Here: {place}" if place is where else place.capitalize()


def _of_place(place: Where, keymap: Keymap) -> tuple[_Entry, ...]:
    actions = actions_in(place)
    numbered = tuple(action for action in actions if action.id in _NUMBERED)
    if any(keymap.keys[action.id] != DEFAULTS.keys[action.id] for action in numbered):
        numbered = ()
    entries = {action.id: _Entry(keymap.shown(action), action.label, action.help) for action in actions}
    for action in numbered:
        del entries[action.id]
    together = (_Entry("1 … 9", "pane 1 … 9", "The pane of that number on this page."),) if numbered else ()
    return (*entries.values(), *together)


def matching(all_sections: Iterable[_Section], query: str) -> tuple[_Section, ...]:
    """What has every word of the query; when nothing has, what is spelt like it."""
    words = query.casefold().split()
    all_sections = tuple(all_sections)
    if not words:
        return all_sections
    found = _with_entries(all_sections, lambda entry: entry.has(words))
    return found or _with_entries(all_sections, lambda entry: entry.likeness(" ".join(words)) >= _LIKENESS)


def _with_entries(all_sections: Iterable[_Section], wanted: Callable[[_Entry], bool]) -> tuple[_Section, ...]:
    """An entry that stands in two sections is shown in the first."""
    found: dict[_Entry, str] = {}
    for section in all_sections:
        for entry in filter(wanted, section.entries):
            found.setdefault(entry, section.heading)
    headings = dict.fromkeys(found.values())
    return tuple(_Section(name, tuple(entry for entry in found if found[entry] == name)) for name in headings)


class HelpText(Widget):
    """The sections, styled when they are painted: a screen's own style sheet comes after its mounting."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"help--heading", "help--key", "help--name", "help--about"}

    def __init__(self) -> None:
        super().__init__()
        self._sections: tuple[_Section, ...] = ()

    def show(self, found: tuple[_Section, ...]) -> None:
        self._sections = found
        self.refresh(layout=True)

    def render(self) -> Group:
        heading, key, name, about = (
            self.get_component_rich_style(f"help--{part}", partial=True) for part in ("heading", "key", "name", "about")
        )
        painted: list[RenderableType] = []
        for section in self._sections:
            abouts = [Text(section.about, about)] if section.about else []
            painted += [Text(section.heading, heading), *abouts, _table(section.entries, (key, name)), Text()]
        return Group(*painted)


class HelpScreen(ModalScreen[None]):
    """Opened over what it explains. Letters search; j k q and ? do what they do elsewhere until a search has begun."""

    CSS_PATH = "help.tcss"

    query_text: reactive[str | None] = reactive(None, init=False)
    """What is searched; None before a search has begun."""

    def __init__(self, where: Where, keymap: Keymap = DEFAULTS) -> None:
        super().__init__()
        self._sections = sections(where, keymap)
        self._closes_by = {"escape", "q", "question_mark", "f1"} | {
            name for id_ in ("help", "pane-help") for key in keymap.keys[id_] for name in delivered(key)
        }

    def compose(self) -> ComposeResult:
        with Vertical(id="help"):
            yield Static(id="help-search")
            with VerticalScroll(id="help-scroll"):
                yield HelpText()

    def on_mount(self) -> None:
        self.query_one("#help").border_title = "help"
        self.watch_query_text()

    def watch_query_text(self) -> None:
        typed = self.query_text
        found = matching(self._sections, typed or "")
        line = Content.styled(_HINT, "dim") if typed is None else Content(f"/{safe_line(typed)}▏")
        if typed and not found:
            line += Content.styled("  nothing like it; backspace, or esc for all", "dim")
        self.query_one("#help-search", Static).update(line)
        self.query_one(HelpText).show(found)
        self.query_one("#help-scroll").scroll_home(animate=False)

    def on_key(self, event: events.Key) -> None:
        """Before any binding, so that a letter can be searched for."""
        scroll = self.query_one("#help-scroll")
        moves = {
            "j": scroll.scroll_down,
            "k": scroll.scroll_up,
            "g": scroll.scroll_home,
            "G": scroll.scroll_end,
            "space": scroll.scroll_page_down,
        }
        is_searching = self.query_text is not None
        if event.key == "escape" and is_searching:
            self.query_text = None
        elif event.key in self._closes_by and not (is_searching and event.is_printable):
            self.dismiss()
        elif event.key in moves and not is_searching:
            moves[event.key](animate=False)
        elif event.key == "backspace":
            self.query_text = (self.query_text or "")[:-1] or None
        elif event.is_printable and event.character:
            begun = self.query_text or ""
            self.query_text = begun if event.key == "slash" and not is_searching else begun + event.character
        else:
            return
        event.stop()
        event.prevent_default()

    def on_paste(self, event: events.Paste) -> None:
        self.query_text = (self.query_text or "") + safe_line(event.text)[:_LONGEST_PASTE]
        event.stop()


def _table(entries: Iterable[_Entry], styles: tuple[Style, Style]) -> Table:
    entries = tuple(entries)
    has_names = any(entry.name for entry in entries)
    table = Table.grid(padding=(0, 1, 0, 0), expand=True)
    table.add_column(width=_SIGN_WIDTH, overflow="fold")
    if has_names:
        table.add_column(width=_NAME_WIDTH)
    table.add_column(ratio=1, overflow="fold")
    for entry in entries:
        sign, name, meaning = Text(entry.sign, styles[0]), Text(entry.name, styles[1]), Text(entry.meaning)
        table.add_row(*((sign, name, meaning) if has_names else (sign, meaning)))
    return table
