"""Text as an editor holds it: every code point takes the cells it shows, and stands for exact text.

What a screen may not have, what was not typed by hand and what is too long to lay out are held as signs of Unicode's
last private plane. So a pasted `@file` or `{{name}}` stays literal wherever it is moved, and what is sent is exact.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from rich.cells import cell_len

from compare_tui.core.prompt import Prompt, fill, variables
from compare_tui.core.sanitize import join_surrogates, safe_display, safe_line
from compare_tui.core.tokens import estimate_tokens

LONGEST_LAID_OUT: Final = 20_000
LONGEST_LINE: Final = 5_000
"""In characters. A text area lays out a whole line for each of its rows: 20,000 in one line cost 40 ms a paint."""
LONGEST_UNFOLDED: Final = 200_000
"""When somebody asks for it: 100,000 in lines take 70 ms to go in and 1 ms a key."""

_MEANT: Final = "@{"
"""What begins something when a hand types it."""
_JOINERS: Final = "\u200c\u200d"
_FIRST: Final = 0x10_0000
_LAST: Final = 0x10_FFFD
_SIGN: Final = re.compile(f"[{chr(_FIRST)}-{chr(_LAST)}]")
_LOST: Final = "\ufffd"
_FIRST_WORDS: Final = 32


@dataclass(frozen=True, slots=True)
class _Meaning:
    """The text a sign stands for, and the one cell it is shown as."""

    text: str
    shown: str


class Signs:
    """The signs of an editor and their meanings; they only become more, so what undo brings back is known."""

    def __init__(self) -> None:
        self._meanings: list[_Meaning] = []
        self._signs: dict[_Meaning, str] = {}
        self._tokens: dict[str, int] = {}

    def typed(self, text: str) -> str:
        """What a hand typed."""
        return self._held(text, "")

    def literal(self, text: str) -> str:
        """What was pasted or loaded: nothing in it means anything here."""
        return self._held(text, _MEANT)

    def given(self, text: str) -> str:
        """The same, with one label in the place of a text that is too long to lay out."""
        return self._folded(text) if is_too_long(text) else self.literal(text)

    def exact(self, held: str) -> str:
        """What is sent."""
        return _SIGN.sub(lambda found: self._meaning(found[0]).text, held)

    def shown(self, held: str) -> str:
        """What is seen; as many code points as are held."""
        return _SIGN.sub(lambda found: self._meaning(found[0]).shown, held)

    def strange(self, held: str) -> Iterator[int]:
        """Where something is not shown as what it is."""
        for found in _SIGN.finditer(held):
            meaning = self._meaning(found[0])
            if meaning.text != meaning.shown:
                yield found.start()

    def tokens(self, held: str) -> int:
        """Estimated, and cheap however much is folded."""
        labels = {sign for sign in _SIGN.findall(held) if len(self._meaning(sign).text) > 1}
        folded = sum(held.count(sign) * self._tokens_of(self._meaning(sign).text) for sign in labels)
        for sign in labels:
            held = held.replace(sign, "")
        return estimate_tokens(self.exact(held)) + folded

    def label_around(self, line: str, column: int) -> tuple[int, int] | None:
        """From where to where a label goes that holds this place strictly inside."""
        if not (0 < column < len(line) and self._continues(line[column])):
            return None
        begin, end = column - 1, column + 1
        while begin and self._continues(line[begin]):
            begin -= 1
        while end < len(line) and self._continues(line[end]):
            end += 1
        return begin, end

    def label_at(self, line: str, column: int) -> tuple[int, int] | None:
        """The label this place is in, before or behind."""
        return next(filter(None, (self.label_around(line, column + step) for step in (0, 1, -1))), None)

    def _held(self, text: str, meant: str) -> str:
        if not text.isascii():
            text = join_surrogates(text)
        signs = {ord(c): self._sign(_Meaning(c, _one_cell(c))) for c in set(text) if _needs_sign(c) or c in meant}
        return text.translate(signs) if signs else text

    def _folded(self, text: str) -> str:
        text = join_surrogates(text)
        words = safe_line(text[: 4 * _FIRST_WORDS])[:_FIRST_WORDS]
        about = f" · {words}…" if all(cell_len(character) == 1 for character in words) else ""
        label = f"pasted: {len(text):,} characters{about}]"
        return self._sign(_Meaning(text, "[")) + "".join(self._sign(_Meaning("", shown)) for shown in label)

    def _sign(self, meaning: _Meaning) -> str:
        if meaning not in self._signs:
            if _FIRST + len(self._meanings) > _LAST:
                return _LOST
            self._signs[meaning] = chr(_FIRST + len(self._meanings))
            self._meanings.append(meaning)
        return self._signs[meaning]

    def _meaning(self, sign: str) -> _Meaning:
        return self._meanings[ord(sign) - _FIRST]

    def _continues(self, character: str) -> bool:
        return _SIGN.match(character) is not None and not self._meaning(character).text

    def _tokens_of(self, text: str) -> int:
        if text not in self._tokens:
            self._tokens[text] = estimate_tokens(text)
        return self._tokens[text]


@dataclass(frozen=True, slots=True)
class Draft:
    """What stands in the editor, ready to be sent as it is, or with what was typed as `{{name}}` filled."""

    prompt: Prompt
    typed_variables: tuple[str, ...]
    _text: str
    _system: str
    _signs: Signs

    @classmethod
    def of(cls, prompt: Prompt, text: str, system: str, signs: Signs) -> "Draft":
        """Of a prompt and its two texts as they are held."""
        prompt = replace(prompt, text=signs.exact(text), system=signs.exact(system) or None)
        return cls(prompt, tuple(dict.fromkeys([*variables(text), *variables(system)])), text, system, signs)

    def filled(self, values: Mapping[str, str]) -> Prompt:
        """What a value holds stays literal, and so does what was pasted."""
        held = {name: self._signs.literal(value) for name, value in values.items()}
        text, system = (self._signs.exact(fill(text, held)) for text in (self._text, self._system))
        return replace(self.prompt, text=text, system=system or None)


def is_too_long(text: str, most: int = LONGEST_LAID_OUT) -> bool:
    """To be laid out: as a whole, or in one of its lines."""
    if len(text) <= LONGEST_LINE:
        return False
    return len(text) > most or max(map(len, text.split("\n"))) > LONGEST_LINE


def _needs_sign(character: str) -> bool:
    if character in _JOINERS:  # between the characters of an emoji or of Persian: the rows above judge them together
        return False
    return safe_display(character) != character or _SIGN.match(character) is not None


def _one_cell(character: str) -> str:
    shown = _LOST if _SIGN.match(character) else safe_display(character)
    return shown if len(shown) == 1 == cell_len(shown) else "·"
