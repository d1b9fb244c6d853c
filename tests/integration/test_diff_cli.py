"""`compare-tui diff` as a user and a script run it: files, takes, what is said, and the exit code."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from compare_tui import paths
from compare_tui.cli import diff_sides
from compare_tui.store.store import Store
from tests.integration.command import CompareTui
from tests.integration.kept import HOSTILE, Ended, keep, run
from tests.store_samples import answered
from tests.terminal import Terminal

TWO = ("gpt-5.5 low", "gpt-5.5 high")
NO_BREAK = "\\ No newline at end of file"
RED, BLUE = "The red cat sat on 3 mats.", "The blue cat sat on 4 mats."


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(paths.HOME_VARIABLE, str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    return tmp_path / "home"


def diff(old: str | bytes, new: str | bytes, *options: str) -> Ended:
    """Of two files with these texts."""
    for name, text in (("old.md", old), ("new.md", new)):
        Path(name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return run("diff", "old.md", "new.md", *options)


def compared(*words: object) -> dict[str, Any]:
    ended = run("diff", *words, "--json")
    found: dict[str, Any] = json.loads(ended.out)
    assert ended.code == (0 if found["same"] else 1)
    return found


# What is printed


def test_changed_words_are_marked_in_their_line_and_the_figures_are_on_stderr() -> None:
    ended = diff(RED, BLUE)
    assert ended.code == 1
    assert ended.out.splitlines()[:2] == ["--- old.md", "+++ new.md"]
    assert ended.out.splitlines()[3] == "~The [-red-]{+blue+} cat sat on [-3-]{+4+} mats."
    assert ended.err == "2 changes · 71 % the same · as long · 1 number differs\n"


def test_files_of_the_same_characters_print_nothing_and_exit_0(home: Path) -> None:
    assert diff(RED, RED) == Ended(0, "", "not one character differs\n")
    assert not home.exists()


def test_an_object_has_every_change_with_its_numbers() -> None:
    diff(RED, BLUE)
    found = compared("old.md", "new.md")
    assert found["old"] == {"file": "old.md", "take": None, "lane": None, "verdict": None}
    assert (found["changes"], found["percent"], found["longer"], found["numbers"]) == (2, 71, 0, 1)
    assert (found["unit"], found["ignoring"], found["structure"]) == ("word", ["space"], None)
    assert [(one["how"], one["old"], one["new"], one["numbers"]) for one in found["list"]] == [
        ("replaced", "red", "blue", []),
        ("replaced", "3", "4", [{"old": "3", "new": "4"}]),
    ]


def test_a_number_that_only_one_text_has_differs_from_none() -> None:
    diff("It took 3 days.", "It took 4 days. Then came 7 more weeks.")
    found = compared("old.md", "new.md")
    assert (found["numbers"], found["percent"], found["longer"]) == (1, 46, 1.25)
    assert [number for one in found["list"] for number in one["numbers"]] == [{"old": "3", "new": "4"}]


def test_json_is_compared_by_structure_and_the_path_is_told() -> None:
    ended = diff('{"a": 1, "b": [2, 3]}', '{"b":[2,4],"a":1}')
    assert "b[1]" in ended.out
    found = compared("old.md", "new.md")
    assert (found["structure"], [one["path"] for one in found["list"]]) == ("JSON", ["b[1]"])
    assert compared("old.md", "new.md", "--exact")["structure"] is None


def test_longer_units_mark_more_at_once() -> None:
    diff(f"One. {RED}", f"One. {BLUE}")
    units = {unit: compared("old.md", "new.md", f"--{unit}")["list"] for unit in ("word", "sentence", "line")}
    assert [len(found) for found in units.values()] == [2, 1, 1]
    assert [found[0]["old"].strip() for found in units.values()] == ["red", RED, f"One. {RED}"]


# The exit code


def test_a_rewrapped_paragraph_is_no_change_and_yet_not_the_same() -> None:
    ended = diff("One two three\nfour five.", "One two\nthree four five.")
    assert ended.code == 1
    assert ended.err == "0 changes · the same words · white space differs in 2 places\n"
    assert run("diff", "old.md", "new.md", "--exact").err.startswith("2 changes")


@pytest.mark.parametrize(
    ("old", "new", "forgiving"),
    [
        ("One two.", "One  two.", {"space", "markup"}),
        ("One two.", "one Two.", {"case"}),
        ("One *two*.", "One **two**.", {"markup"}),
        ("One two.", "one  two.", set()),
        ("One two.", "One three.", set()),
        ('{"a": 1, "b": 2}', '{"b": 2, "a": 1}', set()),
        ('{"a": [1, 2]}', '{\n  "a": [\n    1,\n    2\n  ]\n}\n', {"space", "markup"}),
        ('{"a": "1 2"}', '{"a":"12"}', set()),
    ],
)
def test_only_what_is_asked_to_be_ignored_makes_no_difference(old: str, new: str, forgiving: set[str]) -> None:
    codes = {what: diff(old, new, "--ignore", what).code for what in ("space", "markup", "case")}
    assert {what for what, code in codes.items() if code == 0} == forgiving
    assert diff(old, new).code == diff(old, new, "--exact").code == 1


def test_what_is_shown_as_a_change_is_never_exit_0() -> None:
    ended = diff('{"a":1}', '{"A":1}', "--ignore", "case")
    assert (ended.code, ended.err.split(" · ")[0]) == (1, "1 change")


@pytest.mark.parametrize(("old", "new"), [("[]", "{}"), ("!!!", "???"), ("", ".")])
def test_texts_without_words_and_with_nothing_in_common_are_not_called_alike(old: str, new: str) -> None:
    assert diff(old, new).err.startswith("1 change · 0 % the same")


def test_texts_without_words_have_their_signs_in_common() -> None:
    assert diff("--- !!! ???", "--- !!! ...").err.startswith("1 change · 66 % the same")


def test_several_things_can_be_ignored_together() -> None:
    assert diff("One *two*", "one  two", "--ignore", "markup", "--ignore", "case").code == 0


# Sides


def test_takes_are_named_with_their_lane_and_verdict() -> None:
    keep("aaaaaa", lanes=TWO, texts=(RED, BLUE), verdicts=("done", "failed"))
    ended = run("diff", "aaa.1.1", "last.1.2")
    assert ended.out.splitlines()[:2] == [
        "--- aaaaaa.1.1 · gpt-5.5 low · ✓ done",
        "+++ aaaaaa.1.2 · gpt-5.5 high · ✗ failed",
    ]
    assert compared("last.1.1", "last.1.2")["new"] == {
        "file": None,
        "take": "aaaaaa.1.2",
        "lane": "gpt-5.5 high",
        "verdict": "failed",
    }


def test_a_session_or_a_round_with_one_take_is_that_take_and_a_file_goes_before_an_id() -> None:
    keep("aaaaaa", "last11", texts=(RED,))
    assert compared("aaaaaa", "last11.1") | {"old": 0, "new": 0} == compared("last", "aaaaaa.1.1") | {
        "old": 0,
        "new": 0,
    }
    Path("last").write_text(BLUE, encoding="utf-8")
    assert compared("last", "aaaaaa")["old"]["file"] == "last"


def test_of_several_takes_one_has_to_be_named() -> None:
    keep("aaaaaa", lanes=TWO, texts=(RED, BLUE))
    ended = run("diff", "aaaaaa", "aaaaaa.1.2")
    assert (ended.code, ended.out) == (2, "")
    assert "aaaaaa has 2 takes; say which:\n  aaaaaa.1.1  gpt-5.5 low\n  aaaaaa.1.2  gpt-5.5 high" in ended.err


def test_a_take_that_broke_off_before_a_word_is_nothing_to_compare_and_an_empty_answer_is() -> None:
    keep("aaaaaa", lanes=(*TWO, "gpt-5.5 none"), texts=(RED, "", ""), verdicts=("done", "failed", "done"))
    ended = run("diff", "last.1.1", "last.1.2")
    assert (ended.code, ended.out) == (2, "")
    assert "aaaaaa.1.2 has nothing to compare: failed, without a word" in ended.err
    assert run("diff", "last.1.1", "last.1.3").code == 1


def test_a_take_that_still_runs_is_compared_as_far_as_it_is_and_that_is_said() -> None:
    store = Store.open(paths.sessions_file())
    try:
        lanes, texts = TWO, ("One two. Three four.", "One two. Three")
        answered(store, "aaaaaa", prompts=("Hi",), lanes=lanes, texts=texts, verdicts=("done", "running"))
        ended = run("diff", "last.1.1", "last.1.2")
    finally:
        store.close()
    assert ended.code == 1
    assert "aaaaaa.1.2: is still writing; whole sentences of it are compared" in ended.err
    assert "0 changes" in ended.err


def test_standard_input_is_a_side_but_not_both(home: Path, tmp_path: Path) -> None:
    (tmp_path / "new.md").write_text(BLUE, encoding="utf-8")
    ended = CompareTui(home)("diff", "-", tmp_path / "new.md", stdin=RED)
    assert (ended.returncode, ended.stdout.splitlines()[0]) == (1, "--- standard input")
    assert "only once" in run("diff", "-", "-").err


def test_standard_input_that_is_closed_is_no_empty_text(home: Path) -> None:
    Path("empty.md").touch()
    command = CompareTui(home)
    line = ["sh", "-c", 'exec "$@" <&-', "sh", *command.line("diff", "-", "empty.md")]
    ended = subprocess.run(line, capture_output=True, text=True, env=command.environ, check=False)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "- is standard input, which is closed" in ended.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("none.md", "old.md"), "there is no file none.md, and none.md is no id of a session"),
        (("nothere", "old.md"), "there is no file nothere, and there is no session nothere"),
        ((".", "old.md"), ". cannot be read: Is a directory"),
        (("old.md", "old.md", "--exact", "--ignore", "case"), "exclude each other"),
        (("old.md", "old.md", "--line", "--word"), "--word and --line exclude each other"),
        (("", "old.md"), "one of them is an empty word"),
        (("old.md", "old.md", "--out", "x.csv"), ".html, .diff, .patch or .txt, not .csv"),
    ],
)
def test_trouble_is_exit_2_with_what_to_do(words: tuple[str, ...], said: str) -> None:
    Path("old.md").write_text(RED, encoding="utf-8")
    ended = run("diff", *words)
    assert (ended.code, ended.out) == (2, "")
    assert said in ended.err


def test_bytes_that_are_no_text_are_told_and_still_told_apart() -> None:
    ended = diff(b"One \xff two", b"One \xfe two")
    assert (ended.code, ended.out.count("\ufffd")) == (1, 2)
    assert "old.md: no UTF-8: 1 byte shown as U+FFFD" in ended.err


def test_a_byte_order_mark_is_no_change_and_yet_not_the_same() -> None:
    ended = diff(b"\xef\xbb\xbfOne", b"One")
    assert (ended.code, ended.out) == (1, "")
    assert ended.err == "old.md: its byte order mark is left out\n0 changes\n"
    assert diff(b"\xef\xbb\xbfOne", b"One", "--ignore", "space").code == 0
    assert diff(b"\xef\xbb\xbfOne", b"\xef\xbb\xbfOne").code == 0


# Files and terminals


@pytest.mark.parametrize(("name", "begins"), [("d.html", "<!doctype html>"), ("d.diff", "--- old.md\n+++ new.md\n")])
def test_it_is_written_to_a_private_file_and_never_over_another_one_unasked(name: str, begins: str) -> None:
    ended = diff(RED, BLUE, "--out", name)
    assert (ended.code, ended.out, Path(name).stat().st_mode & 0o777) == (1, "", 0o600)
    assert ended.err.endswith(f"wrote {name}\n")
    assert Path(name).read_text(encoding="utf-8").startswith(begins)
    Path(name).write_text("mine", encoding="utf-8")
    assert diff(RED, BLUE, "--out", name).code == 2
    assert Path(name).read_text(encoding="utf-8") == "mine"
    assert diff(RED, BLUE, "--out", name, "--yes").code == 1


def test_a_file_to_be_read_is_as_safe_as_stdout_and_a_patch_keeps_every_character() -> None:
    told = diff("One\r\n\r\n\r\n\r\ntwo\r\n", "One\r\n\r\n\r\n\r\n\x1b[31mthree\r\n").out
    assert told.splitlines()[3:] == [" ␍", " ␍", " ␍", "-two␍", "+␛[31mthree␍"]
    run("diff", "old.md", "new.md", "--out", "seen.txt", "--out", "lines.diff")
    assert Path("seen.txt").read_bytes() == told.encode()
    assert b"\n+\x1b[31mthree\r\n" in Path("lines.diff").read_bytes()


def test_each_ending_in_any_case_is_a_file_of_its_own() -> None:
    outs = ("page.HTML", "seen.Txt", "lines.PATCH")
    assert diff(RED, BLUE, *(word for name in outs for word in ("--out", name))).out == ""
    page, seen, lines = (Path(name).read_text(encoding="utf-8") for name in outs)
    assert page.startswith("<!doctype html>")
    assert "~The [-red-]{+blue+} cat" in seen
    assert lines.splitlines()[2:] == ["@@ -1,1 +1,1 @@", f"-{RED}", NO_BREAK, f"+{BLUE}", NO_BREAK]


def test_what_is_compared_is_never_written_over() -> None:
    diff(RED, BLUE)
    Path("soft.txt").symlink_to("old.md")
    Path("hard.txt").hardlink_to("new.md")
    for name in ("soft.txt", "hard.txt"):
        ended = run("diff", "old.md", "new.md", "--out", name, "--yes")
        assert (ended.code, f"--out {name}: that is " in ended.err) == (2, True)
    assert [Path(name).read_text(encoding="utf-8") for name in ("old.md", "new.md")] == [RED, BLUE]


def test_a_hostile_text_commands_nothing() -> None:
    hostile = HOSTILE.encode("utf-8", "surrogatepass")
    ended = diff(hostile + b" one", hostile + b" two", "--out", "d.html")
    assert ended.code == 1
    assert "\x1b" not in run("diff", "old.md", "new.md").out
    assert "\x1b" not in Path("d.html").read_text(encoding="utf-8")


def test_on_a_terminal_words_are_marked_by_style_and_lines_wrapped_to_its_width(home: Path) -> None:
    diff(f"{RED} {HOSTILE[:-6]} {'word ' * 20}", f"{BLUE} {HOSTILE[:-6]} {'word ' * 20}")
    command = CompareTui(home)
    with Terminal(command.line("diff", "old.md", "new.md"), env=command.environ, columns=50) as terminal:
        terminal.wait_for("the same")
        rows = [terminal.row(y) for y in range(9)]
        at = next(y for y, row in enumerate(rows) if "red→blue" in row)
        assert rows[at].startswith("~ The red→blue cat sat on 3→4 mats.")
        assert rows[at + 1].startswith("~ ")
        gone, new = terminal.style(6, at), terminal.style(10, at)
        assert (gone.strike, new.underline, new.bold) == (True, True, True)
        assert terminal.wait_for_exit() == 1
        assert b"\x1b]0;" not in terminal.raw


def test_a_terminal_without_colours_has_the_marks_of_a_pipe(home: Path) -> None:
    diff(RED, BLUE)
    command = CompareTui(home)
    line = ["/usr/bin/env", "NO_COLOR=1", *command.line("diff", "old.md", "new.md")]
    with Terminal(line, env=command.environ) as terminal:
        terminal.wait_for("~The [-red-]{+blue+} cat")
        assert terminal.wait_for_exit() == 1


def test_a_terminal_that_says_it_has_no_columns_is_written_to_all_the_same(home: Path) -> None:
    diff(RED, BLUE)
    command = CompareTui(home)
    line = ["/usr/bin/env", "COLUMNS=0", *command.line("diff", "old.md", "new.md")]
    with Terminal(line, env=command.environ) as terminal:
        terminal.wait_for("~ The red→blue cat")
        assert terminal.wait_for_exit() == 1


def test_lines_that_differ_without_a_change_are_shown_only_at_first() -> None:
    ended = diff("One. \n" * 200 + "\n" * 30_000, "One.\n" * 200 + "\n" * 29_999)
    assert ended.err.startswith("0 changes · ")
    assert len(ended.out.splitlines()) < 30
    assert ended.out.endswith("@@ and 193 more places without a change @@\n")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device that is always full")
@pytest.mark.parametrize("words", ["themes", "prices list", "run --demo --speed 1000000 --prompt Hi --lane gpt-5.5"])
def test_what_finds_no_room_is_told_in_a_sentence(home: Path, words: str) -> None:
    command = CompareTui(home)
    with Path("/dev/full").open("wb") as full:
        ended = subprocess.run(
            command.line(*words.split()),
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            env=command.environ,
            check=False,
        )
    assert ended.returncode == 4
    assert ended.stderr.count("compare-tui: not everything could be written: No space left on device\n") == 1
    assert "Traceback" not in ended.stderr


def test_a_large_file_is_compared_and_one_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    big = "".join(f"Sentence number {number} says little. " for number in range(10_000))
    assert diff(big, big.replace("number 777 ", "number 77 ")).err.startswith("1 change · 99 % the same")
    monkeypatch.setattr(diff_sides, "LARGEST", 2_000_000)
    ended = run("diff", "/dev/zero", "old.md")
    assert (ended.code, "/dev/zero is larger than 2 MB" in ended.err) == (2, True)
