"""Plain text as prompts: split on lines that hold only `---`, or whole."""

from collections.abc import Iterator

from compare_tui.promptfiles.drafts import Draft, Reading
from compare_tui.promptfiles.places import Line, Place, trimmed


def read_split(lines: Iterator[Line], reading: Reading) -> Iterator[Draft]:
    """A prompt between any two separators. An empty one between others is passed over, and that is said."""
    empty = skipped = 0
    first: int | None = None
    begun = False
    for piece in _pieces(lines):
        text = trimmed([text for _, text in piece])
        if text:
            start = next(place for place, text in piece if text.strip())
            if empty and not skipped:
                first = start.line
            skipped, empty, begun = skipped + empty, 0, True
            yield Draft(start, text)
        elif begun:
            empty += 1
    if skipped:
        reading.notice(f"empty prompts skipped: {skipped}, the first above line {first}")


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
