"""Marks in the panes: what differs from the baseline, or stands only here; kept up to date while answers come."""

from collections.abc import Callable, Sequence
from functools import cache
from time import monotonic, thread_time
from typing import TYPE_CHECKING, Final, NamedTuple

from textual import events, work

from compare_tui.core.session import SentRound
from compare_tui.core.take import Take
from compare_tui.ui.desk import Desk
from compare_tui.ui.screens.compare_view import LOW, CompareView
from compare_tui.ui.widgets.pane import Pane

if TYPE_CHECKING:
    from compare_tui.core.diff.answer import Said
    from compare_tui.ui.marks.in_place import Marks
    from compare_tui.ui.widgets.prompt_diff import PromptDiff

OFF, DIFFERS, ONLY_HERE = "", "differs", "only here"
_WAYS: Final = (OFF, DIFFERS, ONLY_HERE)
APART_S: Final = 0.5
"""At least between the beginnings of two comparisons of answers that grow."""
SHARE: Final = 4
"""So many times as long as a comparison took nothing else is compared: a quarter of a core."""


class _Version(NamedTuple):
    """A take, and how far it has come."""

    take: Take
    tokens: int
    ended: bool

    @classmethod
    def of(cls, take: Take) -> "_Version":
        return cls(take, take.output_tokens, take.verdict is not None)


class _Asked(NamedTuple):
    """What a pane is to be marked with."""

    way: str
    mine: _Version
    others: tuple[_Version, ...]

    @property
    def grows(self) -> bool:
        return not all(one.ended for one in (self.mine, *self.others))

    def goes_on(self, before: "_Asked | None") -> bool:
        """The same takes as before, of which there is more now."""
        if before is None or self.way != before.way:
            return False
        return [one.take for one in (self.mine, *self.others)] == [one.take for one in (before.mine, *before.others)]


class MarksActions(CompareView):
    """What is asked for last is what is shown; what it is held against is the baseline, or the round before."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.marks = OFF
        self._worked_out: dict[Pane, _Asked] = {}
        self._working: dict[Pane, _Asked] = {}
        self._next_marks = 0.0
        self._prompt_diff: PromptDiff | None = None

    def action_marks(self) -> None:
        if self.marks == OFF and len(self.board.panes) < 2 and not self.against_before:
            self.notify("There is no other pane to hold this one against.")
            return
        way = _WAYS[(_WAYS.index(self.marks) + 1) % len(_WAYS)]
        if way == DIFFERS and self.against_before:  # that is marked already
            way = ONLY_HERE if self.marks == OFF else way
        self.marks = way
        self.tick()
        first = self.marked_against
        if way == DIFFERS and first is not None and not first.is_baseline:
            self.notify(f"No baseline is set: pane {first.number} is taken; b chooses another one.")

    # What is to be marked

    @property
    def marked_against(self) -> Pane | None:
        """The baseline; without one the first pane with an answer is taken for it."""
        baseline = self._baseline_pane()
        if baseline is not None and baseline.take is not None:
            return baseline
        return next((pane for pane in self.board.panes if pane.take is not None and _may_say(pane.take)), None)

    @property
    def _way(self) -> str:
        return self.marks or (DIFFERS if self.against_before else OFF)

    def _asked(self, pane: Pane) -> _Asked | None:
        way, take = self._way, pane.take
        if take is None or way == OFF:
            return None
        if self.against_before:
            others = [pane.against]
        elif way == ONLY_HERE:
            others = [other.take for other in self.board.panes if other is not pane]
        else:
            against = self.marked_against
            others = [against.take] if against is not None and against is not pane else []
        known = tuple(_Version.of(other) for other in others if other is not None)
        return _Asked(way, _Version.of(take), known) if known else None

    def _say_why_not(self, pane: Pane) -> None:
        """A pane that has no marks though the others may have some."""
        told: tuple[str, ...] = ()
        if self._way != OFF and pane.take is not None:
            if self.against_before:
                told = "no take in the round before", "no take before"
            elif self._way == DIFFERS:
                told = "the others are marked against this", "marked against this", "baseline"
        if pane.marks_told != told or pane.view.marks is not None:
            pane.mark(None, told)
            pane.tick()

    @property
    def told_marks(self) -> tuple[str, ...]:
        if self.against_before:
            return ("against the round before", ONLY_HERE) if self.marks == ONLY_HERE else super().told_marks
        if self.marks == ONLY_HERE:
            return ("marked: only here",)
        if self.marks == OFF:
            return ()
        against = self.marked_against
        return ("marked: differs" if against is None else f"marked: differs from pane {against.number}",)

    # Keeping it up to date

    def tick(self) -> None:
        super().tick()
        self.keep_marked()

    def keep_marked(self) -> None:
        """Work out what is new since, at once for other takes, now and then for takes that grow."""
        known, late = self._worked_out, dict[Pane, _Asked]()
        self._worked_out = {}
        for pane in self.board.panes:
            pane.set_marking(self._way != OFF)
        if any(pane.is_laying_out for pane in self.board.visible_panes()):
            self.compare_app.something_runs()
        for pane in self.board.panes:
            asked = self._asked(pane)
            if asked is None:
                self._say_why_not(pane)
                continue
            if pane in known and pane.view.marks is not None:
                if asked.goes_on(known[pane]):
                    self._worked_out[pane] = known[pane]
                else:  # what is marked is not what is said above any more
                    pane.mark(None)
                    pane.tick()
            if asked != self._worked_out.get(pane):
                late[pane] = asked
        if late and self._is_time_for(late):
            self._working = late
            self._work_out(late)
        elif self._working and self._way == OFF:
            self._working = {}
            self.workers.cancel_group(self, "marks")

    def _is_time_for(self, late: dict[Pane, _Asked]) -> bool:
        begun = {**self._worked_out, **self._working}
        if not all(asked.goes_on(begun.get(pane)) for pane, asked in late.items()):
            return True
        return not self._working and (monotonic() >= self._next_marks or not any(one.grows for one in late.values()))

    @work(group="marks", exclusive=True)
    async def _work_out(self, late: dict[Pane, _Asked]) -> None:
        from compare_tui.core.diff.answer import said

        self._next_marks = monotonic() + APART_S
        takes = {one.take for asked in late.values() for one in (asked.mine, *asked.others)}
        texts = {take: said(take) for take in takes}
        began = monotonic()
        found, cpu_s = await self.desk.aside(
            lambda: _found(list(late.values()), texts, is_wanted=lambda: self._working is late)
        )
        self._next_marks = max(self._next_marks, began + SHARE * cpu_s)
        self._working = {}
        for (pane, asked), marks in zip(late.items(), found, strict=True):
            now = self._asked(pane)
            if now is not None and now.goes_on(asked):
                self._worked_out[pane] = asked
                pane.mark(marks, marks.told)
                pane.tick()
        self.keep_marked()

    # The prompt against that of the round before

    def measure(self) -> None:
        super().measure()
        before = self._before() if self.against_before else None
        if before is not None and self.sent is not None:
            self._show_prompts(before, self.sent)
        else:
            self.workers.cancel_group(self, "prompts")
            if self._prompt_diff is not None:
                self._prompt_diff.display = False
        self.keep_marked()

    def on_resize(self, event: events.Resize) -> None:
        if self._prompt_diff is not None:
            self._prompt_diff.have(self._prompt_rows)

    @property
    def _prompt_rows(self) -> int:
        return 1 if self.size.height < LOW else 3

    @work(group="prompts", exclusive=True)
    async def _show_prompts(self, before: SentRound, sent: SentRound) -> None:
        from compare_tui.ui.marks.prompt import prompts_compared
        from compare_tui.ui.widgets.prompt_diff import PromptDiff

        compared = await self.desk.aside(lambda: prompts_compared(before.round, sent.round))
        if self._prompt_diff is None:
            self._prompt_diff = PromptDiff(id="prompt-diff")
            self.mount(self._prompt_diff, before=self.board)
        self._prompt_diff.show(compared)
        self._prompt_diff.have(self._prompt_rows)
        self._prompt_diff.display = True


def _may_say(take: Take) -> bool:
    """It has said something, or it may yet."""
    return take.verdict is None or bool(take.tools or take.text)


def _found(
    several: Sequence[_Asked], texts: "dict[Take, Said]", is_wanted: Callable[[], bool]
) -> "tuple[list[Marks], float]":
    """And how much of a core's time it took. Of an answer that grows only what is complete is looked at.

    When nobody waits for it any more the rest is left out.
    """
    from compare_tui.ui.marks.in_place import NOTHING_SAID, Marks, differing, only_here
    from compare_tui.ui.marks.sentences import sentences

    began = thread_time()
    read = cache(sentences)
    ended = {one.take for asked in several for one in (asked.mine, *asked.others) if one.ended}
    whole = {take: one if take in ended else _so_far(one) for take, one in texts.items()}
    found = []
    for asked in several:
        if not is_wanted():
            break
        mine, *others = (whole[one.take] for one in (asked.mine, *asked.others))
        if not any(mine) or not any(map(any, others)):  # nothing was said, or not yet
            found.append(Marks(told=NOTHING_SAID if any(mine) and not asked.grows else ()))
        elif asked.way == ONLY_HERE:
            found.append(only_here(mine, others, read, growing=asked.grows))
        else:
            found.append(differing(others[0], mine, growing=asked.grows))
    return found, thread_time() - began


def _so_far(said: "Said") -> "Said":
    """What is final of it. Calls may come before the text that they stand behind in the end."""
    from compare_tui.core.diff.answer import Said
    from compare_tui.core.diff.compare import completed

    return Said("" if said.calls else said.text[: completed(said.text)])
