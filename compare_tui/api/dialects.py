"""The dialects an endpoint can speak: how a lane is asked, and who reads the answer."""

from typing import Protocol

from compare_tui.api import chat, responses
from compare_tui.api.outbox import Outbox
from compare_tui.api.sse import ServerEvent
from compare_tui.api.wire import Json, Request
from compare_tui.core.endpoint import Api
from compare_tui.core.lane import Lane
from compare_tui.core.prompt import Prompt

_REQUESTS = {"responses": responses.request, "chat": chat.request}


class Reader(Protocol):
    """Follows one answer. `complete`: it is known to be whole; `finished`: nothing after this counts."""

    complete: bool
    finished: bool

    def read(self, event: ServerEvent) -> None: ...

    def read_whole(self, body: Json) -> bool:
        """An answer that came as one JSON value; False when it is none."""
        ...


def request(api: Api, lane: Lane, prompt: Prompt, cache_key: str | None = None) -> Request:
    return _REQUESTS[api](lane, prompt, cache_key)


def reader(api: Api, out: Outbox) -> Reader:
    return responses.Reader(out) if api == "responses" else chat.Reader(out)
