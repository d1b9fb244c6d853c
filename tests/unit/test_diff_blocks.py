"""The lines of two compared texts: which stand beside each other, and what a copied hunk and a patch say."""

from collections.abc import Iterable
from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compare_tui.core.diff.blocks import Block, Line, as_shown, blocks, change_text, patch, unified
from compare_tui.core.diff.compare import compare
from compare_tui.core.diff.model import EVERY_CHARACTER, Change, Diff, How, Ignoring, Kind, Piece, Span, Unit

Step = tuple[Kind, str, str] | tuple[Kind, str, str, int]
SAME, ALIKE, GONE, NEW = Kind.SAME, Kind.ALIKE, Kind.GONE, Kind.NEW


def diff(*steps: Step, moved: Iterable[int] = (), alike: int = 0, structure: str = "") -> Diff:
    """Of steps such as (GONE, "one", ""); what is neither same nor alike is a change of its own, or the given one."""
    old = new = ""
    pieces: list[Piece] = []
    found: dict[int, list[Span]] = {}
    for kind, gone, added, *given_ in steps:
        change = -1 if kind in (SAME, ALIKE) else given_[0] if given_ else len(found)
        pieces.append(Piece(kind, len(old), len(old) + len(gone), len(new), len(new) + len(added), change))
        if change >= 0:
            spans = found.setdefault(change, [Span(len(old), len(old)), Span(len(new), len(new))])
            spans[0] = Span(len(old), len(old) + len(gone)) if gone else spans[0]
            spans[1] = Span(len(new), len(new) + len(added)) if added else spans[1]
        old, new = old + gone, new + added
    changes = [Change(How.MOVED if at in moved else How.REPLACED, found[at][0], found[at][1]) for at in sorted(found)]
    return Diff(old, new, tuple(pieces), tuple(changes), Unit.WORD, Ignoring(), 0.5, 1, 1, alike, structure)


def same(text: str) -> Step:
    return SAME, text, text


def shown(block: Block) -> tuple[str, str]:
    return "|".join(map(text_of, block.old)), "|".join(map(text_of, block.new))


def text_of(line: Line) -> str:
    return "".join(part.text for part in line)


def kinds(line: Line) -> list[tuple[str, Kind]]:
    return [(part.text, part.kind) for part in line]


# What stands beside what


def test_a_line_changed_in_part_stands_beside_what_it_became() -> None:
    found = blocks(diff(same("one\nlimit is "), (GONE, "37", "", 0), (NEW, "", "42", 0), same(".\nlast")))
    assert [shown(block) for block in found] == [("one", "one"), ("limit is 37.", "limit is 42."), ("last", "last")]
    assert kinds(found[1].new[0]) == [("limit is ", SAME), ("42", NEW), (".", SAME)]
    assert [block.changes for block in found] == [range(0), range(1), range(0)]


@pytest.mark.parametrize(
    "steps",
    [
        [same("one\n"), (GONE, "two\n", ""), same("three")],
        [same("one"), (GONE, "\ntwo", ""), same("\nthree")],
    ],
)
def test_a_line_that_only_one_side_has_stands_alone(steps: list[Step]) -> None:
    found = blocks(diff(*steps))
    assert [shown(block) for block in found] == [("one", "one"), ("two", ""), ("three", "three")]
    assert found[1].new == ()
    assert [block.changes for block in found] == [range(0), range(1), range(0)]


def test_a_last_line_without_a_break_behind_it_stands_alone_too() -> None:
    found = blocks(diff(same("one"), (NEW, "", "\ntwo")))
    assert [shown(block) for block in found] == [("one", "one"), ("", "two")]
    assert found[0].changes == range(0)


def test_a_wrapped_paragraph_beside_one_line_is_one_block() -> None:
    found = blocks(diff(same("a b"), (ALIKE, "\n", " "), same("c d"), (ALIKE, "\n", " "), same("e\nnext")))
    assert [(len(block.old), len(block.new)) for block in found] == [(3, 1), (1, 1)]
    assert kinds(found[0].old[0]) == [("a b", SAME), ("", ALIKE)]
    assert kinds(found[0].new[0]) == [("a b", SAME), (" ", ALIKE), ("c d", SAME), (" ", ALIKE), ("e", SAME)]


def test_an_empty_line_more_stands_alone_and_tells_what_it_is() -> None:
    found = blocks(diff(same("one"), (ALIKE, "\n\n", "\n"), same("two")))
    assert [shown(block) for block in found] == [("one", "one"), ("", ""), ("two", "two")]
    assert found[1].new == ()
    assert kinds(found[1].old[0]) == [("", ALIKE)]


def test_an_empty_line_beside_an_empty_line_is_no_difference() -> None:
    found = blocks(diff(same("a\n"), (GONE, "\nfoo", ""), same("\nb")))
    assert [shown(block) for block in found] == [("a", "a"), ("", ""), ("foo", ""), ("b", "b")]
    assert [bool(block.changes) for block in found] == [False, False, True, False]


def test_a_line_break_that_is_gone_is_a_part_without_text() -> None:
    found = blocks(diff(same("a"), (GONE, "\n", ""), same("b")))
    assert [shown(block) for block in found] == [("a|b", "ab")]
    assert kinds(found[0].old[0]) == [("a", SAME), ("", GONE)]
    assert found[0].changes == range(1)


def test_lines_replaced_by_quite_other_lines_stand_beside_them() -> None:
    found = blocks(diff(same("a\n"), (GONE, "b\nc\n", "", 0), (NEW, "", "d\n", 0), same("e")))
    assert [shown(block) for block in found] == [("a", "a"), ("b|c", "d"), ("e", "e")]


def test_a_move_keeps_its_number_at_both_places() -> None:
    found = blocks(
        diff((GONE, "x\n", "", 0), same("a\n"), (NEW, "", "n\n", 1), (NEW, "", "x\n", 0), same("b"), moved=[0])
    )
    assert [shown(block) for block in found] == [("x", ""), ("a", "a"), ("", "n"), ("", "x"), ("b", "b")]
    assert [block.changes for block in found] == [range(1), range(0), range(1, 2), range(1), range(0)]


def test_only_a_line_feed_ends_a_line() -> None:
    found = blocks(compare("a\r\nb\rc\u2028d\x0be\n", "a\r\nb\rc\u2028d\x0be\n"))
    assert [shown(block)[0] for block in found] == ["a\r", "b\rc\u2028d\x0be", ""]


def test_a_text_beside_none() -> None:
    assert blocks(compare("", "")) == ()
    assert [shown(block) for block in blocks(compare("", "one\ntwo"))] == [("", "one"), ("", "two")]
    assert [block.new for block in blocks(compare("one\n", ""))] == [(), ()]


_STEP = st.tuples(
    st.sampled_from([SAME, ALIKE, GONE, NEW, Kind.OPEN]),
    st.text("ab \n", max_size=4),
    st.text("ab \n", max_size=4),
    st.integers(0, 3),
)


def _steps(drawn: list[tuple[Kind, str, str, int]]) -> list[Step]:
    """What is the same has the same on both sides, what is gone nothing on the new one."""
    return [
        (kind, "" if kind is NEW else old, old if kind is SAME else "" if kind is GONE else new, change)
        for kind, old, new, change in drawn
    ]


@given(st.lists(_STEP, max_size=12).map(_steps))
def test_both_texts_can_be_rebuilt_and_no_line_is_without_a_part(steps: list[Step]) -> None:
    made = diff(*steps)
    found = blocks(made)
    assert "\n".join(text_of(line) for block in found for line in block.old) == made.old
    assert "\n".join(text_of(line) for block in found for line in block.new) == made.new
    assert all(line and (block.old or block.new) for block in found for line in chain(block.old, block.new))


@given(st.lists(_STEP, max_size=12).map(_steps))
def test_every_change_with_a_letter_is_told_by_the_blocks_it_stands_in(steps: list[Step]) -> None:
    made = diff(*((*step[:3], at) for at, step in enumerate(steps)))
    seen = {part.change for block in blocks(made) for line in chain(block.old, block.new) for part in line} - {-1}
    lettered = {piece.change for piece in made.pieces if _letters(made, piece)} - {-1}
    told = {change for block in blocks(made) for change in block.changes}
    assert lettered <= seen <= told
    assert all(block.changes.start in seen for block in blocks(made) if block.changes)


def _letters(made: Diff, piece: Piece) -> str:
    return (made.old[piece.old : piece.old_end] + made.new[piece.new : piece.new_end]).strip()


@given(st.text("ab.\n", max_size=30), st.text("ab.\n", max_size=30))
def test_in_one_column_each_side_can_be_told(old: str, new: str) -> None:
    lines = unified(compare(old, new, ignoring=EVERY_CHARACTER))

    def of(kind: Kind) -> list[str]:
        return [text_of(line) for line in lines if all(part.kind is not kind for part in line)]

    assert ("\n".join(of(NEW)), "\n".join(of(GONE))) == (old, new)


def test_half_a_megabyte_is_cut_wherever_both_sides_begin_a_line() -> None:
    line = "the quick brown fox jumps"
    steps = chain.from_iterable(
        (same(f"{line}\n" * 9 + line[:4]), (GONE, "a", "", k), (NEW, "", "b", k), same("\n")) for k in range(2000)
    )
    made = diff(*steps)
    assert len(made.old) > 460_000
    assert len(blocks(made)) == 20_001


# As a text


def test_a_copied_hunk_is_the_lines_it_stands_in() -> None:
    made = diff(same("one\nlimit is "), (GONE, "37", "", 0), (NEW, "", "42", 0), same(".\nlast"))
    assert change_text(made, 0) == "- limit is 37.\n+ limit is 42.\n"


def test_a_copied_move_tells_from_where_to_where() -> None:
    made = diff((GONE, "x\n", "", 0), same("a\nb\n"), (NEW, "", "x\n", 0), moved=[0])
    assert change_text(made, 0) == "moved from line 1 to line 3\n- x\n+ x\n"


def test_a_patch_marks_the_words_of_a_line_that_is_changed_in_part() -> None:
    made = diff(same("one\nlimit is "), (GONE, "37", "", 0), (NEW, "", "42", 0), same(".\nlast\n"), (NEW, "", "more\n"))
    assert patch(made, "before", "now").splitlines() == [
        "--- before",
        "+++ now",
        "@@ -1,3 +1,4 @@",
        " one",
        "~limit is [-37-]{+42+}.",
        " last",
        "+more",
    ]


def test_a_number_called_out_in_a_line_cuts_neither_lines_nor_marks() -> None:
    added = (NEW, "", "in ", 0), (NEW, "", "7", 0), (NEW, "", " days\n", 0)
    assert patch(diff(same("one\n"), *added), "a", "b").splitlines()[2:] == ["@@ -1,1 +1,2 @@", " one", "+in 7 days"]
    inside = (NEW, "", ", limit=", 1), (NEW, "", "10", 1)
    joined = diff(same("f("), (GONE, "\n", "", 0), same("u"), *inside, same(")"))
    assert patch(joined, "a", "b").splitlines()[-1] == "+f(u{+, limit=10+})"


def test_a_patch_shows_three_lines_around_what_differs() -> None:
    made = diff(same("1\n2\n3\n4\n5\n"), (GONE, "a\n", ""), same("6\n7\n8\n9\n10\n11\n12\n13\n14\n"), (NEW, "", "b"))
    assert patch(made, "a", "b").splitlines()[2:] == [
        *("@@ -3,7 +3,6 @@", " 3", " 4", " 5", "-a", " 6", " 7", " 8"),
        *("@@ -13,3 +12,4 @@", " 12", " 13", " 14", "+b"),
    ]


def test_a_patch_tells_where_white_space_differs_though_it_is_ignored() -> None:
    made = diff(same("a"), (ALIKE, "  ", " "), same("b\nc"), (ALIKE, "\n", " "), same("d"), alike=2)
    assert patch(made, "a", "b").splitlines()[2:] == ["@@ -1,3 +1,2 @@", "≈a b", "≈c d"]


def test_a_patch_marks_what_is_a_change_and_never_what_is_only_alike() -> None:
    old, new = "The `quick` brown fox\n* The *item* ONE\nKept *so*", "The quick red fox\n- The item 2\nKept so"
    found = compare(old, new, ignoring=Ignoring(markup=True, case=True))
    assert patch(found, "a", "b").splitlines()[3:] == [
        "~The quick [-brown-]{+red+} fox",
        "~- The item [-ONE-]{+2+}",
        "≈Kept so",
    ]
    alone = compare("THE wait is long", "the wait WAS long", ignoring=Ignoring(case=True))
    assert patch(alone, "a", "b").splitlines()[3:] == ["~the wait [-is-]{+WAS+} long"]


def test_words_with_something_alike_between_them_are_marked_each_for_itself() -> None:
    made = diff(same("x "), (GONE, "a", ""), (ALIKE, "\t", " "), (GONE, "b", ""), (NEW, "", "c"), same(" y"), alike=1)
    assert patch(made, "a", "b").splitlines()[3:] == ["~x [-a-] [-b-]{+c+} y"]


def test_a_patch_to_be_shown_commands_no_terminal_and_hides_no_return() -> None:
    made = compare("one\r\n\r\ntwo\r\n", "one\r\n\r\n\x1b[31mtwo\r\n")
    assert as_shown(made, "a", "b").splitlines()[3:] == [" one␍", " ␍", "-two␍", "+␛[31mtwo␍"]


def test_a_patch_tells_of_moves_and_paths() -> None:
    made = diff((GONE, "x\n", "", 0), same("a\nb\n"), (NEW, "", "x\n", 0), moved=[0])
    assert patch(made, "a", "b").splitlines()[2] == "@@ -1,3 +1,3 @@ moved from line 1 to line 3"


def test_a_patch_of_the_same_text_is_empty() -> None:
    assert patch(compare("a\nb", "a\nb"), "a", "b") == ""
    assert patch(compare("", ""), "a", "b") == ""


def test_a_patch_of_values_laid_out_anew_says_so() -> None:
    made = diff(same("{}"), alike=1, structure="JSON")
    assert patch(made, "a", "b").splitlines() == [
        "--- a (JSON, laid out anew)",
        "+++ b (JSON, laid out anew)",
        "@@ no change: written otherwise in 1 place @@",
    ]


def test_a_patch_of_a_text_that_still_comes_calls_nothing_gone_that_may_yet_come() -> None:
    made = compare("One two three.\nFour. Five.\nSix.", "One two 3.\nFour.", growing=True)
    assert patch(made, "a", "b").splitlines()[3:] == ["~One two [-three-]{+3+}.", "…Four.[… Five.…]", "…Six."]
