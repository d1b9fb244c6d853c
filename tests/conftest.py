"""What all tests share: how many cases hypothesis tries, and that it needs no clock and no memory of its own."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from compare_tui.engine.settle import settle

settings.register_profile(
    "compare-tui",
    deadline=None,  # a busy machine is no bug of ours
    database=None,  # a run depends on nothing an earlier one left behind
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--long", action="store_true", help="try the big counts: every cut of the same bytes, 20,000 times"
    )
    parser.addoption("--update-snapshots", action="store_true", help="keep the screens as they are now")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "examples(short, long): so many cases for hypothesis; the second with --long")
    settings.load_profile("compare-tui")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        marker = item.get_closest_marker("examples")
        if marker is not None and isinstance(item, pytest.Function):
            short, long = marker.args
            is_long = config.getoption("--long")
            chosen = settings(max_examples=long if is_long else short, derandomize=not is_long)  # luck is for long runs
            item.obj = chosen(item.obj)


def pytest_collection_finish() -> None:
    """As the app does: thousands of tests are no garbage, and going through them over and over took a tenth of all."""
    settle()


@pytest.fixture
def folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Messages name a file as it was typed, and it is typed from here."""
    monkeypatch.chdir(tmp_path)
