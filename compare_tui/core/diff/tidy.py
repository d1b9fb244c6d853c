"""Makes of what two rows have in common what a reader would call the same: no confetti, and edges where sense ends."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from typing import Final, NamedTuple

from compare_tui.core.diff.align import Match
from compare_tui.core.diff.words import is_number

Change = tuple[int, int, int, int]
"""From and to in the old row, from and to in the new one."""

_SHORT: Final = 2
"""Words: where less was added it does not matter to which of two alike neighbours it belongs."""
_FEW: Final = 3
_PHRASE: Final = 5
"""Words: more in a row are said on both sides, and not by chance."""
_SCRAP: Final = 20
_LONG: Final = 80
_FAR: Final = 80
_ENDS: Final = ".!?…:;。！？"


class Row(NamedTuple):
    """Words of a text in which something was replaced."""

    keys: list[str]
    starts: list[int]
    """Where each begins, and at last where the text goes on."""
    units: list[int]
    """The words with which a unit begins."""

    def part(self, start: int, end: int) -> "Row":
        if start == 0 and end == len(self.keys):
            return self
        units = self.units[bisect_left(self.units, start) : bisect_left(self.units, end)]
        return Row(self.keys[start:end], self.starts[start : end + 1], [unit - start for unit in units])

    def length(self, start: int, end: int) -> int:
        """In characters, up to the next word."""
        return self.starts[end] - self.starts[start]

    def begins(self, word: int) -> bool:
        """Whether a unit begins with this word."""
        at = bisect_left(self.units, word)
        return word >= len(self.keys) or (at < len(self.units) and self.units[at] == word)

    def rest(self, word: int) -> int:
        """Up to which word the unit goes on that has begun before this one."""
        at = bisect_left(self.units, word)
        return self.units[at] if at < len(self.units) else len(self.keys)

    def last(self, word: int) -> int:
        """With which word the unit of this one begins."""
        at = bisect_right(self.units, word)
        return self.units[at - 1] if at else -1

    def worth(self, word: int) -> float:
        """How well a change begins here: best with a unit, then behind a blank."""
        return 2 if self.begins(word) else self.starts[word] > self.starts[word - 1] + len(self.keys[word - 1])

    def end(self, start: int, word: int) -> int | None:
        """The first word between the two that ends a unit, and is the second one."""
        return next((at for at in range(start, word) if self.keys[at] == self.keys[word] and self.begins(at + 1)), None)


def tidied(matches: list[Match], old: Row, new: Row) -> list[Match]:
    """With edges where sentences begin, and without confetti."""
    matches = at_edges(_joined(matches, old.keys, new.keys), old.keys, new.keys, old.worth, new.worth)
    matches = without_islands(at_ends(matches, old, new), old, new)
    return [] if _says_nothing(matches, old, new) else matches


def _says_nothing(matches: list[Match], old: Row, new: Row) -> bool:
    """Nothing but a dot or another sign is left of many words."""
    if len(matches) != 1:
        return False
    ((at, _, size),) = matches
    return size == 1 and min(len(old.keys), len(new.keys)) > _FEW and not old.keys[at].isalnum()


def _joined(matches: list[Match], old: list[str], new: list[str]) -> list[Match]:
    """What only one row has goes together with what only it has before, where the words between also stand behind."""
    found: list[Match] = []
    for match in matches:
        while found:
            i, i_end, j, j_end = _change(found[-2] if len(found) > 1 else (0, 0, 0), found[-1])
            a, b, size = found[-1][2] + i_end, found[-1][2] + j_end, found[-1][2]
            if i == i_end and j < j_end and a == match[0]:
                is_again = new[j_end:b] == new[match[1] - size : match[1]]
            elif j == j_end and i < i_end and b == match[1]:
                is_again = old[i_end:a] == old[match[0] - size : match[0]]
            else:
                break
            if not is_again:
                break
            found.pop()
            match = (match[0] - size, match[1] - size, match[2] + size)
        found.append(match)
    return found


def without_islands(matches: list[Match], old: Row, new: Row) -> list[Match]:
    """Leaves out what is no longer than the changes on either side of it, but where a number stands for a number, or
    whole sentences are added or left out."""
    kept: list[Match] = [(0, 0, 0)]
    here, there = old.starts, new.starts
    for match in [*matches, (len(old.keys), len(new.keys), 0)]:
        i, j, _ = match
        while len(kept) > 1:
            a, b, size = kept[-1]
            a_end, b_end = a + size, b + size
            if size > _PHRASE or (size > i - a_end and size > j - b_end):
                break
            a_start, b_start = kept[-2][0] + kept[-2][2], kept[-2][1] + kept[-2][2]
            if size > a - a_start and size > b - b_start:
                break
            length = max(here[a_end] - here[a], there[b_end] - there[b])
            if length > here[i] - here[a_end] and length > there[j] - there[b_end]:
                break
            if length > here[a] - here[a_start] and length > there[b] - there[b_start]:
                break
            if _stands_out((a_start, a, b_start, b), old, new) or _stands_out((a_end, i, b_end, j), old, new):
                break
            kept.pop()
        kept.append(match)
    return [match for match in kept if match[2]]


def _change(before: Match, behind: Match) -> Change:
    """What is no match between these two."""
    return before[0] + before[2], behind[0], before[1] + before[2], behind[1]


def _stands_out(change: Change, old: Row, new: Row) -> bool:
    """A number for a number, or whole units added or left out."""
    a, a_end, b, b_end = change
    if a < a_end and b < b_end:
        return a_end - a == b_end - b == 1 and is_number(old.keys[a]) and is_number(new.keys[b])
    return old.begins(a) and old.begins(a_end) and new.begins(b) and new.begins(b_end)


def without_scraps(matches: list[Match], old: list[int], new: list[int]) -> list[Match]:
    """Leaves out units such as a closing brace that stand between two long changes: words are matched across them."""
    ends = [*matches, (len(old) - 1, len(new) - 1, 0)][1:]
    kept: list[Match] = []
    i = j = 0
    for (a, b, size), (a_next, b_next, _) in zip(matches, ends, strict=True):
        left = max(old[a] - old[i], new[b] - new[j])
        i, j = a + size, b + size
        right = max(old[a_next] - old[i], new[b_next] - new[j])
        if old[i] - old[a] > _SCRAP or min(left, right) < _LONG:
            kept.append((a, b, size))
    return kept


def at_ends(matches: list[Match], old: Row, new: Row) -> list[Match]:
    """Where sentences follow a change, and only the dot behind the last of them was matched: the change ends at the
    dot of the first one."""
    found: list[Match] = []
    last = (0, 0, 0)
    for match in matches:
        a, b, size = match
        a_start, _, b_start, _ = _change(last, match)
        last = match
        if old.begins(a + 1) and new.begins(b + 1):
            end, other = new.end(b_start, b), old.end(a_start, a)
            if (end is None) != (other is None):
                found.append((a if other is None else other, b if end is None else end, 1))
                match = (a + 1, b + 1, size - 1)
        if match[2]:
            found.append(match)
    return found


def at_edges(
    matches: list[Match],
    old: list[str],
    new: list[str],
    old_worth: Callable[[int], float],
    new_worth: Callable[[int], float],
) -> list[Match]:
    """Moves what only one row has to where a sentence or a line begins, if it reads the same there.

    The worth of a place says how well a change begins there.
    """
    for number in range(len(matches) - 1):
        a, b, size = matches[number]
        a_next, b_next, size_next = matches[number + 1]
        # A match may go whole only where no other change is behind it.
        back = size - (a > 0 or b > 0)
        on = size_next - (a_next + size_next < len(old) or b_next + size_next < len(new))
        if max(a_next - a, b_next - b) - size < _SHORT:
            continue
        if a + size == a_next:
            by = _slide(new, b + size, b_next, back, on, new_worth)
        elif b + size == b_next:
            by = _slide(old, a + size, a_next, back, on, old_worth)
        else:
            continue
        if by:
            matches[number] = (a, b, size + by)
            matches[number + 1] = (a_next + by, b_next + by, size_next - by)
    return [match for match in matches if match[2]]


def _slide(row: list[str], start: int, end: int, back: int, on: int, worth: Callable[[int], float]) -> int:
    """How far on, or back, the stretch is best placed; so far it may go back and on."""
    places = [0]
    while places[-1] < on and row[start + places[-1]] == row[end + places[-1]]:
        places.append(places[-1] + 1)
    by = -1
    while -by <= back and row[start + by] == row[end + by]:
        places.append(by)
        by -= 1
    return max(places, key=lambda by: (worth(start + by), -abs(by))) if len(places) > 1 else 0


def worth(text: str, at: int) -> float:
    """How well a change begins here: best at a paragraph, then at a line, the less indented the better."""
    before = text[max(0, at - _FAR) : at]
    gap = before[len(before.rstrip()) :]
    if not before or gap.count("\n") > 1:
        return 4
    if "\n" in gap:
        return 3 - (len(gap) - gap.rindex("\n")) / _FAR
    return before.rstrip()[-1:] in _ENDS
