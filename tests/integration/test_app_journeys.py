"""The app as its users meet it: from the first minute on, on screens of all sizes, whatever is pasted into it."""

import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.server import FaultServer
from tests.integration.app import NARROW, WIDE, App, Look
from tests.integration.app_server import HeldServer, numbered
from tests.integration.app_stages import clipboard, focus_on, free_endpoint, states
from tests.integration.command import CompareTui
from tests.terminal import Terminal

BEYOND_A_BURST_S = 0.012
"""Keys nearer to each other count as pasted."""


@pytest.fixture
def faults() -> Iterator[FaultServer]:
    with FaultServer() as server:
        yield server


@pytest.fixture
def held() -> Iterator[HeldServer]:
    with HeldServer() as server:
        yield server


def by_hand(app: App, text: str) -> None:
    """Key by key, each when the one before is seen: a blank by the cursor behind it."""
    for at, key in enumerate(text, start=1):
        written = text[:at].rstrip()

        def behind_the_blank(look: Look, written: str = written, at: int = at) -> bool:
            x, y = look.screen.find(written) or (0, 0)
            return look.screen.cursor == (x + at, y)

        app.type(key).see(behind_the_blank if key == " " else written)
        time.sleep(BEYOND_A_BURST_S)  # what a hand cannot help


# The first minute


def test_four_panes_stream_side_by_side_and_the_prompt_stays(tmp_path: Path) -> None:
    with App(tmp_path, "demo", "--speed", "5", size=WIDE) as app:
        app.opened().see("Explain time to first token", "simulated answers", states("not sent"))
        app.key("ctrl+j").see(lambda look: look.states() == ["writing"] * 4)
        app.answered()
        app.see("fastest ", "cheapest ", "longest ", "rates 20")
        assert all("Time to first token" in "".join(app.look.pane(number)) for number in (1, 4))
        app.type("!").see("who compares models.!")


def test_the_same_on_a_narrow_screen(tmp_path: Path) -> None:
    """Two panes a page and tabs above; the prompt folds while a pane has the focus, and is there when it is wanted."""
    with App(tmp_path, "demo", "--speed", "20", size=NARROW) as app:
        app.opened().key("ctrl+j").answered()
        assert app.look.heads.keys() == {1, 2}
        assert "╭─ Prompt" in app.text
        app.to_panes()
        app.see(lambda look: "╭─ Prompt" not in look and "▸ 13 tokens · Explain" in look)
        app.key("]").see(focus_on(3), lambda look: look.heads.keys() == {3, 4})
        app.key("z").see(lambda look: look.heads.keys() == {3}, " 1 ✓ ", " 4 ✓ ")
        app.key("4").see(lambda look: look.heads.keys() == {4})
        app.key("z").see(lambda look: look.heads.keys() == {3, 4}, focus_on(4))
        app.to_prompt()
        app.see("╭─ Prompt")


def test_an_answer_is_whole_however_the_terminal_is_resized_meanwhile(tmp_path: Path, held: HeldServer) -> None:
    free_endpoint(tmp_path, held.base_url, "chat")
    with App(tmp_path, "--lane", "one", "--lane", "two") as app:
        app.opened().type("Hello?").see("Hello?")
        app.to_panes()
        app.key("S").see("one line 60", "two line 60")
        app.resize(60, 20)
        app.see("one line 60", lambda look: look.heads.keys() == {1} and look.rows[-1].strip())
        app.resize(50, 15)
        app.see("compare-tui needs 60×20; this terminal is 50×15")
        assert "one line" not in app.text
        held.go_on()
        held.wait_until(lambda: held.answered == 2)
        app.resize(100, 30)
        app.see("one line 120", "two line 120", states("done"))
        app.resize(*NARROW)
        app.see("one line 120", "two line 120", lambda look: look.screen.rows == 24)
        app.key("y").see("answer: sent to the terminal")
        assert clipboard(app) == numbered("one")
        app.key("g").see("one line 1 ")
        assert app.screen.unknown == set()


# What is written and sent


def test_what_is_pasted_is_sent_as_it_is_and_by_hand_only(tmp_path: Path, faults: FaultServer) -> None:
    free_endpoint(tmp_path, faults.base_url(), "chat")
    with App(tmp_path, "--lane", "healthy-1") as app:
        app.opened().type("first {{one}}\nsecond @~/.ssh/id_rsa").see("first {{one}}", "second @~/.ssh/id_rsa")
        app.paste("\nthird {{two}} @/etc/passwd")
        app.see("third {{two}}")
        assert not faults.requests
        time.sleep(BEYOND_A_BURST_S)
        app.key("ctrl+j").answered()
        assert sent(faults) == ["first {{one}}\nsecond @~/.ssh/id_rsa\nthird {{two}} @/etc/passwd"]


def test_a_typed_variable_is_asked_for_once(tmp_path: Path, faults: FaultServer) -> None:
    free_endpoint(tmp_path, faults.base_url(), "chat")
    with App(tmp_path, "--lane", "healthy-1") as app:
        app.opened()
        by_hand(app, "Hi {{x}} and {{x}}")
        app.key("ctrl+j").see("What do the typed names stand for?", "{{x}}", "Send as written")
        app.type("Ada").see("Ada")
        time.sleep(BEYOND_A_BURST_S)
        app.key("ctrl+j").answered()
        assert sent(faults) == ["Hi Ada and Ada"]
        assert "Hi {{x}} and {{x}}" in app.text


def sent(server: FaultServer) -> list[str]:
    return [request.body["messages"][-1]["content"] for request in server.requests if request.method == "POST"]


def test_a_prompt_file_is_opened_and_what_is_saved_elsewhere_appears(tmp_path: Path) -> None:
    file = tmp_path / "prompt.md"
    file.write_text("As it was {{name}}\n")
    with App(tmp_path, "--lane", "gpt-5.5", file) as app:
        app.see("As it was {{name}}")
        file.write_text("As it is now\n")
        app.see("As it is now")
        assert "round" not in app.text


def test_a_watched_file_is_sent_when_it_is_saved_one_round_at_a_time(tmp_path: Path, held: HeldServer) -> None:
    free_endpoint(tmp_path, held.base_url, "chat")
    file = tmp_path / "prompt.md"
    file.write_text("not sent by opening it")
    with App(tmp_path, "--watch", "--lane", "one", file) as app:
        app.opened()
        file.write_text("sent by saving it")
        app.see("round 1/1", "one line 60")
        file.write_text("saved meanwhile")
        app.see("saved meanwhile")
        assert held.prompts == ["sent by saving it"]
        held.go_on()
        app.answered(2)
        assert held.prompts == ["sent by saving it", "saved meanwhile"]


# Beginning and ending


def test_the_first_start_says_what_was_looked_for(tmp_path: Path) -> None:
    with App(tmp_path) as app:
        app.see("Begin with", "OPENAI_API_KEY is not set", "no ", "config.toml")
        app.see("the embedded endpoint", "simulated answers, no network, costs nothing", "how to set it")


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_ends_the_app_and_gives_the_terminal_back(tmp_path: Path, number: signal.Signals, code: int) -> None:
    with App(tmp_path, "demo", "--speed", "1") as app:
        app.opened().key("ctrl+j").see("round 1/1")
        app.signal(number)
        assert app.wait_for_exit() == code
        assert app.has_given_back_the_terminal
        assert "Traceback" not in app.text


def test_without_a_terminal_there_is_a_hint(compare_tui: CompareTui) -> None:
    done = compare_tui("demo")
    assert (done.returncode, done.stdout) == (2, "")
    assert "the app needs a terminal" in done.stderr
    assert "compare-tui run --help" in done.stderr


def test_a_terminal_that_cannot_draw_is_told_so(compare_tui: CompareTui) -> None:
    line = ["/bin/sh", "-c", 'TERM=dumb exec "$@"', "sh", *compare_tui.line("demo")]
    with Terminal(line, env=compare_tui.environ) as terminal:
        assert terminal.wait_for_exit() == 2
        assert "TERM is dumb" in terminal.text


# What endpoints say must not command the terminal

PAYLOADS = {
    "clipboard": "\x1b]52;c;UFdORUQ=\x07",
    "clipboard, ended by ST": "\x1b]52;c;U1RST0tF\x1b\\",
    "cursor": "\x1b[7;77H",
    "clear": "\x1b[2J",
    "colour": "\x1b[35m",
    "link": "\x1b]8;;http://evil.test\x07",
    "title": "\x1b]0;PWN\x07",
    "report": "\x1b[6n",
    "8-bit clear": "\x9b2J",
    "bell": "\x07",
    "backspace": "\x08",
    "vertical tab": "\x0b",
    "form feed": "\x0c",
    "nul": "\x00",
    "delete": "\x7f",
    "right to left": "\u202e",
    "line separator": "\u2028",
}
HOSTILE = " ".join(f"<{at}{payload}{at}>" for at, payload in enumerate(PAYLOADS.values()))


def test_no_control_byte_of_an_answer_a_name_or_an_error_reaches_the_terminal(
    tmp_path: Path, faults: FaultServer
) -> None:
    def answer(model: str) -> str:
        return f"# {HOSTILE}\n\n- {HOSTILE}\n\n```\n{HOSTILE}\n```\n\n[{HOSTILE}]({HOSTILE})\n"

    name = HOSTILE.replace("\x00", "")
    with HeldServer(answer) as held:
        held.go_on()
        free_endpoint(tmp_path, held.base_url, "chat")
        config = tmp_path / "home" / "config" / "config.toml"
        config.write_text(
            config.read_text() + f'[endpoint.faults]\nbase_url = "{faults.base_url()}"\napi = "chat"\nfree = true\n'
        )
        lanes = ("one", f"'{name}'", f"two 'name={name}'", "fault-server-500-escapes @faults")
        prompt = tmp_path / "prompt.md"
        prompt.write_text(name)
        with App(tmp_path, *(word for lane in lanes for word in ("--lane", lane)), prompt) as app:
            app.opened().see("<0")
            app.to_panes()
            app.key("S").see(Look.is_done, "round 1/1", "trouble of its own")
            for key, sight in (("m", "```"), ("b", "◆ baseline"), ("o", "0 s ───"), ("?", "Here: in the panes")):
                app.key(key).see(sight)
            app.key("escape").gone("Here: in the panes")
            app.key(":").see("Find an action")
            app.key("escape").gone("Find an action")
            app.key("f2").see("Lanes  4 of 24")
            app.key("j").key("e").see("╭─ Lane 2", "<0")
            app.key("escape").gone("╭─ Lane 2")
            app.key("escape").gone("4 of 24")
            app.key("i").see(" esc to the panes ")
            app.key("ctrl+r").see("Prompts sent before", "<0")
            assert_only_ours(app)


def assert_only_ours(app: App) -> None:
    raw = app.raw.decode()
    for at, (what, payload) in enumerate(PAYLOADS.items()):
        assert f"<{at}{payload}" not in raw, what
        assert f"{payload}{at}>" not in raw, what
    assert "\x1b]52" not in raw
    assert "evil.test\x07" not in raw
    assert app.screen.titles == []
    assert app.screen.unknown == set()
