"""As `test_app_keys`, on the screens that open over the panes; apart, for one process tests all of a file."""

import pytest

from tests.integration.app_drives import ELSEWHERE
from tests.integration.app_stages import Case, Stages


@pytest.mark.parametrize("case", ELSEWHERE, ids=str)
def test_the_key_does_what_its_help_says(stages: Stages, case: Case) -> None:
    stages.play(case)
