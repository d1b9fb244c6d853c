"""A diff written to a file: a page, lines for `patch`, or the text as it is shown, as its ending says."""

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from compare_tui.core.sanitize import join_surrogates, safe_line
from compare_tui.ui.attachments import size
from compare_tui.ui.screens.export_parts import Newest, PathField
from compare_tui.ui.screens.export_target import Target, file_name, folders, looked_at, said, target
from compare_tui.ui.widgets.lines import shown
from compare_tui.ui.widgets.path_row import PathRow

if TYPE_CHECKING:
    from compare_tui.core.diff.model import Diff
    from compare_tui.ui.desk import Desk
    from compare_tui.ui.diff.side import DiffSide

ENDINGS: Final = (".html", ".diff", ".patch", ".txt")
"""A page, lines for `patch` twice, and the text with its words marked; the second one is proposed."""
_READ_FOR_S: Final = 8.0


class DiffExport(ModalScreen[None]):
    """Dismissed when it is written, or left."""

    CSS_PATH = "../lanes_dialogs.tcss"
    AUTO_FOCUS = "#diff-path"
    DEFAULT_CSS = """
    DiffExport { align: center middle; }
    DiffExport #diff-path { width: 1fr; height: 1; background: $boost; margin-top: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "leave it", id="diff-export-leave")]

    def __init__(self, desk: "Desk", diff: "Diff", old: "DiffSide", new: "DiffSide") -> None:
        super().__init__()
        self._desk = desk
        self._diff, self._names = diff, (shown(old.name), shown(new.name))
        self._texts = _text(old), _text(new)
        self._stem = file_name(f"diff {old.label} {new.label}", "")
        self._places: Newest[tuple[Target, tuple[str, ...]]] = Newest(self, desk.aside, self._show_place)
        self._is_busy = False

    def compose(self) -> ComposeResult:
        offers = PathRow()
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = Content("Write this diff to a file")
            yield PathField("diff-path", offers)
            yield offers
            yield Static(classes="remark", markup=False)
            kinds = ".html is a page, .diff is lines for patch, .txt has words marked"
            yield Static(f"enter writes it · {kinds} · esc leaves it", classes="keys")

    def on_mount(self) -> None:
        self._path.put(f"{self._stem}{ENDINGS[1]}")

    @property
    def _path(self) -> PathField:
        return self.query_one(PathField)

    def _say(self, words: str, style: str = "") -> None:
        self.query_one(".remark", Static).update(Content.styled(words, style) if style else Content(words))

    # Where to

    @on(Input.Changed)
    def _path_changed(self, event: Input.Changed) -> None:
        event.stop()
        typed, begun, name = self._path.exact, self._path.begun, self._stem
        self._places.ask(lambda: (_looked(typed, name), folders(begun, Path.cwd())))

    def _show_place(self, found: tuple[Target, tuple[str, ...]]) -> None:
        place, offers = found
        row = self.query_one(PathRow)
        if offers != row.paths:
            row.paths = offers
        path = safe_line(str(place.path))
        if place.problem:
            self._say(place.problem, "$text-error")
        elif place.replaced:
            self._say(f"There already, you are asked first: {path}", "$text-warning")
        else:
            self._say(f"A new file: {path}")

    # Writing

    @work(group="write")
    async def action_export_write(self) -> None:
        """Named as the path field calls it."""
        if self._is_busy or not self.is_current:
            return
        self._is_busy = True
        typed, name = self._path.exact, self._stem
        place = await self._desk.aside(lambda: _looked(typed, name))
        if place.problem:
            self._say(place.problem, "$text-error")
        elif await self._may_write(place):
            await self._write(place)
        self._is_busy = False

    async def _may_write(self, place: Target) -> bool:
        path = safe_line(str(place.path))
        if self._desk.private and not await self._agrees(
            "This session is private. Write to a file all the same?",
            f"What both texts say leaves the memory of the app and stays in\n{path}",
            "write it",
        ):
            return False
        return not place.replaced or await self._agrees("Replace what is there already?", path, "replace it")

    async def _agrees(self, question: str, body: str, yes: str) -> bool:
        from compare_tui.ui.screens.question import Question

        choices = [("y", "yes", yes), ("n", "no", "write nothing")]
        asked = Question(Content(question), Content(body), choices, default="no")
        return await self.app.push_screen_wait(asked) == "yes"

    async def _write(self, place: Target) -> None:
        self._say("writing…")
        outcome = await self._desk.aside(lambda: _written(place, self._diff, self._texts, self._names))
        if isinstance(outcome, str):
            self._say(f"{outcome} Nothing was written.", "$text-error")
            return
        words = f"Written: {safe_line(str(place.path))} ({size(outcome)})"
        self.app.notify(words, timeout=_READ_FOR_S, markup=False)
        self.action_leave()

    def action_leave(self) -> None:
        if self.is_current:
            self.dismiss(None)


def _text(side: "DiffSide") -> str:
    """As it came, at this moment: the answer, its calls behind it."""
    from compare_tui.core.diff import answer

    return side.text if side.take is None else answer.whole_text(answer.said(side.take))


# What blocks


def _looked(typed: str, name: str) -> Target:
    return looked_at(target(typed, ENDINGS[1], Path.cwd(), name, ENDINGS))


def _written(place: Target, diff: "Diff", texts: tuple[str, str], names: tuple[str, str]) -> int | str:
    """Its size, or why there is none."""
    from compare_tui.core.diff.blocks import as_shown
    from compare_tui.export.diff_file import diff_file
    from compare_tui.export.diff_page import diff_page
    from compare_tui.export.outfile import OutFile, as_it_is

    try:
        ending = place.path.suffix
        if ending == ".html":
            whole = diff_page(diff, *names)
        else:
            whole = as_shown(diff, *names) if ending == ".txt" else diff_file(*texts, *names)
        with OutFile[str](place.path, as_it_is, overwrite=bool(place.replaced)) as file:
            file.write(join_surrogates(whole))
        return place.path.stat().st_size
    except Exception as error:  # whatever it is: nothing may end an app that has the only copy of a session
        return said(error, place.path)
