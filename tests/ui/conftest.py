"""What the tests of the app share: the snapshots of one test."""

from pathlib import Path

import pytest

from tests.ui.snapshots import Snapshots


@pytest.fixture
def snapshots(request: pytest.FixtureRequest, tmp_path: Path) -> Snapshots:
    return Snapshots(bool(request.config.getoption("--update-snapshots")), tmp_path)
