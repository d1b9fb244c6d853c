"""The desk without a screen: rounds and their numbers, which lane shows which take, keys read once."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from compare_tui import demo
from compare_tui.core.lane import Lane
from compare_tui.core.lineup import Lineup
from compare_tui.core.prompt import Prompt
from compare_tui.engine.account import Account
from compare_tui.secrets import KeyMissing
from compare_tui.ui.columns import Column
from compare_tui.ui.desk import Desk
from tests.ui.opened import demo_account, start_on

LOW, HIGH = Lane("gpt-5.5", "low"), Lane("gpt-5.5", "high")


@pytest.fixture(scope="module")
def account() -> Iterator[Account]:
    with demo.start(speed=0) as server:
        yield demo_account(server)


@pytest.fixture
def desk(account: Account) -> Iterator[Desk]:
    opened = Desk(start_on(account, str(LOW), str(HIGH)))
    opened.open()
    opened.prepare()
    yield opened
    opened.close()


def finish(desk: Desk) -> None:
    while desk.running:
        desk.drain()


def ask(desk: Desk, text: str = "Why?") -> None:
    desk.send(desk.planned(Prompt(text)))
    finish(desk)


def shown(columns: list[Column]) -> list[tuple[str, list[str], bool]]:
    return [(column.label, [take.id.partition(".")[2] for take in column.takes], column.muted) for column in columns]


def test_rounds_planned_together_are_sent_under_numbers_of_their_own(desk: Desk) -> None:
    planned = [desk.planned(Prompt(text)) for text in ("one", "two")]
    for round_ in planned:
        desk.send(round_)
    finish(desk)
    ids = [take.id for take in desk.session.takes()]
    assert ids == [f"{desk.session.id}.{round_}.{take}" for round_ in (1, 2) for take in (1, 2)]
    assert [sent.round.prompt.text for sent in desk.session.rounds] == ["one", "two"]


def test_lanes_changed_later_keep_the_takes_they_were_asked_for(desk: Desk) -> None:
    ask(desk)
    desk.lineup = Lineup.of([HIGH, Lane("gpt-5.5-mini"), Lane("gpt-5.5", "low", name="Small")])
    assert shown(desk.columns(None)) == [
        ("gpt-5.5 high", ["1.2"], False),
        ("gpt-5.5-mini", [], False),
        ("Small", ["1.1"], False),
    ]
    assert shown(desk.columns(0)) == [("gpt-5.5 low", ["1.1"], False), ("gpt-5.5 high", ["1.2"], False)]


def test_a_lane_asked_for_beside_the_lineup_has_a_column_of_its_own(desk: Desk) -> None:
    ask(desk)
    desk.again(desk.session.rounds[0], Lane("gpt-5.5", "low", tier="default"))
    desk.again(desk.session.rounds[0], HIGH)
    finish(desk)
    assert shown(desk.columns(None)) == [
        ("gpt-5.5 low", ["1.1"], False),
        ("gpt-5.5 high", ["1.2", "1.4"], False),
        ("gpt-5.5 low default", ["1.3"], False),
    ]


def test_a_take_stands_in_one_column(desk: Desk) -> None:
    named = [Lane("gpt-5.5", "low", name=name) for name in "AB"]
    desk.lineup = Lineup.of([*named, named[0]]).mute(1)
    ask(desk)
    assert shown(desk.columns(None)) == [("A", ["1.1", "1.2"], False), ("B", [], True)]
    desk.lineup = desk.lineup.mute(0)
    assert not desk.columns(None)[0].muted, "its double still sends"


def test_a_command_for_a_key_is_run_once_however_many_wait_for_it(account: Account) -> None:
    asked: list[str] = []
    together = Barrier(2)

    def keyed(one: Account) -> Account:
        asked.append(one.endpoint.name)
        return one

    desk = Desk(start_on(account, str(LOW), keyed=keyed))
    desk.open()

    def prepare() -> None:
        together.wait(5)
        desk.prepare()

    with ThreadPoolExecutor(2) as pool:
        for waiting in [pool.submit(prepare) for _ in range(2)]:
            waiting.result()
    desk.close()
    assert asked == ["here"]


def test_a_key_that_came_later_is_used(account: Account) -> None:
    there: list[bool] = []

    def keyed(one: Account) -> Account:
        if not there:
            raise KeyMissing("@here needs a key")
        return one

    desk = Desk(start_on(account, str(LOW), keyed=keyed))
    desk.open()
    desk.prepare()
    assert desk.nothing_can_be_sent
    assert desk.preview(Prompt("Why?"))[1] == "@here needs a key"
    ask(desk)
    there.append(True)
    desk.prepare()
    ask(desk)
    desk.close()
    verdicts = [take.verdict for take in desk.session.takes()]
    assert [verdict and verdict.value for verdict in verdicts] == ["failed", "done"]


def test_only_the_embedded_endpoint_is_simulated(account: Account) -> None:
    lanes = [LOW, Lane("gpt-5.5", endpoint="here")]
    assert not Desk(start_on(account)).only_simulated(lanes)
    simulated = Desk(start_on(account, simulated=True))
    assert simulated.only_simulated(lanes)
    assert not simulated.only_simulated([*lanes, Lane("gpt-5.5", endpoint="paid")])


def test_what_is_forecast_learns_from_the_answers_there_are(desk: Desk) -> None:
    found, problem = desk.preview(Prompt("Why?"))
    assert [one.likely for one in found] == [None, None]
    ask(desk)
    found, problem = desk.preview(Prompt("Why?"))
    assert all(one.likely is not None and one.worst is not None and one.likely < one.worst for one in found)
    assert problem == ""


@pytest.mark.parametrize(
    ("lineup", "why"),
    [
        (Lineup(), "no lane to send to · f2 adds one"),
        (Lineup.of([LOW]).mute(0), "every lane is muted"),
        (Lineup.of([Lane("gpt-5.5", system="@gone.md")]), "gone.md: there is no such file"),
    ],
)
def test_the_forecast_says_what_stands_against_it(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lineup: Lineup, why: str
) -> None:
    monkeypatch.chdir(tmp_path)
    desk.lineup = lineup
    assert desk.preview(Prompt("Why?")) == ([], why)
