"""The gate of a round: whoever can leave now leaves together, and nobody waits for one who is not coming."""

import asyncio

from compare_tui.engine.gate import Gate


async def settled() -> None:
    """Every task has gone as far as it can."""
    for _ in range(10):
        await asyncio.sleep(0)


class Round:
    """Lanes before a gate, and the order in which they got through."""

    def __init__(self, *names: str) -> None:
        self.gate = Gate()
        self.through: list[str] = []
        self.tasks: list[asyncio.Task[None]] = []
        for name in names:
            self.gate.expect(name)

    async def arrives(self, *names: str) -> list[str]:
        for name in names:
            self.starts(name)
        await settled()
        return list(self.through)

    def starts(self, name: str) -> None:
        self.tasks.append(asyncio.create_task(self._pass(name)))

    async def leaves(self, name: str) -> list[str]:
        self.gate.leave(name)
        await settled()
        return list(self.through)

    async def _pass(self, name: str) -> None:
        await self.gate.pass_through(name)
        self.through.append(name)


def test_the_gate_opens_when_the_last_one_has_come() -> None:
    async def go() -> None:
        lanes = Round("a", "b", "c")
        assert await lanes.arrives("b") == []
        assert await lanes.arrives("a") == []
        assert sorted(await lanes.arrives("c")) == ["a", "b", "c"]

    asyncio.run(go())


def test_the_gate_opens_when_the_last_one_is_not_coming() -> None:
    async def go() -> None:
        lanes = Round("a", "b", "c")
        assert await lanes.leaves("c") == []
        assert await lanes.arrives("a") == []
        assert await lanes.leaves("b") == ["a"]

    asyncio.run(go())


def test_one_who_left_may_still_come_and_holds_up_nobody() -> None:
    async def go() -> None:
        lanes = Round("a", "b")
        await lanes.leaves("b")
        assert await lanes.arrives("a") == ["a"]
        assert await lanes.arrives("b") == ["a", "b"]

    asyncio.run(go())


def test_one_who_comes_early_without_need_waits_for_the_others() -> None:
    async def go() -> None:
        lanes = Round("a", "b")
        await lanes.leaves("b")
        lanes.gate.expect("c")
        assert await lanes.arrives("b") == []
        assert set(await lanes.arrives("a", "c")) == {"a", "b", "c"}

    asyncio.run(go())


def test_an_open_gate_stays_open_for_a_second_attempt() -> None:
    async def go() -> None:
        lanes = Round("a")
        await lanes.arrives("a")
        assert await lanes.arrives("a", "a") == ["a", "a", "a"]

    asyncio.run(go())


def test_one_who_gives_up_at_the_gate_holds_up_nobody() -> None:
    async def go() -> None:
        lanes = Round("a", "b")
        await lanes.arrives("a")
        lanes.tasks[0].cancel()
        assert await lanes.arrives("b") == ["b"]

    asyncio.run(go())


def test_all_leave_within_two_turns_of_the_loop() -> None:
    async def go() -> None:
        names = [str(number) for number in range(50)]
        lanes = Round(*names)
        assert await lanes.arrives(*names[:-1]) == []
        lanes.starts(names[-1])
        for _ in range(2):
            await asyncio.sleep(0)
        assert sorted(lanes.through) == sorted(names)

    asyncio.run(go())
