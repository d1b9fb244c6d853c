"""Good answers whose JSON is unusual: what else is in it, what is missing, and what stands where the text belongs."""

import re
from collections.abc import Callable
from typing import Any

from tests.faults.behaviours_steps import (
    CHAT,
    RESPONSES,
    Behaviour,
    Script,
    around,
    begun,
    done,
    finished,
    full,
    rewritten,
    streams,
)
from tests.faults.behaviours_wire import OUTPUT_TOKENS, PIECES, TEXT, TOKENS, Wire, as_chat, as_responses

THOUGHT = "First, the fox. "
NOT_TEXT = "NOT PART OF THE ANSWER"
FIRST_HALF, SECOND_HALF = "\ud83e", "\udd8a"
CONTROLS = "a\x00b\x1b[31mc\x07d\x9be\x7ff\r\n\tg"
SEPARATORS = "one\u2028two\u2029three\x85four\x0bfive\x0csix\x1cseven"


def tells(*pieces: str, text: str) -> Script:
    """Deltas of these pieces, escaped as JSON allows, and a good end."""
    return streams(
        lambda wire: (wire.opening(), *(wire.delta(piece, escaped=True) for piece in pieces), wire.ending(text))
    )


def counts(change: Callable[[dict[str, Any]], object]) -> Script:
    """A good answer with another usage."""
    return streams(lambda wire: (*begun(wire), finished(wire)[0], wire.ending(usage=change(wire.usage()))))


def every_count(value: object) -> Callable[[dict[str, Any]], object]:
    return lambda usage: {name: value if isinstance(figure, int) else figure for name, figure in usage.items()}


def unheard_of(wire: Wire) -> bytes:
    return wire.framed({"type": "response.audio.transcript.delta", "object": "novelty", "delta": NOT_TEXT})


def delta_missing(wire: Wire) -> bytes:
    payload = wire.delta_payload("")
    return wire.framed({name: payload[name] for name in payload.keys() - {"delta", "choices"}})


def thinks(*spellings: Callable[[Wire], bytes]) -> Script:
    """Reasoning before the text."""
    return streams(lambda wire: (wire.opening(), *(spell(wire) for spell in spellings), *full(wire)[1:]))


def chat_thought(**names: str) -> Callable[[Wire], bytes]:
    return lambda wire: as_chat(wire).chunk(names)


def choices(value: object) -> Script:
    """A chunk with something else where the choices belong."""
    return around(lambda wire: wire.framed(as_chat(wire).payload(value)))


def delta_of(value: object) -> Script:
    return around(lambda wire: as_chat(wire).chunk(value))


def summary(wire: Wire) -> bytes:
    return as_responses(wire).event("response.reasoning_summary_text.delta", summary_index=0, delta=THOUGHT)


def without_numbers(part: bytes) -> bytes:
    return re.sub(rb',"sequence_number":\d+', b"", part)


def all_the_same_number(part: bytes) -> bytes:
    return re.sub(rb'"sequence_number":\d+', b'"sequence_number":1', part)


def second_message(wire: Wire) -> tuple[bytes, ...]:
    """The last piece of the text comes in a message of its own."""
    last = wire.delta(PIECES[2], item_id="msg_2", output_index=1)
    return *begun(wire), as_responses(wire).event("response.output_item.added", output_index=1, item={}), last


TEXTS = (
    Behaviour("surrogate-halves-over-two-deltas", tells("a", FIRST_HALF, SECOND_HALF, "b", text="a🦊b"), done("a🦊b")),
    Behaviour("surrogate-half-at-the-end", tells("a", FIRST_HALF, text="a\ufffd"), done("a\ufffd")),
    Behaviour("surrogate-half-before-text", tells(FIRST_HALF, "b", text="\ufffdb"), done("\ufffdb")),
    Behaviour(
        "surrogate-halves-in-the-wrong-order", tells(SECOND_HALF, FIRST_HALF, text="\ufffd" * 2), done("\ufffd\ufffd")
    ),
    Behaviour("control-characters", tells(CONTROLS, text=CONTROLS), done(CONTROLS)),
    Behaviour(
        "line-separators-in-the-text",
        streams(lambda wire: (wire.opening(), wire.delta(SEPARATORS), wire.ending(SEPARATORS))),
        done(SEPARATORS),
    ),
    Behaviour("answer-without-text", tells(text=""), done("")),
)

ODD_EVENTS = (
    Behaviour("unknown-event", around(unheard_of), done()),
    Behaviour("unknown-fields", around(lambda wire: wire.delta("", obfuscation="x" * 40, timings={"a": 1})), done()),
    Behaviour("error-null", around(lambda wire: wire.delta("", error=None)), done()),
    Behaviour("delta-null", around(lambda wire: wire.delta(None)), done()),
    Behaviour("delta-a-number", around(lambda wire: wire.delta(123)), done()),
    Behaviour("delta-an-object", around(lambda wire: wire.delta({"text": NOT_TEXT})), done()),
    Behaviour("delta-missing", around(delta_missing), done()),
)

THINKING = (
    Behaviour("reasoning-first", thinks(lambda wire: wire.thinking(THOUGHT)), done(reasoning=THOUGHT)),
    Behaviour("reasoning-summary", thinks(summary), done(reasoning=THOUGHT), RESPONSES),
    Behaviour("reasoning-content", thinks(chat_thought(reasoning_content=THOUGHT)), done(reasoning=THOUGHT), CHAT),
    Behaviour(
        "reasoning-under-both-names",
        thinks(chat_thought(reasoning=THOUGHT, reasoning_content=THOUGHT)),
        done(reasoning=THOUGHT),
        CHAT,
    ),
    Behaviour(
        "reasoning-beside-text",
        streams(lambda wire: (as_chat(wire).chunk({"reasoning": THOUGHT, "content": PIECES[0]}), *full(wire)[2:])),
        done(reasoning=THOUGHT),
        CHAT,
    ),
)

USAGE = (
    Behaviour("usage-as-it-should-be", counts(dict), done(tokens=TOKENS)),
    Behaviour("usage-missing", counts(lambda usage: None), done(tokens=(None, None))),
    Behaviour("usage-negative", counts(every_count(-3)), done(tokens=(None, None))),
    Behaviour("usage-not-a-number", counts(every_count(float("nan"))), done(tokens=(None, None))),
    Behaviour("usage-infinite", counts(every_count(float("inf"))), done(tokens=(None, None))),
    Behaviour("usage-in-strings", counts(every_count("3")), done(tokens=(None, None))),
    Behaviour("usage-a-list", counts(lambda usage: [1, 2]), done(tokens=(None, None))),
    Behaviour(
        "usage-in-part",
        counts(lambda usage: {name: figure for name, figure in usage.items() if figure == OUTPUT_TOKENS}),
        done(tokens=(None, OUTPUT_TOKENS)),
    ),
    Behaviour(
        "usage-with-a-cost",
        counts(lambda usage: usage | {"cost": 0.00123}),
        done(tokens=TOKENS, reported_cost="0.00123"),
    ),
)

CHAT_FIELDS = (
    Behaviour(
        "usage-on-a-chunk-with-choices",
        streams(lambda wire: (*begun(wire), finished(wire)[0], wire.terminal(usage=wire.usage()), as_chat(wire).done)),
        done(tokens=TOKENS),
        CHAT,
    ),
    Behaviour(
        "role-chunk-with-text",
        streams(lambda wire: (as_chat(wire).chunk({"role": "assistant", "content": PIECES[0]}), *full(wire)[2:])),
        done(),
        CHAT,
    ),
    Behaviour("choices-null", choices(None), done(), CHAT),
    Behaviour("choices-empty", choices([]), done(), CHAT),
    Behaviour("choices-a-string", choices("none"), done(), CHAT),
    Behaviour("choice-null", choices([None]), done(), CHAT),
    Behaviour("chat-delta-null", delta_of(None), done(), CHAT),
    Behaviour("chat-delta-a-string", delta_of(NOT_TEXT), done(), CHAT),
)

RESPONSES_FIELDS = (
    Behaviour("sequence-numbers-missing", rewritten(without_numbers), done(), RESPONSES),
    Behaviour("sequence-numbers-repeated", rewritten(all_the_same_number), done(), RESPONSES),
    Behaviour("two-message-items", streams(lambda wire: (*second_message(wire), wire.ending())), done(), RESPONSES),
    Behaviour(
        "text-in-the-terminal-event-alone",
        streams(
            lambda wire: (wire.opening(), wire.terminal(output=[as_responses(wire).message(TEXT)], usage=wire.usage()))
        ),
        done(tokens=TOKENS),
        RESPONSES,
    ),
    Behaviour("terminal-event-alone", streams(lambda wire: (wire.terminal(usage=wire.usage()),)), done(""), RESPONSES),
    Behaviour(
        "terminal-event-without-a-response",
        streams(
            lambda wire: (
                *begun(wire),
                finished(wire)[0],
                as_responses(wire).event("response.completed", response=None),
            )
        ),
        done(tokens=(None, None)),
        RESPONSES,
    ),
)

FIELDS = TEXTS + ODD_EVENTS + THINKING + USAGE + CHAT_FIELDS + RESPONSES_FIELDS
