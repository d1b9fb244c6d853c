"""What is said of a comparison: the same words wherever it is shown, and figures that mean what they say."""

import pytest

from compare_tui.core.diff import told
from compare_tui.core.diff.compare import compare


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("It takes 40 ms.", "It takes 45 ms.", "1 number differs"),
        ("It takes 40 ms and 3 tries.", "It takes 45 ms and 4 tries.", "2 numbers differ"),
        ("It is fast.", "It is fast.\n\nIt takes 40 ms, 3 tries and 7 tokens.", ""),
        ("It takes 40 ms, 3 tries and 7 tokens.\n\nIt is fast.", "It is fast.", ""),
        ("It takes forty ms.", "It takes 40 ms.", ""),
    ],
)
def test_a_number_differs_only_from_another_number(old: str, new: str, said: str) -> None:
    diff = compare(old, new)
    assert told.numbers(diff) == said
    assert (said in told.figures(diff)) is bool(said)
    assert not any("none" in told.change_title(change) for change in diff.changes)
