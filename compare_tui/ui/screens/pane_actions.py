"""What keys do in the panes: which one, where in it, how it is shown, what is taken out of it."""

from pathlib import Path

from textual.content import Content

from compare_tui.core.sanitize import safe_line
from compare_tui.core.take import Take
from compare_tui.ui.screens.marks_actions import MarksActions
from compare_tui.ui.widgets.pane import Pane
from compare_tui.ui.widgets.stream import StreamView


class PaneActions(MarksActions):
    """Each acts on the pane with the focus, unless it says all."""

    _code_at: tuple[Take | None, int] = (None, 0)

    # Which pane

    def action_choose_pane(self, number: int) -> None:
        self.board.choose_on_page(number)

    def action_left(self) -> None:
        self.board.step(-1)

    def action_right(self) -> None:
        self.board.step(+1)

    def action_next_page(self) -> None:
        self.board.step_page(+1)

    def action_previous_page(self) -> None:
        self.board.step_page(-1)

    def action_zoom(self) -> None:
        self.board.toggle_zoom()
        self.tick()

    def action_to_prompt(self) -> None:
        self.prompt.focus()

    def on_prompt_editor_to_panes(self) -> None:
        self.action_to_panes()

    def action_to_panes(self) -> None:
        place = self.board if self.first_start is None else self.first_start
        place.focus()

    # Where in it

    def _scrolled(self) -> list[StreamView]:
        pane = self.chosen()
        if pane is None:
            return []
        return [one.view for one in self.board.visible_panes()] if self.together else [pane.view]

    def action_down(self) -> None:
        for view in self._scrolled():
            view.scroll_rows(1)

    def action_up(self) -> None:
        for view in self._scrolled():
            view.scroll_rows(-1)

    def action_page_down(self) -> None:
        for view in self._scrolled():
            view.page(1)

    def action_page_up(self) -> None:
        for view in self._scrolled():
            view.page(-1)

    def action_top(self) -> None:
        for view in self._scrolled():
            view.to_top()

    def action_bottom(self) -> None:
        for view in self._scrolled():
            view.to_bottom()

    def action_follow(self) -> None:
        for view in self._scrolled():
            view.toggle_follow()

    def action_together(self) -> None:
        self.together = not self.together
        self.tick()

    def on_stream_view_scrolled(self, event: StreamView.Scrolled) -> None:
        """The wheel over one pane moves the others too, when they scroll together."""
        if self.together:
            for pane in self.board.visible_panes():
                if pane.view is not event.view:
                    pane.view.show_row(event.row)

    # How it is shown

    def action_rendered(self) -> None:
        pane = self.chosen()
        if pane is not None:
            pane.raw = not pane.raw
            pane.render_answer()
            self.tick()

    def action_reasoning(self) -> None:
        pane = self.chosen()
        if pane is None or pane.take is None or not pane.take.reasoning:
            self.notify("No reasoning text came with this answer.")
        else:
            pane.view.reasoning_unfolded = not pane.view.reasoning_unfolded

    def action_baseline(self) -> None:
        pane = self.chosen()
        lane = pane.column.lane if pane is not None and pane.column is not None else None
        self.baseline = None if lane == self.baseline else lane
        self.measure()
        self.tick()

    def action_against_before(self) -> None:
        if not self.against_before and self._before() is None:
            self.notify("There is no round before this one.")
            return
        self.against_before = not self.against_before
        self.measure()
        self.tick()

    def action_previous_repeat(self) -> None:
        self._repeat(-1)

    def action_next_repeat(self) -> None:
        self._repeat(+1)

    def _repeat(self, by: int) -> None:
        pane = self.chosen()
        if pane is None or pane.column is None or len(pane.column.takes) < 2 or pane.take is None:
            self.notify("This lane has one take in this round.")
            return
        takes = pane.column.takes
        pane.show(pane.column, takes[(takes.index(pane.take) + by) % len(takes)])
        self.measure()
        self.tick()

    def action_race(self) -> None:
        self._race.toggle_class("-open")
        self.tick()

    # What is taken out of it

    def _answered(self) -> Pane | None:
        pane = self.chosen()
        if pane is None or pane.take is None or not (pane.take.text or pane.take.tools):
            self.notify("There is no answer in this pane yet.")
            return None
        return pane

    def action_copy(self) -> None:
        if pane := self._answered():
            self.copy(pane.whole_text)

    def action_copy_code(self) -> None:
        pane = self._answered()
        if pane is None or pane.take is None:
            return
        from compare_tui.ui.clipboard import code_blocks

        blocks = code_blocks(pane.take.text)
        if not blocks:
            self.notify("There is no code block in this answer.")
            return
        take, last = self._code_at
        at = (last + 1) % len(blocks) if take is pane.take else 0
        self._code_at = (pane.take, at)
        self.copy(blocks[at], what=f"code block {at + 1} of {len(blocks)}")

    def copy(self, text: str, what: str = "answer") -> None:
        self.compare_app.copy_out(text, what, self._file_name())

    def _file_name(self) -> str:
        pane = self.chosen()
        return f"{pane.take.id}-{pane.column.label}" if pane and pane.take and pane.column else "copied"

    def action_write(self) -> None:
        """At once, for the next key may choose another pane; what is private only when that is asked for twice."""
        pane = self._answered()
        if pane is None:
            return
        if self.desk.private:
            self.run_worker(self._write_private(pane.whole_text, self._file_name()), group="write", exclusive=True)
        else:
            self._write(pane.whole_text, self._file_name())

    async def _write_private(self, text: str, name: str) -> None:
        if await self._may_leave_memory():
            self._write(text, name)

    def _write(self, text: str, name: str) -> None:
        from compare_tui.ui.clipboard import write_answer

        try:
            path = write_answer(text, Path.cwd(), name)
        except OSError as error:
            self.notify(f"Not written: {error.strerror}", severity="error", markup=False)
        else:
            self.notify(f"Written to {safe_line(str(path))}", markup=False)

    async def _may_leave_memory(self) -> bool:
        from compare_tui.ui.screens.question import Question

        answer = await self.app.push_screen_wait(
            Question(
                Content("This session is private. Write to a file all the same?"),
                Content("The answer leaves the memory of the app and stays where you write it."),
                [("y", "yes", "write it"), ("n", "no", "keep it here")],
                default="no",
            )
        )
        return answer == "yes"
