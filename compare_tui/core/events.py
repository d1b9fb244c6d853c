"""What can happen to a take. An answer is a list of these; everything else is a fold over it."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final, NamedTuple

Data = Mapping[str, Any]
NOTHING: Final[Data] = MappingProxyType({})


class Kind(StrEnum):
    """The kinds, in the order in which a well-behaved take sees them."""

    QUEUED = "queued"
    """It stands in line. `input_tokens` estimated; `endpoint`, `api`, `base_url` it goes to."""
    REQUEST = "request"
    """What is sent: `path`, `body` (images by digest and size)."""
    RATE = "rate"
    """The row it is priced by: `rate` (null: no price), `free`, `thinks` (the model reasons before it answers)."""
    CAUTION = "caution"
    """What the rate card had to say before sending."""
    SENT = "sent"
    """An attempt leaves. `at` wall clock."""
    CONNECTED = "connected"
    REQUEST_SENT = "request_sent"
    HEADERS = "headers"
    """`status`, `request_id`."""
    FIRST_EVENT = "first_event"
    """The first event of the stream, whatever it says."""
    SERVED = "served"
    """What the endpoint says it serves: `model`, `tier`, `effort`, `id`."""
    PART = "part"
    """The deltas that follow belong to this piece of the answer: `key`."""
    REASONING = "reasoning"
    TEXT = "text"
    REFUSAL = "refusal"
    TOOL = "tool"
    """A piece of a call's arguments: `key`, and `name`, `id` when they are told."""
    LOGPROBS = "logprobs"
    """`tokens`: a list as the endpoint gives it."""
    USAGE = "usage"
    STORED = "stored"
    """Nothing is sent: this is the answer that the take `of` had."""
    UNSTREAMED = "unstreamed"
    """The whole answer came at once: there is no first token to time."""
    NOTICE = "notice"
    """Something the reader of the answer should know."""
    FINISH = "finish"
    """The endpoint says the answer is complete: `status`, `reason`."""
    RETRY = "retry"
    """The attempt failed before any answer and is made again: `attempt`, `wait_ms`, `because`."""
    ERROR = "error"
    """The attempt failed: `class`, `status`, `request_id`; the text is the message."""
    GAP = "gap"
    """The process stood still for `ms`: no stamp around it can be trusted."""
    STOPPED = "stopped"
    """The user stopped it."""
    END = "end"
    INTERRUPTED = "interrupted"
    """The process that asked is gone; what came until then is all there is."""


DELTAS: Final = frozenset({Kind.TEXT, Kind.REASONING, Kind.REFUSAL, Kind.TOOL})


class Event(NamedTuple):
    """One thing that happened, stamped by the reader that saw it. Deltas carry text, the rest carries data."""

    t_ns: int
    kind: Kind
    text: str = ""
    data: Data = NOTHING
