import pytest
from hypothesis import given
from hypothesis import strategies as st

from compare_tui.ui.arrange import FEWEST_ROWS, GUTTER, HEAD_ROWS, NARROWEST, Arrangement, arrange


@pytest.mark.parametrize(
    ("panes", "width", "height", "expected"),
    [
        (1, 160, 40, Arrangement(1, 1, 1)),
        (4, 160, 40, Arrangement(4, 1, 1)),
        (6, 160, 40, Arrangement(3, 2, 1)),
        (8, 160, 40, Arrangement(4, 2, 1)),
        (12, 160, 40, Arrangement(4, 2, 2)),
        (6, 160, 18, Arrangement(4, 1, 2)),
        (4, 80, 15, Arrangement(2, 1, 2)),
        (4, 79, 40, Arrangement(1, 1, 4)),
        (24, 400, 60, Arrangement(10, 2, 2)),
    ],
)
def test_panes_stand_side_by_side_then_in_two_rows_then_on_pages(
    panes: int, width: int, height: int, expected: Arrangement
) -> None:
    assert arrange(panes, width, height) == expected


@given(st.integers(1, 24), st.integers(60, 400), st.integers(12, 120))
def test_every_pane_has_a_place_and_none_is_too_small(panes: int, width: int, height: int) -> None:
    plan = arrange(panes, width, height)
    assert plan.pages * plan.per_page >= panes > (plan.pages - 1) * plan.per_page
    if plan.columns > 1:
        assert (width - GUTTER * (plan.columns - 1)) // plan.columns >= NARROWEST
    if plan.rows > 1:
        assert height // plan.rows >= HEAD_ROWS + FEWEST_ROWS
