"""One stream through a dialect's reader, and the take it folds into."""

import json
from typing import Any, ClassVar, Self

from compare_tui.api import dialects
from compare_tui.api.errors import Problem
from compare_tui.api.outbox import Outbox
from compare_tui.api.sse import ServerEvent
from compare_tui.core.endpoint import Api
from compare_tui.core.events import Event, Kind
from compare_tui.core.lane import Lane
from compare_tui.core.take import Take

Said = dict[str, Any]


class ReadStream:
    """A reader with what it told, read by read; the take is folded when it is asked for."""

    api: ClassVar[Api]

    def __init__(self) -> None:
        self.out = Outbox()
        self.reader = dialects.reader(self.api, self.out)
        self.events = [Event(10, Kind.QUEUED), Event(20, Kind.SENT), Event(30, Kind.HEADERS, data={"status": 200})]
        self.t_ns = 100
        self.problem: Problem | None = None

    def read(self, *said: Said | str | ServerEvent) -> Self:
        """One read of bytes holding these events; each read comes 100 ns after the one before."""
        self.out.begin(self.t_ns)
        self.t_ns += 100
        try:
            for one in said:
                data = one if isinstance(one, str) else json.dumps(one)
                self.reader.read(one if isinstance(one, ServerEvent) else ServerEvent("", data))
        except Problem as problem:
            self.problem = problem
        self.events += self.out.take()
        return self

    @property
    def take(self) -> Take:
        self.out.release_halves()
        self.events += self.out.take()
        if self.problem is not None:
            self.events.append(Event(self.t_ns, Kind.ERROR, self.problem.message, self.problem.to_data()))
        return Take("s.1.1", Lane("m")).apply_all([*self.events, Event(self.t_ns, Kind.END)])
