"""Sessions for the tests of the commands that read and change them, and those commands without a process each."""

import contextlib
import io
from dataclasses import dataclass
from typing import Any

from compare_tui import paths
from compare_tui.cli import _code
from compare_tui.store.store import Store
from tests.store_samples import answered

HOSTILE = "\x1b]0;owned\x07\x1b[2J[bold]x[/]\u202egnp.exe\x00\ud83d tail"
"""Escapes, markup, a turned direction, a NUL and half a character."""
SKY = {"prompts": ("Why is the sky blue?",), "lanes": ("gpt-5.5 low",), "texts": ("Short waves scatter most.",)}


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended and what it said, both as on pipes."""

    code: int
    out: str
    err: str


def run(*words: object) -> Ended:
    """The command in this process, as `main` has it, up to the exit."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = _code([str(word) for word in words])
    return Ended(code, out.getvalue(), err.getvalue())


def keep(*ids: str, **told: Any) -> None:
    """Sessions of these ids in the store of this home, the last one the newest; `told` as `answered` takes it."""
    store = Store.open(paths.sessions_file())
    try:
        for id_ in ids:
            answered(store, id_, **{**SKY, **told})
    finally:
        store.close()
