"""What is installed: the wheel holds everything the program reads, and nothing of the workshop."""

import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        return archive.namelist()


def test_the_wheel_carries_themes_prices_and_topics(names: list[str]) -> None:
    assert "compare_tui/themes/README.md" in names
    assert {"compare_tui/prices.toml", "compare_tui/demo/prices.toml", "compare_tui/py.typed"} <= set(names)
    assert any(name.startswith("compare_tui/demo/topics/") for name in names)


def test_the_wheel_carries_no_tests_and_no_tools(names: list[str]) -> None:
    assert {name.split("/")[0].split("-")[0] for name in names} == {"compare_tui"}


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock", "tests/fixtures/llmock.lock"])
def test_every_locked_package_has_hashes_and_no_address(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    packages = re.split(r"\n(?=[a-z0-9])", text.strip())
    assert all("--hash=sha256:" in package for package in packages)
    assert "://" not in text


def test_every_dependency_has_bounds_and_its_reason() -> None:
    table = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    lists = re.findall(r"^(?:dependencies|build|dev) = \[\n(.*?)^\]", table, re.DOTALL | re.MULTILINE)
    lines = [line.strip() for each in lists for line in each.splitlines()]
    assert len(lines) >= 15
    assert all(re.fullmatch(r'"[a-z0-9-]+>=[\d.]+,<[\d.]+",\s+# \S.*', line) for line in lines)
