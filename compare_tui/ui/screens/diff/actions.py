"""From the panes into the diff: the pane with the focus held against the baseline, or against what there is."""

from typing import TYPE_CHECKING

from textual import work

from compare_tui.ui.screens.compare_view import CompareView
from compare_tui.ui.widgets.pane import Pane

if TYPE_CHECKING:
    from compare_tui.ui.diff.side import DiffSide


class DiffActions(CompareView):
    """Takes that still run are compared as far as they have come."""

    def action_diff(self) -> None:
        pane = self.chosen()
        if self._sent is None:
            self.notify("There is nothing to compare: nothing was sent in this session yet.")
        elif pane is None or pane.take is None:
            self.notify("There is nothing to compare: this pane has no answer yet.")
        else:
            self._diff(pane)

    def _diff(self, pane: Pane) -> None:
        from compare_tui.ui.diff.side import take_side
        from compare_tui.ui.screens.diff.screen import DiffScreen

        shown = [one for one in self.board.panes if one.take is not None]
        sides = [self._side(one) for one in shown]
        here = shown.index(pane)
        if self.against_before and pane.against is not None:
            old = take_side(pane.against, sides[here].label, self._before())
            self.app.push_screen(DiffScreen(self.desk, [*sides, old], len(sides), here))
        elif len(sides) == 1:
            self._choose_other(sides[0])
        else:
            self.app.push_screen(DiffScreen(self.desk, sides, *self._pair(shown, here)))

    def _pair(self, shown: list[Pane], here: int) -> tuple[int, int]:
        """The baseline, or the first pane, is the old one; for itself the next one is the new one."""
        baseline = self._baseline_pane()
        old = shown.index(baseline) if baseline in shown else 0
        return (old, here) if here != old else (old, 1 if old == 0 else 0)

    def _side(self, pane: Pane) -> "DiffSide":
        from compare_tui.ui.diff.side import take_side

        assert pane.take is not None
        assert pane.column is not None
        return take_side(pane.take, pane.column.label, self._sent)

    @work(group="diff", exclusive=True)
    async def _choose_other(self, new: "DiffSide") -> None:
        """One lane alone: its repeats, the round before and the prompts are there to be chosen."""
        from compare_tui.ui.screens.diff.chooser import DiffChooser
        from compare_tui.ui.screens.diff.screen import DiffScreen

        words = "One lane alone has an answer here: what is it held against?"
        chosen = await self.app.push_screen_wait(DiffChooser(self.desk, None, new, words))
        if chosen is not None:
            self.app.push_screen(DiffScreen(self.desk, chosen, 0, 1))
