"""What is loaded when: nothing heavy for `--help`, nothing foreign in the core, nothing on disk by an import."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import compare_tui
from compare_tui.cli import cli

ROOT = Path(compare_tui.__file__).parents[1]
CORE = [
    ".".join(path.relative_to(ROOT).with_suffix("").parts)
    for path in sorted((ROOT / "compare_tui" / "core").rglob("[!_]*.py"))
]
COMMANDS = cli.list_commands(cli.make_context("compare-tui", [], resilient_parsing=True))
HEAVY = {"textual", "openai", "httpx", "httpx2", "rich", "pydantic"}

TELL_WHAT_IS_LOADED = """
import json, sys
before = set(sys.modules)
try:
    exec(sys.argv.pop())
except SystemExit as stop:
    assert not stop.code, stop.code
print(json.dumps(sorted(set(sys.modules) - before)))
"""


def python(home: Path, *args: str, isolated: bool = False) -> str:
    """The output of a Python of its own, with this checkout, an empty home and no warning left unheard."""
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "LANG", "TMPDIR")}
    places = dict.fromkeys(
        ("HOME", "COMPARE_TUI_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"), str(home)
    )
    done = subprocess.run(
        [sys.executable, *(["-S"] if isolated else []), *args],
        capture_output=True,
        text=True,
        cwd=home,
        env={**kept, **places, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error", "PYTHONUTF8": "1"},
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def loaded(home: Path, code: str, *, isolated: bool = False) -> set[str]:
    """The modules that this code loads, as names with dots."""
    names: list[str] = json.loads(python(home, "-c", TELL_WHAT_IS_LOADED, code, isolated=isolated).splitlines()[-1])
    return set(names)


def packages(modules: set[str]) -> set[str]:
    return {name.partition(".")[0] for name in modules}


@pytest.mark.parametrize("option", ["--help", "--version", "-h", "-V"])
def test_help_and_version_load_nothing_heavy(tmp_path: Path, option: str) -> None:
    modules = loaded(tmp_path, f"from compare_tui.cli import main; main([{option!r}])")
    assert "compare_tui.cli" in modules
    assert not packages(modules) & HEAVY


@pytest.mark.parametrize("option", ["--version", "-V"])
def test_the_version_is_told_without_any_command(tmp_path: Path, option: str) -> None:
    modules = loaded(tmp_path, f"from compare_tui.cli import main; main([{option!r}])")
    ours = {name for name in modules if name.startswith("compare_tui.")}
    assert all(name.startswith("compare_tui.cli") for name in ours)
    assert not ours & {f"compare_tui.cli.{command.replace('-', '_')}" for command in COMMANDS}


def test_the_core_loads_no_third_party(tmp_path: Path) -> None:
    modules = loaded(tmp_path, "; ".join(f"import {name}" for name in CORE))
    assert set(CORE) <= modules
    assert packages(modules) - set(sys.stdlib_module_names) == {"compare_tui"}


def test_the_core_can_be_imported_where_nothing_is_installed(tmp_path: Path) -> None:
    modules = loaded(tmp_path, "; ".join(f"import {name}" for name in CORE), isolated=True)
    assert set(CORE) <= modules


def test_the_core_does_no_input_and_no_output(tmp_path: Path) -> None:
    modules = loaded(tmp_path, "; ".join(f"import {name}" for name in CORE))
    assert not modules & {"asyncio", "socket", "sqlite3", "subprocess", "threading", "ssl", "http.client"}


def test_the_engine_is_imported_without_the_sdk(tmp_path: Path) -> None:
    modules = loaded(tmp_path, "import compare_tui.engine.engine")
    assert "compare_tui.engine.engine" in modules
    assert not packages(modules) & HEAVY


@pytest.mark.parametrize(
    "module", ["compare_tui", "compare_tui.config", "compare_tui.paths", "compare_tui.engine.engine", "compare_tui.cli"]
)
def test_an_import_creates_nothing_on_disk(tmp_path: Path, module: str) -> None:
    assert module in loaded(tmp_path, f"import {module}")
    assert list(tmp_path.rglob("*")) == []


def test_the_program_runs_as_a_module(tmp_path: Path) -> None:
    assert python(tmp_path, "-m", "compare_tui", "--version") == f"compare-tui {compare_tui.__version__}\n"
    assert "Usage: compare-tui" in python(tmp_path, "-m", "compare_tui", "--help")
    assert list(tmp_path.rglob("*")) == []


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_says_what_it_takes_without_the_sdk(tmp_path: Path, command: str) -> None:
    modules = loaded(tmp_path, f"from compare_tui.cli import main; main([{command!r}, '--help'])")
    assert not packages(modules) & {"openai", "httpx", "httpx2", "textual"}
