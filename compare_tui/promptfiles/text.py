"""Plain text as prompts: split on lines that hold only `---`, or whole."""

from collections.abc import Iterator

from compare_tui.promptfiles.drafts import Draft, Reading
from compare_tui.promptfiles.places import Line, Place, trimmed


def read_split(lines: Iterator[Line], reading: Reading) -> Iterator[Draft]:
    """A prompt between any two separators. An empty one between others is passed over, and that is said."""
    skipped = begun = 0
    for piece in _pieces(lines):
        text = trimmed([text for _, text in piece])
        if text:
            start = next(place for place, text in piece if text.strip())
            notice = f"{start}: empty prompts skipped before this line: {skipped}"
            yield Draft(start, text, notices=(notice,) if skipped else ())
            skipped, begun = 0, 1
        else:
            skipped += begun


def _pieces(lines: Iterator[Line]) -> Iterator[list[Line]]:
    """The lines between separators."""
    piece: list[Line] = []
    for place, text in lines:
        if text.rstrip(" \t\r\n") == "---":
            yield piece
            piece = []
        else:
            piece.append((place, text))
    yield piece


def read_whole(lines: Iterator[Line], reading: Reading) -> Iterator[Draft]:
    """One prompt, whatever it holds: `---` is a rule or front matter in Markdown."""
    text = trimmed([text for _, text in lines])
    if text:
        yield Draft(Place(reading.file), text)
