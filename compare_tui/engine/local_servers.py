"""Finds OpenAI-compatible servers on this machine by asking the usual ports of 127.0.0.1 for their models."""

import io
import json
import socket
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from typing import Final, cast

from compare_tui.core.endpoint import Api, Endpoint

_HOST: Final = "127.0.0.1"
_CONNECT_SECONDS: Final = 0.3
_SECONDS: Final = 1.0
_MOST_BYTES: Final = 1_000_000
_LONGEST_NAME: Final = 200


@dataclass(frozen=True, slots=True)
class UsualPort:
    """Where a server listens unless told otherwise. `name` is what @NAME calls it, `label` what it calls itself."""

    name: str
    label: str
    port: int
    concurrency: int = 1


# Jan (1337) is not among them: it answers nobody without a key, and none is sent from here.
USUAL_PORTS: Final = (
    UsualPort("ollama", "Ollama", 11434),
    UsualPort("lmstudio", "LM Studio", 1234),
    UsualPort("vllm", "vLLM", 8000, concurrency=64),
    UsualPort("llamacpp", "llama.cpp", 8080),
    UsualPort("litellm", "LiteLLM", 4000, concurrency=8),
)


@dataclass(frozen=True, slots=True)
class LocalServer:
    """A server that listed its models without a key. Its label is a guess from the port."""

    name: str
    label: str
    base_url: str
    models: tuple[str, ...]
    concurrency: int = 1
    api: Api = "chat"

    @property
    def endpoint(self) -> Endpoint:
        """As a lane can name it. No key; not free by itself, for it may pass requests on to one that costs."""
        return Endpoint(self.name, self.base_url, api=self.api, concurrency=self.concurrency)


def local_servers(ports: Sequence[UsualPort] = USUAL_PORTS) -> Iterator[LocalServer]:
    """Each server as it answers; the whole takes a second at most. Blocks: call it from a thread."""
    with ThreadPoolExecutor(len(ports) or 1, thread_name_prefix="local-servers") as pool:
        for answer in as_completed([pool.submit(_ask, usual) for usual in ports]):
            if server := answer.result():
                yield server


def _ask(usual: UsualPort) -> LocalServer | None:
    try:
        models = _models(_body(_answer(usual.port)))
    except (OSError, ValueError, RecursionError):
        return None
    if not models:
        return None
    return LocalServer(usual.name, usual.label, f"http://{_HOST}:{usual.port}/v1", models, usual.concurrency)


def _answer(port: int) -> bytes:
    """What the server says until it closes, the time is over or it is too much: no read can outlast the deadline."""
    deadline = time.monotonic() + _SECONDS
    answer = bytearray()
    with socket.create_connection((_HOST, port), _CONNECT_SECONDS) as connection:
        host = f"{_HOST}:{port}"
        connection.sendall(
            f"GET /v1/models HTTP/1.1\r\nHost: {host}\r\nAccept: application/json\r\nConnection: close\r\n\r\n".encode()
        )
        while len(answer) <= _MOST_BYTES and (left := deadline - time.monotonic()) > 0:
            connection.settimeout(left)
            try:
                piece = connection.recv(65536)
            except TimeoutError:
                break  # one that keeps the connection open may have said all
            if not piece:
                break
            answer += piece
    if len(answer) > _MOST_BYTES:
        raise ValueError("too much for a list of models")
    return bytes(answer)


class _Received:
    """Bytes that http.client reads as if they came from a socket."""

    def __init__(self, answer: bytes) -> None:
        self._answer = answer

    def makefile(self, *_: object) -> io.BytesIO:
        return io.BytesIO(self._answer)


def _body(answer: bytes) -> bytes:
    from http.client import HTTPException, HTTPResponse  # 10 ms that the first paint need not wait for

    with HTTPResponse(cast(socket.socket, _Received(answer))) as response:
        try:
            response.begin()
            body = response.read()
        except HTTPException as error:
            raise ValueError("no HTTP") from error
        if response.status != 200:
            raise ValueError("no list of models")
        return body


def _models(body: bytes) -> tuple[str, ...]:
    """Strictly what OpenAI's list looks like; a server of another kind may well answer 200 to anything."""
    said = json.loads(body)
    if not isinstance(said, dict) or said.get("object") != "list":
        raise ValueError("no list of models")
    listed = said.get("data") or []  # Ollama without a model says null
    if not isinstance(listed, list):
        raise ValueError("no list of models")
    return tuple(map(_model, listed))


def _model(listed: object) -> str:
    name = listed.get("id") if isinstance(listed, dict) else None
    if not isinstance(name, str) or not 0 < len(name) <= _LONGEST_NAME or not name.isprintable():
        raise ValueError("no list of models")
    return name
