"""The app: themes, keys, the desk behind the screen, the timers that keep it up to date, and how it ends."""

import asyncio
import errno
import os
import signal
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from time import perf_counter, process_time
from typing import TYPE_CHECKING, Any, ClassVar
from weakref import WeakKeyDictionary

from textual import events
from textual.app import App
from textual.binding import Binding, BindingType
from textual.driver import Driver
from textual.filter import LineFilter
from textual.timer import Timer
from textual.widget import Widget

from compare_tui import app_state, paths
from compare_tui.core.lineup import Lineup
from compare_tui.ui import themes
from compare_tui.ui.actions import Action, Where
from compare_tui.ui.desk import Desk
from compare_tui.ui.net import Net
from compare_tui.ui.no_color import line_filters
from compare_tui.ui.pace import WAITING_WRITES, Pace
from compare_tui.ui.screens.compare import CompareScreen
from compare_tui.ui.start import Start

if TYPE_CHECKING:
    from compare_tui.engine.account import Account
    from compare_tui.engine.local_servers import LocalServer
    from compare_tui.ui.diff.side import DiffLook
    from compare_tui.ui.keymap import Keymap

_COUNTERS_EVERY = 3
"""Beats: counters change ten times a second."""


class CompareApp(App[int], inherit_bindings=False):
    """Returns the exit code."""

    keymap: "Keymap"
    TITLE = "compare-tui"
    CSS_PATH = "screens/compare.tcss"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+q", "quit", "quit", show=False, priority=True, id="quit"),
    ]

    def __init__(self, start: Start) -> None:
        super().__init__()
        self.animation_level = "none"
        self.start = start
        self.desk = Desk(start)
        self.compare = CompareScreen(self.desk)
        self.opened = asyncio.Event()
        self.failure: Exception | None = None
        """Why the app left by itself."""
        self.diff_look: DiffLook | None = None
        """How differences were looked at last."""
        self.painting_held = False
        """The terminal belongs to somebody else: nothing is painted, what comes waits."""
        self._typed_ahead: list[events.Key | events.Paste] | None = []
        """None once there is a prompt."""
        self._aimed_at = WeakKeyDictionary[events.Event, Widget]()
        """What had the focus when a key came."""
        self._pace = Pace(os.environ)
        self._beats = 0
        self._leaving = False
        self._fast: Timer | None = None
        self._net = Net()
        self._undressed = self._dress()

    def _dress(self) -> list[str]:
        """Before the first style is worked out; what is wrong with themes is told later."""
        state = app_state.load(app_state.file())
        wanted = self.start.theme or state.text("theme")
        folder = paths.themes_dir()
        loaded = themes.load_one(folder, wanted) or themes.load_all(folder)
        unknown = themes.dress(self, loaded, wanted)
        return [*loaded.failures, *(text for text in (state.notice, unknown) if text)]

    # Beginning

    async def on_event(self, event: events.Event) -> None:
        """What is typed before there is anything to type into waits for it."""
        if not isinstance(event, events.Key | events.Paste) or (event.is_forwarded and not self._comes_late(event)):
            await super().on_event(event)
        elif event.is_forwarded:
            assert self.focused is not None
            event.stop(False)
            self.focused._forward_event(event)
        elif self._typed_ahead is not None:
            self._typed_ahead.append(event)
        else:
            if self.focused is not None:
                self._aimed_at[event] = self.focused
            await super().on_event(event)

    def _comes_late(self, event: events.Event) -> bool:
        """Nobody wanted it where it went, and a key of the same burst has moved the focus since: it was meant for that.

        Textual hands on all keys of a burst before the first is acted upon: of `/queue` the letters would be lost.
        """
        aimed_at = self._aimed_at.pop(event, None)
        if aimed_at is None or self.focused is None or not aimed_at.is_attached:
            return False
        return aimed_at is not self.focused and aimed_at.screen is self.screen

    def get_driver_class(self) -> type[Driver]:
        """Textual's, with pastes read whole."""
        usual = super().get_driver_class()
        if usual.__name__ != "LinuxDriver":
            return usual
        from compare_tui.ui.terminal_driver import TerminalDriver

        return TerminalDriver

    def get_default_screen(self) -> CompareScreen:
        return self.compare

    def on_mount(self) -> None:
        self.theme_changed_signal.subscribe(self, lambda _: self.compare.show_in_new_colours())
        self.app_suspend_signal.subscribe(self, self._hold_painting)
        self.app_resume_signal.subscribe(self, self._go_on_painting)
        for number in (signal.SIGTERM, signal.SIGHUP):
            with suppress(NotImplementedError, RuntimeError):
                asyncio.get_running_loop().add_signal_handler(number, self.exit, 128 + number)
        self.set_interval(0.25, self.compare.slow_tick)
        self._fast = self.set_interval(self._pace.interval_s, self._beat, pause=True)
        self.call_after_refresh(self._painted_first)

    def _read_keys(self) -> Sequence[str]:
        """The user's keys over the defaults; what is wrong with them."""
        from compare_tui.ui import keymap

        self.keymap = keymap.DEFAULTS
        try:
            self.keymap = keymap.load(paths.keys_file())
        except keymap.KeymapError as error:
            return [*error.lines, "The keys are the default ones."]
        self.set_keymap(self.keymap.changes())
        return self.keymap.warnings

    async def _painted_first(self) -> None:
        """Only now what takes time: the prompt editor, the key file, all themes, then the SDK, keys and rate cards."""
        await self.compare.furnish()
        typed, self._typed_ahead = self._typed_ahead, None
        for event in typed or ():  # in this task, so that no later key comes between
            await super().on_event(event)
        for theme in themes.load_all(paths.themes_dir()).themes:
            self.register_theme(theme)
        self.compare.tell(*self.start.notices, *self._undressed, *self._read_keys())
        self.run_worker(self._open(), group="open")

    async def _open(self) -> None:
        try:
            await self.desk.aside(self.desk.open)
        except Exception as error:  # a rate card that is none, an engine that cannot start: the caller tells it
            self.failure = error
            self.exit(1)
            return
        self.opened.set()
        self._tell_archive()
        if self.start.session is not None:
            await self.compare.open_named(self.start.session)
        await self.compare.get_keys()
        if not self.start.simulated and self.desk.nothing_can_be_sent:
            await self.compare.begin_without_key()
        elif not self.desk.lineup.entries:
            await self._propose_lanes()
        self.compare.price_is_due()
        self.compare.tick()

    def _tell_archive(self) -> None:
        """What the store has to say, and what an ended process left behind."""
        archive = self.desk.archive
        told = [f"Nothing is stored: {archive.problem}"] if archive.problem else []
        if archive.store is not None:
            told += archive.store.notices
            left = [one for one in archive.store.recovered if "interrupted" in one.verdicts and not self.start.session]
            for one in left[:1]:
                count = one.verdicts.get("interrupted", 0)
                more = f", and {len(left) - 1} more sessions" if len(left) > 1 else ""
                told.append(
                    f"{count} answer{'' if count == 1 else 's'} of “{one.title}” ended with the process that asked"
                    f"{more}. What had come is kept: f4, or H in the panes, opens it, and R asks again."
                )
        self.compare.tell(*told)

    async def _propose_lanes(self) -> None:
        """With a key but no lanes: two cheap ones, their price shown, nothing sent."""
        lanes = self.desk.starter_lanes()
        if lanes:
            await self.compare.use_lineup(Lineup.of(lanes))
            self.notify("Two cheap lanes to begin with; f2, or e in the panes, changes them.")

    async def use_demo(self) -> None:
        """The embedded endpoint, from now on."""
        account, lanes = await asyncio.to_thread(self.start.demo)
        self.desk.start = replace(self.desk.start, simulated=True)
        await self._use(account, Lineup.of(lanes))

    async def use_server(self, server: "LocalServer") -> bool:
        """A server on this machine, with the first models it names; whether it has any that answers."""
        from compare_tui.core.starters import local_lanes

        lanes = local_lanes(server.models, server.name)
        if not lanes:
            self.notify("This server has no model that answers: load one there.", severity="warning")
            return False
        await self._use(self.desk.without_key(server.endpoint), Lineup.of(lanes))
        return True

    async def _use(self, account: "Account", lineup: Lineup) -> None:
        await self.desk.aside(lambda: self.desk.use(account))
        await self.compare.use_lineup(lineup)

    # Keeping the screen up to date

    def something_runs(self) -> None:
        if self._fast is not None:
            self._fast.resume()

    def _beat(self) -> None:
        if self.painting_held or not self._pace.is_due() or self._terminal_is_behind():
            return
        began = perf_counter()
        self._beats += 1
        runs = self.compare.beat()
        if self._beats % _COUNTERS_EVERY == 0 or not runs:
            self.compare.tick()
        now = perf_counter()
        self._pace.took(now - began, now, process_time())
        if not runs and self._fast is not None:
            self._fast.pause()
            self._pace.rest()

    def _terminal_is_behind(self) -> bool:
        """The queue of the writing thread has no public face; without it nothing is held back."""
        thread = getattr(self._driver, "_writer_thread", None)
        queue = getattr(thread, "_queue", None)
        return queue is not None and queue.qsize() > WAITING_WRITES

    def _hold_painting(self, _: object) -> None:
        self.painting_held = True

    def _go_on_painting(self, _: object) -> None:
        self.painting_held = False
        self.refresh(layout=True)  # Textual does so after an editor, and after `fg` paints only what has changed

    def get_line_filters(self) -> Sequence[LineFilter]:
        return [*line_filters(super().get_line_filters(), no_color=self.no_color), self._net]

    # Remembering

    def remember_lineup(self, lineup: Lineup) -> None:
        if self.desk.start.fixed_lanes or self.desk.start.simulated or self.desk.private:
            return
        from compare_tui import lanes_file

        try:
            lanes_file.keep_lineup(paths.lanes_file(), lineup)
        except OSError as error:
            self.notify(f"The lanes cannot be remembered: {error.strerror}", severity="warning", markup=False)

    # What the screens ask for

    def run_registered(self, action: Action) -> None:
        """Run it where it belongs: an action of the panes goes there first."""
        if action.where is Where.PANES and not self.compare.board.has_focus:
            self.compare.action_to_panes()
        elif action.where is Where.PROMPT:
            self.compare.prompt.focus()
        nodes = {Where.PROMPT: self.compare.prompt, Where.LANES: self.screen}
        place = nodes.get(action.where, self.compare)
        is_there = hasattr(place, f"action_{action.method.partition('(')[0]}")  # to quit is the app's own
        self.call_later(self.run_action, action.method, place if is_there else self)

    def copy_to_clipboard(self, text: str) -> None:
        """What Textual's own widgets copy goes the same way as an answer."""
        self.copy_out(text, "selection", "copied")

    def copy_out(self, text: str, what: str, file_name: str) -> None:
        self.run_worker(self._copy(text, what, file_name, self._writes_a_file()), group="copy")

    def _writes_a_file(self) -> str:
        """Which key does, where the focus is now."""
        here = {binding.id for _, binding, *_ in self.screen.active_bindings.values()}
        if "diff-export" in here:
            return f"{self.keymap.shown_id('diff-export')} writes the diff to a file"
        written = self.keymap.shown_id("write")
        return f"{written} writes a file" if "write" in here else f"{written} in the panes writes a file"

    async def _copy(self, text: str, what: str, file_name: str, instead: str) -> None:
        """The message says which way it went; a text too long for the terminal goes into a file."""
        from compare_tui.ui import clipboard

        copied = await clipboard.copy(
            text,
            os.environ,
            super().copy_to_clipboard,
            lambda whole: clipboard.write_answer(whole, self._folder_for_copies(instead), file_name),
            instead,
        )
        self.notify(f"{what}: {copied.message}", markup=False)

    def _folder_for_copies(self, instead: str) -> Path:
        if self.desk.private:
            raise PermissionError(errno.EPERM, f"what is private is written only when you ask for it: {instead}")
        return Path.cwd()

    def notify(self, message: str, **options: Any) -> None:
        """A word on what a key did takes the place of the one before; what went wrong stands until it is read."""
        if options.get("severity", "information") == "information":
            self.clear_notifications()
            options["timeout"] = options.get("timeout") or 3
        super().notify(message, **options)

    def open_help(self, where: Where) -> None:
        from compare_tui.ui.screens.help import HelpScreen

        self.push_screen(HelpScreen(where, self.keymap))

    def open_palette(self) -> None:
        from compare_tui.ui.palette import open_palette

        open_palette(self)

    def open_themes(self) -> None:
        from compare_tui.ui.screens.theme_picker import ThemePicker

        self.push_screen(ThemePicker(themes.load_all(paths.themes_dir())))

    # Ending

    async def action_quit(self) -> None:
        """Ask while something runs, or while what has come is on this screen alone; asked twice, go."""
        if self._leaving:
            self.exit(0)
        else:
            self.run_worker(self._quit_asking(), group="quit")

    async def _quit_asking(self) -> None:
        self._leaving = True
        if await self.compare.may_leave("Leave?"):
            self.exit(0)
        self._leaving = False

    async def on_unmount(self) -> None:
        await self.compare.keep_view()
        await asyncio.to_thread(self.desk.close)

    def _fatal_error(self) -> None:
        """Textual would print the values of all variables, prompts and keys among them."""
        from rich.segment import Segments
        from rich.traceback import Traceback

        self.bell()
        traceback = Traceback(show_locals=False, width=None)
        self._exit_renderables.append(Segments(self.console.render(traceback, self.console.options)))
        self._close_messages_no_wait()
