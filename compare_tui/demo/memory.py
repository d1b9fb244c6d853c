"""What a server remembers from request to request: how often it saw one, and which prefixes a cache would hold."""

from collections import Counter, OrderedDict
from hashlib import blake2b

from compare_tui.demo.ask import Ask

_BLOCK = 256
_LOOKED_AT = 2_000_000
_LEAST_CACHED = 1_024
_CACHE_STEP = 128
_MOST_PREFIXES = 50_000
_MOST_REQUESTS = 100_000


class Memory:
    """Bounded, and touched by the loop of the server alone."""

    def __init__(self) -> None:
        self.requests = 0
        self.flex_requests = 0
        self._seen: Counter[tuple[str, ...]] = Counter()
        self._prefixes: OrderedDict[bytes, None] = OrderedDict()

    def nth(self, dialect: str, ask: Ask) -> int:
        """Which time this is that the same lane asks the same."""
        self.requests += 1
        self.flex_requests += ask.tier == "flex"
        if len(self._seen) >= _MOST_REQUESTS:
            self._seen.clear()
        key = (dialect, ask.model.name, ask.effort, ask.tier, ask.fingerprint)
        self._seen[key] += 1
        return self._seen[key]

    def cached_and_written(self, ask: Ask) -> tuple[int, int]:
        """Tokens of the longest prefix that the same model met under the same key, and those newly kept."""
        if ask.input_tokens < _LEAST_CACHED:
            return 0, 0
        text = ask.whole_text
        length = max(len(text), 1)
        points = _points(text[:_LOOKED_AT], f"{ask.model.name}\n{ask.cache_key}\n")
        reached = next((end for end, point in reversed(points) if point in self._prefixes), 0)
        for _, point in points:
            self._prefixes[point] = None
            self._prefixes.move_to_end(point)
        while len(self._prefixes) > _MOST_PREFIXES:
            self._prefixes.popitem(last=False)
        known = ask.input_tokens * reached // length
        cached = known // _CACHE_STEP * _CACHE_STEP if known >= _LEAST_CACHED else 0
        whole = ask.input_tokens // _CACHE_STEP * _CACHE_STEP
        return cached, max(whole - cached, 0) if ask.model.writes_cache else 0


def _points(text: str, root: str) -> list[tuple[int, bytes]]:
    """A fingerprint of every prefix that ends with a block, and of the whole."""
    running = blake2b(root.encode("utf-8", "surrogatepass"), digest_size=12)
    points = []
    for start in range(0, len(text), _BLOCK):
        block = text[start : start + _BLOCK]
        running.update(block.encode("utf-8", "surrogatepass"))
        points.append((start + len(block), running.digest()))
    return points
