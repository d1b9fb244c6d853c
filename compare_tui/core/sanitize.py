"""Text from outside made fit for a screen: what could command a terminal or hide becomes a visible sign.

Single code points are replaced and no sequence is parsed, so a sequence cut between two deltas is as harmless as a
whole one. What is stored, compared and exported stays raw.
"""

import re
import unicodedata

_BIDI = {
    0x061C: "ALM",
    0x200E: "LRM",
    0x200F: "RLM",
    0x202A: "LRE",
    0x202B: "RLE",
    0x202C: "PDF",
    0x202D: "LRO",
    0x202E: "RLO",
    0x2066: "LRI",
    0x2067: "RLI",
    0x2068: "FSI",
    0x2069: "PDI",
}
_JOINERS = "\u200c\u200d"
_MARK = "·"
_MOST_COMBINING = 8

_SUSPECT = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\u3164\ud800-\udfff\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e00ff]"
)
# Where marks that combine stand, and what stands between: scripts with words of many marks are looked at more closely.
_PERHAPS_MARKS = re.compile(
    rf"[\u0300-\u2fff\ua66f-\uabff\ufb1e\ufe00-\ufe2f\U00010000-\U000e01ef]{{{_MOST_COMBINING + 1},}}"
)


def safe_display(text: str) -> str:
    """The text as a screen may have it. Tabs and newlines stay."""
    text = _PERHAPS_MARKS.sub(_fewer_marks, text)
    if _SUSPECT.search(text):
        text = _SUSPECT.sub(_visible, text.replace("\r\n", "\n"))
    return text


def safe_line(text: str) -> str:
    """One line of it, for names, titles and messages: newlines and tabs become spaces."""
    return " ".join(safe_display(text).split())


def join_surrogates(text: str) -> str:
    """Halves of one character that met again become it; a half left alone becomes U+FFFD."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _fewer_marks(found: re.Match[str]) -> str:
    """A letter may carry eight marks; terminals have been crashed with thousands."""
    kept: list[str] = []
    marks = 0
    for character in found.group():
        marks = marks + 1 if character in _JOINERS or unicodedata.category(character)[0] == "M" else 0
        if marks <= _MOST_COMBINING:
            kept.append(character)
        elif marks == _MOST_COMBINING + 1:
            kept.append(_MARK)
    return "".join(kept)


def _visible(found: re.Match[str]) -> str:
    character = found.group()
    code = ord(character)
    if character in _JOINERS:
        return character if _joins(found) else _MARK
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "\u2421"
    if code < 0xA0:
        return f"\\x{code:02x}"
    if code in _BIDI:
        return f"⟨{_BIDI[code]}⟩"
    if code in (0x2028, 0x2029):
        return f"{_MARK}\n"
    if 0xD800 <= code <= 0xDFFF:
        return "\ufffd"
    return _MARK


def _joins(found: re.Match[str]) -> bool:
    """Persian, Hindi and emoji families need a joiner between their characters; anywhere else it only hides."""
    text, at = found.string, found.start()
    return 0 < at < len(text) - 1 and _joinable(text[at - 1]) and _joinable(text[at + 1])


def _joinable(character: str) -> bool:
    return ord(character) > 0x7F and unicodedata.category(character)[0] in "LMS"
