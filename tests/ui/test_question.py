"""A question: one key answers it, enter takes what is in focus, escape answers nothing, and all of it can be read."""

from typing import Any

import pytest
from textual import events
from textual.app import App
from textual.content import Content
from textual.pilot import Pilot

from compare_tui.ui.screens.question import Question
from tests.ui.driving import drive, screen_text, until

CHOICES = (("y", "send", "send it"), ("n", "keep", "do not send"), ("?", "more", "say why"))
SMALLEST = (60, 20)


class Asking(App[None]):
    """Puts one question and keeps the answer."""

    def __init__(self, question: Question) -> None:
        super().__init__()
        self.question = question
        self.answers: list[str | None] = []
        self.animation_level = "none"

    def on_mount(self) -> None:
        self.push_screen(self.question, self.answers.append)


def question(body: str = "It costs $0.42.", default: str | None = None) -> Question:
    return Question(Content("Send this round?"), Content(body), CHOICES, default=default)


def answer(*keys: str, default: str | None = None) -> str | None:
    app = Asking(question(default=default))

    async def scenario(pilot: Pilot[Any]) -> None:
        await until(pilot, lambda: app.focused is not None)
        await pilot.press(*keys)
        await until(pilot, lambda: bool(app.answers))
        assert len(app.screen_stack) == 1

    drive(app, scenario)
    (only,) = app.answers
    return only


@pytest.mark.parametrize(
    ("keys", "value"),
    [
        (["y"], "send"),
        (["n"], "keep"),
        (["question_mark"], "more"),
        (["escape"], None),
        (["enter"], "send"),
        (["down", "enter"], "keep"),
        (["up", "enter"], "more"),
        (["z", "n"], "keep"),
    ],
)
def test_one_key_answers(keys: list[str], value: str | None) -> None:
    assert answer(*keys) == value


def test_enter_takes_the_default() -> None:
    assert answer("enter", default="keep") == "keep"


def test_keys_in_one_burst_answer_once() -> None:
    app = Asking(question())

    async def scenario(pilot: Pilot[Any]) -> None:
        await until(pilot, lambda: app.focused is not None)
        for key in ("n", "y"):
            app.question.post_message(events.Key(key, key))
        await until(pilot, lambda: not app.question.is_attached)

    drive(app, scenario)
    assert app.answers == ["keep"]


def shown(app: App[Any], size: tuple[int, int]) -> str:
    screens: list[str] = []

    async def scenario(pilot: Pilot[Any]) -> None:
        await until(pilot, lambda: "Send this round?" in screen_text(app))
        screens.append(screen_text(app))

    drive(app, scenario, size)
    return screens[0]


def test_a_long_body_leaves_the_choices_on_the_smallest_screen() -> None:
    screen = shown(Asking(question("Every lane is named here with its price. " * 60)), SMALLEST)
    assert "Every lane is named here" in screen
    for key, _, label in CHOICES:
        assert f"{key}  {label}" in screen


def test_a_long_body_can_be_scrolled_with_the_keyboard() -> None:
    app = Asking(question("Every lane is named here with its price. " * 60 + "The end."))

    async def scenario(pilot: Pilot[Any]) -> None:
        await until(pilot, lambda: "Every lane" in screen_text(app))
        await pilot.press("tab", "end")
        await until(pilot, lambda: "The end." in screen_text(app))

    drive(app, scenario, SMALLEST)


def test_what_looks_like_markup_stays_text() -> None:
    hostile = Question(Content("[b]Send this round?"), Content("[red]a[/red] [/]"), [("y", "a", "[link=x]yes[/]")])
    screen = shown(Asking(hostile), SMALLEST)
    assert "[b]Send this round?" in screen
    assert "[red]a[/red] [/]" in screen
    assert "y  [link=x]yes[/]" in screen


def test_signs_that_command_a_terminal_are_made_visible() -> None:
    hostile = Question(Content("Send this round? \x1b[2J"), Content("\u202ebody\x7f"), [("y", "a", "yes\x9b\nno")])
    screen = shown(Asking(hostile), SMALLEST)
    assert "Send this round? ␛[2J" in screen
    assert "⟨RLO⟩body␡" in screen
    assert "y  yes\\x9b no" in screen
