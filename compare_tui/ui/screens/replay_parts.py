"""What a replay is shown with: a desk that sends nothing, panes on its own clock, and its time line."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from rich.cells import cell_len
from textual.binding import BindingsMap, BindingType

from compare_tui.core.events import Event
from compare_tui.core.replay import News, Replay, minutes
from compare_tui.core.take import Take
from compare_tui.ui.actions import Where
from compare_tui.ui.bindings import bindings
from compare_tui.ui.columns import Column
from compare_tui.ui.desk import Desk
from compare_tui.ui.figures import Clock
from compare_tui.ui.start import Start
from compare_tui.ui.widgets.board import Board
from compare_tui.ui.widgets.lines import Lines, Piece
from compare_tui.ui.widgets.pane import Pane


class ReplayDesk(Desk):
    """Its engine is never opened; what comes is what the replay tells."""

    def __init__(self, replay: Replay, start: Start) -> None:
        super().__init__(replace(start, file=None, watch=False, simulated=False))
        self._replay = replay
        self._news: News = []
        self.session = replay.session

    def tell(self, news: News) -> None:
        """It waits for the next beat, as what an engine tells does."""
        self._news += news

    @property
    def is_told(self) -> bool:
        return not self._news

    def drain(self) -> list[tuple[Take, list[Event]]]:
        """Only now is the session another one, when it was played back: what is shown comes from one or the other."""
        self.session = self._replay.session
        news, self._news = self._news, []
        return news

    @property
    def running(self) -> list[Take]:
        return [take for take in self.session.takes() if take.verdict is None]


class ReplayPane(Pane):
    """What it waits for is counted by the replay; none of what it says calls for a key that would send."""

    AGAIN_OFFER = STOP_OFFER = FLEX_OFFER = ""


def _together(first: Where, second: Where) -> list[BindingType]:
    """The keys of both, where they share one that of the first."""
    taken = BindingsMap(bindings(first)).key_to_bindings
    others = BindingsMap(bindings(second, "screen.")).key_to_bindings
    left = [one for key, several in others.items() for one in several if key not in taken]
    return [*bindings(first, "screen."), *left]


class ReplayBoard(Board, inherit_bindings=False):
    """The keys of the panes, those of the replay before them."""

    WHERE = Where.REPLAY
    BINDINGS = _together(Where.REPLAY, Where.PANES)

    def __init__(self, columns: Sequence[Column], clock: Clock) -> None:
        super().__init__(columns, partial(ReplayPane, clock=clock))


class ReplayBar(Lines):
    """How fast, how far of how long, and a line of that."""

    DEFAULT_CSS = "ReplayBar { background: $surface; }"

    def tell(self, replay: Replay, *, paused: bool) -> None:
        state = "at the end" if replay.is_over else "paused" if paused else "playing"
        sign = "■" if replay.is_over else "‖" if paused else "▶"
        far = f"{minutes(replay.position)} / {minutes(replay.length)}"
        spoken = f" {sign} replay ×{replay.speed:g} · {far} · {state} "
        width = max(0, self.size.width - cell_len(spoken) - 1)
        done = round(width * replay.position / replay.length) if replay.length else width
        line: tuple[Piece, ...] = (("━" * done, "bar"), ("─" * (width - done), "dim"))
        self.show((((spoken, "mark"), *line), ()))
