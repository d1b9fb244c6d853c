"""A comparison rebuilds both texts, claims nothing that is not so, and marks what a reader would mark."""

import random
import re
from collections import defaultdict
from itertools import pairwise
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compare_tui.core.diff.compare import compare, completed
from compare_tui.core.diff.model import EVERY_CHARACTER, Diff, How, Ignoring, Kind, Piece, Unit
from compare_tui.core.diff.units import cut

_WORDS = [
    *("the", "of", "model", "effort", "token", "café", "naïve", "don't", "foo_bar", "getName()", "x", "==", "y"),
    *("3.5", "$0.02", "1,000", "−4%", "10ms", "2024-05-01", "https://a.example/b?c=1", "**bold**", "`code`", "_it_"),
    *("मॉडल", "العَرَبِيَّة", "שלום", "东京", "は", "モデル", "한국어", "ภาษาไทย", "e\u0301", "\ud83d", "\0"),
    *("👨\u200d👩\u200d👧", "🇮🇹", "👍🏽", "1️⃣"),
]
_BLOCKS = (
    "## Heading of it\n\n",
    "- an item of a list\n- another item\n",
    "1. first of all\n2. and then\n",
    "| name | price |\n|---|---|\n| small | $1.25 |\n",
    "```python\ndef total(items):\n    return sum(items)\n\n```\n",
    "- item\n  ~~~sh\n  ls -l\n  ~~~\n",
    "> quoted twice\n\n",
    "One line\r\nand another.\r\n",
)
words = st.sampled_from(_WORDS) | st.text(max_size=4)
sentences = st.lists(words, min_size=1, max_size=9).map(lambda row: " ".join(row) + ". ")
blocks = st.sampled_from(_BLOCKS) | st.lists(sentences, max_size=4).map(lambda row: "".join(row) + "\n\n")
edits = st.lists(
    st.tuples(
        st.sampled_from(["drop", "put", "word", "number", "move", "wrap", "indent", "case", "mark"]),
        st.integers(0, 2**30),
    ),
    max_size=5,
)
units = st.sampled_from(Unit)
ignorings = st.builds(Ignoring, st.booleans(), st.booleans(), st.booleans())


def edited(text: str, edits: list[tuple[str, int]]) -> str:
    """As the next answer to the same prompt may differ."""
    for edit, seed in edits:
        chance = random.Random(seed)
        cut = chance.choice([" ", "\n", "\n\n", ". "])
        parts = text.split(cut)
        at = chance.randrange(len(parts))
        match edit:
            case "drop":
                del parts[at]
            case "put":
                parts.insert(at, " ".join(chance.choices(_WORDS, k=chance.randrange(1, 8))))
            case "word":
                parts[at] = chance.choice(_WORDS)
            case "number":
                parts[at] = f"{chance.randrange(9999):,}"
            case "move":
                parts.insert(chance.randrange(len(parts)), parts.pop(at))
            case "wrap":
                parts[at] = parts[at].replace(" ", "\n")
            case "indent":
                parts[at] = parts[at].replace("\n", "\n  ")
            case "case":
                parts[at] = parts[at].upper()
            case _:
                parts[at] = f"**{parts[at]}**"
        text = cut.join(parts)
    return text


@st.composite
def pairs(draw: st.DrawFn) -> tuple[str, str]:
    old = "".join(draw(st.lists(blocks, max_size=5)))
    return old, edited(old, draw(edits)) if draw(st.booleans()) else "".join(draw(st.lists(blocks, max_size=3)))


def texts(diff: Diff, piece: Piece) -> tuple[str, str]:
    return diff.old[piece.old : piece.old_end], diff.new[piece.new : piece.new_end]


def marked(diff: Diff) -> str:
    """The texts in one, with what is gone, new, moved, alike and open in brackets."""
    said = []
    for piece in diff.pieces:
        old, new = texts(diff, piece)
        moved = "»" if piece.change >= 0 and diff.changes[piece.change].how is How.MOVED else ""
        number = "#" if piece.number else ""
        said.append(
            {
                Kind.SAME: old,
                Kind.ALIKE: f"‹{old}|{new}›",
                Kind.GONE: f"[{moved}-{number}{old}]",
                Kind.NEW: f"[{moved}+{number}{new}]",
                Kind.OPEN: f"…{old}{new}",
            }[piece.kind]
        )
    return "".join(said)


def changed_words(diff: Diff) -> int:
    said: defaultdict[tuple[int, Kind], str] = defaultdict(str)
    for piece in diff.pieces:
        if piece.change >= 0:
            said[piece.change, piece.kind] += "".join(texts(diff, piece))
    return sum(len(text.split()) for text in said.values())


@pytest.mark.examples(80, 5_000)
@given(pairs(), units, ignorings, st.booleans())
def test_either_text_can_be_rebuilt(pair: tuple[str, str], unit: Unit, ignoring: Ignoring, growing: bool) -> None:
    diff = compare(*pair, unit, ignoring, growing=growing)
    assert "".join(texts(diff, piece)[0] for piece in diff.pieces) == pair[0]
    assert "".join(texts(diff, piece)[1] for piece in diff.pieces) == pair[1]
    for piece, follower in pairwise(diff.pieces):
        assert (piece.old_end, piece.new_end) == (follower.old, follower.new)
        assert piece[0] is not follower[0] or piece[5:] != follower[5:] or piece.number
    assert all(piece.old < piece.old_end or piece.new < piece.new_end for piece in diff.pieces)


@pytest.mark.examples(80, 5_000)
@given(pairs(), units, ignorings, st.booleans())
def test_nothing_is_called_the_same_or_alike_that_is_not(
    pair: tuple[str, str], unit: Unit, ignoring: Ignoring, growing: bool
) -> None:
    diff = compare(*pair, unit, ignoring, growing=growing)
    for piece in diff.pieces:
        old, new = texts(diff, piece)
        if piece.kind is Kind.SAME:
            assert old == new
        if piece.kind is Kind.ALIKE:
            assert old != new
            assert plain(old, ignoring) == plain(new, ignoring)
    assert diff.alike == sum(piece.kind is Kind.ALIKE for piece in diff.pieces)
    if not ignoring.space and not ignoring.markup and not ignoring.case:
        assert not diff.alike
    assert diff.is_same == (pair[0] == pair[1])


def plain(text: str, ignoring: Ignoring) -> str:
    """What has to be the same where texts are alike, coarser than it is done."""
    if ignoring.markup:
        text = re.sub(r"(?m)(```|~~~).*$|^[\s>*+•-]*\d{1,3}[.)](?=\s|$)|[-*_~`|#>+=:•]|\[[ xX]\]", "", text)
    if ignoring.space or ignoring.markup:
        text = "".join(text.split())
    return text.casefold() if ignoring.case else text


@pytest.mark.examples(60, 5_000)
@given(pairs(), units, ignorings, st.booleans())
def test_changes_and_pieces_agree(pair: tuple[str, str], unit: Unit, ignoring: Ignoring, growing: bool) -> None:
    diff = compare(*pair, unit, ignoring, growing=growing)
    assert list(dict.fromkeys(piece.change for piece in diff.pieces if piece.change >= 0)) == list(
        range(len(diff.changes))
    )
    for piece in diff.pieces:
        assert (piece.change >= 0) == (piece.kind in (Kind.GONE, Kind.NEW))
        if piece.change >= 0:
            change, is_new = diff.changes[piece.change], piece.kind is Kind.NEW
            assert change.how is not (How.GONE if is_new else How.NEW)
            span = change.new if is_new else change.old
            assert span.start <= (piece.new if is_new else piece.old)
            assert (piece.new_end if is_new else piece.old_end) <= span.end
    for piece, follower in pairwise(diff.pieces):
        assert not (piece.kind is Kind.NEW and follower.kind is Kind.GONE and piece.change == follower.change)


@pytest.mark.examples(60, 5_000)
@given(pairs(), units, ignorings)
def test_the_way_back_changes_as_much(pair: tuple[str, str], unit: Unit, ignoring: Ignoring) -> None:
    there, back = compare(*pair, unit, ignoring), compare(*pair[::-1], unit, ignoring)
    assert changed_words(there) == changed_words(back)
    assert there.common == back.common
    assert there == compare(*pair, unit, ignoring)


@pytest.mark.examples(40, 2_000)
@given(pairs(), units, ignorings, st.booleans())
def test_identical_texts_have_no_change(pair: tuple[str, str], unit: Unit, ignoring: Ignoring, growing: bool) -> None:
    diff = compare(pair[0], pair[0], unit, ignoring, growing=growing)
    assert diff.is_same
    assert diff.percent == 100
    assert [piece.kind for piece in diff.pieces] == [Kind.SAME] * bool(pair[0])


@pytest.mark.examples(60, 5_000)
@given(pairs())
def test_how_prose_is_wrapped_is_no_change(pair: tuple[str, str]) -> None:
    prose = re.sub(r"```|~~~", "", pair[0])
    wrapped = re.sub(r"\s+", lambda gap: random.Random(gap.start()).choice([" ", "\n", "\n  ", "\n\n"]), prose)
    diff = compare(prose, wrapped)
    assert not diff.changes
    assert diff.alike == 0 or not diff.is_same


@pytest.mark.examples(60, 5_000)
@given(pairs(), st.floats(0, 1))
def test_what_is_completed_stays_so(pair: tuple[str, str], part: float) -> None:
    text = "".join(pair)
    so_far = text[: int(len(text) * part)]
    assert completed(so_far) <= completed(text)
    assert set(cut(so_far).starts[:-1]) <= set(cut(text).starts)


@pytest.mark.examples(40, 2_000)
@given(pairs(), st.floats(0, 1))
def test_an_answer_that_still_grows_lacks_nothing(pair: tuple[str, str], part: float) -> None:
    old = "".join(pair)
    so_far = old[: completed(old[: int(len(old) * part)])]
    diff = compare(old, so_far, growing=True)
    assert not diff.changes
    assert {piece.kind for piece in diff.pieces} <= {Kind.SAME, Kind.OPEN}


CODE = "```python\ndef total(items):\n    result = sum(items)\n    return result\n{}```\n"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("$0.02 is 3.5% here", "$0.03 is 3.6% here", "[-#$0.02][+#$0.03] is [-#3.5%][+#3.6%] here"),
        ("In 1,000 cases", "In 1,200 cases", "In [-#1,000][+#1,200] cases"),
        ("One is. Three is.", "One is. Two is. Three is.", "One is. [+Two is. ]Three is."),
        ("It is fast. Go on.", "It is quick. It is cheap. Go on.", "It is [-fast][+quick]. [+It is cheap. ]Go on."),
        ("Take a cache. Go on.", "Take a big cache. Mind it. Go on.", "Take a [+big ]cache. [+Mind it. ]Go on."),
        ("A word e\u0301te\u0301 here", "A word e\u0301te here", "A word [-e\u0301te\u0301][+e\u0301te] here"),
        ("Flag 🇮🇹 and 👩🏽‍💻 at work", "Flag 🇫🇷 and 👩🏽‍💻 at work", "Flag [-🇮🇹][+🇫🇷] and 👩🏽‍💻 at work"),
        ("我喜欢猫。你呢？", "我喜欢狗。你呢？", "我喜欢[-猫][+狗]。你呢？"),
        ("1. One\n2. Two", "1. One\n3. Two", "1. One\n[-2][+3]. Two"),
        (CODE.format("x = 1\n"), CODE.format("  x = 1\n"), CODE.format("[+  ]x = 1\n")),
        (CODE.format("x = 1\n"), CODE.format("x  =  1\n"), CODE.format("x‹ |  ›=‹ |  ›1\n")),
        ("- a\n  " + CODE.format("y\n"), "- a\n  " + CODE.format("y\nz\n"), "- a\n  " + CODE.format("y\n[+z\n]")),
    ],
)  # fmt: skip
def test_what_is_marked_is_what_a_reader_would_mark(old: str, new: str, said: str) -> None:
    assert marked(compare(old, new)) == said


PARAGRAPHS = [
    "The cache is filled on the first read. It is never larger than its limit.",
    "Writes go through to the database. They are slower than before.",
    "Nobody has to restart anything for that.",
]


@pytest.mark.parametrize("order", [(1, 0, 2), (1, 2, 0), (2, 0, 1)])
def test_a_moved_paragraph_is_one_change(order: tuple[int, ...]) -> None:
    diff = compare("\n\n".join(PARAGRAPHS), "\n\n".join(PARAGRAPHS[at] for at in order))
    assert [change.how for change in diff.changes] == [How.MOVED]
    (change,) = diff.changes
    assert diff.old[slice(*change.old)].strip() == diff.new[slice(*change.new)].strip() in PARAGRAPHS
    assert {piece.kind for piece in diff.pieces if piece.change == 0} == {Kind.GONE, Kind.NEW}
    assert diff.common == 1
    assert diff.percent == 99


def test_what_is_said_anywhere_did_not_move() -> None:
    one, other, third = PARAGRAPHS
    diff = compare(f"Yes.\n\n{one}\n\n{other}\n\n{third}", f"{one}\n\n{other}\n\n{third}\n\nYes.")
    assert [change.how for change in diff.changes] == [How.GONE, How.NEW]


def test_a_function_that_moved_is_one_change() -> None:
    one, other = (
        "def one(x):\n    y = x + 1\n    return y\n\n",
        "def other(rows):\n    return sum(row.price for row in rows)\n\n",
    )
    last = "def last():\n    print('done')\n    print('and gone')\n\n"
    diff = compare(f"```\n{one}{other}{last}```", f"```\n{other}{last}{one}```")
    assert [change.how for change in diff.changes] == [How.MOVED]


def test_a_word_changed_between_moves_is_marked_where_it_stands() -> None:
    one, other, third = PARAGRAPHS
    diff = compare(f"{one}\n\n{other}\n\n{third}", f"{other.replace('slower', 'faster')}\n\n{third}\n\n{one}")
    assert sorted(change.how for change in diff.changes) == [How.MOVED, How.REPLACED]


def test_numbers_that_differ_are_paired_as_written() -> None:
    diff = compare("From 3 to 5 days, 10% off. It ends.", "From 3 to 7 days, none off. It ends after 20 days.")
    assert [pair for change in diff.changes for pair in change.numbers] == [("5", "7"), ("10%", ""), ("", "20")]
    assert {"".join(texts(diff, piece)) for piece in diff.pieces if piece.number} == {"5", "7", "10%", "20"}


def test_the_numbers_of_a_list_are_not_called_out() -> None:
    diff = compare("1. One\n2. Two\n", "2. One\n3. Two\n")
    assert not any(change.numbers for change in diff.changes)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Some **bold** and `code`.", "Some bold and code."),
        ("## Title\n\nText\n", "Title\n=====\n\nText\n"),
        ("- one\n- two\n", "1. one\n2. two\n"),
        ("> said\n", "said\n"),
        ("| a | b |\n|---|---|\n| c | d |\n", "a b\nc d\n"),
        ("```python\nx = 1\n  y\n```\n", "x = 1\ny\n"),
        ("_all of it_", "all *of* it"),
    ],
)  # fmt: skip
def test_marks_may_be_ignored_and_are_not_hidden(old: str, new: str) -> None:
    diff = compare(old, new, ignoring=Ignoring(markup=True))
    assert not diff.changes
    assert diff.alike
    assert not diff.is_same
    assert compare(old, new).changes


def test_case_may_be_ignored_word_by_word() -> None:
    assert (
        marked(compare("One Two three", "one Two Three", ignoring=Ignoring(case=True))) == "‹One|one› Two ‹three|Three›"
    )


def test_every_character_may_count() -> None:
    assert marked(compare("a b\n\nc", "a  b\nc", ignoring=EVERY_CHARACTER)) == "a [+ ]b\n[-\n]c"


def test_sentences_and_lines_are_shown_whole() -> None:
    old, new = "It is a cat. It sat.\nDone.", "It is a dog. It sat.\nDone."
    assert marked(compare(old, new, Unit.SENTENCE)) == "[-It is a cat.][+It is a dog.] It sat.\nDone."
    assert marked(compare(old, new, Unit.LINE)) == "[-It is a cat. It sat.][+It is a dog. It sat.]\nDone."


def test_what_has_not_come_yet_is_open() -> None:
    old = "It is a cat. It sat on the mat. It slept. It woke."
    assert (
        marked(compare(old, "It is a dog. ", growing=True))
        == "It is a [-cat][+dog]. …It sat on the mat. It slept. It woke."
    )
    assert [change.how for change in compare(old, "It is a dog. ").changes] == [How.REPLACED, How.GONE]


def test_words_in_common_are_counted() -> None:
    assert compare("one two three four", "one two three five").common == 0.75
    assert compare("one, two.", "one – three").common == 0.5
    assert compare("", "").common == compare("...", "!").common == 1
    assert compare("a", "").common == 0


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("a" * 300_000, "a" * 299_999 + "b"),
        ("\n" * 200_000, "\n" * 100_000 + "x"),
        ("word " * 50_000, "word " * 40_000),
        ("```\n" * 20_000, "```\n" * 19_999),
        ("- " * 50_000, "- " * 49_999 + "x"),
        ("." * 200_000, "." * 199_999 + " ."),
        ("\ud800" * 20_000, "\udfff" * 20_000),
        ("👨\u200d" * 20_000, "e" + "\u0301" * 20_000),
    ],
    ids=["one word", "newlines", "the same word", "fences", "bullets", "dots", "surrogates", "joined"],
)  # fmt: skip
@pytest.mark.parametrize("ignoring", [Ignoring(), Ignoring(markup=True)], ids=["", "markup"])
def test_no_text_takes_long(old: str, new: str, ignoring: Ignoring) -> None:
    began = process_time()
    diff = compare(old, new, ignoring=ignoring)
    assert process_time() - began < 3
    assert "".join(texts(diff, piece)[1] for piece in diff.pieces) == new


def test_texts_too_long_to_be_looked_into_say_so() -> None:
    chance = random.Random(1)
    old, new = (" ".join(chance.choices(["one", "two"], k=30_000)) for _ in range(2))
    diff = compare(old, new)
    assert diff.coarse
    assert [change.how for change in diff.changes] == [How.REPLACED]
    assert not compare(old, old + " end").coarse


@pytest.mark.parametrize("signs", ["的一是不了人我在有他这为之大来", ";,!?()[]{}@%/"], ids=["ideographs", "signs"])
def test_too_many_words_without_a_sentence_are_given_up_soon(signs: str) -> None:
    chance = random.Random(2)
    old, new = ("".join(chance.choices(signs, k=200_000)) for _ in range(2))
    began = process_time()
    assert compare(old, new).coarse
    assert process_time() - began < 1.5


def test_one_word_in_a_sentence_without_end_is_found() -> None:
    rest = " ".join(f"w{number % 997}" for number in range(20_000))
    assert marked(compare(f"{rest} old {rest}", f"{rest} new {rest}")) == f"{rest} [-old][+new] {rest}"


def test_a_sentence_said_over_and_over_is_said_more_often() -> None:
    diff = compare("It is so. " * 10_000, "It is so. " * 10_500)
    assert not diff.coarse
    assert [change.how for change in diff.changes] == [How.NEW]


def test_steps_in_another_order_move_without_their_numbers() -> None:
    old = "1. Build the image from the tag.\n2. Push it to the registry.\n3. Restart all the workers one by one.\n"
    new = "1. Restart all the workers one by one.\n2. Build the image from the tag.\n3. Push it to the registry.\n"
    diff = compare(old, new)
    assert [change.how for change in diff.changes].count(How.MOVED) == 1
    assert not any(change.numbers for change in diff.changes)
    assert compare(old, new, Unit.SENTENCE).changes
