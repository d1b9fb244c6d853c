"""The overview of a session: a row a round, a column a lane, also while answers come and when there are very many."""

from time import process_time
from typing import Any

from rich.cells import cell_len
from textual.pilot import Pilot

from compare_tui.core.events import Event, Kind
from compare_tui.core.session import Session
from compare_tui.store.store import Place
from compare_tui.ui.screens.overview import OverviewScreen
from compare_tui.ui.screens.wanted import Wanted
from tests.told import BEGAN_NS, answer, asked, failure, from_store, in_order, session, unfinished
from tests.ui.driving import NARROW, screen_text, until
from tests.ui.one_screen import NOT_YET, OneScreen, row_of, sees, showing

LOW, HIGH = "gpt-5.5 low", "gpt-5.5-pro high flex"
HOSTILE = "m\x1b]52;c;QUJD\x07-[bold red]x[/]-\u202e日本語の名前"


def two_rounds() -> Session:
    first = asked("Why is the sky blue?", lanes={LOW: answer(ttft=500), HIGH: failure()}, tags={"team": "core"})
    return session("abcdef", first, asked("And at night?", lanes={LOW: answer(ttft=700)}, follows="1")).session()


def _second_of(text: str, word: str) -> str:
    """The row of the table, for the title says the same."""
    return [row for row in text.split("\n") if word in row][1]


def many(rounds: int, lanes: int = 4) -> Session:
    columns = [f"model-{n} low" for n in range(1, lanes + 1)]
    told = answer()
    return session(
        "abcdef", *(asked(f"Prompt {n}", lanes=dict.fromkeys(columns, told)) for n in range(1, rounds + 1))
    ).session()


def test_a_round_is_a_row_and_a_lane_a_column() -> None:
    async def looks(app: OneScreen, pilot: Pilot[Any]) -> None:
        text = screen_text(app)
        assert in_order(text.split("\n")[1], "round", LOW, HIGH)
        row, below = text.split("\n")[2:4]
        assert in_order(row, "1", "Why is the sky blue?", "✓ done", "$0.008", "✗ failed", "–")
        assert in_order(below, "team=core", "500 ms", "66 tok/s")
        assert "continues 1" in text
        assert in_order(row_of(text, "Overview"), "Why is the sky blue?", "2 rounds", "3 takes", "$0.016")

    showing(OverviewScreen(two_rounds()), looks)


def test_a_lane_that_was_not_asked_has_an_empty_cell() -> None:
    async def looks(app: OneScreen, pilot: Pilot[Any]) -> None:
        assert row_of(screen_text(app), "And at night?").rstrip().endswith("·")

    showing(OverviewScreen(two_rounds()), looks)


def test_below_stand_the_sums_of_each_lane_with_their_numbers() -> None:
    async def looks(app: OneScreen, pilot: Pilot[Any]) -> None:
        text = screen_text(app)
        assert in_order(row_of(text, " total "), "total", "✓2", "$0.016", "✗1", "–")
        assert in_order(row_of(text, "median TTFT"), "600 ms", "n 2", "–")
        assert in_order(row_of(text, "cost per answer"), "$0.008", "n 2", "–")

    showing(OverviewScreen(two_rounds()), looks)


def test_several_takes_of_a_lane_are_shown_as_their_spread() -> None:
    takes = [answer(ttft=500), answer(ttft=900), answer(ttft=600), failure()]

    async def looks(app: OneScreen, pilot: Pilot[Any]) -> None:
        text = await sees(pilot, "✓3 ✗1", "≥$0.024", "600 ms (500–900 ms, n 3)")
        assert in_order(row_of(text, " total "), "✓3", "✗1")

    showing(OverviewScreen(session("abcdef", asked(lanes={LOW: takes})).session()), looks)


def test_an_answer_from_the_store_counts_in_no_latency_and_no_cost_per_answer() -> None:
    rounds = asked("live", lanes={LOW: answer(ttft=500)}), asked("stored", lanes={LOW: from_store("as before")})

    async def looks(app: OneScreen, pilot: Pilot[Any]) -> None:
        text = await sees(pilot, "from the store", "✓2 1 stored")
        assert in_order(row_of(text, "median TTFT"), "500 ms", "n 1")
        assert in_order(row_of(text, "cost per answer"), "$0.008", "n 1")

    showing(OverviewScreen(session("abcdef", *rounds).session()), looks)


def test_what_is_wanted_of_a_round_is_the_answer_of_the_screen() -> None:
    for keys, wanted in (
        (("enter",), Wanted("open", Place("abcdef", 2))),
        (("k", "enter"), Wanted("open", Place("abcdef", 1))),
        (("g", "r"), Wanted("replay", Place("abcdef", 1))),
        (("e",), Wanted("export", Place("abcdef"))),
        (("escape",), None),
    ):

        async def presses(app: OneScreen, pilot: Pilot[Any], keys: tuple[str, ...] = keys) -> None:
            await pilot.press(*keys)
            await until(pilot, lambda: app.answer is not NOT_YET)

        assert showing(OverviewScreen(two_rounds()), presses).answer == wanted


def test_it_begins_at_the_round_that_was_looked_at() -> None:
    async def presses(app: OneScreen, pilot: Pilot[Any]) -> None:
        await until(pilot, lambda: "▌" in _second_of(screen_text(app), "Why is the sky blue?"))
        await pilot.press("enter")

    assert showing(OverviewScreen(two_rounds(), at=0), presses, (160, 12)).answer == Wanted("open", Place("abcdef", 1))


def test_two_keys_in_one_burst_answer_once() -> None:
    async def presses(app: OneScreen, pilot: Pilot[Any]) -> None:
        await pilot.press("enter", "escape", "r")

    assert showing(OverviewScreen(two_rounds()), presses).answer == Wanted("open", Place("abcdef", 2))


def test_a_session_without_rounds_says_so_and_can_be_left() -> None:
    async def looks(app: OneScreen, pilot: Pilot[Any]) -> None:
        await sees(pilot, "Nothing was sent in this session yet.", "esc back")
        await pilot.press("enter", "r", "escape")

    assert showing(OverviewScreen(Session("abcdef")), looks, NARROW).answer is None


def test_lanes_without_room_come_in_sideways_and_the_prompts_stay() -> None:
    async def turns(app: OneScreen, pilot: Pilot[Any]) -> None:
        text = await sees(pilot, "model-1 low", "model-2 low")
        assert "model-3" not in text
        assert " 4›" in text.split("\n")[1]
        await pilot.press("l")
        assert "‹1 model-2 low" in await sees(pilot, "model-3 low")
        await pilot.press(*["l"] * 9)
        text = await sees(pilot, "‹4 model-5 low", "model-6 low")
        assert "Prompt 9" in text
        await pilot.press(*["h"] * 9)
        await sees(pilot, "model-1 low")

    showing(OverviewScreen(many(9, lanes=6)), turns, NARROW)


def test_at_every_width_a_lane_in_sight_is_there_with_all_its_figures() -> None:
    async def resizes(app: OneScreen, pilot: Pilot[Any]) -> None:
        for width in range(72, 130, 3):
            await pilot.resize_terminal(width, 12)
            await pilot.pause()
            heading, row = screen_text(app).split("\n")[1:3]
            lanes = row.count("✓ done")
            assert lanes == row.count("$0.008") == heading.count("model-") == (width - 22) // 26

    showing(OverviewScreen(many(3, lanes=6)), resizes, NARROW)


def test_long_and_hostile_names_keep_every_row_as_wide_as_the_screen() -> None:
    lanes = {f"'{HOSTILE}' low": answer(), "long-" * 40: answer(), "日本語" * 20: [answer(), answer(ttft=999)]}
    told = session(
        "abcdef", *(asked(f"{HOSTILE} {n}", lanes=lanes, tags={HOSTILE: HOSTILE}) for n in range(40)), name=HOSTILE
    )

    async def looks(app: OneScreen, pilot: Pilot[Any]) -> None:
        for key in ("G", "l", "l", "g", "h"):
            await pilot.press(key)
            text = screen_text(app)
            assert not any(sign in text for sign in "\x1b\x07\u202e")
            widths = {sum(cell_len(s.text) for s in strip) for strip in app.screen._compositor.render_strips()}
            assert widths == {app.size.width}
        assert "[bold red]x[/]" in screen_text(app)

    for size in ((160, 48), NARROW):
        showing(OverviewScreen(told.session()), looks, size)


def test_it_follows_a_session_that_goes_on() -> None:
    live = session("abcdef", asked("Why?", lanes={LOW: unfinished()})).session()
    take = live.rounds[0].takes[0]

    async def goes_on(app: OneScreen, pilot: Pilot[Any]) -> None:
        await sees(pilot, "◌ waiting", "1 running")
        take.apply(Event(BEGAN_NS + 400_000_000, Kind.TEXT, "Because"))
        await sees(pilot, "▸ writing", "400 ms")
        take.apply_all(
            [Event(BEGAN_NS + 900_000_000, Kind.FINISH, data={"status": "completed"}), Event(BEGAN_NS, Kind.END)]
        )
        text = await sees(pilot, "✓ done", "✓1")
        assert "running" not in text
        live.rounds.append(
            session("abcdef", asked(lanes={}), asked("Another?", lanes={HIGH: failure()})).session().rounds[1]
        )
        text = await sees(pilot, "Another?", HIGH, "2 rounds", "✗1")
        assert "▌" in _second_of(text, "Why?")  # the row that was chosen stays the one

    showing(OverviewScreen(live), goes_on)


def test_a_take_that_began_and_ended_between_two_looks_is_seen() -> None:
    live = two_rounds()

    async def goes_on(app: OneScreen, pilot: Pilot[Any]) -> None:
        again = live.rounds[1].again(live.rounds[1].lanes[0])
        again.apply_all(answer(ttft=900))
        await sees(pilot, "✓ done ×2", "800 ms (700–900 ms, n 2)")

    showing(OverviewScreen(live), goes_on)


def test_a_suite_of_a_thousand_prompts_is_as_quick_to_walk_through_as_a_short_one() -> None:
    def cost(rounds: int) -> float:
        spent: list[float] = []

        async def walks(app: OneScreen, pilot: Pilot[Any]) -> None:
            await sees(pilot, f"n {rounds:,}".replace(",", ""))
            for _ in range(4):
                await pilot.press("g")
                began = process_time()
                await pilot.press("pagedown", "j", "G", "k")
                spent.append(process_time() - began)

        showing(OverviewScreen(many(rounds, lanes=1)), walks)
        return min(spent)

    assert cost(1_000) < cost(60) * 2 + 0.03


def test_a_click_chooses_a_row_and_another_opens_it() -> None:
    async def clicks(app: OneScreen, pilot: Pilot[Any]) -> None:
        await pilot.click(offset=(10, 2))
        await until(pilot, lambda: "▌" in _second_of(screen_text(app), "Why is the sky blue?"))
        await pilot.click(offset=(10, 2))
        await until(pilot, lambda: app.answer is not NOT_YET)

    assert showing(OverviewScreen(two_rounds()), clicks, (160, 14)).answer == Wanted("open", Place("abcdef", 1))


def test_help_teaches_its_keys() -> None:
    async def asks(app: OneScreen, pilot: Pilot[Any]) -> None:
        await pilot.press("?")
        await sees(pilot, "Here: in the overview", "Show this round in the panes.")

    showing(OverviewScreen(two_rounds()), asks)
