"""Compares aside while texts still come: what is complete of them, never more than a quarter of the time of a core."""

from dataclasses import dataclass, replace
from itertools import combinations, islice
from time import monotonic, thread_time
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from compare_tui.ui.diff.side import DiffSide
from compare_tui.ui.screens.export_parts import Newest

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.screen import Screen

    from compare_tui.core.diff.answer import Said
    from compare_tui.core.diff.model import Diff, Ignoring, Unit
    from compare_tui.core.take import Take
    from compare_tui.ui.desk import Desk
    from compare_tui.ui.diff.chunks import Alignment

APART_S: Final = 0.5
"""At least between the beginnings of two comparisons of texts that grow."""
REST: Final = 3
"""So many times as long as a comparison took nothing is compared after it."""
_MOST_PAIRS: Final = 10
"""Of the repeats of a lane, held against each other."""

Keys = tuple[tuple[str, str], tuple[str, str]]
"""Of two sides."""


class Asked(NamedTuple):
    """Which two, in which way."""

    old: DiffSide
    new: DiffSide
    unit: "Unit"
    ignoring: "Ignoring"

    @property
    def is_growing(self) -> bool:
        return self.old.is_running or self.new.is_running

    @property
    def sides(self) -> tuple[DiffSide, DiffSide]:
        return self.old, self.new

    @property
    def keys(self) -> Keys:
        return self.old.key, self.new.key


@dataclass(frozen=True, slots=True)
class Compared:
    """What came of it."""

    asked: Asked
    said: tuple["Said", "Said"]
    """As much of each as was compared."""
    diff: "Diff"
    alignment: "Alignment"
    """How it is laid out, which of long texts takes its time."""
    is_growing: bool
    cpu_s: float

    @property
    def same_text(self) -> bool:
        return self.said[0] == self.said[1]


class Comparison:
    """What is asked for last is what is shown; what was asked before is dropped."""

    def __init__(self, screen: "Screen[Any]", desk: "Desk", show: "Callable[[Compared], None]") -> None:
        self._show = show
        self._newest: Newest[Compared] = Newest(screen, desk.aside, self._came)
        self._asked: Asked | None = None
        self._last: Compared | None = None
        self._due = 0.0
        self.is_busy = False

    def ask(self, asked: Asked) -> None:
        """At once. What came of the one before may never have been shown."""
        self._asked, self._last = asked, None
        self._begin(asked)

    def look_again(self) -> None:
        """Whether more has come, or one has ended, when it is time for that."""
        last, asked = self._last, self._asked
        if self.is_busy or asked is None or last is None or not last.is_growing:
            return
        if not asked.is_growing or monotonic() >= self._due:
            self._begin(asked)

    def _begin(self, asked: Asked) -> None:
        self.is_busy = True
        self._due = monotonic() + APART_S
        growing, last = asked.is_growing, self._last
        texts = _Text.of(asked.old), _Text.of(asked.new)  # here, where events are folded in
        before = last if last is not None and last.asked == asked and last.is_growing == growing else None
        self._newest.ask(lambda: _compared(asked, texts, growing, before))

    def _came(self, found: Compared) -> None:
        self.is_busy = False
        self._due = max(self._due, monotonic() + REST * found.cpu_s)
        is_new = self._last is None or found.diff is not self._last.diff
        self._last = found
        if is_new:
            self._show(found)


@dataclass(frozen=True, slots=True)
class _Text:
    """What a side says now."""

    said: "Said"
    is_running: bool

    @classmethod
    def of(cls, side: DiffSide) -> "_Text":
        from compare_tui.core.diff.answer import Said, said

        if side.take is None:
            return cls(Said(side.text), False)
        return cls(Said(side.take.text) if side.is_running else said(side.take), side.is_running)

    def completed(self) -> "Said":
        from compare_tui.core.diff.answer import Said
        from compare_tui.core.diff.compare import completed

        if not self.is_running:
            return self.said
        return Said(self.said.text[: completed(self.said.text)])


def _compared(asked: Asked, texts: tuple[_Text, _Text], growing: bool, before: Compared | None) -> Compared:
    """The one from before when nothing was completed since."""
    from compare_tui.core.diff.answer import compare_said
    from compare_tui.ui.diff.chunks import Alignment

    began = thread_time()
    old, new = (text.completed() for text in texts)
    if before is not None and before.said == (old, new):
        return replace(before, cpu_s=thread_time() - began)
    diff = compare_said(old, new, asked.unit, asked.ignoring, growing=growing)
    return Compared(asked, (old, new), diff, Alignment.of(diff), growing, thread_time() - began)


# This lane with itself


class Likeness:
    """How much the repeats of lanes have in common, looked at as their sides are; worked out aside and kept."""

    def __init__(self, screen: "Screen[Any]", desk: "Desk", told: "Callable[[], None]") -> None:
        self._told = told
        self._known: dict[_Repeats, float | None] = {}
        self._newest: Newest[dict[_Repeats, float | None]] = Newest(screen, desk.aside, self._came)

    def of(self, asked: Asked) -> tuple[float | None, float | None]:
        """Of either side; None while it is not known, or there is nothing to know."""
        old, new = (self._known.get(_Repeats.of(side, asked)) for side in asked.sides)
        return old, new

    def ask(self, asked: Asked) -> None:
        repeats = (_Repeats.of(side, asked) for side in asked.sides)
        wanted = [one for one in dict.fromkeys(repeats) if len(one.takes) > 1 and one not in self._known]
        if wanted:
            self._newest.ask(lambda: {one: one.mean_share() for one in wanted})

    def _came(self, found: "dict[_Repeats, float | None]") -> None:
        self._known |= found
        self._told()


class _Repeats(NamedTuple):
    """Those that have ended as answers."""

    takes: "tuple[Take, ...]"
    unit: "Unit"
    ignoring: "Ignoring"

    @classmethod
    def of(cls, side: DiffSide, asked: Asked) -> "_Repeats":
        takes = (take for take in side.repeats if take.verdict is not None and take.verdict.is_answer)
        return cls(tuple(takes), asked.unit, asked.ignoring)

    def mean_share(self) -> float | None:
        """Of the pairs of those that say something."""
        from compare_tui.core.diff.answer import compare_said, said

        texts = [found for take in self.takes if any(found := said(take))]
        pairs = islice(combinations(texts, 2), _MOST_PAIRS)
        shares = [compare_said(*pair, self.unit, self.ignoring).common for pair in pairs]
        return sum(shares) / len(shares) if shares else None
