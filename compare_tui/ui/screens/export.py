"""A session written to a file: what of it, as what and where to, with the first lines of it in sight."""

import asyncio
import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final, cast

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Input, Static

from compare_tui import app_state
from compare_tui.core.events import Kind
from compare_tui.core.record import RoundRecord, SessionRecord, TakeRecord
from compare_tui.core.sanitize import safe_line
from compare_tui.core.session import first_words
from compare_tui.ui.actions import Where
from compare_tui.ui.attachments import size
from compare_tui.ui.bindings import bindings
from compare_tui.ui.leaving import is_open
from compare_tui.ui.screens.export_choice import CELLS, ENDINGS, FORMATS, Choice, first_lines, written
from compare_tui.ui.screens.export_parts import LABEL_WIDTH, ChoiceRow, Newest, PathField
from compare_tui.ui.screens.export_target import (
    Target,
    ending_of,
    file_name,
    folders,
    is_plain,
    looked_at,
    shortened,
    target,
    with_ending,
)
from compare_tui.ui.widgets.footer import ActionFooter
from compare_tui.ui.widgets.lines import Lines, Piece, shown
from compare_tui.ui.widgets.path_row import PathRow

if TYPE_CHECKING:
    from compare_tui.ui.app import CompareApp
    from compare_tui.ui.desk import Desk

_FOLDER_KEY: Final = "export-folder"
_READ_FOR_S: Final = 8.0


class ExportScreen(Screen[None]):
    """Of a session, of which one round can be chosen. What was begun to be written goes on when the screen is left."""

    WHERE = Where.EXPORT
    AUTO_FOCUS = "#export-format"
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(Where.EXPORT),
        Binding("f1", "help", "help", id="help"),
        Binding("ctrl+j,f5,ctrl+enter", "export_write", show=False),  # to whom it is the key that gets things going
    ]
    DEFAULT_CSS = """
    ExportScreen { background: $background; }
    ExportScreen #export-title { background: $panel; }
    ExportScreen #export-form { height: auto; background: $surface; padding: 1 0; }
    ExportScreen #export-path-row { height: 1; }
    ExportScreen #export-path-label { width: 10; color: $text-muted; }
    ExportScreen #export-path-label.-focused { color: $text-accent; text-style: bold; }
    ExportScreen #export-path { width: 1fr; background: $boost; }
    ExportScreen #export-remark { height: 2; margin-top: 1; }
    ExportScreen #export-preview {
        height: 1fr;
        border: round $border-blurred;
        border-title-color: $text-muted;
        padding: 0 1;
        overflow: hidden;
        text-wrap: nowrap;
        text-overflow: ellipsis;
    }
    ExportScreen #export-preview.-wrapped { text-wrap: wrap; }
    """

    def __init__(self, desk: "Desk", record: SessionRecord) -> None:
        super().__init__()
        self._desk = desk
        self._record = record
        self._rounds = [one.round.number for one in record.rounds]
        self._heading = record.name or (first_words(record.rounds[0].round.prompt.text) if record.rounds else "")
        self._is_here = record.id == desk.session.id
        self._is_private = self._is_here and desk.private
        """Also when it is still being written and another session has begun."""
        self._folder = Path("/")
        self._before_name = ""
        """The folder in front of the name that is proposed."""
        self._proposed = ""
        self._begun = asyncio.Event()
        self._is_busy = False
        self._previews: dict[Choice, str] = {}
        self._preview: Newest[tuple[Choice, str]] = Newest(self, desk.aside, self._show_preview)
        self._places: Newest[tuple[Target, tuple[str, ...]]] = Newest(self, desk.aside, self._show_place)

    def compose(self) -> ComposeResult:
        yield Lines(id="export-title")
        with Vertical(id="export-form"):
            if len(self._rounds) > 1:
                yield ChoiceRow("export-part", "what", ["whole session", *map(self._round_label, self._record.rounds)])
            yield ChoiceRow("export-format", "as", list(FORMATS.values()))
            yield ChoiceRow("export-cells", "cells", CELLS)
            offers = PathRow()
            with Horizontal(id="export-path-row"):
                yield Static(" file", id="export-path-label", markup=False)
                yield PathField("export-path", offers)
            yield offers
            yield Lines(id="export-remark")
        yield Static(id="export-preview", markup=False)
        yield ActionFooter()

    @staticmethod
    def _round_label(one: RoundRecord) -> str:
        return f"round {one.round.number} · {shown(first_words(one.round.prompt.text))}"

    def on_mount(self) -> None:
        self._tell()
        self._begin()

    @work
    async def _begin(self) -> None:
        """The folder of last time is looked for aside: it may lie at the other end of a slow network."""
        self._folder, self._before_name = await self._desk.aside(_usual_folders)
        self._begun.set()
        self._propose()
        self._choice_changed()

    def on_descendant_focus(self) -> None:
        self.query_one("#export-path-label").set_class(self._path.has_focus, "-focused")

    # What is chosen

    def _row(self, name: str) -> ChoiceRow:
        return self.query_one(f"#export-{name}", ChoiceRow)

    @property
    def _path(self) -> PathField:
        return self.query_one(PathField)

    @property
    def _choice(self) -> Choice:
        part = self._row("part").at if len(self._rounds) > 1 else 0
        ending = ENDINGS[self._row("format").at]
        return Choice(self._rounds[part - 1] if part else None, ending, self._row("cells").at)

    @property
    def _part(self) -> SessionRecord:
        return self._record.only(self._choice.round)

    @property
    def _file_name(self) -> str:
        number = self._choice.round
        return file_name(self._heading, self._record.id) + ("" if number is None else f".{number}")

    def _propose(self) -> None:
        """A path that was changed by hand stays."""
        if self._path.exact == self._proposed:
            self._proposed = f"{self._before_name}{self._file_name}{self._choice.ending}"
            self._path.put(self._proposed)

    @on(ChoiceRow.Changed)
    def _choice_changed(self) -> None:
        typed = with_ending(self._path.exact, self._choice.ending, ENDINGS)
        if typed != self._path.exact and self._path.exact != self._proposed:
            self._path.put(typed)
        self._propose()
        self._look()

    @on(Input.Changed, "#export-path")
    def _path_changed(self) -> None:
        """A typed ending chooses the format."""
        ending = ending_of(self._path.exact, ENDINGS)
        if ending is not None:
            self._row("format").choose(ENDINGS.index(ending))
        self._look()

    # What would come of it

    def _look(self) -> None:
        if not self._begun.is_set():
            return
        choice, part, typed = self._choice, self._part, self._path.exact
        self._row("cells").display = choice.ending == ".csv"
        if choice in self._previews:
            self._preview.ask(lambda: (choice, self._previews[choice]))
        else:
            self._preview.ask(lambda: (choice, first_lines(part, choice)))
        self._places.ask(partial(_looked, typed, self._path.begun, choice, self._folder, self._file_name))

    def _show_preview(self, found: tuple[Choice, str]) -> None:
        choice, text = found
        self._previews[choice] = text
        preview = self.query_one("#export-preview", Static)
        preview.border_title = Content(f"the first lines of the {FORMATS[choice.ending]}")
        preview.set_class(choice.ending != ".csv", "-wrapped")
        preview.update(Content(text))

    def _show_place(self, found: tuple[Target, tuple[str, ...]]) -> None:
        place, offers = found
        row = self.query_one(PathRow)
        offers = offers if self._path.has_focus else ()
        if offers != row.paths:
            row.paths = offers
        path = safe_line(str(place.path))
        if place.problem:
            self._remark((place.problem, "bad"))
        elif place.replaced:
            self._remark(("there already, you are asked first: ", "warn"), (path, "plain"))
        else:
            self._remark(("a new file: ", "dim"), (path, "plain"))

    def _remark(self, *pieces: Piece) -> None:
        first = ((" " * LABEL_WIDTH, "plain"), (self._choice.about, "dim"))
        self.query_one("#export-remark", Lines).show((first, ()), (((" " * LABEL_WIDTH, "plain"), *pieces), ()))

    def _tell(self, *, writes: bool = False) -> None:
        takes = sum(len(one.takes) for one in self._record.rounds)
        words = [
            f"{len(self._rounds)} {'round' if len(self._rounds) == 1 else 'rounds'}",
            f"{takes} {'take' if takes == 1 else 'takes'}",
        ]
        right: list[Piece] = [(f" {' · '.join(words)} ", "dim")]
        if running := sum(not _is_over(take) for _, take in self._record.takes()):
            right.insert(0, (f" {running} still running, what has come is written ·", "warn"))
        if writes:
            right = [(" writing… ", "live")]
        elif self._is_private:
            right.insert(0, (" private ·", "warn"))
        elif self._is_only_copy:
            right.insert(0, (" not stored: this will be the only copy ·", "warn"))
        title = ((" Export  ", "title"), (shown(self._heading), "plain"))
        self.query_one("#export-title", Lines).show((title, tuple(right)))

    @property
    def _is_only_copy(self) -> bool:
        archive = self._desk.archive
        stored = archive.store is not None and not archive.store.read_only and archive.trouble is None
        return self._is_here and not stored

    # Writing

    @work(group="write")
    async def action_export_write(self) -> None:
        if self._is_busy or not self.is_current:
            return
        self._is_busy = True
        await self._begun.wait()
        choice, part = self._choice, self._part
        place, _ = await self._desk.aside(partial(_looked, self._path.exact, "", choice, self._folder, self._file_name))
        if place.problem:
            self._remark((place.problem, "bad"))
        elif await self._may_write(place):
            self._tell(writes=True)
            self.app.run_worker(self._write(place, part, choice), group="export")
            return
        self._is_busy = False

    async def _may_write(self, place: Target) -> bool:
        path = safe_line(str(place.path))
        if self._is_private and not await self._agrees(
            "This session is private. Write it to a file?",
            f"Its texts leave the memory and stay on the disk, in\n{path}\nNothing else is kept of it.",
            "write it",
        ):
            return False
        there = [safe_line(str(one)) for one in place.replaced]
        return not there or await self._agrees(
            "Replace what is there already?", "\n".join(there), "replace it" if len(there) == 1 else "replace them"
        )

    async def _agrees(self, question: str, body: str, yes: str) -> bool:
        from compare_tui.ui.screens.question import Question

        choices = [("y", "yes", yes), ("n", "no", "write nothing")]
        asked = Question(Content(question), Content(body), choices, default="no")
        return await self.app.push_screen_wait(asked) == "yes"

    async def _write(self, place: Target, part: SessionRecord, choice: Choice) -> None:
        """On behalf of the app: what was begun is brought to its end when this screen is left."""
        outcome = await self._desk.aside(partial(written, place, part, choice))
        self._is_busy = False
        if isinstance(outcome, str):
            self._tell_trouble(place, outcome)
            return
        files = ", ".join(f"{safe_line(str(path))} ({size(count)})" for path, count in outcome)
        self.app.notify(f"Written: {files}", timeout=_READ_FOR_S, markup=False)
        if not self._is_private:
            await self._remember(place.path.parent)
        if self.is_current:
            self.dismiss(None)

    def _tell_trouble(self, place: Target, why: str) -> None:
        if is_open(self):
            self._tell()
            self._remark((why, "bad"), (" Nothing was written.", "plain"))
        else:
            words = f"{safe_line(str(place.path))} was not written. {why}"
            self.app.notify(words, severity="error", timeout=_READ_FOR_S, markup=False)

    async def _remember(self, folder: Path) -> None:
        changes = {_FOLDER_KEY: str(folder)}
        trouble = await self._desk.aside(lambda: app_state.remember(app_state.file(), changes))
        if trouble:
            self.app.notify(trouble, severity="warning", markup=False)

    # Keys

    def action_export_next(self) -> None:
        self._turn(ChoiceRow.turn, 1)

    def action_export_previous(self) -> None:
        self._turn(ChoiceRow.turn, -1)

    def action_export_first(self) -> None:
        self._turn(ChoiceRow.go_to_beginning)

    def action_export_last(self) -> None:
        self._turn(ChoiceRow.go_to_end)

    def _turn(self, how: Callable[..., None], *steps: int) -> None:
        if isinstance(self.focused, ChoiceRow):
            how(self.focused, *steps)

    def action_export_down(self) -> None:
        self.focus_next()

    def action_export_up(self) -> None:
        self.focus_previous()

    def action_export_done(self) -> None:
        if self.is_current:
            if self._is_busy:
                self.app.notify("It is still being written; you are told when that is done.")
            self.dismiss(None)

    def action_help(self) -> None:
        cast("CompareApp", self.app).open_help(Where.EXPORT)


def _is_over(take: TakeRecord) -> bool:
    return bool(take.events) and take.events[-1].kind in (Kind.END, Kind.INTERRUPTED)


# What blocks


def _usual_folders() -> tuple[Path, str]:
    """Where the app was started, and what stands before the name of a file: the folder that was written to last."""
    try:
        folder = Path.cwd()
    except OSError:  # it was removed
        folder = Path(os.path.expanduser("~"))  # noqa: PTH111 - Path.home() raises without one
    last = app_state.load(app_state.file()).text(_FOLDER_KEY)
    goes_there = last and last != str(folder) and is_plain(last) and os.path.isdir(last)  # noqa: PTH112 - it may raise
    return folder, shortened(Path(last)) if last and goes_there else ""


def _looked(typed: str, begun: str, choice: Choice, folder: Path, name: str) -> tuple[Target, tuple[str, ...]]:
    """The file that is typed, and the folders that what is begun may be."""
    from compare_tui.export.files import beside

    path = target(typed, choice.ending, folder, name, ENDINGS)
    return looked_at(path, (beside(path),) if choice.excel else ()), folders(begun, folder)
