"""Every key of the app does what its help says: pressed on a real terminal in its legacy code, seen on its screen."""

from collections.abc import Iterator

import pytest

from compare_tui.ui.actions import ACTIONS
from tests.integration.app import WIDE
from tests.integration.app_drives import KEYS
from tests.integration.app_stages import Drive, Stages, chosen_stages
from tests.terminal import legacy_code


@pytest.fixture(scope="module")
def wide(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Stages]:
    with chosen_stages(request, tmp_path_factory.mktemp("wide"), WIDE) as stages:
        yield stages


@pytest.mark.parametrize("drive", KEYS, ids=str)
def test_the_key_does_what_its_help_says(wide: Stages, drive: Drive) -> None:
    wide.play(drive)


def test_every_key_of_every_action_is_driven() -> None:
    assert {(drive.id, drive.key) for drive in KEYS} == {
        (action.id, key) for action in ACTIONS for key in action.keys if _can_be_sent(key)
    }


def _can_be_sent(key: str) -> bool:
    try:
        return bool(legacy_code(key))
    except ValueError:
        return False
