"""A chat server whose answers stop half way until they are let go on: what runs in a test runs as long as it needs."""

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Condition, Event, Thread
from typing import Any, ClassVar, Self

from tests.faults.behaviours_wire import ChatWire
from tests.terminal import PATIENCE_S

Answer = Callable[[str], str]


def numbered(model: str) -> str:
    """An answer that differs from model to model, in which a lost line would be missed."""
    return "".join(f"{model} line {number} Größe 大\n" for number in range(1, 121))


class HeldServer:
    """Each answer comes by a line, its first half at once and the rest after `go_on`."""

    def __init__(self, answer: Answer = numbered) -> None:
        self.bodies: list[Mapping[str, Any]] = []
        self.answered = 0
        """Answers sent to the last byte, whether somebody read them or not."""
        self._changed = Condition()
        self._may_go_on = Event()
        self._answer = answer

    def __enter__(self) -> Self:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.go_on()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    @property
    def prompts(self) -> list[str]:
        """The user texts, as they came."""
        return [body["messages"][-1]["content"] for body in self.bodies]

    def go_on(self) -> None:
        self._may_go_on.set()

    def hold(self) -> None:
        """From the next answer on."""
        self._may_go_on.clear()

    def wait_until(self, condition: Callable[[], bool], seconds: float = PATIENCE_S) -> None:
        with self._changed:
            assert self._changed.wait_for(condition, seconds), f"{len(self.bodies)} asked, {self.answered} answered"

    def _note(self, body: Mapping[str, Any] | None) -> None:
        with self._changed:
            if body is None:
                self.answered += 1
            else:
                self.bodies.append(body)
            self._changed.notify_all()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        held = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.0"
            timeout: ClassVar = 2 * PATIENCE_S

            def do_GET(self) -> None:
                self.send_error(404)

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                held._note(body)
                self.send_response(200)
                self.send_header("Content-Type", "text/event-stream")
                self.end_headers()
                wire = ChatWire(body["model"], "default")
                text = held._answer(body["model"])
                lines = text.splitlines(keepends=True)
                self._send(wire.opening(), *map(wire.delta, lines[: len(lines) // 2]))
                held._may_go_on.wait(2 * PATIENCE_S)
                with suppress(ConnectionError):  # the client left meanwhile
                    self._send(*map(wire.delta, lines[len(lines) // 2 :]), wire.ending(text))
                    held._note(None)

            def _send(self, *parts: bytes) -> None:
                for part in parts:
                    self.wfile.write(part)
                    self.wfile.flush()

            def log_message(self, *said: object) -> None:
                """Nobody reads it."""

        return Handler
