"""The file of lanes: what is written comes back, and nothing in it can stop the app."""

import stat
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compare_tui.core.lane import Lane
from compare_tui.core.lineup import Lineup
from compare_tui.lanes_file import Kept, NoPreset, drop_preset, keep_lineup, keep_preset, load

HOSTILE = "m\x1b]52;c;QUJD\x07 [bold]x[/] \u202e👩‍👩‍👧 " + "n" * 300


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "lanes.toml"


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_no_file_is_no_lanes_and_nothing_is_made(path: Path) -> None:
    assert load(path) == Kept()
    assert not path.parent.exists()


def test_lanes_come_back_with_their_order_and_their_muting(path: Path) -> None:
    lineup = Lineup.of([Lane.parse("gpt-5.5 high flex @openai max=4000"), Lane(HOSTILE, name="a b"), Lane("c")]).mute(1)
    keep_lineup(path, lineup)
    assert load(path) == Kept(lineup)
    assert 'lanes = [\n    "gpt-5.5 high flex @openai max=4000",' in path.read_text()


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), max_size=5))
def test_any_model_name_comes_back_exactly(tmp_path_factory: pytest.TempPathFactory, names: list[str]) -> None:
    path = tmp_path_factory.mktemp("names") / "lanes.toml"
    lineup = Lineup.of(Lane(name) for name in names)
    keep_lineup(path, lineup)
    assert load(path) == Kept(lineup)


def test_half_a_character_in_a_name_stops_nothing(path: Path) -> None:
    keep_lineup(path, Lineup.of([Lane("a\ud83d"), Lane("b")]))
    assert load(path).lineup == Lineup.of([Lane("a?"), Lane("b")])


def test_the_file_is_private(path: Path) -> None:
    keep_lineup(path, Lineup())
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_preset_is_kept_loaded_and_dropped_beside_the_lineup(path: Path) -> None:
    keep_lineup(path, Lineup.of([Lane("now")]))
    keep_preset(path, "two cheap", ["a low", "b"])
    keep_preset(path, "other", ["c"])
    keep_lineup(path, Lineup.of([Lane("later")]))
    kept = load(path)
    assert kept.preset("two cheap") == (Lineup.of([Lane("a", "low"), Lane("b")]), ())
    drop_preset(path, "two cheap")
    kept = load(path)
    assert (list(kept.presets), kept.lineup) == (["other"], Lineup.of([Lane("later")]))


def test_an_unknown_preset_is_said_with_the_nearest_name(path: Path) -> None:
    keep_preset(path, "cheap", ["a"])
    with pytest.raises(NoPreset, match=r"There is no preset chaep; did you mean cheap\?$"):
        load(path).preset("chaep")


def test_a_lane_that_cannot_be_read_is_said_and_survives_the_next_write(path: Path) -> None:
    write(path, 'lanes = ["a", "b hihg", "c >> d", "e"]\nmuted = [4]\n[presets]\nold = ["a", "b wat=1"]\n')
    kept = load(path)
    assert kept.lineup == Lineup.of([Lane("a"), Lane("e")]).mute(1)
    assert "b hihg (hihg is no effort, tier, @endpoint or key=value; did you mean high?)" in kept.failures[0]
    assert "c >> d" in kept.failures[1]
    keep_lineup(path, kept.lineup)
    again = load(path)
    assert (again.aside, again.failures) == (("b hihg", "c >> d"), ())
    lineup, failures = again.preset("old")
    assert lineup == Lineup.of([Lane("a")])
    assert "wat is no key of a lane" in failures[0]


def test_more_than_24_lanes_are_read_as_24_and_the_rest_is_kept(path: Path) -> None:
    write(path, f"lanes = {[f'm{number}' for number in range(26)]}")
    kept = load(path)
    assert (len(kept.lineup), kept.aside, len(kept.failures)) == (24, ("m24", "m25"), 2)


@pytest.mark.parametrize(
    "content",
    ["lanes = [", "lanes = 3", "lanes = [1]", "presets = 3", "presets = { a = 1 }", "\udc80\udcff", "a=" + "[" * 9999],
)
def test_a_broken_file_is_set_aside_and_said(path: Path, content: str) -> None:
    write(path, "")
    path.write_bytes(content.encode("utf-8", "surrogateescape"))
    kept = load(path)
    assert (kept.lineup, kept.presets, path.exists()) == (Lineup(), {}, False)
    (other,) = path.parent.iterdir()
    assert other.name.startswith("lanes.toml.broken-")
    assert other.read_bytes() == content.encode("utf-8", "surrogateescape")
    assert kept.failures[0].endswith(f"The file is now {other}.")


@pytest.mark.parametrize("content", ["muted = 3\nlanes = ['a']", "muted = ['x', -1, 9]\nlanes = ['a']\naside = 3"])
def test_odd_things_beside_the_lanes_are_passed_over(path: Path, content: str) -> None:
    assert load(write(path, content)) == Kept(Lineup.of([Lane("a")]))


def test_a_place_that_cannot_be_read_is_said_and_never_written_over(path: Path) -> None:
    path.mkdir(parents=True)
    (failure,) = load(path).failures
    assert "cannot be read: Is a directory" in failure
    with pytest.raises(OSError, match="directory"):
        keep_lineup(path, Lineup())


def test_reading_lanes_loads_no_third_party(path: Path) -> None:
    keep_lineup(path, Lineup.of([Lane("a")]))
    code = (
        "import sys, pathlib; from compare_tui.lanes_file import load; load(pathlib.Path(sys.argv[1]))\n"
        "print(sorted({'rich', 'textual', 'rapidfuzz', 'tomli_w', 'platformdirs'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code, path], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
