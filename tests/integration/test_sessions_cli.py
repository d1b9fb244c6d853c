"""`compare-tui sessions` as a user types it, on a real store; hostile texts and questions on a real terminal."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from compare_tui import paths
from compare_tui.export.rows import COLUMNS
from tests.integration.command import CompareTui
from tests.integration.kept import HOSTILE, Ended, keep, run
from tests.terminal import Terminal

SAID = "Short waves scatter most."


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(paths.HOME_VARIABLE, str(tmp_path / "home"))
    return tmp_path / "home"


def listed(*words: str) -> list[dict[str, Any]]:
    ended = run("sessions", "list", "--json", *words)
    assert ended.code == 0, ended.err
    return [json.loads(line) for line in ended.out.splitlines()]


def ids(*words: str) -> list[str]:
    return [one["session"] for one in listed(*words)]


def figures(out: str) -> str:
    """The row of the first take."""
    return " ".join(next(line for line in out.splitlines() if line.split()[:1] == ["1"]).split())


def shown(command: Sequence[str], home: Path, sight: str) -> Terminal:
    terminal = Terminal(CompareTui.line(*command), columns=110, rows=40, env=CompareTui(home).environ)
    terminal.wait_for(sight)
    return terminal


# list


def test_the_list_has_a_line_for_each_session_newest_first() -> None:
    keep("bbbbbb", verdicts=("failed",))
    keep("aaaaaa", prompts=("Why is the sky blue?", "And at dusk?"), lanes=("gpt-5.5 low", "gpt-5.5 high"))
    ended = run("sessions", "list")
    header, rule, first, second = (line.split() for line in ended.out.splitlines())
    assert (ended.code, ended.err) == (0, "")
    assert header == ["id", "when", "title", "rounds", "lanes", "cost", "verdicts", "tags"]
    assert set("".join(rule)) == {"─"}
    assert (first[0], second[0]) == ("aaaaaa", "bbbbbb")
    assert " ".join(first[3:]) == "Why is the sky blue? 2 gpt-5.5 low, gpt-5.5 high $0.00062 ✓ 4 done"
    assert second[-4:] == ["–", "✗", "1", "failed"]


def test_as_json_a_session_has_the_names_of_the_csv_numbers_and_nulls() -> None:
    keep("aaaaaa")
    (one,) = listed()
    assert one.pop("created") <= one.pop("touched")
    assert one == {
        "session": "aaaaaa",
        "title": "Why is the sky blue?",
        "name": None,
        "rounds": 1,
        "takes": 1,
        "lanes": ["gpt-5.5 low"],
        "cost_usd": 0.000155,
        "cost_state": "final",
        "verdicts": {"done": 1},
        "tags": {},
        "again_of": None,
        "deleted": None,
    }


def test_words_and_conditions_narrow_the_list_down() -> None:
    keep("aaaaaa", lanes=("gpt-5.5 low flex",))
    keep("bbbbbb", prompts=("Name a city",), verdicts=("failed",))
    assert ids("sky") == ["aaaaaa"]
    assert ids("tier:flex") == ["aaaaaa"]
    assert ids("verdict:failed", "model:gpt-5.5") == ["bbbbbb"]
    assert ids("blue sky") == [], "what the shell held together stays together"
    assert ids("the sky") == ["aaaaaa"]
    mistaken = run("sessions", "list", "verdict:faild")
    assert (mistaken.code, mistaken.out) == (2, "")
    assert "did you mean failed?" in mistaken.err


def test_the_list_says_when_there_are_more() -> None:
    keep("aaaaaa", "bbbbbb", "cccccc")
    ended = run("sessions", "list", "--limit", 2)
    assert len(ended.out.splitlines()) == 4
    assert ended.err == "there are more than these 2; --limit N shows more\n"
    assert len(listed("--limit", "2")) == 2
    assert run("sessions", "list", "--limit", 3).err == ""


def test_a_narrow_terminal_shortens_titles_and_gives_up_columns_but_no_id(home: Path) -> None:
    keep("aaaaaa", prompts=("天空是藍色的" * 20 + " in words",), lanes=("gpt-5.5 low", "gpt-5.5-pro xhigh"))
    for columns, last in ((60, "cost"), (80, "verdicts"), (120, "tags")):
        line = CompareTui.line("sessions", "list")
        with Terminal(line, columns=columns, rows=10, env=CompareTui(home).environ) as terminal:
            assert terminal.wait_for_exit() == 0
            header, _, row, *rest = terminal.text.splitlines()
            assert header.split()[-1] == last
            assert row.startswith("aaaaaa  20")
            assert "$0.00031" in row
            assert not "".join(rest).strip()


def test_answers_whose_process_is_gone_are_told_of_and_interrupted() -> None:
    keep("aaaaaa", verdicts=("running",))
    ended = run("sessions", "list")
    assert ended.err == "aaaaaa: the process that asked ended before its answers did; what had come is kept\n"
    assert "↯ 1 interrupted" in ended.out
    assert run("sessions", "list").err == ""


def test_without_a_session_the_list_is_empty_and_says_so() -> None:
    assert run("sessions", "list") == Ended(0, "", "no session found\n")
    assert run("sessions", "list", "--json") == Ended(0, "", "no session found\n")


# show


def test_a_session_is_shown_with_prompts_figures_and_answers() -> None:
    keep("aaaaaa", prompts=("Why is the sky blue?", "And at dusk?"), lanes=("gpt-5.5 low", "gpt-5.5 high repeat=2"))
    ended = run("sessions", "show", "aaaaaa")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith("aaaaaa · Why is the sky blue?\n")
    assert " · 2 rounds · 6 takes · $0.00093\n" in ended.out
    assert "\n\n══ round aaaaaa.2 · prompt 1 ══\n\nAnd at dusk?\n\n" in ended.out
    assert ended.out.count(f"{SAID}\n") == 6
    assert f"\n\n── aaaaaa.1.3 · gpt-5.5 high · repeat 2 · ✓ done ──\n\n{SAID}\n\n" in ended.out
    assert figures(ended.out) == "1 gpt-5.5 low ✓ done 298 ms 298 ms 378 ms 7 4 – $0.000155"


def test_a_round_and_a_take_are_shown_alone() -> None:
    keep("aaaaaa", prompts=("Why is the sky blue?", "And at dusk?"), lanes=("gpt-5.5 low", "gpt-5.5 high"))
    round_ = run("sessions", "show", "aaaaaa.2").out
    assert "And at dusk?" in round_
    assert "\nWhy is the sky blue?\n" not in round_
    take = run("sessions", "show", "last.2.1").out
    assert "── aaaaaa.2.1 " in take
    assert "aaaaaa.2.2" not in take


def test_what_an_answer_never_told_is_a_dash() -> None:
    keep("aaaaaa", verdicts=("failed",))
    shown = run("sessions", "show", "aaaaaa").out
    assert figures(shown) == "1 gpt-5.5 low ✗ failed 298 ms 298 ms 378 ms – – – –"
    assert "! it broke\n" in shown


def test_show_as_json_has_a_row_of_the_csv_for_each_take() -> None:
    keep("aaaaaa", lanes=("gpt-5.5 low", "gpt-5.5 high"))
    takes = [json.loads(line) for line in run("sessions", "show", "aaaaaa", "--json").out.splitlines()]
    assert [tuple(take) for take in takes] == [COLUMNS, COLUMNS]
    assert [take["take"] for take in takes] == ["aaaaaa.1.1", "aaaaaa.1.2"]
    assert (takes[0]["ttft_ms"], takes[0]["cost_usd"], takes[0]["grade"]) == (298, 0.000155, None)


def test_an_answer_is_raw_on_a_pipe_and_harmless_on_a_terminal(compare_tui: CompareTui) -> None:
    keep("aaaaaa", prompts=(HOSTILE,), texts=(HOSTILE,))
    piped = compare_tui("sessions", "show", "aaaaaa")
    whole = HOSTILE.replace("\ud83d", "\ufffd")
    assert (piped.returncode, piped.stdout.count(f"\n{whole}\n")) == (0, 2), piped.stderr
    assert [line for line in piped.stdout.splitlines() if "·" in line and "\x1b" in line] == []
    with shown(("sessions", "show", "aaaaaa"), compare_tui.home, "── aaaaaa.1.1") as terminal:
        assert terminal.wait_for_exit() == 0
        for harm in (b"\x1b]0;", b"\x1b[2J", b"\x07", b"\x00", "\u202e".encode()):
            assert harm not in terminal.raw
        assert "[bold]x[/]⟨RLO⟩gnp.exe␀" in terminal.text


# search


def test_search_shows_the_text_around_what_was_found() -> None:
    keep("aaaaaa")
    keep("bbbbbb", prompts=("Name a city",), texts=("Paris",))
    ended = run("sessions", "search", "scatter")
    assert (ended.code, ended.err) == (0, "")
    heading, around = ended.out.splitlines()
    assert heading.startswith("aaaaaa  20")
    assert heading.endswith("  Why is the sky blue?")
    assert SAID in around
    (match,) = (json.loads(line) for line in run("sessions", "search", "scatter", "--json").out.splitlines())
    assert (match["session"], match["snippet"]) == ("aaaaaa", SAID)


def test_a_ranked_search_has_the_best_match_first() -> None:
    keep("aaaaaa", texts=("Tides, tides and again tides",))
    keep("bbbbbb", texts=("Many words, of which tides is the least and the last one of all that are here",))
    order = [
        [line[:6] for line in run("sessions", "search", "tides", *ranked).out.splitlines()[::2]]
        for ranked in ((), ("--ranked",))
    ]
    assert order == [["bbbbbb", "aaaaaa"], ["aaaaaa", "bbbbbb"]]
    assert len(run("sessions", "search", "tides", "--limit", 1, "--json").out.splitlines()) == 1


def test_the_word_looked_for_stands_out_on_a_terminal_and_nothing_of_the_text_commands_it(home: Path) -> None:
    keep("aaaaaa", texts=(f"{HOSTILE}\nShort waves \x02 scatter \x03 most",))
    with shown(("sessions", "search", "scatter"), home, "scatter") as terminal:
        assert terminal.wait_for_exit() == 0
        assert b"scatter" in terminal.raw
        assert b"\x1b]0;" not in terminal.raw
        y = next(y for y in range(40) if "scatter" in terminal.row(y))
        x = terminal.row(y).index("scatter")
        assert terminal.style(x, y).bold
        assert not terminal.style(x - 4, y).bold


def test_a_search_needs_something_to_look_for() -> None:
    assert run("sessions", "search").code == 2
    assert run("sessions", "search", "nowhere") == Ended(0, "", "no session found\n")


# what changes them


def test_a_session_is_named_and_unnamed() -> None:
    keep("aaaaaa")
    assert run("sessions", "name", "aaa", " The sky\x1b[2J ") == Ended(0, "", "named aaaaaa\n")
    assert listed()[0]["name"] == "The sky\x1b[2J"
    assert "\x1b" not in run("sessions", "list").out
    assert run("sessions", "name", "aaaaaa", "").err == "aaaaaa has no name any more\n"
    assert (listed()[0]["name"], listed()[0]["title"]) == (None, "Why is the sky blue?")
    assert run("sessions", "name", "aaaaaa.1", "x").code == 2


def test_tags_are_set_found_and_taken_away() -> None:
    keep("aaaaaa", "bbbbbb", prompts=("One", "Two"))
    assert run("sessions", "tag", "aaaaaa", "team=core", "stage=draft").err == "tagged aaaaaa\n"
    assert listed("tag:team=core")[0]["tags"] == {"team": "core", "stage": "draft"}
    assert run("sessions", "tag", "aaaaaa", "stage=").code == 0
    assert listed("tag:team")[0]["tags"] == {"team": "core"}
    assert run("sessions", "tag", "aaaaaa.2", "feature=dusk").code == 0
    takes = [json.loads(line)["tags"] for line in run("sessions", "show", "aaaaaa", "--json").out.splitlines()]
    assert takes == ["team=core", "feature=dusk;team=core"]


def test_what_is_no_tag_and_what_has_none_is_exit_2() -> None:
    keep("aaaaaa")
    assert "team is not NAME=VALUE" in run("sessions", "tag", "aaaaaa", "team").err
    take = run("sessions", "tag", "aaaaaa.1.1", "team=core")
    assert take.code == 2
    assert "aaaaaa.1.1 is a take; give aaaaaa.1 or aaaaaa" in take.err
    assert "not valid UTF-8" in run("sessions", "tag", "aaaaaa", "team=\udcff").err
    assert listed()[0]["tags"] == {}


def test_a_deleted_session_is_out_of_sight_until_it_is_restored() -> None:
    keep("aaaaaa", "bbbbbb")
    told = run("sessions", "delete", "aaaaaa").err
    assert told == "aaaaaa is out of sight; `compare-tui sessions restore aaaaaa` brings it back\n"
    assert (ids(), ids("--deleted")) == (["bbbbbb"], ["aaaaaa"])
    assert run("sessions", "restore", "aaaaaa").err == "aaaaaa is back\n"
    assert (set(ids()), ids("--deleted")) == ({"aaaaaa", "bbbbbb"}, [])


def test_nothing_is_deleted_when_one_of_the_ids_is_none() -> None:
    keep("aaaaaa")
    ended = run("sessions", "delete", "aaaaaa", "aaaaab")
    assert (ended.code, ended.out) == (2, "")
    assert "aaaaab" in ended.err
    assert ids() == ["aaaaaa"]


def test_a_duplicate_has_an_id_of_its_own_and_the_same_answers() -> None:
    keep("aaaaaa")
    ended = run("sessions", "duplicate", "aaaaaa")
    copy = ended.out.strip()
    assert ended.code == 0
    assert set(ids()) == {"aaaaaa", copy}
    assert SAID in run("sessions", "show", copy).out


def test_purging_needs_yes_where_nobody_can_be_asked() -> None:
    keep("aaaaaa")
    ended = run("sessions", "purge", "aaaaaa")
    assert (ended.code, ended.out) == (2, "")
    assert "--yes does it without asking" in ended.err
    assert ids() == ["aaaaaa"]


def test_what_is_purged_is_gone_from_the_file() -> None:
    keep("aaaaaa", texts=("Zanzibar " * 9,))
    keep("bbbbbb", prompts=("Quetzal one", "Axolotl two"))
    round_ = run("sessions", "purge", "bbbbbb.1", "--yes")
    assert round_ == Ended(0, "", "gone: bbbbbb.1 “Quetzal one”: 1 round, 1 take, $0.000155\n")
    both = run("sessions", "purge", "aaaaaa.1", "aaaaaa", "--yes")
    assert both == Ended(0, "", "gone: aaaaaa “Why is the sky blue?”: 1 round, 1 take, $0.000335\n")
    assert ids() == ["bbbbbb"]
    whole = b"".join(file.read_bytes() for file in paths.sessions_file().parent.glob("sessions.db*"))
    assert b"Axolotl" in whole
    assert b"Zanzibar" not in whole
    assert b"Quetzal" not in whole


def test_all_that_is_out_of_sight_is_purged_at_once() -> None:
    keep("aaaaaa", "bbbbbb", "cccccc")
    run("sessions", "delete", "aaaaaa", "bbbbbb")
    assert run("sessions", "purge", "--deleted", "--yes").err == "gone: 2 sessions\n"
    assert (ids(), ids("--deleted")) == (["cccccc"], [])
    assert run("sessions", "purge", "--deleted").err == "no session is out of sight\n"
    assert run("sessions", "purge", "cccccc", "--deleted", "--yes").code == 2
    assert run("sessions", "purge").code == 2
    assert ids() == ["cccccc"]


def test_on_a_terminal_purging_asks_first_and_names_what_it_is_about(home: Path) -> None:
    keep("aaaaaa", prompts=("Why \x1b[2J the sky?",))
    with shown(("sessions", "purge", "aaaaaa"), home, "End it for good? [y/N]") as terminal:
        assert "aaaaaa “Why ␛[2J the sky?”: 1 round, 1 take, $0.000155" in terminal.text
        terminal.press("n", "enter")
        assert terminal.wait_for_exit() == 2
    assert ids() == ["aaaaaa"]
    with shown(("sessions", "purge", "aaaaaa"), home, "[y/N]") as terminal:
        terminal.press("y", "enter")
        assert terminal.wait_for_exit() == 0
    assert ids() == []


# all of them


def test_an_id_nobody_has_is_exit_2_and_a_store_that_cannot_be_opened_exit_4() -> None:
    keep("aaaaaa")
    for words in (("show", "zzzzzz"), ("show", "aaaaaa.7"), ("show", "aaaaaa.1.9"), ("tag", "zzzzzz", "a=b")):
        ended = run("sessions", *words)
        assert (ended.code, ended.out) == (2, ""), words
        assert ended.err.startswith("compare-tui: "), words
    for file in paths.sessions_file().parent.glob("sessions.db*"):
        file.unlink()
    paths.sessions_file().mkdir()
    ended = run("sessions", "list")
    assert (ended.code, ended.out) == (4, "")
    assert "Traceback" not in ended.err


def test_what_run_prints_as_json_is_what_show_gives_back(compare_tui: CompareTui) -> None:
    sent = compare_tui("run", "--demo", "--speed", "0", "--prompt", "Hello", "--tag", "team=core", "--json")
    assert sent.returncode == 0, sent.stderr
    assert run("sessions", "show", "last", "--json").out == sent.stdout
    assert ids("tag:team=core") == [json.loads(sent.stdout.splitlines()[0])["session"]]


def test_the_help_names_the_commands_from_reading_to_ending(compare_tui: CompareTui) -> None:
    said = run("sessions", "--help").out
    commands = [line.split()[0] for line in said.partition("Commands:\n")[2].splitlines() if line[2:3].strip()]
    assert commands == ["list", "show", "search", "name", "tag", "duplicate", "delete", "restore", "purge"]
