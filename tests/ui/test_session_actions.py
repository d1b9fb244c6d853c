"""Sessions in the app: opened again as they were left, gone on with, tagged, asked again, and never lost on the way."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from compare_tui import demo
from compare_tui.core.pricing import ModelCard
from compare_tui.core.prompt import Image
from compare_tui.core.ratecard import RateCard
from compare_tui.core.take import Take
from compare_tui.core.verdict import Verdict
from compare_tui.engine.account import Account
from compare_tui.ui.app import CompareApp
from tests.integration.app_server import HeldServer
from tests.store_samples import answered
from tests.ui.driving import drive, screen_text, until
from tests.ui.kept_app import begun, chosen_in_the_list, kept_app, opened, session_kept, store_here
from tests.ui.opened import all_ended, demo_account, fault_account, says, sends, takes, tells

Pressing = Pilot[Any]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COMPARE_TUI_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    return tmp_path / "home"


@pytest.fixture(scope="module")
def at_once() -> Iterator[Account]:
    with demo.start(speed=0) as server:
        yield demo_account(server)


@pytest.fixture
def held() -> Iterator[HeldServer]:
    """Its answers stop half way until they are let go on."""
    with HeldServer() as server:
        yield server


async def settled(pilot: Pressing, app: CompareApp) -> list[str]:
    """The screen once the price of the next send stands on it, and nothing more is told."""
    await until(pilot, lambda: not app.compare._price_due and "worst case" in screen_text(app))
    app.clear_notifications()
    await until(pilot, lambda: not app.screen.query("Toast"))
    return screen_text(app).splitlines()


# Opening one again


def test_a_session_opened_again_looks_as_it_was_left(at_once: Account) -> None:
    left: list[str] = []

    async def leaving(pilot: Pressing) -> None:
        app = await begun(pilot)
        await sends(pilot, lanes=4)
        await pilot.press("escape", "2", "b")
        app.compare.prompt.load("And cats?", "Be brief.")
        await sends(pilot, "S", 4)
        await pilot.press("3", "minus")
        await says(pilot, "– muted")
        await pilot.press("1", "<")
        await says(pilot, "round 1/2", "◆ baseline", "×", "And cats?")
        left[:] = await settled(pilot, app)
        await pilot.press("ctrl+q")

    async def opening(pilot: Pressing) -> None:
        app = await opened(pilot, "round 1/2")
        assert await settled(pilot, app) == left
        await pilot.press(">", ">")
        await says(pilot, "round 2/2", "– muted")

    lanes = "gpt-5.5 low repeat=2", "gpt-5.5-mini low name=[b]Mini[/]", "gpt-5.5 high"
    drive(kept_app(at_once, *lanes), leaving)
    drive(kept_app(at_once, "gpt-5.5-pro", text="", session="last"), opening)


def test_other_prices_change_no_figure_of_a_session_opened_again(at_once: Account) -> None:
    left: list[str] = []

    async def leaving(pilot: Pressing) -> None:
        app = await begun(pilot)
        await sends(pilot)
        await pilot.press("escape")
        left[:] = (await settled(pilot, app))[:37]

    async def opening(pilot: Pressing) -> None:
        app = await opened(pilot)
        now = await settled(pilot, app)
        assert "input ~$0.30" in now[-2], "the new prices are not those of the next send"
        assert now[:37] == left
        await pilot.press("r")
        await until(pilot, lambda: all_ended(app, 2))
        before, after = (take.cost.amount or Decimal(0) for take in takes(app))
        assert after > 1000 * before

    drive(kept_app(at_once, "gpt-5.5 low"), leaving)
    dearer = replace(at_once, card=_times(at_once.card, 10_000))
    drive(kept_app(dearer, session="last"), opening)


def _times(card: RateCard, factor: int) -> RateCard:
    def dearer(model: ModelCard) -> ModelCard:
        rates = (replace(row, input=row.input * factor, output=row.output * factor) for row in model.rates)
        return replace(model, rates=tuple(rates))

    return replace(card, models={name: dearer(model) for name, model in card.models.items()})


def test_a_session_opened_again_goes_on_under_the_next_numbers(at_once: Account) -> None:
    """And each of its answers counts once for what the next one is likely to come to."""

    async def first(pilot: Pressing) -> None:
        await begun(pilot)
        await sends(pilot)
        app.compare.prompt.load("And cats?")
        await sends(pilot)
        await says(pilot, "(n 2)")
        await pilot.press("ctrl+n")
        await says(pilot, "new session", "(n 2)")
        await pilot.press("ctrl+q")

    async def second(pilot: Pressing) -> None:
        await opened(pilot, "round 2/2", "(n 2)")
        await sends(pilot, "r")
        await sends(pilot, "S")
        await says(pilot, "round 3/3", "(n 4)")
        await pilot.press("ctrl+q")

    app = kept_app(at_once, "gpt-5.5 low")
    drive(app, first)
    before = session_kept()
    drive(kept_app(at_once, session="last"), second)
    with store_here() as store:
        (one,) = store.listed()
    session = session_kept(one.id)
    assert one.id == before.id
    assert [take.id.removeprefix(before.id) for take in session.takes()] == [".1.1", ".2.1", ".2.2", ".3.1"]
    assert all(take.verdict is Verdict.DONE and take.text for take in session.takes())
    assert next(session.takes()).text == next(before.takes()).text


def test_a_session_that_another_process_writes_to_is_opened_as_a_copy(at_once: Account) -> None:
    async def scenario(pilot: Pressing) -> None:
        app = await opened(pilot, "(copy)", "An answer.")
        await tells(pilot, "Another compare-tui writes to this session: this is a copy.")
        assert app.desk.session.id != "abcdef"
        await sends(pilot, "S", 2)
        await says(pilot, "round 2/2")

    with store_here() as other:
        answered(other, "abcdef", verdicts=("done", "running"))
        drive(kept_app(at_once, session="abcdef"), scenario)
        assert len(other.read("abcdef").rounds) == 1
        copy = other.read(other.resolve("last").session)
        assert [len(one.takes) for one in copy.rounds] == [1, 2]
        assert other.spent_since(_long_ago()) < Decimal(1)


def _long_ago() -> Any:
    import datetime

    return datetime.date(2020, 1, 1)


def test_pictures_are_attached_again_and_those_of_another_prompt_are_not(at_once: Account) -> None:
    picture = Image("sky.png", "image/png", b"\x89PNG\r\n\x1a\n" + bytes(64))

    async def first(pilot: Pressing) -> None:
        app = await begun(pilot)
        app.compare.prompt.images = (picture,)
        await sends(pilot)
        await pilot.press("ctrl+q")

    async def second(pilot: Pressing) -> None:
        app = await begun(pilot)
        app.compare.prompt.images = (replace(picture, name="other.png"),)
        await says(pilot, "[1] other.png")
        await pilot.press("f4")
        await chosen_in_the_list(pilot)
        await pilot.press("enter")
        await says(pilot, "round 1/1", "[1] sky.png")
        assert "other.png" not in screen_text(app)
        await sends(pilot)

    drive(kept_app(at_once, "gpt-5.5 low"), first)
    drive(kept_app(at_once, "gpt-5.5 low"), second)
    assert [sent.round.prompt.images for sent in session_kept().rounds] == [(picture,)] * 2


def test_a_session_that_was_left_is_free_for_another_process(at_once: Account) -> None:
    async def scenario(pilot: Pressing) -> None:
        await begun(pilot)
        await sends(pilot)
        first = app.desk.session.id
        with store_here() as other:
            assert not other.claim(first)
            await pilot.press("ctrl+n")
            await says(pilot, "new session")
            await until(pilot, lambda: other.claim(first))

    app = kept_app(at_once, "gpt-5.5 low")
    drive(app, scenario)


def test_what_was_interrupted_is_asked_again_on_opening_when_that_is_wanted(at_once: Account) -> None:
    with store_here() as store:
        answered(store, "abcdef", verdicts=("running", "done"))

    async def scenario(pilot: Pressing) -> None:
        await says(pilot, "One answer was interrupted. Ask again?", "↯ interrupted")
        await pilot.press("y")
        await until(pilot, lambda: all_ended(app, 3))
        await says(pilot, "2/2", "n 2")

    app = kept_app(at_once, session="abcdef")
    drive(app, scenario)
    verdicts = [take.verdict for take in session_kept("abcdef").takes()]
    assert verdicts == [Verdict.INTERRUPTED, Verdict.DONE, Verdict.DONE]

    async def opened_once_more(pilot: Pressing) -> None:
        await says(pilot, "2/2", "n 2")
        assert "Ask again?" not in screen_text(pilot.app)

    drive(kept_app(at_once, session="abcdef"), opened_once_more)


def test_an_id_of_nobody_is_told_and_a_new_session_begun(at_once: Account) -> None:
    async def scenario(pilot: Pressing) -> None:
        await tells(pilot, "there is no session", "A new one is begun.")
        await sends(pilot)

    drive(kept_app(at_once, "gpt-5.5 low", session="nobody"), scenario)
    assert len(session_kept().rounds) == 1


# Leaving one


async def by_a_new_one(pilot: Pressing) -> None:
    await pilot.press("ctrl+n")


async def by_opening_another(pilot: Pressing) -> None:
    await pilot.press("f4")
    await chosen_in_the_list(pilot)
    await pilot.press("j", "enter")


async def by_quitting(pilot: Pressing) -> None:
    await pilot.press("ctrl+q")


@pytest.mark.parametrize("leave", [by_a_new_one, by_opening_another, by_quitting])
def test_what_still_comes_when_a_session_is_left_is_cancelled_and_kept(held: HeldServer, leave: Any) -> None:
    left: list[Take] = []

    async def scenario(pilot: Pressing) -> None:
        app = await begun(pilot)
        await pilot.press("f5")
        await until(pilot, lambda: [take.text.count("\n") for take in takes(app)] == [60, 60])
        left[:] = takes(app)
        await pilot.press("escape", "b")
        await leave(pilot)
        await says(pilot, "2 answers are still coming and would be stopped; what came is kept.")
        await pilot.press("y")
        if leave is not by_quitting:
            await until(pilot, lambda: not app.desk.running)
            await pilot.pause()
            assert app.desk.session.id != left[0].id.partition(".")[0]

    with store_here() as store:
        answered(store, "abcdef")
    drive(kept_app(fault_account(held.base_url, "chat"), "one", "two"), scenario)
    kept = session_kept(left[0].id.partition(".")[0])
    assert [take.verdict for take in kept.takes()] == [Verdict.CANCELLED] * 2
    assert [take.text for take in kept.takes()] == [take.text for take in left]
    assert kept.view["baseline"] == "one", "how it was looked at is kept, although it was left at once"
