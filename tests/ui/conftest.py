"""What the tests of the app share: `--update-snapshots`, and the snapshots of one test."""

from pathlib import Path

import pytest

from tests.ui.snapshots import Snapshots


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-snapshots", action="store_true", help="keep the screens as they are now")


@pytest.fixture
def snapshots(request: pytest.FixtureRequest, tmp_path: Path) -> Snapshots:
    return Snapshots(bool(request.config.getoption("--update-snapshots", default=False)), tmp_path)
