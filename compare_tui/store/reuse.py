"""Answers from the store: takes of a round that need not be sent, for the same was asked of the same before."""

from collections.abc import Callable
from time import perf_counter_ns

from compare_tui.core.endpoint import Endpoint
from compare_tui.core.events import Event
from compare_tui.core.lane import Lane
from compare_tui.core.likeness import likeness, stored_events
from compare_tui.core.record import TakeRecord
from compare_tui.core.round import Round
from compare_tui.store.store import Store

_MOST = 100


class Reuse:
    """Gives each answer once, so that repeats get different ones."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._left: dict[bytes, list[TakeRecord]] = {}

    def answers(self, round_: Round, endpoint_of: Callable[[Lane], Endpoint]) -> dict[str, list[Event]]:
        """The events of each take, by its id, that is answered so."""
        found = {}
        for take in round_.takes():
            endpoint = endpoint_of(take.lane)
            alike = likeness(round_.prompt_for(take.lane), take.lane, endpoint.recorded_url, endpoint.api)
            if alike not in self._left:
                self._left[alike] = self._store.answers(alike, _MOST)
            if self._left[alike]:
                record = self._left[alike].pop(0)
                found[take.id] = stored_events(record, perf_counter_ns(), endpoint.name, endpoint.api)
        return found
