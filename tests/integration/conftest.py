"""What the tests of the whole program share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.app_stages import Stages
from tests.integration.command import CompareTui


@pytest.fixture
def compare_tui(tmp_path: Path) -> CompareTui:
    return CompareTui(tmp_path / "home")


@pytest.fixture(scope="module")
def stages(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Stages]:
    """Those that the chosen tests of this file play on."""
    calls = [getattr(item, "callspec", None) for item in request.session.items if item.path == request.path]
    stages = Stages(tmp_path_factory.mktemp("stages"), [call.params["case"] for call in calls if call])
    yield stages
    stages.close()
