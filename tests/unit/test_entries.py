"""Token probabilities kept small are what came, however they are looked at."""

import json
import tracemalloc
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from compare_tui.core.entries import Entries
from compare_tui.core.events import Event, Kind
from compare_tui.core.lane import Lane
from compare_tui.core.take import Take

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.just("\ud83e"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=4,
)


@given(st.lists(st.lists(JSON, max_size=3), max_size=6), st.integers(1, 70), st.slices(40))
def test_they_are_the_list_that_came(batches: list[list[Any]], times: int, part: slice) -> None:
    kept, came = Entries(), list[Any]()
    for batch in batches:
        kept.extend(batch * times)
        came += batch * times
    kept.pack()
    kept.extend(["last"])
    came.append("last")
    assert kept == came
    assert len(kept) == len(came)
    assert kept[part] == came[part]
    assert [kept[at] for at in range(-len(came), len(came), 7)] == [came[at] for at in range(-len(came), len(came), 7)]


def test_two_thousand_tokens_with_five_alternatives_take_less_than_a_megabyte() -> None:
    """As dictionaries they take more than five."""
    alternatives = [{"token": f" other{at}", "logprob": -at / 7, "bytes": [32, 111, at]} for at in range(5)]
    line = json.dumps({"token": " word", "logprob": -0.1, "bytes": [32, 119], "top_logprobs": alternatives})
    take = Take("s.1.1", Lane.parse("gpt-5.5 logprobs=5"))
    tracemalloc.start()
    for at in range(2_000):
        take.apply(Event(at, Kind.LOGPROBS, data={"tokens": [json.loads(line)]}))
    taken, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert taken < 1_000_000
    assert len(take.logprobs) == 2_000
