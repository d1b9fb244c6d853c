"""All behaviours of the fault server, and the well-behaved answer that every other model gets."""

from collections.abc import Iterator
from time import perf_counter_ns

from tests.faults.behaviours_bodies import BODIES
from tests.faults.behaviours_broken import BROKEN
from tests.faults.behaviours_connect import CONNECT
from tests.faults.behaviours_ends import ENDS
from tests.faults.behaviours_fields import FIELDS
from tests.faults.behaviours_retry import RETRY
from tests.faults.behaviours_status import STATUS
from tests.faults.behaviours_steps import LAST_CHUNK, STREAM_HEAD, Asked, Behaviour, Pause, Send, Step, chunk, reply
from tests.faults.behaviours_syntax import SYNTAX
from tests.faults.behaviours_wire import Dialect

BEHAVIOURS: tuple[Behaviour, ...] = CONNECT + STATUS + RETRY + BODIES + SYNTAX + FIELDS + ENDS + BROKEN
BY_MODEL = {behaviour.model: behaviour for behaviour in BEHAVIOURS}

HEALTHY_PIECES = tuple(f"{number}: Größe 大 🦊 of a well-behaved answer\n" for number in range(1, 13))
HEALTHY_TEXT = "".join(HEALTHY_PIECES)
HEALTHY_PACE = 0.005


def in_dialect(dialect: Dialect) -> tuple[Behaviour, ...]:
    return tuple(behaviour for behaviour in BEHAVIOURS if dialect in behaviour.dialects)


def well_behaved(asked: Asked) -> Iterator[Step]:
    """A paced answer; each delta carries the server's clock, so that a client's stamps can be checked."""
    wire = asked.wire
    if asked.body.get("stream") is not True:
        yield reply(200, wire.whole(HEALTHY_TEXT))
        return
    yield Send(STREAM_HEAD + chunk(wire.opening()))
    for piece in HEALTHY_PIECES:
        yield Pause(HEALTHY_PACE)
        yield Send(chunk(wire.delta(piece, sent_ns=perf_counter_ns())))
    yield Send(chunk(wire.ending(HEALTHY_TEXT, usage=wire.usage() if _wants_usage(asked) else None)) + LAST_CHUNK)


def _wants_usage(asked: Asked) -> bool:
    """The chat dialect tells the usage of a stream only to those who ask."""
    options = asked.body.get("stream_options")
    return asked.wire.dialect == "responses" or (isinstance(options, dict) and options.get("include_usage") is True)
