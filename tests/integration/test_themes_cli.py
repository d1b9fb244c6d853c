"""`compare-tui themes` and `themes check` on real files."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from compare_tui.cli.themes import themes

GOOD = 'name = "mine"\nabout = "my own"\nprimary = "#bcd2ee"\n'
FAINT = 'name = "faint"\nprimary = "#444444"\n'
BROKEN = 'name = "broken"\nprimary = "bleu"\n'
SAID = "broken.toml:2: primary must be a colour such as '#86abd9' or 'teal', not 'bleu'; did you mean blue?\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COMPARE_TUI_HOME", str(tmp_path))
    (tmp_path / "config" / "themes").mkdir(parents=True)
    return tmp_path / "config" / "themes"


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(themes, [str(word) for word in words], standalone_mode=False)


def test_the_list_says_name_shade_origin_and_what_each_is_for(folder: Path) -> None:
    (folder / "mine.toml").write_text(GOOD)
    done = run()
    rows = [line.split(maxsplit=3) for line in done.stdout.splitlines()]
    assert (done.return_value, done.stderr) == (0, "")
    assert rows[0] == ["ink", "dark", "shipped", "the default: blue-black and quiet"]
    assert rows[-1] == ["mine", "dark", "yours", "my own"]
    assert ["paper", "light", "shipped"] in [row[:3] for row in rows]


def test_the_list_names_a_broken_file_on_stderr_and_goes_on(folder: Path) -> None:
    (folder / "broken.toml").write_text(BROKEN)
    done = run()
    assert (done.return_value, done.stderr) == (0, SAID)
    assert len(done.stdout.splitlines()) >= 10


def test_json_has_one_object_a_line(folder: Path) -> None:
    (folder / "mine.toml").write_text(GOOD)
    rows = {row["name"]: row for row in map(json.loads, run("--json").stdout.splitlines())}
    assert rows["mine"] == {
        "name": "mine",
        "about": "my own",
        "dark": True,
        "ansi": False,
        "contrast": rows["mine"]["contrast"],
        "origin": "yours",
        "path": str(folder / "mine.toml"),
    }
    assert rows["contrast-dark"]["contrast"] >= 7
    assert (rows["terminal-light"]["contrast"], rows["terminal-light"]["dark"]) == (None, False)


def test_check_says_what_is_wrong_in_the_folder_and_is_exit_3(folder: Path) -> None:
    (folder / "mine.toml").write_text(GOOD)
    (folder / "broken.toml").write_text(BROKEN)
    done = run("check")
    assert (done.return_value, done.stderr) == (3, SAID)
    assert done.stdout.startswith("mine.toml: mine is a theme")


def test_check_takes_any_file_and_names_one_that_is_missing(tmp_path: Path) -> None:
    good = tmp_path / "new.toml"
    good.write_text(GOOD)
    assert (run("check", good).return_value, run("check", good).stderr) == (0, "")
    done = run("check", good, tmp_path / "no.toml")
    assert (done.return_value, done.stderr) == (3, f"{tmp_path}/no.toml: there is no such file\n")


def test_check_names_the_text_that_is_hard_to_read(folder: Path) -> None:
    (folder / "faint.toml").write_text(FAINT)
    done = run("check")
    assert done.return_value == 0
    assert "faint is a theme; hard to read: $" in done.stdout


def test_check_with_nothing_to_check_says_where_it_looked(folder: Path) -> None:
    done = run("check")
    assert (done.return_value, done.stdout, done.stderr) == (0, "", f"no theme lies in {folder}\n")
