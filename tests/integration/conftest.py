"""What the tests of the whole program share."""

from pathlib import Path

import pytest

from tests.integration.command import CompareTui


@pytest.fixture
def compare_tui(tmp_path: Path) -> CompareTui:
    return CompareTui(tmp_path / "home")
