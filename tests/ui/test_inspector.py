"""The output inspector: tokens in the style of their probability, a cursor among them, what else might have been."""

import math
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.style import Style
from textual.pilot import Pilot

from compare_tui.core.events import Event, Kind
from compare_tui.core.lane import Lane
from compare_tui.core.take import Take
from compare_tui.ui.rows import RawRows
from compare_tui.ui.screens.inspector import InspectorScreen
from compare_tui.ui.token_rows import TokenRows
from tests.ui.driving import NARROW, WIDE, screen_text
from tests.ui.one_screen import OneScreen, row_of, sees, showing

Said = list[tuple[str, float]]

SKY: Final[Said] = [
    *(("The", 0.95), (" sky", 0.8), (" is", 0.6), (" grey", 0.3)),
    *(("\n", 0.99), ("today", 0.05), (".", 0.97)),
]
GREY = [("blue", 0.65), ("grey", 0.3), ("the colour of a duck", 0.01)]


def entry(token: str, probability: float, *others: tuple[str, float]) -> dict[str, Any]:
    top = [{"token": text, "logprob": math.log(one)} for text, one in others]
    return {"token": token, "logprob": math.log(probability), "top_logprobs": top}


def weighed(said: Said) -> list[Event]:
    entries = [entry(text, one, *(GREY if text == " grey" else ())) for text, one in said]
    text = "".join(text for text, _ in said)
    return [Event(5, Kind.TEXT, text), Event(5, Kind.LOGPROBS, data={"tokens": entries})]


END = (Event(8, Kind.FINISH, data={"status": "completed", "reason": None}), Event(9, Kind.END))


def take(*events: Event, lane: str = "gpt-5.5 logprobs=3") -> Take:
    return Take("s.2.1", Lane.parse(lane)).apply_all([Event(1, Kind.QUEUED), Event(2, Kind.SENT), *events])


def inspector(*events: Event, **lane: str) -> InspectorScreen:
    one = take(*events, **lane)
    return InspectorScreen(one, one.lane.label, "round 2")


def style_of(app: OneScreen, text: str, row: int) -> Style:
    """Of the first piece with this text, in a row of the answer."""
    strips = app.screen._compositor.render_strips()
    return next(one.style for one in strips[2 + row] if one.text.strip() == text and one.style is not None)


def answer_seen(app: OneScreen) -> list[str]:
    """Without the scrollbar, and the last row, where a note may lie."""
    return [row[: app.size.width - 1].rstrip() for row in screen_text(app).split("\n")[2:-15]]


def test_each_step_has_a_look_of_its_own_without_any_colour_and_the_threshold_says_what_is_uncertain() -> None:
    async def looks(app: OneScreen, pilot: Pilot[Any]) -> None:
        await sees(pilot, "n next uncertain  p one before  + higher  - lower  ? help  esc back")
        await sees(pilot, "The sky is grey", "2 of 7 tokens under 50 %", "mean 66.6 %", "lowest 5.0 %", "round 2")
        await pilot.press("h")
        await sees(pilot, "token 3 of 7")  # the cursor has the look of no step
        found = [style_of(app, *at) for at in (("The", 0), ("sky", 0), ("grey", 0), ("today", 1))]
        assert len({(one.italic, one.underline, one.bold, one.reverse) for one in found}) == 4
        await pilot.press("l", "+")
        await sees(pilot, "3 of 7 tokens under 70 %", "token 4 of 7")
        await pilot.press("p")
        await sees(pilot, "token 3 of 7")
        await pilot.press("-", "-", "-", "-")
        await sees(pilot, "1 of 7 tokens under 10 %")
        await pilot.press("n")
        await sees(pilot, "token 6 of 7")

    showing(inspector(*weighed(SKY), *END), looks)


def test_n_and_p_go_from_one_uncertain_token_to_the_next_and_the_panel_tells_of_it() -> None:
    async def steps(app: OneScreen, pilot: Pilot[Any]) -> None:
        text = await sees(pilot, "token 4 of 7", "·grey", "30.0 % · unlikely · not the likeliest", "65.0 %", "1.0 %")
        assert row_of(text, "65.0 %").split()[0] == "blue"
        assert row_of(text, "▸").split()[:2] == ["▸", "·grey"]
        await pilot.press("n")
        await sees(pilot, "token 6 of 7", "today  5.0 % · surprising")
        await pilot.press("p")
        await sees(pilot, "token 4 of 7")
        await pilot.press("h")
        await sees(pilot, "token 3 of 7")
        await pilot.press("l", "l")
        await sees(pilot, "token 5 of 7", "↵  99.0 % · sure", "The sky is grey↵")

    for size in (WIDE, NARROW):
        showing(inspector(*weighed(SKY), *END), steps, size)


@pytest.mark.parametrize(
    ("lane", "events", "words"),
    [
        ("m", (Event(5, Kind.TEXT, "Blue."), *END), ("does not ask", "write logprobs=5 under more")),
        ("m logprobs=3", (Event(5, Kind.TEXT, "Blue."), *END), ("none came", "esc, then e")),
        (
            "m logprobs=3",
            (Event(5, Kind.ERROR, "'top_logprobs' is not supported", {"class": "bad-request"}), Event(9, Kind.END)),
            ("gives no token probabilities", "without logprobs"),
        ),
        ("m logprobs=3", (), ("No token has come yet",)),
    ],
)
def test_without_figures_it_says_why_and_what_to_do(
    lane: str, events: tuple[Event, ...], words: tuple[str, ...]
) -> None:
    async def looks(app: OneScreen, pilot: Pilot[Any]) -> None:
        await sees(pilot, *words, "? help  esc back")
        assert "uncertain" not in screen_text(app)
        await pilot.press("n", "l", "+", "G", "escape")

    assert showing(inspector(*events, lane=lane), looks, NARROW).answer is None


def test_text_without_a_token_and_a_token_without_a_figure_look_like_neither() -> None:
    said = [(f" {number} is a number", 0.99) for number in range(9)]
    text, logprobs = weighed(said)
    entries = [
        {"token": "\t4 is one", "logprob": None} if at == 4 else one for at, one in enumerate(logprobs.data["tokens"])
    ]
    text = text._replace(text=text.text.replace(" 4 is a number", "\t4 is one").replace(" 7 is", " {} 7 is"))

    async def looks(app: OneScreen, pilot: Pilot[Any]) -> None:
        await sees(pilot, "0 of 8 tokens under 50 %", "{} 7 is")
        plain = style_of(app, "2 is a number", 0)
        assert style_of(app, "4 is one", 0) == style_of(app, "{}", 0) != plain

    showing(inspector(text, logprobs._replace(data={"tokens": entries}), *END), looks)


def test_what_comes_while_one_reads_joins_below_and_the_place_is_kept() -> None:
    screen = inspector(*weighed(SKY * 60))

    async def reads(app: OneScreen, pilot: Pilot[Any]) -> None:
        await sees(pilot, "120 of 420 tokens under 50 %", "writing")
        await pilot.press("n", "n", "j", "j")
        await pilot.pause()
        before = answer_seen(app)
        screen._take.apply_all(weighed([("\n\nMore", 0.1), (" 🦊", 0.4)] * 30))
        await sees(pilot, "180 of 480 tokens under 50 %", "token 11 of 480", "writing")
        screen._take.apply_all([*weighed([(".", 0.1)]), *END])
        text = await sees(pilot, "181 of 481 tokens under 50 %", "token 11 of 481")
        assert answer_seen(app) == before
        assert "writing" not in text

    showing(screen, reads)


def test_keys_pressed_while_a_long_answer_is_weighed_are_not_lost() -> None:
    screen = inspector(*weighed([(" word", 0.9), (" of", 0.4), (" 日本", 0.7), ("\n", 0.95)] * 3_000), *END)

    async def reads(app: OneScreen, pilot: Pilot[Any]) -> None:
        await sees(pilot, "token 2 of ")
        await pilot.press("j", "n", "n", "l")
        await sees(pilot, "token 11 of 12,000")

    showing(screen, reads)


def test_hostile_tokens_keep_every_row_as_wide_as_the_screen() -> None:
    hostile = [
        "\x1b]52;c;QUJD\x07",
        "[bold]",
        "\u202e",
        "👨\u200d",
        "👩\u200d👧",
        "e" + "\u0301" * 40,
        "\t日本",
        "\r\n",
        "\u2028x",
    ]
    said = [(word, 0.1 + 0.08 * at) for at, word in enumerate(hostile)] * 30

    async def looks(app: OneScreen, pilot: Pilot[Any]) -> None:
        for keys in (("n",), *[("l",)] * 9, ("G",), ("p",)):
            await pilot.press(*keys)
            await pilot.pause()
            assert not any(sign in screen_text(app) for sign in "\x1b\x07\u202e")
            widths = {sum(cell_len(s.text) for s in strip) for strip in app.screen._compositor.render_strips()}
            assert widths == {app.size.width}

    showing(inspector(*weighed(said), *END), looks, NARROW)


_AWKWARD = st.lists(st.text("ab \t\r\n\u0301\u200d\u2028\x07日👩👧é", min_size=1, max_size=6), min_size=1, max_size=20)


@given(_AWKWARD, st.integers(2, 30), st.data())
def test_styles_change_nothing_of_what_a_row_says(words: list[str], width: int, data: st.DataObject) -> None:
    text = "".join(words)
    plain, rows = RawRows(width), TokenRows(width)
    steps = ("sure", "likely", "unsure", "unlikely", "surprising", "unknown")
    rows.styles = {name: Style(bold=True) for name in steps}
    for one in (plain, rows):
        one.append(text)
        one.fold(1)
    rows.weighed.feed([entry(word, 0.5) for word in words], text, whole=True)
    rows.index()
    rows.current = data.draw(st.sampled_from(rows.weighed.placed)) if rows.weighed.placed else None
    for y in range(len(plain)):
        said = rows.row(y).text
        assert said.removesuffix("↵").rstrip(" ") == plain.row(y).text
        assert rows.row(y).cell_length <= width


@given(st.lists(st.text("ab 日é", min_size=1, max_size=4), min_size=1, max_size=12), st.integers(4, 30), st.data())
def test_the_cursor_stands_on_its_token_however_the_text_is_wrapped(
    words: list[str], width: int, data: st.DataObject
) -> None:
    rows = TokenRows(width)
    rows.styles = {name: Style() for name in ("sure", "likely", "unsure", "unlikely", "surprising", "unknown")}
    rows.append("\t\x07" + "".join(words))
    rows.fold(1)
    rows.weighed.feed(
        [entry("\t\x07", 0.5), *(entry(word, 0.5) for word in words)], "\t\x07" + "".join(words), whole=True
    )
    rows.index()
    at = data.draw(st.integers(1, len(words)))
    rows.current = at
    under = [one.text for y in range(len(rows)) for one in rows.row(y) if one.style == rows.cursor]
    assert "".join(under).replace(" ", "") == words[at - 1].replace(" ", "")  # one blank may hang over the edge
