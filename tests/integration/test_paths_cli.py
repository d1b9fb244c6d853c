"""`compare-tui paths` as a user runs it."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

KEY = "sk-canary-5f3a9c1e7b2d4860"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def run(home: Path, *words: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "compare_tui", "paths", *words],
        env={"COMPARE_TUI_HOME": str(home), "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), **environ},
        capture_output=True,
        text=True,
        timeout=60,
    )


def rows(printed: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in printed.splitlines()]


def write_config(home: Path, text: str) -> None:
    (home / "config").mkdir(parents=True)
    (home / "config" / "config.toml").write_text(text)


def test_it_shows_every_path_and_makes_none(home: Path) -> None:
    done = run(home)
    assert (done.returncode, done.stderr) == (0, "")
    table = [line.split(maxsplit=2) for line in done.stdout.split("\n\n")[0].splitlines()]
    assert table[0] == ["WHAT", "EXISTS", "PATH"]
    assert ["config", "no", str(home / "config" / "config.toml")] in table
    assert ["prices", "no", str(home / "config" / "prices.toml")] in table
    assert any(str(home / "state" / "imported-prices.toml") in row[-1] for row in table)
    assert not home.exists()


def test_it_shows_every_setting_with_where_it_came_from(home: Path) -> None:
    write_config(home, '[endpoint.local]\nbase_url = "http://127.0.0.1:1/v1"\n[limits]\nidle = 7.5\n')
    done = run(home, COMPARE_TUI_ENDPOINT="local", OPENAI_BASE_URL="https://eu.example/v1")
    assert (done.returncode, done.stderr) == (0, "")
    table = [line.split(maxsplit=2) for line in done.stdout.split("\n\n")[1].splitlines()]
    assert table[0] == ["SETTING", "ORIGIN", "VALUE"]
    for row in (
        ["defaults.endpoint", "environment", "local"],
        ["endpoint.openai.base_url", "environment", "https://eu.example/v1"],
        ["endpoint.local.base_url", "file", "http://127.0.0.1:1/v1"],
        ["limits.idle", "file", "7.5"],
        ["limits.total", "default", "3600"],
        ["endpoint.local.free", "default", "no"],
        ["caps.per_send", "default", "-"],
    ):
        assert row in table


def test_as_json_there_is_one_object_a_line(home: Path) -> None:
    write_config(home, '[defaults]\nlanes = ["gpt-5.5 low"]\n[caps]\nper_send = 0.25\n')
    done = run(home, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    paths = {row["what"]: row for row in rows(done.stdout) if "what" in row}
    settings = {row["setting"]: row for row in rows(done.stdout) if "setting" in row}
    assert len(paths) + len(settings) == len(rows(done.stdout))
    assert paths["config"] == {"what": "config", "path": str(home / "config" / "config.toml"), "exists": True}
    assert paths["imported prices"]["exists"] is False
    assert settings["caps.per_send"] == {"setting": "caps.per_send", "value": 0.25, "origin": "file"}
    assert settings["defaults.lanes"]["value"] == ["gpt-5.5 low"]
    assert settings["endpoint.openai.key_cmd"]["value"] is None
    assert settings["limits.wait_flex"] == {"setting": "limits.wait_flex", "value": 900, "origin": "default"}


def test_the_example_is_a_config_file_ready_to_use(home: Path) -> None:
    example = run(home, "--example")
    assert (example.returncode, example.stderr) == (0, "")
    assert not home.exists()
    write_config(home, example.stdout)
    assert run(home).returncode == 0


@pytest.mark.parametrize("words", [(), ("--json",)])
def test_a_mistake_in_the_file_is_named_after_the_paths_with_exit_3(words: tuple[str, ...], home: Path) -> None:
    write_config(home, f'[endpoint.local]\nbase_url = "https://example.com"\napi_key = "{KEY}"\n')
    done = run(home, *words)
    assert done.returncode == 3
    assert str(home / "state" / "imported-prices.toml") in done.stdout
    assert "config.toml:3: endpoint.local.api_key is refused" in done.stderr
    assert 'key_env = "' in done.stderr
    assert "Traceback" not in done.stderr
    assert KEY not in done.stdout + done.stderr


@pytest.mark.parametrize("words", [(), ("--json",)])
def test_neither_keys_nor_the_arguments_of_a_key_command_are_shown(words: tuple[str, ...], home: Path) -> None:
    write_config(home, f'[endpoint.vault]\nbase_url = "https://example.com"\nkey_cmd = ["curl", "-H", "T: {KEY}"]\n')
    done = run(home, *words, OPENAI_API_KEY=KEY)
    assert done.returncode == 0
    assert "curl" in done.stdout
    assert "OPENAI_API_KEY" in done.stdout
    assert "canary" not in done.stdout + done.stderr


def test_what_a_path_or_a_text_holds_cannot_command_the_terminal(tmp_path: Path) -> None:
    home = tmp_path / "\x1b]0;title\x07 \u202e"
    write_config(home, '[defaults]\nsystem = "\\u001b[2Jone\\ntwo\\u009b' + "x" * 500 + '"\n')
    for words in ((), ("--json",)):
        done = run(home, *words, PYTHONIOENCODING="utf-8")
        assert done.returncode == 0
        assert all(character.isprintable() for character in done.stdout.replace("\n", ""))
        assert len(done.stdout.splitlines()) == len(run(tmp_path / "plain", *words).stdout.splitlines())


def test_a_home_that_is_a_file_is_a_configuration_error(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("")
    done = run(tmp_path / "home")
    assert done.returncode == 3
    assert "cannot be read" in done.stderr
    assert "Traceback" not in done.stderr


IMPORT = """
import sys
import click
before = set(sys.modules)
import compare_tui.cli.paths
loaded = {name.partition(".")[0] for name in set(sys.modules) - before}
assert not loaded - sys.stdlib_module_names - {"compare_tui"}, loaded
assert "compare_tui.config" not in sys.modules
"""


def test_its_module_loads_nothing_heavy_before_it_is_run(home: Path) -> None:
    environ = {"COMPARE_TUI_HOME": str(home), "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    subprocess.run([sys.executable, "-c", IMPORT], env=environ, check=True, timeout=60)
    assert not home.exists()
