"""Whether the app can be shown here at all: is this a terminal, and is it large enough."""

from collections.abc import Mapping
from typing import Final, TextIO

SMALLEST: Final = (60, 20)

_WITHOUT: Final = "`compare-tui run --help` shows how to go on without one"


def why_not(
    stdin: TextIO | None, stdout: TextIO | None, environ: Mapping[str, str], *, output: str = "standard output"
) -> str | None:
    """A hint for the user when the app cannot start here; None when it can. `output` is what `stdout` is called."""
    for stream, name in ((stdin, "standard input"), (stdout, output)):
        if stream is None or stream.closed or not stream.isatty():
            return f"the app needs a terminal, and {name} is none; {_WITHOUT}"
    term = environ.get("TERM", "")
    if term in ("", "dumb"):
        state = "is dumb" if term else "is not set"
        return f"the app needs a terminal that can draw, and TERM {state}; {_WITHOUT}"
    return None


def too_small(width: int, height: int) -> str | None:
    """What a terminal below the smallest size is told instead of the app."""
    if width >= SMALLEST[0] and height >= SMALLEST[1]:
        return None
    return f"compare-tui needs {SMALLEST[0]}×{SMALLEST[1]}; this terminal is {width}×{height}"
