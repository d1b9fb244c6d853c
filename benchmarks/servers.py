"""The servers that are read from, in a process of their own: bare asyncio, nothing of the product.

    python -m benchmarks.servers paced STREAMS DELTAS | flat EVENTS | calls MILLISECONDS
                                 | panes STREAMS REST GROWTH RATE PIECE SIZE… | flood STREAMS REST GROWTH SIZE

REST and GROWTH are milliseconds. Says its port; then, for every line it is given, when requests came and when answers
ended since the last time.
"""

import asyncio
import itertools
import json
import random
import re
import sys
from collections.abc import Awaitable, Callable
from time import perf_counter_ns, process_time
from typing import Any, Final

from benchmarks.children import answer
from benchmarks.texts import long_answer

RATE: Final = 100
"""Deltas a second of a paced stream."""
STAMP: Final = re.compile(r"<(\d+)>")
"""The server's own clock inside a delta. One monotonic clock serves all processes of a machine."""
CALL_DELTAS: Final = 5
PANES_TICK_S: Final = 0.005
"""Deltas that are due within this time go out together."""
FLOOD_RATE: Final = 5_000
FLOOD_EVENT: Final = 1_000_000
LAST: Final = b"0\r\n\r\n"

_HEAD: Final = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\nx-request-id: req_0123456789abcdef\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n"
)
_NOT_FOUND: Final = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
_DELTA: Final = (
    'event: response.output_text.delta\ndata: {"type":"response.output_text.delta","sequence_number":%d,'
    '"item_id":"msg_0123456789abcdef0123456789abcdef","output_index":0,"content_index":0,"delta":"%s","logprobs":[],'
    '"obfuscation":"k3Jd92mQ"}\n\n'
)

Script = Callable[[int, asyncio.StreamWriter], Awaitable[None]]


class Server:
    """Answers every request by one script, on connections that are kept."""

    def __init__(self, script: Script) -> None:
        self._script = script
        self._numbers = itertools.count()
        self._arrived: list[int] = []
        self._ended: list[int] = []

    async def serve(self) -> None:
        server = await asyncio.start_server(self._connection, "127.0.0.1", 0)
        answer(server.sockets[0].getsockname()[1])
        while await asyncio.to_thread(sys.stdin.readline):
            answer({"arrived": self._arrived, "ended": self._ended, "cpu_s": process_time()})
            self._arrived, self._ended = [], []

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                if not await _read_request(reader):
                    writer.write(_NOT_FOUND)
                    continue
                self._arrived.append(perf_counter_ns())
                writer.write(_HEAD)
                await self._script(next(self._numbers), writer)
                writer.write(LAST)
                await writer.drain()
                self._ended.append(perf_counter_ns())
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass  # nobody listens any more, or the benchmark is over
        finally:
            writer.close()


async def _read_request(reader: asyncio.StreamReader) -> bool:
    """Read it whole; whether it asks for an answer, and not for the models there are."""
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    _, _, length = head.partition(b"content-length:")
    await reader.readexactly(int(length.split(b"\r\n")[0] or 0))
    return head.startswith(b"post ")


def paced(streams: int, deltas: int) -> Script:
    """Deltas that carry the clock, each stream at a gait of its own, the same in every round."""

    async def script(number: int, writer: asyncio.StreamWriter) -> None:
        gait = random.Random(number % streams)
        due = asyncio.get_running_loop().time()
        writer.write(_chunk(_created()))
        for at in range(deltas):
            due += gait.uniform(0.2, 1.8) / RATE
            await _until(due)
            writer.write(_chunk(_DELTA % (at, f" word <{perf_counter_ns()}>")))
        writer.write(_chunk(_completed(deltas)))

    return script


def flat(events: int) -> Script:
    """A chat answer as fast as it is read: an event a chunk, a chunk a write."""
    chunks = [_chat_delta(f" word{at % 100}") for at in range(events)] + _CHAT_END

    async def script(number: int, writer: asyncio.StreamWriter) -> None:
        for at, chunk in enumerate(chunks):
            writer.write(chunk)
            if not at % 16:
                await writer.drain()

    return script


def panes(streams: int, rest_ms: int, growth_ms: int, rate: int, piece: int, *sizes: int) -> Script:
    """Chat answers that begin with a text in pieces, rest so that it can be painted, and then grow at an even pace.

    The sizes take turns, a round each. The rest begins with the request.
    """

    async def script(number: int, writer: asyncio.StreamWriter) -> None:
        begin = asyncio.get_running_loop().time() + rest_ms / 1000
        size = sizes[number // streams % len(sizes)]
        text = long_answer(size, number % streams)
        for at in range(0, size, piece):
            writer.write(_chat_delta(text[at : at + piece]))
            if not at // piece % 16:
                await writer.drain()
        await _grow(writer, begin, rate, rate * growth_ms // 1000)
        writer.writelines(_CHAT_END)

    return script


async def _grow(writer: asyncio.StreamWriter, begin: float, rate: int, many: int) -> None:
    """So many deltas of four characters, each an event of its own."""
    text = long_answer(4 * many, rate)
    deltas = [_chat_delta(text[at : at + 4]) for at in range(0, len(text), 4)]
    await _until(begin)
    loop, written = asyncio.get_running_loop(), 0
    while written < many:
        await _until(max(begin + written / rate, loop.time() + PANES_TICK_S))
        due = max(int((loop.time() - begin) * rate), written + 1)
        writer.writelines(deltas[written:due])
        written = due


def flood(streams: int, rest_ms: int, growth_ms: int, size: int) -> Script:
    """As `panes`, but one stream sends a million characters in one event every second, and one is in a hurry."""
    calm = panes(streams, rest_ms, growth_ms, RATE, size, size)
    hasty = panes(streams, rest_ms, growth_ms, FLOOD_RATE, size, size)
    huge = _chat_delta(long_answer(FLOOD_EVENT, 1))

    async def script(number: int, writer: asyncio.StreamWriter) -> None:
        if number % streams:
            await (hasty if number % streams == 1 else calm)(number, writer)
            return
        begin = asyncio.get_running_loop().time() + rest_ms / 1000
        for at_ms in range(0, growth_ms, 1000):
            await _until(begin + at_ms / 1000)
            writer.write(huge)
        await _until(begin + growth_ms / 1000)
        writer.writelines(_CHAT_END)

    return script


def calls(milliseconds: int) -> Script:
    """A short answer that takes so long, evenly spread."""

    async def script(number: int, writer: asyncio.StreamWriter) -> None:
        start = asyncio.get_running_loop().time()
        writer.write(_chunk(_created()))
        for at in range(1, CALL_DELTAS + 1):
            await _until(start + at * milliseconds / 1000 / CALL_DELTAS)
            writer.write(_chunk(_DELTA % (at, f" the {at}th part of the answer to {number}")))
        writer.write(_chunk(_completed(CALL_DELTAS * 8)))

    return script


async def _until(due: float) -> None:
    await asyncio.sleep(max(due - asyncio.get_running_loop().time(), 0))


def _chunk(piece: str) -> bytes:
    return b"%x\r\n%b\r\n" % (len(piece), piece.encode("ascii"))


def _created() -> str:
    return _event({"type": "response.created", "response": {"id": "resp_1", "model": "bench", "status": "in_progress"}})


def _completed(tokens: int) -> str:
    usage = {"input_tokens": 12, "output_tokens": tokens, "total_tokens": 12 + tokens}
    response = {"id": "resp_1", "model": "bench", "status": "completed", "service_tier": "default", "usage": usage}
    return _event({"type": "response.completed", "response": response})


def _event(data: dict[str, Any]) -> str:
    return f"event: {data['type']}\ndata: {json.dumps(data)}\n\n"


def _chat_event(content: str | None) -> str:
    """As long as the ones that are sent in earnest; without content the last one."""
    data = {
        "id": "chatcmpl-Abc0123456789abcdef0123456789",
        "object": "chat.completion.chunk",
        "created": 1_780_000_000,
        "model": "bench-2026-01-01",
        "service_tier": "default",
        "system_fingerprint": "fp_0123456789",
        "choices": [
            {
                "index": 0,
                "delta": {} if content is None else {"content": content},
                "logprobs": None,
                "finish_reason": "stop" if content is None else None,
            }
        ],
        "usage": None,
    }
    return f"data: {json.dumps(data, separators=(',', ':'))}\n\n"


def _chat_delta(content: str) -> bytes:
    return _chunk(_chat_event(content))


_CHAT_END: Final = [_chunk(_chat_event(None)), _chunk("data: [DONE]\n\n")]


def main(kind: str, *numbers: str) -> None:
    scripts: dict[str, Callable[..., Script]] = {
        "paced": paced,
        "flat": flat,
        "calls": calls,
        "panes": panes,
        "flood": flood,
    }
    asyncio.run(Server(scripts[kind](*map(int, numbers))).serve())


if __name__ == "__main__":
    main(*sys.argv[1:])
