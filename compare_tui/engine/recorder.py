"""Who writes down what the engine does. The engine takes one and cannot be made without it."""

from collections.abc import Collection, Sequence
from concurrent.futures import Future
from decimal import Decimal
from typing import Protocol

from compare_tui.core.caps import Refusal
from compare_tui.core.events import Event
from compare_tui.core.round import Round
from compare_tui.core.take import Take


class Recorder(Protocol):
    """Nothing here waits for a disk; all but `begin` are called in the engine's own thread."""

    def begin(self, round_: Round, takes: Sequence[Take], simulated: Collection[str]) -> None:
        """These takes of the round are about to be sent; those that are simulated cost no money."""

    def record(self, take_id: str, events: Sequence[Event]) -> None:
        """What happened to a take, in order; nothing of it may change afterwards."""

    def ended(self, take: Take) -> None:
        """The engine's own fold of a take that has ended, after its last event."""

    def reserve(self, take_id: str, amount: Decimal | None) -> "Future[Refusal | None]":
        """Hold what a take may cost against the caps that all processes share. Why not, or None when it is held.

        No amount means that nothing limits it."""


class Unrecorded:
    """The recorder of private work: nothing leaves the memory, and no shared cap holds."""

    def begin(self, round_: Round, takes: Sequence[Take], simulated: Collection[str]) -> None: ...

    def record(self, take_id: str, events: Sequence[Event]) -> None: ...

    def ended(self, take: Take) -> None: ...

    def reserve(self, take_id: str, amount: Decimal | None) -> "Future[Refusal | None]":
        granted: Future[Refusal | None] = Future()
        granted.set_result(None)
        return granted
