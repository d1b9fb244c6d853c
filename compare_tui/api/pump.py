"""The body of a stream: what came in one read of the network is handed on together, stamped as it came."""

import asyncio
from collections.abc import AsyncIterator, Callable
from time import perf_counter_ns


class Pump:
    """Collects in a task of its own. `read` gets each batch and says whether it was the last one that counts.

    A fast endpoint fills one read with hundreds of chunks, and reading them one by one costs 10 µs each. While chunks
    are buffered the HTTP stack does not give the loop back; so a call_soon runs when it next waits for the network.
    """

    def __init__(self, chunks: AsyncIterator[bytes], read: Callable[[int, bytes], bool]) -> None:
        self._chunks = chunks
        self._read = read
        self._pending: list[bytes] = []
        self._t_ns = 0
        self._over = asyncio.get_running_loop().create_future()
        self._task = asyncio.create_task(self._run())

    async def wait(self) -> None:
        """Until `read` has enough, or the body ends; raises what either of them raised."""
        await self._over

    async def close(self, *, patience_s: float) -> None:
        """Let the rest of the body come for so long."""
        try:
            await asyncio.wait([self._task], timeout=patience_s)
        finally:
            self._task.cancel()
        await asyncio.wait([self._task])

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            async for chunk in self._chunks:
                if not self._pending:
                    self._t_ns = perf_counter_ns()
                    loop.call_soon(self._hand_on)
                self._pending.append(chunk)
        except Exception as error:
            self._hand_on()
            self._end(error)
        else:
            self._hand_on()
            self._end(None)

    def _hand_on(self) -> None:
        pending, self._pending = self._pending, []
        if not pending or self._over.done():
            return
        try:
            if self._read(self._t_ns, b"".join(pending)):
                self._end(None)
        except Exception as error:
            self._end(error)

    def _end(self, error: Exception | None) -> None:
        if self._over.done():
            return
        if error is None:
            self._over.set_result(None)
        else:
            self._over.set_exception(error)
