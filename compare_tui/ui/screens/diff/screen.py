"""The diff screen: two answers or prompts held against each other, also while they are being written."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, Final, cast

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from compare_tui.core.diff import told
from compare_tui.core.diff.model import Diff
from compare_tui.core.verdict import Verdict
from compare_tui.ui.actions import Where
from compare_tui.ui.bindings import bindings
from compare_tui.ui.diff.side import DiffLook, DiffSide, pairs
from compare_tui.ui.screens.diff.live import Asked, Compared, Comparison, Keys, Likeness
from compare_tui.ui.screens.diff.titles import (
    counter,
    further,
    lacking,
    nothing_differs,
    settings,
    side_row,
    with_itself,
)
from compare_tui.ui.terminal import too_small
from compare_tui.ui.widgets.diff_view import DiffView, Stand
from compare_tui.ui.widgets.footer import ActionFooter
from compare_tui.ui.widgets.lines import Lines, Piece, shown

if TYPE_CHECKING:
    from compare_tui.ui.app import CompareApp
    from compare_tui.ui.desk import Desk

_LOOK_AGAIN_S: Final = 0.1
_ENDED_WELL: Final = (None, Verdict.DONE)


class DiffScreen(Screen[None]):
    """Of all the sides it was opened with two are shown; each may be exchanged for any take or prompt there is."""

    WHERE = Where.DIFF
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(Where.DIFF),
        Binding("f1", "help", "help", id="help"),
        Binding("ctrl+c", "copy_or_stop", show=False, id="copy-or-stop"),
        Binding("f9", "diff_export", show=False, id="export"),
    ]
    AUTO_FOCUS = "DiffView"
    DEFAULT_CSS = """
    DiffScreen { background: $background; }
    DiffScreen #diff-title { height: 4; background: $panel; }
    DiffScreen DiffView { height: 1fr; }
    DiffScreen.-too-small > #diff-title, DiffScreen.-too-small > DiffView { display: none; }
    """

    def __init__(self, desk: "Desk", sides: Sequence[DiffSide], old: int, new: int) -> None:
        super().__init__()
        self._desk = desk
        self._sides = list(sides)
        self._first = old
        self._old, self._new = old, new
        self._view = DiffView()
        self._title = Lines(id="diff-title")
        self._too_small = Static(id="too-small", markup=False)
        self._compared: Compared | None = None
        """What is shown; of another pair it is gone at once."""
        self._stands: dict[Keys, Stand] = {}
        """Where the reader was in other pairs."""
        self._verdicts: dict[tuple[str, str], Verdict | None] = {}
        self._comparison = Comparison(self, desk, self._show)
        self._likeness = Likeness(self, desk, self._tell)

    def compose(self) -> ComposeResult:
        yield self._title
        yield self._view
        yield ActionFooter()
        yield self._too_small

    def on_mount(self) -> None:
        self._view.unified = self._look.unified
        self._compare_pair()
        self.set_interval(_LOOK_AGAIN_S, self._beat)

    def on_resize(self, event: events.Resize) -> None:
        notice = too_small(event.size.width, event.size.height)
        self.set_class(notice is not None, "-too-small")
        self._too_small.update(notice or "")
        self.call_after_refresh(self._tell)  # which of both ways the view has room for

    @property
    def _app(self) -> "CompareApp":
        return cast("CompareApp", self.app)

    # What is compared

    @property
    def old(self) -> DiffSide:
        return self._sides[self._old]

    @property
    def new(self) -> DiffSide:
        return self._sides[self._new]

    @property
    def diff(self) -> Diff | None:
        return None if self._compared is None or self._lack else self._compared.diff

    @property
    def _lack(self) -> str:
        return lacking(self.old, self.new)

    @property
    def _look(self) -> DiffLook:
        return self._app.diff_look or DiffLook()

    @property
    def _wanted(self) -> Asked:
        return Asked(self.old, self.new, self._look.unit, self._look.ignoring)

    def _compare_pair(self) -> None:
        """Another pair: nothing of the one before is to be seen, and who comes back to it is where they were."""
        if self._compared is not None and (stand := self._view.stand) is not None:
            self._stands[self._compared.asked.keys] = stand
        self._compared = None
        self._view.placeholder = Content("comparing…")
        self._view.show(None, keep=False)
        self._verdicts = {side.key: side.take.verdict for side in (self.old, self.new) if side.take is not None}
        self._compare()

    def _compare(self) -> None:
        self._comparison.ask(self._wanted)
        self._tell()

    def _beat(self) -> None:
        """States of what runs, and what has come of it."""
        if self._app.painting_held:
            return
        self._tell_endings()
        if self._compared is None or self._compared.is_growing:
            self._comparison.look_again()
            self._tell()

    def _show(self, found: Compared) -> None:
        before, self._compared = self._compared, found
        diff = found.diff
        if self._lack:
            self._view.placeholder = Content(self._lack)
            self._view.show(None)
            self._tell()
            return
        if found.is_growing and (diff.old or diff.new):
            self._view.placeholder = None  # two that say the same so far are read on: their text does not come and go
        elif not diff.changes and self._view.placeholder is not None:
            words = nothing_differs(diff, same_text=found.same_text, growing=found.is_growing)
            self._view.placeholder = Content(words)
        swapped = before is not None and before.asked.sides == found.asked.sides[::-1]
        stand = self._stands.get(found.asked.keys)
        self._view.show(diff, keep=before is not None, swapped=swapped, alignment=found.alignment, stand=stand)
        self._likeness.ask(found.asked)
        self._tell()

    def _tell_endings(self) -> None:
        """One that was stopped or failed while it was looked at."""
        for name, side in (("old", self.old), ("new", self.new)):
            verdict = None if side.take is None else side.take.verdict
            if verdict != self._verdicts.get(side.key, verdict) and verdict not in _ENDED_WELL:
                words = f"The {name} one has ended: {side.lack or f'{verdict}. What came of it is compared.'}"
                self.notify(words, severity="warning", markup=False)
            self._verdicts[side.key] = verdict

    # What is said of it

    @on(DiffView.Moved)
    def _moved(self, event: DiffView.Moved) -> None:
        if event.wrapped:
            self.notify("The first change again." if event.change == 0 else "The last change again.")
        self._tell()

    def _tell(self) -> None:
        found = self._current
        words = (None, None) if found is None else (found.diff.old_words, found.diff.new_words)
        look = settings(self._look, self.size.width, unified=self._look.unified and not self._view.is_narrow)
        more: tuple[Piece, ...] = ()
        if found is not None and not self._lack:
            room = self.size.width - len(look) - 2
            more = further(found.diff, self._view.current, growing=found.is_growing, room=room)
        self._title.show(
            side_row("old", self.old, words[0], self._pair_words, self.size.width),
            side_row("new", self.new, words[1], "", self.size.width),
            (self._counter(), ()),
            (more, ((f" {look} ", "dim"),)),
        )

    def _counter(self) -> tuple[Piece, ...]:
        found = self._current
        if found is None:
            return ((" comparing…", "live"),)
        if self._lack:
            return ((f" {self._lack}", "warn"),)
        if not found.diff.changes:
            words = nothing_differs(found.diff, same_text=found.same_text, growing=found.is_growing)
            return ((f" {words}", "strong"),)
        return counter(found.diff, self._view.current, self._itself, growing=found.is_growing)

    @property
    def _current(self) -> Compared | None:
        """None while it is still compared; what is shown then is what was asked for before."""
        found = self._compared
        return found if found is not None and found.asked == self._wanted else None

    @property
    def _itself(self) -> str:
        old, new = self.old.take, self.new.take
        one_lane = old is not None and new is not None and old.lane.configuration == new.lane.configuration
        return with_itself(*self._likeness.of(self._wanted), one_lane=one_lane)

    @property
    def _pair_words(self) -> str:
        found = self._pairs
        return f"pair {self._pair_at + 1} of {len(found)}" if len(found) > 1 else ""

    # Which pair

    @property
    def _pairs(self) -> list[tuple[int, int]]:
        return pairs(len(self._sides), self._first)

    @property
    def _pair_at(self) -> int:
        here = {self._old, self._new}
        return next(at for at, pair in enumerate(self._pairs) if {*pair} == here)

    def _turn(self, by: int) -> None:
        """The sides stay swapped where they were."""
        found, at = self._pairs, self._pair_at
        if len(found) == 1:
            self.notify("There is no other pair; s chooses what is compared.")
            return
        is_swapped = found[at] != (self._old, self._new)
        self._old, self._new = reversed(found[(at + by) % len(found)]) if is_swapped else found[(at + by) % len(found)]
        self._compare_pair()

    def action_diff_next_pair(self) -> None:
        self._turn(+1)

    def action_diff_previous_pair(self) -> None:
        self._turn(-1)

    def action_diff_swap(self) -> None:
        """The place stays where it is."""
        self._old, self._new = self._new, self._old
        self._compare()

    @work(group="sides", exclusive=True)
    async def action_diff_sides(self) -> None:
        from compare_tui.ui.screens.diff.chooser import DiffChooser

        chosen = await self.app.push_screen_wait(DiffChooser(self._desk, self.old, self.new))
        if chosen is None:
            return
        old, new = (self._place_of(side) for side in chosen)
        if (old, new) != (self._old, self._new):
            self._old, self._new = old, new
            self._compare_pair()

    def _place_of(self, side: DiffSide) -> int:
        """Where it stands among the sides; behind them where it is a new one."""
        same = (at for at, one in enumerate(self._sides) if one.key == side.key)
        at = next(same, len(self._sides))
        if at == len(self._sides):
            self._sides.append(side)
        return at

    # How it is looked at

    def _look_so(self, look: DiffLook) -> None:
        self._app.diff_look = look
        self._compare()

    def action_diff_unified(self) -> None:
        if self._view.is_narrow:
            self.notify("There is no room for both side by side here.")
            return
        self._app.diff_look = replace(self._look, unified=not self._look.unified)
        self._view.unified = self._look.unified
        self._tell()

    def action_diff_ignore(self) -> None:
        look = replace(self._look, ignoring=self._look.next_ignoring)
        self._look_so(look)
        ignored = told.ignored(look.ignoring)
        self.notify(f"Ignoring {ignored}." if ignored else "Every character counts.")

    def action_diff_unit(self) -> None:
        look = replace(self._look, unit=self._look.next_unit)
        self._look_so(look)
        self.notify(f"Differences by {look.unit}.")

    # Moving in it

    def action_diff_next(self) -> None:
        self._step(+1)

    def action_diff_previous(self) -> None:
        self._step(-1)

    def _step(self, by: int) -> None:
        if self.diff is None or not self.diff.changes:
            self.notify("There is no change to go to.")
        else:
            self._view.step(by)

    def action_diff_other_end(self) -> None:
        if not self._view.other_end():
            self.notify("The current change is no move: nothing of it stands elsewhere.")

    def action_diff_down(self) -> None:
        self._view.scroll_rows(1)

    def action_diff_up(self) -> None:
        self._view.scroll_rows(-1)

    def action_diff_page_down(self) -> None:
        self._view.page(1)

    def action_diff_page_up(self) -> None:
        self._view.page(-1)

    def action_diff_top(self) -> None:
        self._view.to_top()

    def action_diff_bottom(self) -> None:
        self._view.to_bottom()

    # What is taken out of it

    @work(group="copy", exclusive=True)
    async def action_diff_copy(self) -> None:
        diff, current = self.diff, self._view.current
        if diff is None or current is None:
            self.notify("No change is chosen; n goes to the next one.")
            return
        from compare_tui.core.diff.blocks import change_text

        what = f"change {current + 1:,} of {len(diff.changes):,}"
        self._app.copy_out(await self._desk.aside(lambda: change_text(diff, current)), what, "change")

    @work(group="copy", exclusive=True)
    async def action_diff_copy_all(self) -> None:
        if (diff := self._whole()) is not None:
            from compare_tui.core.diff.blocks import patch

            names = shown(self.old.name), shown(self.new.name)
            self._app.copy_out(await self._desk.aside(lambda: patch(diff, *names)), "diff", "diff")

    @work(group="export", exclusive=True)
    async def action_diff_export(self) -> None:
        if (diff := self._whole()) is not None:
            from compare_tui.ui.screens.diff.export import DiffExport

            await self.app.push_screen_wait(DiffExport(self._desk, diff, self.old, self.new))

    def _whole(self) -> Diff | None:
        """Of the sides as they are named now."""
        if self._current is None or self._lack:
            self.notify(self._lack or "Nothing is compared yet.", markup=False)
            return None
        return self._current.diff

    def action_copy_or_stop(self) -> None:
        selected = self.get_selected_text()
        if selected:
            self._app.copy_out(selected, "selection", "selection")
        elif self._desk.running:
            self._desk.stop()
        else:
            self.notify("Nothing runs. esc goes back.")

    # Leaving

    def action_diff_done(self) -> None:
        if self.is_current:
            self.dismiss(None)

    def action_help(self) -> None:
        self._app.open_help(Where.DIFF)
