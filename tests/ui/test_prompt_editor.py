"""The prompt editor under its pilot: what is typed, what is pasted, and what would be sent."""

import sys
from pathlib import Path

import pytest
from textual.pilot import Pilot

from compare_tui.core.prompt import Prompt
from compare_tui.ui.screens.variables import VariablesScreen
from compare_tui.ui.widgets.prompt_area import PromptArea
from tests.terminal import Terminal
from tests.ui.driving import NARROW, drive, screen_text, until
from tests.ui.prompt_desk import Desk, at_once, burst, paste, typed


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_ctrl_j_pressed_by_hand_sends_and_enter_is_a_newline(desk: Desk) -> None:
    async def scenario(pilot: Pilot[None]) -> None:
        await pilot.press("a", "enter", "b", "ctrl+j")
        await until(pilot, lambda: bool(desk.sent))
        assert desk.sent == ["a\nb"]
        assert desk.editor.text == "a\nb", "the text stays where it is"

    drive(desk, scenario)


@pytest.mark.parametrize("text", ["one\ntwo", "\none", "one\n", "a\tb\n\tc", "x\n\n\ny"])
def test_a_paste_that_comes_as_keys_sends_nothing_and_leaves_nothing_out(desk: Desk, text: str) -> None:
    async def scenario(pilot: Pilot[None]) -> None:
        at_once(desk, *burst(text))
        await until(pilot, lambda: desk.editor.text == text)
        await pilot.pause(0.05)
        assert not desk.sent
        assert desk.focused is desk.query_one("#prompt-user"), "a tab in a paste does not walk away"

    drive(desk, scenario)


def test_names_in_a_paste_that_comes_as_keys_are_literal(desk: Desk) -> None:
    async def scenario(pilot: Pilot[None]) -> None:
        at_once(desk, *burst("@ {{x}}"))
        await until(pilot, lambda: desk.editor.text == "@ {{x}}")
        assert desk.editor.draft().typed_variables == ()

    drive(desk, scenario)


def test_tab_moves_on_and_never_writes(desk: Desk) -> None:
    async def scenario(pilot: Pilot[None]) -> None:
        await pilot.press("a", "tab")
        await until(pilot, lambda: desk.focused is desk.query_one("#prompt-system"))
        await pilot.press("b")
        assert (desk.editor.text, desk.editor.system) == ("a", "b")

    drive(desk, scenario)


def test_a_rebound_send_key_leaves_ctrl_j_without_meaning(desk: Desk) -> None:
    async def scenario(pilot: Pilot[None]) -> None:
        desk.set_keymap({"send": "f5"})
        await pilot.press("a", "ctrl+j", "b")
        assert (desk.editor.text, desk.sent) == ("ab", [])

    drive(desk, scenario)


EXACT = "a\r\nb\tc  \n\x1b[31m red\x1b[0m \x00 \x7f \x85 \u2028 \u202e \x0b\x0c \U0010fffd\U00100000 👩‍👩‍👧 한국어 \n"


@pytest.mark.parametrize("text", [EXACT, "x" * 30_000 + EXACT, f"{EXACT}\n" * 900])
def test_what_was_pasted_is_sent_exactly(desk: Desk, text: str) -> None:
    async def scenario(pilot: Pilot[None]) -> None:
        paste(desk, text)
        await until(pilot, lambda: desk.editor.text == text)
        desk.editor.load("")
        desk.editor.load(text, text)
        assert desk.editor.draft().prompt == Prompt(text, system=text)

    drive(desk, scenario)


def test_half_a_character_is_replaced(desk: Desk) -> None:
    async def scenario(pilot: Pilot[None]) -> None:
        desk.editor.load("a\ud83db\ud83d\ude00")
        assert desk.editor.text == "a\ufffdb😀"

    drive(desk, scenario)


def test_line_ends_that_a_terminal_made_of_a_paste_are_newlines(desk: Desk) -> None:
    async def scenario(pilot: Pilot[None]) -> None:
        paste(desk, "one\rtwo\r")
        await until(pilot, lambda: desk.editor.text == "one\ntwo\n")

    drive(desk, scenario)


def test_no_control_character_of_the_text_reaches_the_screen(desk: Desk) -> None:
    async def scenario(pilot: Pilot[None]) -> None:
        paste(desk, "\x1b]52;c;aGk=\x07 \x9b2J \u202e\x00\x7f")
        await until(pilot, lambda: "␛]52;c;aGk=␇ ·2J ·␀␡" in screen_text(desk))
        assert not {"\x1b", "\x07", "\x9b", "\u202e", "\x00", "\x7f"} & set(screen_text(desk))

    drive(desk, scenario)


def test_two_megabytes_are_folded_to_a_label_and_sent_whole(desk: Desk) -> None:
    text = "The quick brown fox jumps over the lazy dog. \n" * 45_600

    async def scenario(pilot: Pilot[None]) -> None:
        await pilot.press("a")
        paste(desk, text)
        await until(pilot, lambda: "[pasted: 2,097,600 characters · The quick brown fox" in screen_text(desk))
        await pilot.press("b")
        assert desk.editor.text == f"a{text}b"
        assert 0.9 < desk.editor.input_tokens / Prompt(text).input_tokens < 1.1
        await pilot.press("backspace", "backspace")
        assert desk.editor.text == "a", "the label goes whole"
        await pilot.press("ctrl+z")
        assert desk.editor.text == f"a{text}b", "and comes back with what it stands for"

    drive(desk, scenario)


def test_the_cursor_steps_over_a_label(desk: Desk) -> None:
    text = "y" * 30_000

    async def scenario(pilot: Pilot[None]) -> None:
        paste(desk, text)
        await until(pilot, lambda: "[pasted" in screen_text(desk))
        await pilot.press("left", "a", "right", "b")
        assert desk.editor.text == f"a{text}b"

    drive(desk, scenario)


def test_a_folded_paste_is_laid_out_when_asked(desk: Desk) -> None:
    text = "a {{line}}\n" * 3_000

    async def scenario(pilot: Pilot[None]) -> None:
        paste(desk, text)
        await until(pilot, lambda: "[pasted" in screen_text(desk))
        await desk.run_action("unfold_paste", desk.editor)
        await until(pilot, lambda: "a {{line}}" in screen_text(desk))
        assert desk.editor.text == text
        assert desk.editor.draft().typed_variables == ()

    drive(desk, scenario)


def test_only_names_typed_by_hand_are_variables(desk: Desk) -> None:
    async def scenario(pilot: Pilot[None]) -> None:
        await pilot.press("{", "{", "x", "}", "}")
        paste(desk, "{{y}}{{x}}")
        await until(pilot, lambda: desk.editor.text == "{{x}}{{y}}{{x}}")
        draft = desk.editor.draft()
        assert draft.typed_variables == ("x",)
        assert draft.filled({"x": "{{y}} \U00100000"}).text == "{{y}} \U00100000{{y}}{{x}}"
        await pilot.press("ctrl+a", "ctrl+k", "ctrl+z", "end", "z")
        assert desk.editor.draft().typed_variables == ("x",), "what undo brings back is what it was"
        desk.editor.load(desk.editor.text)
        assert desk.editor.draft().typed_variables == ()

    drive(desk, scenario)


def test_half_a_name_typed_before_a_paste_makes_no_variable(desk: Desk) -> None:
    async def scenario(pilot: Pilot[None]) -> None:
        await pilot.press("{")
        paste(desk, "{x}}")
        await until(pilot, lambda: desk.editor.text == "{{x}}")
        assert desk.editor.draft().typed_variables == ()

    drive(desk, scenario)


@pytest.mark.parametrize(
    ("presses", "sent"),
    [(("a", "b", "ctrl+j"), "say ab"), (("shift+tab", "shift+tab", "enter"), "say {{word}}"), (("escape",), None)],
)
def test_variables_are_asked_for_once(desk: Desk, presses: tuple[str, ...], sent: str | None) -> None:
    answers: list[Prompt | None] = []

    async def scenario(pilot: Pilot[None]) -> None:
        typed(desk, "say {{word}}")
        await until(pilot, lambda: desk.editor.text == "say {{word}}")
        desk.push_screen(VariablesScreen(desk.editor.draft()), answers.append)
        await until(pilot, lambda: "{{word}}" in screen_text(desk) and isinstance(desk.focused, PromptArea))
        for key in presses:
            await pilot.press(key)
        await until(pilot, lambda: bool(answers))
        assert (answers[0].text if answers[0] else None) == sent

    drive(desk, scenario)


def test_loading_can_be_undone_and_done_again(desk: Desk) -> None:
    async def scenario(pilot: Pilot[None]) -> None:
        await pilot.press("a")
        desk.editor.load("whole", "system")
        await pilot.press("!")
        assert desk.editor.text == "whole!"
        await pilot.press("ctrl+z", "ctrl+z")
        assert desk.editor.text == "a"
        await pilot.press("ctrl+y")
        assert (desk.editor.text, desk.editor.system) == ("whole", "system")

    drive(desk, scenario)


def test_joiners_and_right_to_left_are_typed(desk: Desk) -> None:
    async def scenario(pilot: Pilot[None]) -> None:
        for character in "👩\u200d👧שלום\u200f漢字":
            at_once(desk, (character, character))
            await pilot.pause(0.02)
        assert desk.editor.text == "👩\u200d👧שלום\u200f漢字"

    drive(desk, scenario)


def test_a_copy_takes_the_exact_text(desk: Desk) -> None:
    async def scenario(pilot: Pilot[None]) -> None:
        desk.editor.load("{{a}}\r\n@b")
        await pilot.press("ctrl+home", "up", "home", "shift+down", "shift+end", "ctrl+c")
        assert desk.clipboard == "{{a}}\r\n@b"
        await pilot.press("ctrl+x")
        assert (desk.clipboard, desk.editor.text) == ("{{a}}\r\n@b", "")

    drive(desk, scenario)


def test_many_changes_of_one_moment_are_told_once(desk: Desk) -> None:
    async def scenario(pilot: Pilot[None]) -> None:
        await pilot.pause()
        desk.changes = 0
        for text in "abcdefgh":
            desk.editor.load(text)
        await until(pilot, lambda: desk.changes > 0)
        await pilot.pause(0.05)
        assert desk.changes < 4

    drive(desk, scenario)


def test_wide_both_texts_stand_side_by_side(desk: Desk) -> None:
    async def scenario(pilot: Pilot[None]) -> None:
        await pilot.pause()
        user, system = desk.query_one("#prompt-user").region, desk.query_one("#prompt-system").region
        assert user.y == system.y
        assert abs(user.width - 2 * system.width) <= 2
        assert "Write a prompt · ctrl+j sends · @ attaches a file" in screen_text(desk)

    drive(desk, scenario)


def test_narrow_the_system_text_is_one_row_until_it_is_used(desk: Desk) -> None:
    async def scenario(pilot: Pilot[None]) -> None:
        system = desk.query_one("#prompt-system")
        await until(pilot, lambda: system.region.height == 1)
        await pilot.press("tab")
        await until(pilot, lambda: system.region.height > 2)
        await pilot.press("x")
        desk.editor.focus()
        await pilot.pause()
        assert system.region.height > 2

    drive(desk, scenario, NARROW)


def test_folded_it_is_one_row_that_says_what_it_holds(desk: Desk) -> None:
    async def scenario(pilot: Pilot[None]) -> None:
        desk.editor.load("\x1b[2J first words\nand more")
        desk.editor.folded = True
        await until(pilot, lambda: desk.editor.region.height == 1)
        assert "▸ 9 tokens · ␛[2J first words and more" in screen_text(desk)
        desk.editor.focus()
        await until(pilot, lambda: desk.editor.region.height > 1)

    drive(desk, scenario)


def test_the_keys_of_the_app_go_through(desk: Desk) -> None:
    area = PromptArea
    owned = {key for keys, _ in area._merged_bindings or () for key in keys.split(",")}
    assert {"ctrl+x", "ctrl+z", "ctrl+e"} <= owned
    assert not {f"f{n}" for n in range(1, 13)} & owned
    assert not {"ctrl+j", "ctrl+g", "ctrl+p", "ctrl+n", "ctrl+t", "ctrl+q", "ctrl+r", "tab", "escape"} & owned


TYPED = """
import sys
from pathlib import Path
sys.path.insert(0, {root!r})
from tests.ui.prompt_desk import Desk
class Told(Desk):
    def on_prompt_editor_send(self):
        super().on_prompt_editor_send()
        self.query_one("#panes").update("sent " + ascii(self.sent))
    def on_prompt_editor_changed(self):
        self.query_one("#panes").update("holds " + ascii(self.editor.text[:60]) + str(len(self.editor.text)))
Told(Path({folder!r})).run()
"""


def test_on_a_real_terminal_a_burst_is_text_and_a_key_alone_sends(tmp_path: Path) -> None:
    root = str(Path(__file__).parents[2])
    program = TYPED.format(root=root, folder=str(tmp_path))
    with Terminal([sys.executable, "-c", program], columns=120, rows=20) as terminal:
        terminal.wait_for("Write a prompt")
        terminal.send(b"one\ntwo\rthree\n")
        terminal.wait_for(r"holds 'one\ntwo\nthree\n'14")
        terminal.send(b"\x1b[200~@a\r\n\x1b[201~")
        terminal.wait_for(r"holds 'one\ntwo\nthree\n@a\r\n'18")
        terminal.send(b"\n")
        terminal.wait_for(r"sent ['one\ntwo\nthree\n@a\r\n']")
        terminal.send(b"\x1b[200~" + b"all of it \n" * 40_000 + b"\x1b[201~")
        terminal.wait_for("[pasted: 440,000 characters")


def test_the_answers_about_variables_can_be_clicked(desk: Desk) -> None:
    answers: list[Prompt | None] = []

    async def scenario(pilot: Pilot[None]) -> None:
        typed(desk, "{{a}}")
        await until(pilot, lambda: desk.editor.text == "{{a}}")
        desk.push_screen(VariablesScreen(desk.editor.draft()), answers.append)
        await until(pilot, lambda: "Send as written" in screen_text(desk))
        await pilot.click("#variables-literal")
        await until(pilot, lambda: answers == [Prompt("{{a}}")])

    drive(desk, scenario)
