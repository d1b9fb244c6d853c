"""The gate of a round: requests that can leave now leave together, so that lanes start even."""

import asyncio


class Gate:
    """Opens when everyone expected has come to it or has left: requests are built before it, connections behind it."""

    def __init__(self) -> None:
        self._expected: set[object] = set()
        self._open = asyncio.Event()

    def expect(self, who: object) -> None:
        self._expected.add(who)

    def leave(self, who: object) -> None:
        """Not coming, or not now."""
        self._expected.discard(who)
        if not self._expected:
            self._open.set()

    async def pass_through(self, who: object) -> None:
        self.leave(who)
        await self._open.wait()
