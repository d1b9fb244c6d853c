"""Cuts a text into words, as a reader counts them: a number with its sign and unit is one, an emoji, an ideograph."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, islice
from typing import Any, Final

from compare_tui.core.diff.model import Ignoring
from compare_tui.core.diff.units import Units

# Letters, marks and digits by script, coarsely; Python's \w knows no marks, and cannot be told what to leave out.
_W: Final = (
    r"0-9A-Za-z_\xaa\xad\xb2\xb3\xb5\xb9\xba\xbc-\xbe\xc0-\xd6\xd8-\xf6\xf8-\u037d\u037f-\u0386\u0388-\u0559"
    r"\u0560-\u0588\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7-\u05f2\u0610-\u061a\u061c\u0620-\u0669"
    r"\u066e-\u06d3\u06d5-\u06ff\u0710-\u0963\u0966-\u096f\u0971-\u0df3\u0f00-\u0f0a\u0f18-\u0f39\u0f3e-\u0fbc"
    r"\u10a0-\u10fa\u10fc-\u135f\u1369-\u166c\u166f-\u167f\u1681-\u169a\u16a0-\u1734\u1740-\u177f\u180b-\u1b59"
    r"\u1b6b-\u1bf3\u1c00-\u1c3a\u1c40-\u1c7d\u1c80-\u1cbf\u1cd0-\u1fff\u200c\u200d\u2070-\u2079\u207f-\u2089"
    r"\u2090-\u209c\u20d0-\u20f0\u2100-\u218b\u2460-\u24ff\u2c00-\u2cf3\u2cfd-\u2dff\ua4d0-\ua4fd\ua500-\ua60c"
    r"\ua610-\ua673\ua67c-\ua6f1\ua717-\ua873\ua880-\ua8cd\ua8d0-\ua8f7\ua8fb-\ua92d\ua930-\ua95e\ua960-\ua9c0"
    r"\ua9cf-\ua9dd\ua9e0-\uaa59\uaa60-\uaadd\uaae0-\uaaef\uaaf2-\uabea\uabec-\ud7ff\ufb00-\ufd3d\ufd50-\ufdff"
    r"\ufe00-\ufe0f\ufe20-\ufe2f\ufe70-\ufefc\uff10-\uff19\uff21-\uff3a\uff3f\uff41-\uff5a\uffa0-\uffdc"
    r"\U00010000-\U00010100\U00010107-\U0001b16f\U0001bc00-\U0001bc9e\U0001cf00-\U0001cf46\U0001d165-\U0001d169"
    r"\U0001d400-\U0001d7ff\U0001da00-\U0001efff\U000e0100-\U000e01ef"
)
_KATAKANA: Final = r"\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff\uff66-\uff9f"
_MARK: Final = (
    r"\u0300-\u036f\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ece\u0f71-\u0f84\u102b-\u103e"
    r"\u1056-\u1059\u17b4-\u17d3\u20d0-\u20f0\u302a-\u302f\u3099\u309a\ufe00-\ufe0f"
    r"\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f\U000e0100-\U000e01ef"
)
_LETTER: Final = r"A-Za-z_\xc0-\xd6\xd8-\xf6\xf8-\u024f"
_VERSION: Final = rf"v(?=\d++(?:\.\d++)*+(?![{_W}]))"
_NAME: Final = rf"[{_LETTER}]++(?=\d++\.\d)"
"""Both stand before a version, which is a number."""
_WORD: Final = rf"[{_LETTER}][{_W}]*+"
_HOST: Final = r"https?://[^\s/?#)>\]\"'`]+"
_APOSTROPHES: Final = rf"(?:['’](?=[A-Za-zÀ-ɏ])[{_W}]++)*+"
_CURRENCY: Final = r"$¢£¤¥֏₠-⃀"
_SIGN: Final = rf"[-+−±](?<![\w)\]}}%].)[{_CURRENCY}]?(?=\d)|[{_CURRENCY}](?=\d)|(?=\d)"
_DATE: Final = r"\d{4}-\d\d-\d\d(?:T\d\d:\d\d[\d:.]*+Z?)?"
_NUMBER: Final = (
    rf"(?:{_SIGN})(?:{_DATE}|\d++(?:[.,:/'’_\xa0\u2009\u202f]\d++)*+(?:[eE][-+]?\d++)?[{_W}]*+[%‰‱°¢-¥֏₠-⃀]?)"
)
_NUMBER_IN_CODE: Final = rf"(?:{_SIGN})\d++(?:\.\d++)*+(?:[eE][-+]?\d++)?[{_W}]*+"
_SIGNS: Final = r"[#*]\ufe0f?\u20e3|\*+|`+|-+|=+|\#+|\.+|~+|>+|<+|\|+|&+|:+|[!-/;?@\[-^{}](?![\ufe0e\ufe0f])"
_OTHERS: Final = (
    rf"[{_KATAKANA}]++|{_SIGNS}|[{_W}]++"
    rf"|[\U0001f1e6-\U0001f1ff]{{2}}|\S[{_MARK}]*+(?:\u200d\S[{_MARK}]*+)*+"
)
_PROSE: Final = rf"{_HOST}|{_VERSION}|{_WORD}(?!\.(?<=\d\.)\d){_APOSTROPHES}|{_NAME}|{_WORD}|{_NUMBER}|{_OTHERS}"
_CODE: Final = (
    rf"{_HOST}|v(?<=[@/]v){_VERSION[1:]}|{_WORD}(?!\.(?<=\d\.)\d)|{_NAME}|{_WORD}|{_NUMBER_IN_CODE}|{_OTHERS}"
)
_BLOCK_MARK: Final = r"(?:>[ \t]*+|[-+*•][ \t]++|\#{1,6}(?=\s)|(?:`{3,}|~{3,})[^\n]*+)"
_ITEM_MARK: Final = r"\d{1,3}[.)][ \t]++"
_LINE_MARKS: Final = (
    r"^[ \t]*+(?:(?:[-:|=*_][ \t]*+){3,}+$"
    rf"|{_BLOCK_MARK}++(?:{_ITEM_MARK}{_BLOCK_MARK}*+)?|{_ITEM_MARK}{_BLOCK_MARK}*+)"
)
"""One number an item: `3. 5. Mai` begins with a day."""
_MARKS: Final = rf"(?:{_LINE_MARKS}|\s|(?<!\w)(?:[*_]|~~)++(?=\S|\Z)|(?<=\S)(?:[*_]|~~)++(?!\w)|`+|\|)*+"
_SPACED: Final = {is_code: re.compile(rf"(?:{words})\s*+") for is_code, words in ((False, _PROSE), (True, _CODE))}
_MARKED: Final = {
    False: re.compile(rf"({_PROSE})({_MARKS})", re.MULTILINE),
    True: re.compile(rf"({_CODE})(\s*+)"),
}
_GAP: Final = {False: re.compile(r"\s*+"), True: re.compile(_MARKS, re.MULTILINE)}
NUMBER_ALONE: Final = re.compile(
    rf"(?:(?<![{_W}])|(?<=v)(?<![{_W}]v)|(?<=[{_LETTER}])(?=\d++\.\d))(?:{_NUMBER})(?![{_W}])"
)
FIRST_DIGIT: Final = re.compile(rf"\d(?:(?<![{_W}]\d)|(?<=v\d)(?<![{_W}]v\d)|(?<=[{_LETTER}]\d)(?=\d*+\.\d))")
"""Of a number by itself, or of a version: behind a `v`, or with a dot behind the name."""
_A_NUMBER: Final = re.compile(_NUMBER)
_MOST_LETTERS: Final = 3
_RULE: Final = "---"
"""Below the head of a table, or between paragraphs: how long it is drawn says no more than white space does."""
_COUNTED: Final = re.compile(rf"[{_W}]++|[{_KATAKANA}]++|[^\W{_W}]")
_AT_ONCE: Final = 50_000
"""Characters: up to 10 ms in which no other thread runs."""
_TOLD: Final = bytes(ord("x" if chr(sign).isalnum() or sign == ord("_") else " ") for sign in range(256))


def is_number(word: str) -> bool:
    """`10ms` is one, `3f2a9cde` is a name."""
    return _A_NUMBER.fullmatch(word) is not None and sum(map(str.isalpha, word)) <= _MOST_LETTERS


def count_words(text: str) -> int:
    """Runs of letters and digits, and ideographs."""
    if text.isascii():  # ten times as fast
        return (b" " + text.encode().translate(_TOLD)).count(b" x")
    return sum(len(_COUNTED.findall(text, at, at + _AT_ONCE)) for at in range(0, len(text), _AT_ONCE))


@dataclass(slots=True)
class Words:
    """The words of some stretches of a text, one behind the other. What stands between two words is no word."""

    text: str
    starts: list[int] = field(default_factory=list)
    bare: list[str] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    """What makes two of them alike."""
    seams: list[int] = field(default_factory=list)
    """The words before which something was left out."""

    def end(self, at: int) -> int:
        """Where a word ends."""
        return self.starts[at] + len(self.bare[at])

    def end_before(self, at: int) -> int:
        """Where the word before ends, or the first one begins."""
        return self.end(at - 1) if at else self.starts[0]

    def gap(self, at: int) -> str:
        """What stands between a word and the next one."""
        return self.text[self.end(at) : self.starts[at + 1]]


def words(
    text: str, units: Units, spans: Sequence[tuple[int, int]], ignoring: Ignoring, most: int | None = None
) -> Words:
    """At least so many, if there are more than `most`."""
    found = Words(text)
    if not (ignoring.markup or ignoring.case or any(text.find(_RULE, *span) >= 0 for span in spans)):
        found.keys = found.bare
    for start, end in spans:
        if found.starts:
            found.seams.append(len(found.starts))
        for here, there, is_code in units.parts(start, end):
            first = gap_end(text, here, there, is_code, ignoring)
            if first < there:
                _add(found, first, there, is_code, ignoring, most)
    return found


def _add(found: Words, start: int, end: int, is_code: bool, ignoring: Ignoring, most: int | None) -> None:
    if ignoring.markup:
        pairs = _every(_MARKED[is_code], found.text, start, end, most)
        lengths: Iterable[int] = (len(word) + len(marks) for word, marks in pairs)
        bare: list[str] = [word for word, _ in pairs]
        keys = [word.rstrip("_") or word for word in bare]
    else:
        whole = _every(_SPACED[is_code], found.text, start, end, most)
        lengths = map(len, whole)
        keys = bare = list(map(str.rstrip, whole))
        if ignoring.space and not is_code and found.text.find(_RULE, start, end) >= 0:
            keys = [_RULE if key.startswith(_RULE) and not key.strip("-") else key for key in keys]
    found.starts += accumulate(lengths, initial=start)
    found.starts.pop()
    found.bare += bare
    if found.keys is not found.bare:
        found.keys += map(str.casefold, keys) if ignoring.case else keys


def _every(pattern: re.Pattern[str], text: str, start: int, end: int, most: int | None) -> list[Any]:
    if end - start <= _AT_ONCE:
        return pattern.findall(text, start, end)
    found = islice(pattern.finditer(text, start, end), most and most + 1)
    return [word.groups() for word in found] if pattern.groups else [word[0] for word in found]


def gap_end(text: str, start: int, end: int, is_code: bool, ignoring: Ignoring) -> int:
    gap = _GAP[ignoring.markup and not is_code].match(text, start, end)
    assert gap is not None
    return gap.end()


def first_word(text: str, units: Units, start: int, end: int, ignoring: Ignoring) -> int:
    """Where the first word of a stretch begins, or its end if it has none."""
    if not ignoring.markup:
        return gap_end(text, start, end, True, ignoring)
    for here, there, is_code in units.parts(start, end):
        begin = gap_end(text, here, there, is_code, ignoring)
        if begin < there:
            return begin
    return end


def last_word(text: str, units: Units, start: int, end: int, ignoring: Ignoring) -> int:
    """Where the last word of a stretch ends, or its start if it has none."""
    if not ignoring.markup:
        return start + len(text[start:end].rstrip())
    found = words(text, units, [(start, end)], ignoring)
    return found.end(-1) if found.starts else start
