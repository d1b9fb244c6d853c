"""A text in the user's own editor, while the app is suspended and streams go on."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any, Final

from textual.app import App, SuspendNotSupported

from compare_tui.core.sanitize import safe_line

_FALLBACKS: Final = ("sensible-editor", "nano", "vim", "vi")
_AT_ONCE_S: Final = 1.0


class EditorFailed(Exception):
    """The text is as it was; the message is a sentence for the user."""


def edit_in_external(app: App[Any], text: str) -> str | None:
    """The text as the editor left it; None when nothing changed. Why it failed is said to the user."""
    try:
        edited = _edited(app, text)
    except EditorFailed as failed:
        app.notify(str(failed), title="$EDITOR", severity="error", markup=False)
        return None
    return None if edited == text else edited


def _edited(app: App[Any], text: str) -> str:
    import shutil
    import tempfile

    command = _command()
    try:
        folder = Path(tempfile.mkdtemp(prefix="compare-tui-"))
    except OSError as error:
        raise EditorFailed(f"There is no place for a temporary file: {error.strerror}.") from None
    try:
        file = folder / "prompt.md"
        file.touch(mode=0o600)
        file.write_bytes(text.encode())
        began = time.monotonic()
        _run(app, [*command, str(file)])
        edited = _read(file)
        if edited == text and time.monotonic() - began < _AT_ONCE_S:
            app.notify(
                "The editor returned at once and changed nothing. One with a window of its own needs to be told to "
                "wait, such as EDITOR='code --wait'.",
                title="$EDITOR",
                markup=False,
            )
    except OSError as error:
        raise EditorFailed(f"The temporary file cannot be used: {error.strerror}; the prompt is as it was.") from None
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return edited.removesuffix("\n").removesuffix("\r") if _ended_for_us(text, edited) else edited


def _command() -> list[str]:
    import shlex
    import shutil

    for variable in ("VISUAL", "EDITOR"):
        said = os.environ.get(variable, "").strip()
        if not said:
            continue
        try:
            return shlex.split(said)
        except ValueError:
            raise EditorFailed(f"${variable} cannot be read as a command: {safe_line(said)}") from None
    found = next((name for name in _FALLBACKS if shutil.which(name)), None)
    if found is None:
        raise EditorFailed("No editor was found; set EDITOR to the command of yours.")
    return [found]


def _run(app: App[Any], command: list[str]) -> None:
    name = safe_line(command[0])
    try:
        with app.suspend(), _signals_left_to_the_editor():  # the loop stands still meanwhile: nobody paints
            outcome = _outcome(command)
    except SuspendNotSupported:
        raise EditorFailed("This terminal cannot be lent to an editor.") from None
    if isinstance(outcome, OSError):
        raise EditorFailed(f"{name} cannot be started: {outcome.strerror}; set EDITOR to the command of yours.")
    if outcome:
        raise EditorFailed(f"{name} ended with {outcome}; the prompt is as it was.")


def _outcome(command: list[str]) -> int | OSError:
    """Nothing is raised here: `App.suspend` takes the terminal back only from a block that ends well."""
    import subprocess

    try:
        return subprocess.run(command, check=False).returncode
    except OSError as error:
        return error


@contextmanager
def _signals_left_to_the_editor() -> Iterator[None]:
    """ctrl+c and ctrl+z of the terminal reach both: the first must not end us, the second must stop us as any program,
    not take the screen back when the editor goes on. A handler, unlike SIG_IGN, is not handed down to the editor."""
    before = {number: signal.signal(number, _pass_over) for number in (signal.SIGINT, signal.SIGQUIT)}
    before |= {number: signal.signal(number, signal.SIG_DFL) for number in (signal.SIGTSTP, signal.SIGCONT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _pass_over(number: int, frame: FrameType | None) -> None:
    """Heard, and left to the editor."""


def _read(file: Path) -> str:
    try:
        return file.read_bytes().decode()
    except UnicodeDecodeError:
        raise EditorFailed("The editor did not save UTF-8 text; the prompt is as it was.") from None


def _ended_for_us(text: str, edited: str) -> bool:
    """Editors end the last line; a text that had no such end keeps none."""
    return edited.endswith("\n") and not text.endswith("\n")
