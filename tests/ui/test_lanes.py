"""The lanes screen: every key does what it says, prices are in sight, hostile names do no harm."""

import datetime as dt
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.app import App
from textual.pilot import Pilot

from compare_tui import demo, lanes_file, paths, ratecards
from compare_tui.config import Limits
from compare_tui.core.endpoint import Endpoint
from compare_tui.core.lane import Lane
from compare_tui.core.lineup import Lineup
from compare_tui.engine.account import Account
from compare_tui.engine.engine import Engine
from compare_tui.engine.recorder import Unrecorded
from compare_tui.secrets import Secret
from compare_tui.ui.actions import Where, actions_in
from compare_tui.ui.screens.lanes import LanesScreen
from compare_tui.ui.screens.model_search import search
from tests.ui.driving import NARROW, WIDE, drive, screen_text, until

HOSTILE = "m\x1b]52;c;QUJD\x07 [bold red]x[/] \u202e👩‍👩‍👧 " + "n" * 300
MOVES_THE_FOCUS = ("a", "e", "t", "n", "p", "P", "s", "enter", "escape", "tab")
CLOSED = "http://127.0.0.1:9/v1"


class Stall:
    """A market of real accounts; only what it is told to have running can be asked for models."""

    def __init__(self, *accounts: Account, engine: Engine | None = None, tokens: int = 1000) -> None:
        shipped = Account(Endpoint("openai", "https://api.openai.com/v1"), None, ratecards.shipped())
        self.accounts = {account.endpoint.name: account for account in accounts or (shipped,)}
        self.engine = engine
        self.tokens = tokens

    @property
    def endpoints(self) -> Sequence[str]:
        return list(self.accounts)

    def account(self, lane: Lane) -> Account | None:
        return self.accounts.get(lane.endpoint or self.endpoints[0])

    def models(self, endpoint: str) -> Future[list[Mapping[str, Any]]]:
        if self.engine is None:
            raise RuntimeError("no key was found in OPENAI_API_KEY.")
        return self.engine.models(endpoint)

    def set_price(self, model: str, fresh: Decimal, answer: Decimal, cached: Decimal | None, /) -> None:
        card = ratecards.typed_card(model, fresh, answer, cached, dt.date.today())
        ratecards.keep_typed(paths.typed_prices_file(), model, fresh, answer, cached, dt.date.today())
        self.accounts = {name: replace(one, card=one.card.over(card)) for name, one in self.accounts.items()}

    def expected_tokens(self) -> int:
        return self.tokens


class Showing(App[None]):
    """Shows one lanes screen after the other."""

    def __init__(self) -> None:
        super().__init__()
        self.animation_level = "none"
        self.answers: list[Lineup | None] = []


@dataclass(frozen=True)
class Visit:
    """Open the lanes screen, press the keys, see what is said, leave if it has not left by itself.

    A word after `=` is pasted, its `_` as blanks.
    """

    lineup: Lineup
    keys: str = ""
    said: tuple[str, ...] = ()
    stall: Stall | None = None
    start: Mapping[str, Any] = field(default_factory=dict)

    async def __call__(self, pilot: Pilot[Any]) -> Lineup | None:
        app = pilot.app
        assert isinstance(app, Showing)
        app.answers.clear()
        await app.push_screen(LanesScreen(self.lineup, self.stall or Stall(), **self.start), app.answers.append)
        await pilot.pause()
        for key in self.keys.split():
            if key.startswith("="):
                app.screen.post_message(events.Paste(key[1:].replace("_", " ")))
            else:
                app.simulate_key(key)
            if key in MOVES_THE_FOCUS:
                await pilot.pause()
        await pilot.pause()
        for words in self.said:
            await until(pilot, partial(_stands, app, words))
        while not app.answers:
            app.simulate_key("escape")
            await pilot.pause()
        return app.answers[0]


def _stands(app: App[None], words: str) -> bool:
    return words in screen_text(app)


def visit(*visits: Visit, size: tuple[int, int] = NARROW) -> list[Lineup | None]:
    """One after the other in one app."""
    app = Showing()
    back: list[Lineup | None] = []

    async def scenario(pilot: Pilot[Any]) -> None:
        for one in visits:
            back.append(await one(pilot))

    drive(app, scenario, size)
    return back


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COMPARE_TUI_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def lineup(*texts: str) -> Lineup:
    return Lineup.of(Lane.parse(text) for text in texts)


def texts(of: Lineup | None) -> list[str]:
    assert of is not None
    return [str(entry.lane) + (" (muted)" if entry.muted else "") for entry in of.entries]


TWO = lineup("gpt-5.5 high", "gpt-5.5-pro medium")


# One key each


EFFORTS = ("none", "low", "medium", "xhigh")


def test_a_key_changes_the_lanes() -> None:
    made = {
        "d": ["gpt-5.5 high", "gpt-5.5 high", "gpt-5.5-pro medium"],
        "x": ["gpt-5.5-pro medium"],
        "delete": ["gpt-5.5-pro medium"],
        "J": ["gpt-5.5-pro medium", "gpt-5.5 high"],
        "j K": ["gpt-5.5-pro medium", "gpt-5.5 high"],
        "minus": ["gpt-5.5 high (muted)", "gpt-5.5-pro medium"],
        "x x u": ["gpt-5.5-pro medium"],
        "minus d ctrl+z": ["gpt-5.5 high (muted)", "gpt-5.5-pro medium"],
        "j n =Pro enter": ["gpt-5.5 high", "gpt-5.5-pro medium name=Pro"],
        "t =_flex enter": ["gpt-5.5 high flex", "gpt-5.5-pro medium"],
        "E": ["gpt-5.5 high", *(f"gpt-5.5 {effort}" for effort in EFFORTS), "gpt-5.5-pro medium"],
        "j T": ["gpt-5.5 high", *(f"gpt-5.5-pro medium{tier}" for tier in ("", " flex", " batch"))],
        "e tab down enter": ["gpt-5.5 xhigh", "gpt-5.5-pro medium"],
    }
    back = visit(*(Visit(TWO, keys) for keys in made))
    assert dict(zip(made, map(texts, back), strict=True)) == made


def test_without_a_change_nothing_comes_back() -> None:
    assert visit(Visit(TWO, "u K x u E u e escape n escape t enter e enter")) == [None]


def test_every_action_of_the_list_can_be_run() -> None:
    methods = [action.method for action in actions_in(Where.LANES) if action.method != "help"]
    assert [name for name in methods if not hasattr(LanesScreen, f"action_{name}")] == []


def test_what_cannot_be_done_is_said_and_changes_nothing() -> None:
    full = Lineup.of(Lane(f"m{number}") for number in range(24))
    own = lineup("my-own")
    back = visit(
        Visit(full, "d", ("24 lanes are the most side by side; this would make 25.",)),
        Visit(full, "a", ("24 lanes are the most side by side.",)),
        Visit(own, "T", ("The rate card knows no tiers of my-own; write them as text with t.",)),
        Visit(own, "E", ("The rate card knows no efforts of my-own; write them as text with t.",)),
        Visit(Lineup(), "e d J K minus n x E T p j k", ("No lanes yet",)),
    )
    assert back == [None] * 5


def test_a_sweep_twice_adds_nothing_the_second_time() -> None:
    (swept,) = visit(Visit(TWO, "E E", ("Every effort the rate card knows is there already.",)))
    assert len(texts(swept)) == 6


# What is shown


@pytest.mark.parametrize("size", [WIDE, NARROW])
def test_a_lane_shows_its_figures_and_what_speaks_against_it(size: tuple[int, int]) -> None:
    lanes = lineup("gpt-5.5 high flex", "my-own", "gpt-5.5 @nowhere", "gpt-5.5-pro none", "gpt-5.5 high flex").mute(3)
    shown = ("$0.0025", "$0.015", "! no price", "✗ endpoint", "‖ muted", "= lane 1", "5 of 24, 1 muted")
    about = ("~1,000 tokens, $0.0025 input, at most $1.92", "none low medium high xhigh")
    visit(Visit(lanes, "", shown + about), Visit(lanes, "j j", ("There is no endpoint nowhere",)), size=size)


def test_no_lanes_teach_what_a_lane_is() -> None:
    lesson = ("A lane is one configuration", "t   write one as text: gpt-5.5 high flex", "E   the same model")
    _, written = visit(Visit(Lineup(), "", lesson), Visit(Lineup(), "t enter"))
    assert texts(written) == ["gpt-5.5 high flex"]


def test_a_hostile_name_is_shown_safely_and_comes_back_exactly() -> None:
    app = Showing()
    painted: list[str] = []

    async def scenario(pilot: Pilot[Any]) -> None:
        lanes = Lineup.of([Lane(HOSTILE, "low"), Lane("b")])
        await app.push_screen(LanesScreen(lanes, Stall()), app.answers.append)
        for keys in ("j k", "e", "escape t", "escape n", "escape p", "escape d"):
            await pilot.press(*keys.split())
            await pilot.pause()
            painted.append(screen_text(app))
        await pilot.press(*["e", "tab", "up", "enter", "t", "enter", "escape"])
        await until(pilot, lambda: bool(app.answers))

    drive(app, scenario, NARROW)
    assert [text for text in painted if "m␛]52;c;QUJD␇ [bold" not in text] == []
    assert {one for one in "".join(painted) if unicodedata.category(one) in ("Cc", "Cf")} <= {"\n", "\u200d"}
    (left,) = app.answers
    assert left is not None
    assert [entry.lane for entry in left.entries] == [Lane(HOSTILE, "low"), Lane(HOSTILE), Lane("b")]


# The form


def test_a_new_lane_is_what_the_form_shows() -> None:
    made = {
        "=5.5-pro enter": "gpt-5.5-pro medium",
        "=gpt-5.5 enter": "gpt-5.5 medium",
        "=5.5 down enter": "gpt-5.5-pro medium",
        "=llama9 enter": "llama9",
        "=gpt-5.5- down enter": "gpt-5.5-",
        "=5.5-pro tab down enter": "gpt-5.5-pro high",
        "=5.5 tab home enter": "gpt-5.5",
        "=5.5 tab tab down down enter": "gpt-5.5 medium flex",
        "=5.5 tab tab tab =max=9 enter": "gpt-5.5 medium max=9",
        "=zzz tab tab tab =high enter": "zzz high",
    }
    (left,) = visit(Visit(Lineup(), " ".join(f"a {keys}" for keys in made)))
    assert dict(zip(made, texts(left), strict=True)) == made


def test_a_form_opened_from_a_pane_leads_straight_back() -> None:
    changed, added, left = visit(
        Visit(TWO, "tab down enter", start={"at": 1}),
        Visit(TWO, "=xy enter", start={"add": True}),
        Visit(TWO, "escape", start={"add": True}),
    )
    assert texts(changed) == ["gpt-5.5 high", "gpt-5.5-pro high"]
    assert texts(added) == ["gpt-5.5 high", "gpt-5.5-pro medium", "xy"]
    assert left is None


def test_what_is_wrong_is_said_at_once_with_the_nearest_word_and_nothing_is_taken() -> None:
    back = visit(
        Visit(TWO, "e tab tab tab =tmep=1 enter", ("✗ tmep is no key of a lane; did you mean temp?",)),
        Visit(TWO, "t =_>>_b enter", ("✗ a chain (>>) is more than one lane",)),
    )
    assert back == [None, None]


@pytest.mark.parametrize("size", [WIDE, NARROW])
def test_prices_are_in_sight_while_choosing(size: tuple[int, int]) -> None:
    tier = ("priority", "$0.0125", "$0.075", *(["×2.5"] if size == WIDE else []))
    lane = ("gpt-5.5 high", "$0.005 input, $0.03 output", "~1,000 tokens, $0.005 input, at most $3.85")
    visit(Visit(TWO, "e", (*tier, *lane, "no key was found")), size=size)


def test_an_effort_the_card_does_not_know_stays_and_is_cautioned() -> None:
    said = ("max as typed", "gpt-5.5 is not known to take the effort max")
    assert visit(Visit(lineup("gpt-5.5 max"), "e", said), size=WIDE) == [None]


def test_typing_finds_names_that_hold_every_word_before_those_that_look_alike() -> None:
    names = ["gpt-5.5-pro", "gpt-5.5", "o3", "openai/gpt-5.5:free", "llama-3.1"]
    assert search("gpt-5.5", names).names[:3] == ("gpt-5.5", "gpt-5.5-pro", "openai/gpt-5.5:free")
    assert search("pro gpt", names).names[0] == "gpt-5.5-pro"
    assert (search("lama31", names).names[0], search("lama31", names).sure) == ("llama-3.1", 0)
    assert search("", [str(number) for number in range(300)]).left_out == 100


# The endpoint's own list


@pytest.fixture(scope="module")
def served() -> Iterator[Stall]:
    with demo.start(speed=0) as server:
        card = demo.rate_card()
        right = Account(Endpoint("demo", server.base_url), Secret(server.token, "demo"), card)
        wrong = Account(Endpoint("wrong", server.base_url), Secret("no-such-token", "wrong"), card)
        down = Account(Endpoint("down", CLOSED), Secret("any-token", "down"), ratecards.shipped())
        with Engine([right, wrong, down], Limits(), Unrecorded()) as engine:
            engine.ready()
            yield Stall(right, wrong, down, engine=engine)


def test_the_endpoint_is_asked_for_its_models(served: Stall) -> None:
    count = f"{len(demo.rate_card().models)} served by demo"
    made, other = visit(
        Visit(lineup("b"), "a =think", (count, "gpt-5.5-thinking medium"), served),
        Visit(lineup("gpt-5.5 high"), "e tab tab tab down enter", (), served),
    )
    assert made is None
    assert texts(other) == ["gpt-5.5 high @wrong"]


def test_a_list_that_cannot_be_had_is_said_and_the_rate_card_stands_in(served: Stall) -> None:
    first = next(iter(ratecards.shipped().models))
    visit(
        Visit(
            lineup("b @wrong"), "e", ("Only the rate card's models:", "Incorrect API key", "gpt-5.5-instant"), served
        ),
        Visit(lineup("b @down"), "e", ("Only the rate card's models:", "refused the", first), served),
        size=WIDE,
    )


# Prices


def test_a_typed_price_is_used_at_once_and_kept(home: Path) -> None:
    said = ("$0.00125", "$0.01", "The price of my-own is used")
    visit(Visit(lineup("my-own"), "p =1,25 enter =10 tab =.1 enter", said))
    found = ratecards.load(home / "config", home / "state").rate("my-own", None, input_tokens=1, on=dt.date.today())
    assert found is not None
    assert (found.input, found.output, found.cached) == (Decimal("1.25"), Decimal(10), Decimal("0.1"))


def test_a_price_that_is_none_is_said_and_not_taken() -> None:
    refused = "No rate card can hold this: is not a price of 0 or more"
    visit(
        Visit(lineup("my-own"), "p =ab enter", ("input is a number such as 2.50 or 2,50",)),
        Visit(lineup("my-own"), "p =999999999 tab =1 enter", (refused,)),
    )
    assert not paths.typed_prices_file().exists()


def test_a_price_that_cannot_be_kept_is_said(home: Path) -> None:
    (home / "state" / "typed-prices.toml").mkdir(parents=True)
    visit(Visit(lineup("my-own"), "p =1 enter =2 enter", ("cannot be read: it is no regular file",)), size=(160, 24))


def test_a_price_of_prices_toml_is_left_to_that_file(home: Path) -> None:
    (home / "config").mkdir(parents=True)
    row = '[models.my-own]\nrates = [{ tier = "default", input = 1, output = 2 }]'
    (home / "config" / "prices.toml").write_text(row)
    card = ratecards.load(home / "config", home / "state")
    stall = Stall(Account(Endpoint("openai", "https://api.openai.com/v1"), None, card))
    visit(Visit(lineup("my-own"), "p", ("Your prices.toml says what my-own costs",), stall))


# Presets


def test_lanes_are_kept_under_a_name_and_taken_up_again() -> None:
    _, taken, undone = visit(
        Visit(TWO.mute(0), "P s =cheap enter", ("cheap is kept.", "1 lane: gpt-5.5-pro medium")),
        Visit(lineup("a"), "P enter", ("u brings the lanes before back",)),
        Visit(lineup("a"), "P enter u"),
    )
    assert lanes_file.load(paths.lanes_file()).presets == {"cheap": ("gpt-5.5-pro medium",)}
    assert (texts(taken), undone) == (["gpt-5.5-pro medium"], None)


def test_a_dropped_preset_comes_back_as_it_was() -> None:
    kept = {"old": ("a", "b hihg")}
    lanes_file.keep_preset(paths.lanes_file(), "old", kept["old"])
    *_, taken = visit(
        Visit(TWO, "P x u", ("old is back.",)),
        Visit(TWO, "P enter", ("A lane kept earlier cannot be read",)),
    )
    assert texts(taken) == ["a"]
    assert lanes_file.load(paths.lanes_file()).presets == kept
    visit(Visit(TWO, "P x", ("old is dropped; u brings it back.",)))
    assert lanes_file.load(paths.lanes_file()).presets == {}


def test_a_broken_file_of_lanes_is_said_where_presets_are_looked_for(home: Path) -> None:
    (home / "state").mkdir(parents=True)
    paths.lanes_file().write_text("lanes = [")
    visit(Visit(TWO, "P", ("The lanes kept earlier cannot be read",)))
