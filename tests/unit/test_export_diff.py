"""A comparison as one page: both texts are whole in it, what differs is marked and can be reached, nothing is run."""

import re
from html import unescape

from hypothesis import given
from hypothesis import strategies as st

from compare_tui.core.diff.answer import Said, compare_said
from compare_tui.core.diff.compare import compare
from compare_tui.core.diff.model import Change, Diff, How, Ignoring, Kind, Piece, Span, Unit
from compare_tui.export.diff_page import diff_page
from compare_tui.export.page import POLICY
from tests.fixtures.export_sessions import NASTY
from tests.page import Page

words = st.sampled_from(["<b>", "&amp;", '"', "word", "other ", " ", "7", ". ", "日本", "א", "```"])
texts = st.lists(st.lists(words, max_size=6).map("".join), max_size=5).map("\n".join)


def page(old: str, new: str) -> str:
    return diff_page(compare(old, new), "the old one", "the new one")


def side(html: str, name: str) -> str:
    """What stands in the cells of one side, without our own signs."""
    cells = re.findall(rf'<td class="{name}"><div class="text" dir="auto">(.*?)</div></td>', html, re.DOTALL)
    without_links = (re.sub("<a .*?</a> ", "", cell) for cell in cells)
    return unescape(re.sub("<[^>]+>|↵", "", "\n".join(without_links)))


def marked(html: str) -> list[tuple[str, str]]:
    """In the rows; the list above them has them too."""
    return [(path[-1], text) for path, text in Page(html).texts if "table" in path and path[-1][:3] in ("ins", "del")]


def moved() -> Diff:
    """The second line of two is the first one in the new text, and a number differs."""
    old, new = "one 1\ntwo\n", "two\none 2\n"
    pieces = (
        Piece(Kind.NEW, 0, 0, 0, 4, 0),
        Piece(Kind.SAME, 0, 4, 4, 8),
        Piece(Kind.GONE, 4, 5, 8, 8, 1, number=True),
        Piece(Kind.NEW, 5, 5, 8, 9, 1, number=True),
        Piece(Kind.SAME, 5, 6, 9, 10),
        Piece(Kind.GONE, 6, 10, 10, 10, 0),
    )
    changes = (
        Change(How.MOVED, Span(6, 10), Span(0, 4)),
        Change(How.REPLACED, Span(4, 5), Span(8, 9), (("1", "2"),), "items[0].n"),
    )
    return Diff(old, new, pieces, changes, Unit.WORD, Ignoring(), 0.75, 4, 4)


@given(texts, texts)
def test_both_texts_stand_whole_in_their_columns(old: str, new: str) -> None:
    html = page(old, new)
    assert (side(html, "old"), side(html, "new")) == (old, new)
    assert Page(html).is_of_our_own()


def test_a_hostile_text_is_text() -> None:
    html = diff_page(compare("".join(NASTY), "\n".join(reversed(NASTY))), NASTY[16], "\x1b]0;owned\x07")
    assert Page(html).is_of_our_own()
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", html)
    assert not re.search(r"<script|<iframe|<form|@import|url\(|\son\w+=\"|javascript:", html, re.IGNORECASE)
    assert f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">' in html


def test_a_hostile_path_is_text() -> None:
    old, new = (Said(f'{{"\u202e\x9b<b onload=x>": {number}}}') for number in (1, 2))
    html = diff_page(compare_said(old, new), "old", "new")
    assert 'title="replaced · [&quot;' in html
    assert Page(html).is_of_our_own()
    assert not re.search("[\x7f-\x9f\u202a-\u202e]", html)


def test_what_differs_is_struck_out_and_underlined_and_the_figures_stand_on_top() -> None:
    html = page("The red cat sat.", "The blue cat sat.")
    assert marked(html) == [("del", "red"), ("ins", "blue")]
    assert Page(html).inside("p.figures", "span") == ["1 change", "75 % the same", "as long"]
    assert Page(html).inside("p.facts", "span") == ["compared by words, white space ignored"]
    assert [Page(html).inside("th", "span.who"), Page(html).inside("th")] == [
        ["old", "new"],
        ["the old one", "the new one"],
    ]


def test_every_change_is_listed_and_its_place_is_in_the_page_once() -> None:
    html = page("One.\n\nTwo 1.\n\nThree.", "One!\n\nTwo 2.\n\nThree, and four.")
    targets = re.findall(r'<li><a href="#([\w-]+)">', html)
    assert targets == [f"change-{number}" for number in range(1, len(targets) + 1)]
    assert [html.count(f' id="{target}"') for target in targets] == [1] * len(targets)
    assert set(re.findall(r'class="\w+" href="#([\w-]+)" style="top', html)) <= set(targets)


def test_a_move_leads_from_either_end_to_the_other_and_a_number_and_its_path_are_told() -> None:
    html = diff_page(moved(), "old", "new")
    assert (side(html, "old"), side(html, "new")) == (moved().old, moved().new)
    assert '<a class="jump" href="#change-1-from">moved from</a> <ins id="change-1" class="moved"' in html
    assert '<a class="jump" href="#change-1">moved to</a> <del id="change-1-from" class="moved"' in html
    assert ("del.number", "1") in marked(html)
    assert 'title="replaced · items[0].n · 1 → 2"' in html
    assert Page(html).inside("p.figures", "span")[3:] == ["1 number differs", "1 moved"]


def test_texts_that_are_the_same_are_said_to_be_and_others_are_not() -> None:
    html = page("The same.", "The same.")
    assert Page(html).inside("p.figures", "span") == ["not one character differs"]
    assert 'class="list"' not in html
    spaced = Page(page("The same\nwords.", "The same words."))
    assert spaced.inside("p.figures", "span") == ["0 changes", "the same words", "white space differs in 1 place"]


def test_rows_far_from_any_change_can_be_hidden_without_script() -> None:
    lines = [f"Line number {number} of the text." for number in "abcdefghij"]
    html = page("\n".join(lines), "\n".join([*lines[:5], "Something else.", *lines[6:]]))
    rows = re.findall(r'<tr class="([\w ]+)">', html)
    assert rows == ["same far"] * 4 + ["same cut", "changed", "same"] + ["same far"] * 3
    assert 'id="brief"' in html
