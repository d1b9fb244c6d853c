"""The controls, in a process of their own: raw sockets for stamps and calls, `httpx` for draining.

    python -m benchmarks.controls ttft|drain PORT STREAMS | calls PORT CALLS CONCURRENCY

Says that it stands; then, for every line it is given, does its work once and says what it saw.
"""

import asyncio
import json
import sys
from bisect import bisect_left
from collections.abc import Awaitable, Callable
from itertools import accumulate, chain
from time import perf_counter, perf_counter_ns, process_time
from typing import Any

from benchmarks.children import answer
from benchmarks.servers import LAST, STAMP

_BODY = json.dumps({"model": "bench", "input": "How fast is it?", "stream": True, "store": False}).encode()
_REQUEST = b"POST /v1/responses HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n" + (
    b"Content-Length: %d\r\n\r\n%b" % (len(_BODY), _BODY)
)

Work = Callable[[], Awaitable[Any]]


class Listener(asyncio.Protocol):
    """Keeps every read with the moment it came: nothing can stamp earlier on this loop."""

    def __init__(self) -> None:
        self.over = asyncio.get_running_loop().create_future()
        self._reads: list[tuple[int, bytes]] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        transport.write(_REQUEST)

    def data_received(self, data: bytes) -> None:
        self._reads.append((perf_counter_ns(), data))
        if data.endswith(LAST):
            self.over.set_result(None)

    def connection_lost(self, error: Exception | None) -> None:
        if not self.over.done():
            self.over.set_exception(error or ConnectionError("closed before the end"))

    def late_ms(self) -> list[float]:
        """For every stamp, how much later the read came that completed it."""
        whole = b"".join(data for _, data in self._reads).decode()
        ends = list(accumulate(len(data) for _, data in self._reads))
        return [
            (self._reads[bisect_left(ends, found.end())][0] - int(found[1])) / 1e6 for found in STAMP.finditer(whole)
        ]


async def ttft(port: int, streams: int) -> Work:
    async def once() -> dict[str, Any]:
        loop, cpu = asyncio.get_running_loop(), process_time()
        opened = [loop.create_connection(Listener, "127.0.0.1", port) for _ in range(streams)]
        connections = await asyncio.gather(*opened)
        await asyncio.gather(*(listener.over for _, listener in connections))
        for transport, _ in connections:
            transport.close()
        cpu = process_time() - cpu
        late = [listener.late_ms() for _, listener in connections]
        return {"late_ms": list(chain.from_iterable(late)), "first_ms": [one[0] for one in late], "cpu_s": cpu}

    return once


async def drain(port: int, streams: int) -> Work:
    import httpx

    client = httpx.AsyncClient(timeout=60, limits=httpx.Limits(max_connections=streams))
    url = f"http://127.0.0.1:{port}/v1/chat/completions"

    async def stream() -> tuple[float, str]:
        begin, pieces = 0.0, []
        async with client.stream("POST", url, json={"model": "bench", "stream": True}) as response:
            async for line in response.aiter_lines():
                begin = begin or perf_counter()
                if line.startswith("data: ") and line != "data: [DONE]":
                    said = json.loads(line[6:])
                    pieces.append(said["choices"][0]["delta"].get("content", ""))
        return begin, "".join(pieces)

    async def once() -> dict[str, Any]:
        cpu = process_time()
        read = await asyncio.gather(*(stream() for _ in range(streams)))
        wall, cpu = perf_counter() - min(begin for begin, _ in read), process_time() - cpu
        return {"wall_s": wall, "cpu_s": cpu, "characters": sum(len(text) for _, text in read)}

    return once


async def calls(port: int, many: int, concurrency: int) -> Work:
    async def one_after_the_other(left: list[None]) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while left:
            left.pop()
            writer.write(_REQUEST)
            await reader.readuntil(b"\r\n" + LAST)
        writer.close()

    async def once() -> None:
        left = [None] * many
        await asyncio.gather(*(one_after_the_other(left) for _ in range(concurrency)))

    return once


async def main(mode: str, *numbers: str) -> None:
    modes: dict[str, Callable[..., Awaitable[Work]]] = {"ttft": ttft, "drain": drain, "calls": calls}
    once = await modes[mode](*map(int, numbers))
    answer("ready")
    while await asyncio.to_thread(sys.stdin.readline):
        answer(await once())


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
