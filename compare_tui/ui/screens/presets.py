"""Lineups kept under a name: take one up, keep the lanes there are, drop one and bring it back."""

from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from compare_tui import lanes_file, paths
from compare_tui.core.lane import Lane, LaneError
from compare_tui.core.lineup import Lineup
from compare_tui.ui.screens.ask_line import AskLine
from compare_tui.ui.screens.lane_rows import MUTED, STRONG, WARNING, text
from compare_tui.ui.widgets.choice_list import ChoiceList

_LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class TakenUp:
    """The lanes of a preset, and a sentence for each that cannot be read."""

    lineup: Lineup
    failures: tuple[str, ...]


class PresetsScreen(ModalScreen[TakenUp | None]):
    """Dismissed with what was taken up, or None."""

    CSS_PATH = "lanes_dialogs.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "take", "take up", id="presets-take"),
        Binding("s", "keep", "keep these lanes", id="presets-keep"),
        Binding("x,delete", "drop", "drop", id="presets-drop"),
        Binding("u,ctrl+z", "bring_back", "bring back", id="presets-bring-back"),
        Binding("j", "move(1)", show=False),
        Binding("k", "move(-1)", show=False),
        Binding("escape", "dismiss(None)", "leave", id="presets-leave"),
    ]

    def __init__(self, lineup: Lineup) -> None:
        super().__init__()
        self._lineup = lineup
        self._dropped: list[tuple[str, tuple[str, ...]]] = []

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = Content("Presets")
            yield ChoiceList[str]("presets")
            yield Static(classes="remark", markup=False)
            yield Static(
                "enter takes it up · s keeps these lanes · x drops it · u back · esc", classes="keys", markup=False
            )

    def on_mount(self) -> None:
        self._renew()

    def _renew(self, chosen: str | None = None, said: Content | None = None) -> None:
        kept = lanes_file.load(paths.lanes_file())
        names = sorted(kept.presets, key=str.casefold)
        rows = [(name, self._row(name, kept.presets[name])) for name in names]
        self._presets.offer(rows, names.index(chosen) if chosen in names else 0)
        self._presets.display = bool(rows)
        empty = "" if rows else "Nothing is kept yet: s keeps the lanes that are not muted under a name."
        failures = text(" ".join(kept.failures), WARNING)
        self._say(said or failures if said or kept.failures else text(empty, MUTED))

    def _row(self, name: str, texts: tuple[str, ...]) -> Content:
        count = "1 lane" if len(texts) == 1 else f"{len(texts)} lanes"
        labels = ", ".join(_label(written) for written in texts[:6])
        return text(name, STRONG) + Content("  ") + text(f"{count}: {labels}", MUTED)

    @property
    def _presets(self) -> ChoiceList[str]:
        return self.query_one("#presets", ChoiceList)

    def _say(self, words: Content) -> None:
        self.query_one(".remark", Static).update(words)

    def action_move(self, rows: int) -> None:
        if rows > 0:
            self._presets.action_cursor_down()
        else:
            self._presets.action_cursor_up()

    def action_take(self) -> None:
        name = self._presets.value
        if name is None or not self.is_current:
            return
        try:
            lineup, failures = lanes_file.load(paths.lanes_file()).preset(name)
        except lanes_file.NoPreset as error:
            self._renew(said=text(str(error), WARNING))
            return
        if not lineup.entries:
            self._say(text(" ".join(failures) or "There is no lane in it.", WARNING))
            return
        self.dismiss(TakenUp(lineup, failures))

    def action_keep(self) -> None:
        if not self._lineup.lanes:
            self._say(text("There is no lane to keep: none is there, or all are muted.", WARNING))
            return
        self.app.push_screen(AskLine("Keep these lanes as", "", self._remark), self._keep)

    def _remark(self, name: str) -> tuple[bool, Content]:
        name = name.strip()
        if not name or len(name) > _LONGEST_NAME:
            return False, text(f"A name of up to {_LONGEST_NAME} characters.", MUTED)
        count = len(self._lineup.lanes)
        muted = len(self._lineup) - count
        words = f"Keeps {count} {'lane' if count == 1 else 'lanes'}" + (f"; {muted} muted left out" if muted else "")
        if name in self._presets.values:
            return True, text(f"{words}. Replaces what is kept under this name.", WARNING)
        return True, text(f"{words}.")

    def _keep(self, name: str | None) -> None:
        if name is not None:
            self._write(name.strip(), tuple(str(lane) for lane in self._lineup.lanes), "kept")

    def _write(self, name: str, texts: tuple[str, ...], done: str) -> None:
        try:
            lanes_file.keep_preset(paths.lanes_file(), name, texts)
        except OSError as error:
            self._say(text(f"{name} could not be kept: {error}", WARNING))
        else:
            self._renew(name, text(f"{name} is {done}."))

    def action_drop(self) -> None:
        name = self._presets.value
        if name is None:
            return
        try:
            texts = lanes_file.load(paths.lanes_file()).presets.get(name, ())
            lanes_file.drop_preset(paths.lanes_file(), name)
        except OSError as error:
            self._say(text(f"{name} could not be dropped: {error}", WARNING))
            return
        self._dropped.append((name, texts))
        self._renew(said=text(f"{name} is dropped; u brings it back."))

    def action_bring_back(self) -> None:
        if self._dropped:
            name, texts = self._dropped.pop()
            self._write(name, texts, "back")


def _label(written: str) -> str:
    try:
        return Lane.parse(written).label
    except LaneError:
        return written
