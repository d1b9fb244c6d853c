"""On a narrow screen, and without the chords and function keys that editors and multiplexers keep for themselves."""

from collections.abc import Iterator

import pytest

from compare_tui.ui.actions import ACTIONS
from tests.integration.app import NARROW
from tests.integration.app_drives import PLAIN
from tests.integration.app_stages import Drive, Stages, chosen_stages


@pytest.fixture(scope="module")
def narrow(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Stages]:
    with chosen_stages(request, tmp_path_factory.mktemp("narrow"), NARROW) as stages:
        yield stages


@pytest.mark.parametrize("drive", PLAIN, ids=str)
def test_it_can_be_done_without_a_chord(narrow: Stages, drive: Drive) -> None:
    narrow.play(drive)


def test_every_action_is_driven_without_a_chord() -> None:
    """By a letter of its own, or by its name in the palette, which has one."""
    assert {drive.id for drive in PLAIN} == {action.id for action in ACTIONS} - {"palette"}
