"""The net below all sanitising: whatever a widget paints, no control character of a text reaches the terminal."""

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

from compare_tui.core.sanitize import safe_line


class Net(LineFilter):
    """Costs a look at each text; a printable one passes as it is."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        if all(text.isprintable() for text, _, _ in segments):
            return segments
        return [
            segment if segment.control or segment.text.isprintable() else Segment(_shown(segment.text), segment.style)
            for segment in segments
        ]


def _shown(text: str) -> str:
    """As wide as it was, as far as that can be: what cannot be shown becomes a dot."""
    return "".join(sign if sign.isprintable() or _joins(sign) else safe_line(sign)[:1] or "·" for sign in text)


def _joins(sign: str) -> bool:
    return sign in "\u200c\u200d"
