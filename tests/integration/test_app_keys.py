"""Every key of the app does what its help says: pressed on a real terminal in its legacy code, seen on its screen."""

import pytest

from compare_tui.ui.actions import ACTIONS
from tests.integration.app_drives import IN_PANES, KEYS, PLAIN
from tests.integration.app_stages import Case, Stages
from tests.terminal import legacy_code


@pytest.mark.parametrize("case", IN_PANES, ids=str)
def test_the_key_does_what_its_help_says(stages: Stages, case: Case) -> None:
    stages.play(case)


def test_every_key_of_every_action_is_driven() -> None:
    assert {(drive.id, drive.key) for drive in KEYS} == {
        (action.id, key) for action in ACTIONS for key in action.keys if _can_be_sent(key)
    }


def test_every_action_is_driven_without_a_chord() -> None:
    """By a letter of its own, or by its name in the palette, which has one."""
    assert {drive.id for drive in PLAIN} == {action.id for action in ACTIONS} - {"palette"}


def _can_be_sent(key: str) -> bool:
    try:
        return bool(legacy_code(key))
    except ValueError:
        return False
