"""A chat server that says what it is told to say, when it is told: a test decides what has come of an answer."""

import json
from collections import defaultdict
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Empty, Queue
from threading import Thread
from typing import ClassVar, Self

from tests.faults.behaviours_wire import ChatWire


class DictatedServer:
    """What is told before it is asked for waits for that."""

    def __init__(self) -> None:
        self._told: defaultdict[str, Queue[str | None]] = defaultdict(Queue)

    def say(self, model: str, text: str) -> None:
        self._told[model].put(text)

    def end(self, *models: str) -> None:
        for model in models:
            self._told[model].put(None)

    def __enter__(self) -> Self:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.end(*self._told)
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        told = self._told

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.0"
            timeout: ClassVar = 20

            def do_GET(self) -> None:
                self.send_error(404)

            def do_POST(self) -> None:
                model = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["model"]
                self.send_response(200)
                self.send_header("Content-Type", "text/event-stream")
                self.end_headers()
                with suppress(ConnectionError, Empty):  # the client left meanwhile
                    self._answer(model)

            def _answer(self, model: str) -> None:
                wire = ChatWire(model, "default")
                self._send(wire.opening())
                said = ""
                while (text := told[model].get(timeout=20)) is not None:
                    said += text
                    self._send(wire.delta(text))
                self._send(wire.ending(said))

            def _send(self, part: bytes) -> None:
                self.wfile.write(part)
                self.wfile.flush()

            def log_message(self, *said: object) -> None:
                """Nobody reads it."""

        return Handler
