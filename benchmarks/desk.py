"""Where the program is run: a directory of its own for its files and settings, and nobody's key."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.children import warm_bytecode


@dataclass(frozen=True, slots=True)
class Desk:
    path: Path
    environ: dict[str, str]


@contextmanager
def desk() -> Iterator[Desk]:
    with warm_bytecode() as environ, tempfile.TemporaryDirectory() as path:
        kept = {name: value for name, value in environ.items() if not name.startswith(("OPENAI_", "COMPARE_TUI"))}
        yield Desk(Path(path), kept | {"COMPARE_TUI_HOME": path})
