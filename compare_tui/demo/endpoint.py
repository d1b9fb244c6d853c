"""One connection after another: requests routed, answers spoken at their pace, refusals in OpenAI's shape."""

import asyncio
import hmac
import json
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NoReturn
from urllib.parse import unquote
from uuid import uuid4

from compare_tui.demo import chat, chat_out, responses, responses_out
from compare_tui.demo.answer import Answer, answer
from compare_tui.demo.beats import Beat, encoded
from compare_tui.demo.card import find, models
from compare_tui.demo.faults import Fault, fault_for, refuse
from compare_tui.demo.memory import Memory
from compare_tui.demo.refusal import Refusal
from compare_tui.demo.wire import ChunkedReply, Head, check_body, linger, read_body, read_head, reply

_HEAVY = 256 * 1024
_MOST_DEPTH = 200
_MODELS = "/v1/models"


@dataclass(frozen=True, slots=True)
class Dialect:
    """How requests of one API are read and how its answers are written."""

    name: str
    read: Callable[[object], Any]
    whole: Callable[[Any, Answer, int], dict[str, Any]]
    frames: Callable[[Any, Answer, int], Iterator[Beat]]


_DIALECTS = {
    "/v1/responses": Dialect("responses", responses.read, responses_out.whole, responses_out.frames),
    "/v1/chat/completions": Dialect("chat", chat.read, chat_out.whole, chat_out.frames),
}


class Endpoint:
    """What the connections of one server share: the token, the speed, the memory."""

    def __init__(self, token: str, *, speed: float, faults: bool, seed: int) -> None:
        self._token = token
        self._speed = speed
        self._faults = faults
        self._seed = seed
        self._memory = Memory()

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve a connection until either side has had enough. asyncio has switched Nagle's algorithm off."""
        try:
            while await self._exchange(reader, writer):
                pass
        except (OSError, asyncio.IncompleteReadError):
            return
        except asyncio.CancelledError:
            writer.transport.abort()  # a client that reads nothing would keep the end waiting
            raise
        finally:
            writer.close()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """One request and its answer; True when the connection may carry another."""
        try:
            head = await read_head(reader)
            if head is None:
                return False
            self._authorise(head)
            check_body(head)
            body = await read_body(head, reader, writer)
        except Refusal as refusal:
            writer.write(_refused(refusal, keep=False))
            await linger(reader, writer)
            return False
        try:
            if head.method == "POST" and head.path in _DIALECTS:
                return await self._generate(_DIALECTS[head.path], head, body, reader, writer)
            found = _look_up(head)
        except Refusal as refusal:
            writer.write(_refused(refusal, keep=head.keep_alive))
        else:
            bodiless = head.method == "HEAD"
            writer.write(reply(200, _headers(), encoded(found), keep=head.keep_alive, bodiless=bodiless))
        await writer.drain()
        return head.keep_alive

    def _authorise(self, head: Head) -> None:
        kind, _, token = head.headers.get("authorization", "").partition(" ")
        given = token.strip().encode("latin-1")
        if kind.lower() != "bearer" or not hmac.compare_digest(given, self._token.encode()):
            raise Refusal(
                "Incorrect API key provided. This simulated endpoint has a token of its own, printed when it starts; "
                "send it as 'Authorization: Bearer TOKEN'.",
                status=401,
                code="invalid_api_key",
                headers={"www-authenticate": "Bearer"},
            )

    async def _generate(
        self, dialect: Dialect, head: Head, body: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        started = asyncio.get_running_loop().time()
        call = await asyncio.to_thread(_read, dialect, body) if len(body) > _HEAVY else _read(dialect, body)
        said, fault = self._answer(dialect, call)
        if call.stream:
            beats = dialect.frames(call, said, int(time.time()))
            out = ChunkedReply(writer, head, _headers("text/event-stream; charset=utf-8"))
            if not await self._speak(beats, out, started, _halfway(said) if fault else None):
                return await _give_up(fault, reader)
            return out.keeps(head)
        await self._until(started, said.seconds)
        if fault is not None:
            return await _give_up(fault, reader)
        whole = encoded(dialect.whole(call, said, int(time.time())))
        writer.write(reply(200, _headers(), whole, keep=head.keep_alive))
        await writer.drain()
        return head.keep_alive

    def _answer(self, dialect: Dialect, call: Any) -> tuple[Answer, Fault | None]:
        """What will be said, and what will go wrong in the middle of it."""
        nth = self._memory.nth(dialect.name, call.ask)
        fault = fault_for(call.ask, self._memory) if self._faults else None
        if fault is not None:
            refuse(fault, call.ask.model.name)
        cached, written = self._memory.cached_and_written(call.ask)
        return answer(call.ask, seed=self._seed, nth=nth, cached=cached, written=written), fault

    async def _speak(self, beats: Iterator[Beat], out: ChunkedReply, started: float, stop: float | None) -> bool:
        """Every beat as a chunk of its own at its own time; False when stopped before the last."""
        for beat in beats:
            if stop is not None and beat.due >= stop:
                return False
            await self._until(started, beat.due)
            await out.send(beat.frame)
        await out.end()
        return True

    async def _until(self, started: float, due: float) -> None:
        """Also when nothing is left to wait for, the other connections get their turn."""
        now = asyncio.get_running_loop().time()
        await asyncio.sleep(max(started + due / self._speed - now, 0) if self._speed else 0)


def _read(dialect: Dialect, body: bytes) -> Any:
    try:
        raw = json.loads(body, parse_constant=_no_constant)
    except ValueError:
        raise Refusal("We could not parse the JSON body of your request: it is not valid JSON.") from None
    except RecursionError:
        raise _too_deep() from None
    _check_depth(raw)
    return dialect.read(raw)


def _check_depth(raw: object) -> None:
    """Level by level, so that whatever walks the request later, or writes it out again, comes to its end."""
    level = [raw]
    for _ in range(_MOST_DEPTH):
        level = [inner for value in level for inner in _members(value)]
        if not level:
            return
    raise _too_deep()


def _members(value: object) -> Iterable[object]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _too_deep() -> Refusal:
    return Refusal("The JSON body of your request is nested too deeply.")


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _look_up(head: Head) -> dict[str, Any]:
    """The routes that only read."""
    if head.method in ("GET", "HEAD") and head.path == _MODELS:
        return {"object": "list", "data": [model.to_json() for model in models().values()]}
    if head.method in ("GET", "HEAD") and head.path.startswith(f"{_MODELS}/"):
        return find(unquote(head.path.removeprefix(f"{_MODELS}/"))).to_json()
    allowed = "POST" if head.path in _DIALECTS else "GET" if head.path == _MODELS else None
    if allowed is not None:
        message = f"Not allowed to {head.method} on {head.path}."
        raise Refusal(message, status=405, code="method_not_supported", headers={"allow": allowed})
    raise Refusal(f"Invalid URL ({head.method} {head.path})", status=404, code="unknown_url")


def _halfway(said: Answer) -> float:
    return (said.pace.first_text + said.seconds) / 2


async def _give_up(fault: Fault | None, reader: asyncio.StreamReader) -> bool:
    """A cut closes at once; a stall says nothing more until the client leaves."""
    if fault is Fault.STALL:
        await reader.read(1)
    return False


def _refused(refusal: Refusal, *, keep: bool) -> bytes:
    return reply(refusal.status, {**_headers(), **refusal.headers}, encoded(refusal.to_json()), keep=keep)


def _headers(kind: str = "application/json") -> dict[str, str]:
    return {
        "content-type": kind,
        "x-demo": "simulated",
        "x-request-id": f"req_{uuid4().hex}",
        "openai-version": "2020-10-01",
    }
