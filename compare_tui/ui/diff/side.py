"""What can be held against something else: a take, maybe still running, or a prompt; and how that is looked at."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final, TypeVar

from compare_tui.core.diff import told
from compare_tui.core.diff.model import EVERY_CHARACTER, Ignoring, Unit
from compare_tui.core.lane import distinct_labels
from compare_tui.core.round import Round
from compare_tui.core.session import SentRound
from compare_tui.core.take import Take

T = TypeVar("T")

_USUAL: Final = Ignoring()
_IGNORED: Final = (_USUAL, Ignoring(markup=True), Ignoring(markup=True, case=True), EVERY_CHARACTER)
"""What `w` steps through."""
_UNITS: Final = tuple(Unit)


@dataclass(frozen=True, slots=True)
class DiffSide:
    """A take, or a text: a prompt."""

    label: str
    take: Take | None = None
    text: str = ""
    place: str = ""
    """Where in its session it stands: `round 2`."""
    session: str = ""
    """The title of that, where it is another one than the one that is worked on."""
    repeats: tuple[Take, ...] = ()
    """All takes of its lane in its round, itself among them."""

    @property
    def name(self) -> str:
        return " · ".join(filter(None, (self.label, self.place, self.session and f"of “{self.session}”")))

    @property
    def key(self) -> tuple[str, str]:
        """The same for the same take, whatever it is called here and however often it was read from the store."""
        return self.name if self.take is None else self.take.id, self.text

    @property
    def lack(self) -> str:
        """Why it has nothing to compare; empty where it has."""
        return "" if self.take is None else told.missing(self.take)

    @property
    def is_running(self) -> bool:
        return self.take is not None and self.take.verdict is None


@dataclass(frozen=True, slots=True)
class DiffLook:
    """How differences are looked at; remembered while the app runs."""

    unified: bool = False
    ignoring: Ignoring = _USUAL
    unit: Unit = Unit.WORD

    @property
    def next_ignoring(self) -> Ignoring:
        return _behind(_IGNORED, self.ignoring)

    @property
    def next_unit(self) -> Unit:
        return _behind(_UNITS, self.unit)


def _behind(options: Sequence[T], one: T) -> T:
    return options[(options.index(one) + 1) % len(options)]


def pairs(count: int, first: int) -> list[tuple[int, int]]:
    """All pairs of so many sides; those with the first one come first."""
    order = [first, *(at for at in range(count) if at != first)]
    return list(combinations(order, 2))


def take_side(take: Take, label: str, sent: SentRound | None, session: str = "") -> DiffSide:
    if sent is None:
        return DiffSide(label, take)
    alike = tuple(sent.alike(take.lane))
    repeat = f"repeat {alike.index(take) + 1} of {len(alike)}" if len(alike) > 1 and take in alike else ""
    place = " · ".join(filter(None, (f"round {sent.round.number}", repeat)))
    return DiffSide(label, take, place=place, session=session, repeats=alike)


def prompt_side(round_: Round, session: str = "") -> DiffSide:
    return DiffSide(f"prompt of round {round_.number}", text=round_.prompt.written, session=session)


def sides_of(sent: SentRound, session: str = "") -> Iterator[DiffSide]:
    """Every take of a round, then its prompt."""
    labels = distinct_labels(take.lane for take in sent.takes)
    for take in sent.takes:
        yield take_side(take, labels[take.lane], sent, session)
    yield prompt_side(sent.round, session)
