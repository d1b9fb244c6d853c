"""What others make of the same two texts, word by word: `difflib` in a process of its own, which may take for ever.

python -m benchmarks.diff_controls SIZE KIND        the CPU of `difflib` in ms, and the words it calls changed
"""

import difflib
import json
import subprocess
import sys
from itertools import groupby
from time import process_time
from typing import Final

from rapidfuzz.distance import Indel, Opcode, Opcodes

from benchmarks.children import ROOT
from benchmarks.diff_texts import Stretch, pair, tokens, words_in
from benchmarks.figures import NotMeasured

PATIENCE_S: Final = 2.0


class Numbered:
    """Two texts in tokens, each known by a number."""

    def __init__(self, old: str, new: str) -> None:
        known: dict[str, int] = {}
        self.tokens = tokens(old), tokens(new)
        self.old, self.new = ([known.setdefault(one, len(known)) for one in side] for side in self.tokens)
        self._space = {number for one, number in known.items() if one.isspace()}

    def minimal(self) -> int:
        """The fewest words that can be called changed; needs no more memory than the texts."""
        old, new = ([one for one in side if one not in self._space] for side in (self.old, self.new))
        return Indel.distance(old, new)

    def opcodes(self) -> Opcodes:
        """A longest common subsequence. Its memory is the square of the texts: gigabytes for 500 kB."""
        return Indel.opcodes(self.old, self.new)

    def plain(self) -> list[Stretch]:
        found = groupby(self.opcodes(), key=lambda one: one.tag == "equal")
        return [Stretch(same, sum(map(self._words, ones))) for same, ones in found]

    def _words(self, one: Opcode) -> int:
        old, new = self.tokens
        gone = words_in(old[one.src_start : one.src_end])
        return gone if one.tag == "equal" else gone + words_in(new[one.dest_start : one.dest_end])


def difflib_says(size: int, kind: str, patience_s: float = PATIENCE_S) -> tuple[float, int] | None:
    """Its CPU in ms and how many words it calls changed; None when it is not done in time."""
    command = [sys.executable, "-m", "benchmarks.diff_controls", str(size), kind]
    try:
        ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=patience_s, check=False)
    except subprocess.TimeoutExpired:
        return None
    if ended.returncode:
        raise NotMeasured(f"difflib: {ended.stderr[-300:]}")
    cpu_ms, changed = json.loads(ended.stdout)
    return cpu_ms, changed


def _main(size: int, kind: str) -> None:
    numbered = Numbered(*pair(size, kind))
    begun = process_time()
    found = difflib.SequenceMatcher(None, numbered.old, numbered.new, autojunk=False).get_opcodes()
    cpu_ms = 1_000 * (process_time() - begun)
    old, new = numbered.tokens
    changed = sum(words_in(old[i1:i2]) + words_in(new[j1:j2]) for tag, i1, i2, j1, j2 in found if tag != "equal")
    print(json.dumps([cpu_ms, changed]))


if __name__ == "__main__":
    _main(int(sys.argv[1]), sys.argv[2])
