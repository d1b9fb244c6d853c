"""A comparison as a patch: what it says makes the old text into the new one, in every character."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compare_tui.export.diff_file import diff_file

_BREAKS = st.sampled_from(["\n", "\n\n", "\r\n", "\r", "\u2028", "\x0c", "\\", "-", "+", "@@ ", "word", " ", "日本"])
texts = st.lists(_BREAKS, max_size=25).map("".join)
MANY = "".join(f"line {number}\n" for number in range(40))


def patched(old: str, patch: str) -> str:
    """By hand: only what a hunk counts is read, and what it keeps or takes away has to be there."""
    lines, made, at = re.findall(r"[^\n]*\n|[^\n]+", old), list[str](), 0
    rows = re.findall(r"[^\n]*\n", patch)[2:]
    while rows:
        head = re.fullmatch(r"@@ -(\d+),(\d+) \+(\d+),(\d+) @@\n", rows.pop(0))
        assert head is not None
        start, gone, place, come = map(int, head.groups())
        begin = start - bool(gone)
        made += lines[at:begin]
        assert len(made) == place - bool(come)
        at, goal = begin + gone, (begin + gone, len(made) + come)
        while (begin, len(made)) != goal:
            sign, line = rows[0][0], rows.pop(0)[1:]
            if rows and rows[0].startswith("\\"):
                line = line.removesuffix("\n")
                rows.pop(0)
            assert sign == "+" or lines[begin] == line
            begin += sign != "+"
            made += [line] if sign != "-" else []
    return "".join([*made, *lines[at:]])


@given(texts, texts)
def test_it_makes_the_old_text_into_the_new_one(old: str, new: str) -> None:
    assert patched(old, diff_file(old, new, "old", "new")) == new
    assert (diff_file(old, new, "old", "new") == "") == (old == new)


@pytest.mark.skipif(shutil.which("patch") is None, reason="patch is not installed")
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("", "one\ntwo"),
        ("one\ntwo", ""),
        ("one\ntwo\n", "one\ntwo"),
        ("same\n  indented \n", "same\n\tindented\n"),
        (MANY, "first\n" + MANY.replace("line 7\n", "").replace("line 30\n", "one\r\nother\n") + "last"),
    ],
)
def test_patch_takes_it(tmp_path: Path, old: str, new: str) -> None:
    name = "a name with blanks.md"
    for file, text in ((name, old), ("made.diff", diff_file(old, new, name, name))):
        (tmp_path / file).write_bytes(text.encode())
    ended = subprocess.run(
        ["patch", "--silent", "--input", "made.diff"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (ended.returncode, ended.stdout) == (0, "")
    assert (tmp_path / name).read_bytes().decode() == new


def test_hunks_have_three_lines_around_them_and_a_text_without_lines_begins_at_none() -> None:
    patch = diff_file(MANY, MANY.replace("line 7\n", "").replace("line 13\n", "x\n"), "old\n+++ forged", "new")
    assert patch.splitlines()[:3] == ["--- old +++ forged\t", "+++ new", "@@ -5,13 +5,12 @@"]
    assert diff_file("", "one\n", "old", "new").splitlines()[2:] == ["@@ -0,0 +1,1 @@", "+one"]
