"""Rounds through the engine: so many under way, each handed on when it has ended, all of them when we are stopped."""

import datetime as dt
import signal
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import replace
from types import FrameType
from typing import Final

from compare_tui.cli.plan import Plan
from compare_tui.core.round import Round
from compare_tui.core.take import Take
from compare_tui.engine.engine import Engine, Running

TICK_S: Final = 0.05
_SIGNALS: Final = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))


class Interruption:
    """The first signal stops what runs and lets it be written down; a second INT leaves at once."""

    def __init__(self) -> None:
        self.signal: int | None = None
        self.in_vain = False
        """Nobody gets what still comes."""
        self._before: dict[int, object] = {}

    def __enter__(self) -> "Interruption":
        for number in _SIGNALS:
            if signal.getsignal(number) is not signal.SIG_IGN:  # nohup asked for that
                self._before[number] = signal.signal(number, self._note)
        return self

    def __exit__(self, *error: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)  # type: ignore[arg-type]  # what signal() itself returned

    def _note(self, number: int, frame: FrameType | None) -> None:
        if self.signal == number == signal.SIGINT:
            raise KeyboardInterrupt
        self.signal = number


def send_all(
    engine: Engine,
    plan: Plan,
    *,
    at_once: int,
    tick: Callable[[Iterable[Take]], None],
    take_ended: Callable[[Take], None],
    round_ended: Callable[[Round, list[Take]], None],
    interruption: Interruption,
) -> int:
    """Send every round, in order; `round_ended` gets each in the same order. Returns how many were never sent."""
    waiting = deque(plan.rounds)
    under_way: deque[tuple[Round, list[Running]]] = deque()
    stopped = False
    engine.ready()
    while under_way or (waiting and not stopped):
        running = [one for _, takes in under_way for one in takes if one.take.verdict is None]
        if (interruption.signal is not None or interruption.in_vain) and not stopped:
            stopped = True
            engine.stop()
        while waiting and not stopped and len(running) < at_once:
            round_ = waiting.popleft()
            takes = engine.send(replace(round_, sent_at=_now()), answers=plan.answers)
            under_way.append((round_, takes))
            running += takes
        engine.changed.wait(TICK_S)
        engine.changed.clear()
        for one in running:
            one.drain()
            if one.take.verdict is not None:
                take_ended(one.take)
        tick(one.take for one in running)
        while under_way and all(one.take.verdict for one in under_way[0][1]):
            round_, takes = under_way.popleft()
            round_ended(round_, [one.take for one in takes])
    return len(waiting)


def _now() -> str:
    return dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
