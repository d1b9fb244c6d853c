"""Nothing a model writes can command a terminal or hide from its reader, and nothing honest is lost."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from compare_tui.core.sanitize import join_surrogates, safe_display, safe_line

MOST_MARKS = 8

CONTROLS = [*range(0x20), *range(0x7F, 0xA0)]
KEPT = (0x09, 0x0A)
BIDI = dict(zip((0x061C, 0x200E, 0x200F), ("ALM", "LRM", "RLM"), strict=True))
BIDI |= dict(zip(range(0x202A, 0x202F), ("LRE", "RLE", "PDF", "LRO", "RLO"), strict=True))
BIDI |= dict(zip(range(0x2066, 0x206A), ("LRI", "RLI", "FSI", "PDI"), strict=True))
HIDDEN = [
    *(0x00AD, 0x180E, 0x200B, 0x2028, 0x2029, 0xFEFF),
    *range(0x2060, 0x2066),
    *range(0x206A, 0x2070),
    *range(0xFFF9, 0xFFFC),
    *range(0x1BCA0, 0x1BCA4),
    *range(0x1D173, 0x1D17B),
    *range(0xE0000, 0xE0080),
]
SURROGATES = [0xD800, 0xDBFF, 0xDC00, 0xDFFF]
FORBIDDEN = {chr(code) for code in (*CONTROLS, *BIDI, *HIDDEN) if code not in KEPT} | set(
    map(chr, range(0xD800, 0xE000))
)

FAMILY = "👨‍👩‍👧‍👦"
KEPT_TEXTS = [
    "plain ASCII, tab\t and line\n",
    "naïve café Straße – “quotes” … ½ €",
    "中文 日本語 한국어",
    "می‌خواهم",  # Persian, with its zero-width non-joiner
    "क्‍ष श्रीमान्‌को",  # Hindi and Nepali, with both joiners
    "עברית العربية",
    FAMILY * 3,
    "👩🏽‍💻 ❤️‍🔥 🏳️‍🌈 1️⃣ 🇮🇹",
    "e\u0301" + "o\u0302\u0323" * 4,
    "s\u0323\u0307" + "\u20dd",
]

SEQUENCES = [
    "\x1b[2J\x1b[31mred",
    "\x1b]0;title\x07",
    "\x1b]52;c;aGk=\x1b\\",
    "\x1b]8;;http://evil\x1b\\link\x1b]8;;\x1b\\",
    "\x1bP+q544e\x1b\\",
    "\x1b_Gi=1;AAAA\x1b\\",
    "\x1b[6n\x1b[>c\x1b[21t",
    "\x9b31m\x9d0;x\x9c\x90q\x9c",
    "\x1bc\x0e\x0f\x08\x08\x7f",
    "a\rb\r\nc",
]

hostile = st.lists(
    st.text(max_size=6)
    | st.sampled_from(SEQUENCES)
    | st.sampled_from([*map(chr, (*CONTROLS, *BIDI, *HIDDEN, *SURROGATES)), "\u200c", "\u200d", "\u0301" * 9, "\u0301"])
).map("".join)


def is_harmless(text: str) -> bool:
    return not FORBIDDEN & set(text)


@pytest.mark.parametrize("code", [code for code in CONTROLS if code not in KEPT])
def test_a_control_character_alone_becomes_a_visible_sign(code: int) -> None:
    shown = safe_display(f"a{chr(code)}b")
    assert is_harmless(shown)
    expected = chr(0x2400 + code) if code < 0x20 else "\u2421" if code == 0x7F else f"\\x{code:02x}"
    assert shown == f"a{expected}b"


@pytest.mark.parametrize("code", BIDI)
def test_a_character_that_turns_the_direction_of_writing_is_named(code: int) -> None:
    shown = safe_display(f"a{chr(code)}b")
    assert is_harmless(shown)
    assert shown == f"a⟨{BIDI[code]}⟩b"


@pytest.mark.parametrize("code", [*HIDDEN, *SURROGATES])
def test_a_character_that_hides_leaves_a_mark(code: int) -> None:
    shown = safe_display(f"a{chr(code)}b")
    assert is_harmless(shown)
    assert len(shown) >= 3


def test_a_line_separator_is_a_line_break_that_is_marked() -> None:
    assert safe_display("a\u2028b\u2029c") == "a·\nb·\nc"


def test_half_a_character_is_shown_as_unknown() -> None:
    assert safe_display("a\ud83db") == "a\ufffdb"


def test_a_return_before_a_newline_goes_and_any_other_is_shown() -> None:
    assert safe_display("a\r\nb\rc\n") == "a\nb␍c\n"


@pytest.mark.parametrize("text", KEPT_TEXTS)
def test_honest_text_stays_as_it_is(text: str) -> None:
    assert safe_display(text) == text


@pytest.mark.parametrize("text", ["a\u200db", "\u200da", "é\u200d", "1\u200c2", "中 \u200d文", "\u200d"])
def test_a_joiner_that_joins_nothing_leaves_a_mark(text: str) -> None:
    assert safe_display(text) == text.replace("\u200d", "·").replace("\u200c", "·")


@pytest.mark.parametrize("sequence", SEQUENCES)
def test_a_sequence_stays_harmless_wherever_two_deltas_cut_it(sequence: str) -> None:
    for cut in range(len(sequence) + 1):
        shown = safe_display(sequence[:cut]) + safe_display(sequence[cut:])
        assert is_harmless(shown)
    letters = [character for character in sequence if character.isprintable()]
    assert all(letter in safe_display(sequence) for letter in letters)


@pytest.mark.examples(300, 5_000)
@given(hostile, st.data())
def test_any_text_is_harmless_whole_and_in_pieces(text: str, data: st.DataObject) -> None:
    assert is_harmless(safe_display(text))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=4)))
    pieces = [text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    assert is_harmless("".join(map(safe_display, pieces)))


@pytest.mark.examples(300, 5_000)
@example("e" + "\u0301" * 9 + "\u200dé")
@given(hostile)
def test_what_is_safe_stays_as_it_is(text: str) -> None:
    assert safe_display(safe_display(text)) == safe_display(text)
    assert safe_line(safe_line(text)) == safe_line(text)


@pytest.mark.parametrize(
    "mark",
    [
        pytest.param("\u0301", id="acute"),
        pytest.param("\u0336", id="strike"),
        pytest.param("\u20dd", id="circle"),
        pytest.param("\u0483", id="Cyrillic titlo"),
        pytest.param("\u0e47", id="Thai"),
        pytest.param("\u064b", id="Arabic"),
        pytest.param("\u0591", id="Hebrew"),
        pytest.param("\ufe0f", id="variation selector"),
        pytest.param("\U000e0101", id="supplementary variation selector"),
        pytest.param("\u0301\u200d", id="acute and joiner"),
    ],
)
def test_marks_without_end_on_one_letter_are_cut_and_it_shows(mark: str) -> None:
    shown = safe_display("a" + mark * 1000 + "b")
    assert len(shown) <= 2 * MOST_MARKS + 3
    assert "·" in shown
    assert shown.endswith("b")


def test_as_many_marks_as_a_language_needs_are_kept() -> None:
    assert safe_display("a" + "\u0301" * MOST_MARKS) == "a" + "\u0301" * MOST_MARKS
    assert safe_display("a" + "\u0301" * (MOST_MARKS + 1)) == "a" + "\u0301" * MOST_MARKS + "·"


@given(hostile)
def test_a_line_has_no_break_and_no_blank_at_its_ends(text: str) -> None:
    line = safe_line(text)
    assert is_harmless(line)
    assert not any(unicodedata.category(character) in ("Cc", "Zl", "Zp") for character in line)
    assert line == line.strip()


def test_a_line_keeps_its_words() -> None:
    assert safe_line("  a\n\tb\r\nc\u2028d \x1b[0m") == "a b c· d ␛[0m"


@pytest.mark.parametrize(
    ("text", "joined"),
    [
        ("\ud83d\ude00", "😀"),
        ("a\ud83d\ude00b", "a😀b"),
        ("\ud83d", "\ufffd"),
        ("a\ude00", "a\ufffd"),
        ("\ude00\ud83d", "\ufffd\ufffd"),
        ("\ud83dA\ude00B", "\ufffdA\ufffdB"),
        ("\ud83d\ud83d\ude00", "\ufffd😀"),
        ("😀é", "😀é"),
    ],
)
def test_halves_of_a_character_join_or_are_unknown(text: str, joined: str) -> None:
    assert join_surrogates(text) == joined


@given(st.text(st.characters(codec=None)))
def test_joined_text_can_always_be_written(text: str) -> None:
    assert join_surrogates(join_surrogates(text)) == join_surrogates(text)
    assert join_surrogates(text).encode().decode() == join_surrogates(text)
