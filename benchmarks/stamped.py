"""The app, whose stamps are kept: how much later than the server's own stamp it stamped each delta.

    python -m benchmarks.stamped FILE ARGUMENTS…

Starts the program with the arguments; the file gets a line for each take that ends, with its milliseconds.
"""

import json
import sys
from pathlib import Path
from typing import Final

from benchmarks.servers import STAMP
from compare_tui.cli import main
from compare_tui.core.events import Event, Kind
from compare_tui.engine.engine import Running

_drain: Final = Running.drain
_late_ms: dict[str, list[float]] = {}


def keep_stamps(file: Path) -> None:
    """The app folds its events as ever, and every stamp is compared with the one the delta carries."""

    def drain(running: Running) -> list[Event]:
        events = _drain(running)
        texts = [event for event in events if event.kind is Kind.TEXT]
        late = _late_ms.setdefault(running.take.id, [])
        late += [(event.t_ns - int(stamp)) / 1e6 for event in texts for stamp in STAMP.findall(event.text)]
        if events and running.take.verdict is not None:
            with file.open("a") as lines:
                lines.write(json.dumps(_late_ms.pop(running.take.id)) + "\n")
        return events

    Running.drain = drain  # type: ignore[assignment]  # the only look at a stamp that changes nothing in the app


if __name__ == "__main__":
    keep_stamps(Path(sys.argv.pop(1)))
    main()
