"""Where keys are tried: apps brought to a known state, and the list of what is done to them there."""

import base64
import itertools
import re
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.faults.server import FaultServer
from tests.integration.app import App, Look

Size = tuple[int, int]
Does = Callable[[App, str], None]
Stage = Callable[[Path, Size], "Iterator[App]"]

_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Drive:
    """One key of one action, and what has to be seen once it is pressed; after it the stage is as it was."""

    id: str
    key: str
    does: Does
    on: Stage

    def __str__(self) -> str:
        return f"{self.id}-{self.key}"

    @property
    def is_named(self) -> bool:
        """By its name in the palette instead of by a key."""
        return len(self.key) > 1 and self.key.startswith(":")

    @property
    def is_plain(self) -> bool:
        """No function key and no chord: nothing that an editor or a multiplexer around us keeps for itself."""
        return self.is_named or not re.search(r"^f\d|ctrl\+|alt\+", self.key)


@dataclass(frozen=True, slots=True)
class Case:
    """A drive on a terminal of this size."""

    drive: Drive
    size: Size

    def __str__(self) -> str:
        return f"{self.drive}-{self.size[0]}"


@dataclass(slots=True)
class Opened:
    """A stage somebody plays on; it is opened meanwhile."""

    context: AbstractContextManager[App]
    app: Future[App]
    size: Size


class Stages:
    """One is opened while the one before is played on, and left after its last case: an app that nobody looks at costs
    what a drive does. It is opened anew for its narrow cases, and where something failed."""

    def __init__(self, folder: Path, cases: Iterable[Case]) -> None:
        self._folder = folder
        self._coming = list(cases)
        self._opened: dict[Stage, Opened] = {}
        self._opener = ThreadPoolExecutor(1)

    def play(self, case: Case) -> None:
        self._coming.remove(case)
        stage = case.drive.on
        opened = self._opened.pop(stage, None) or self._open(case)
        if opened.size != case.size:
            opened.context.__exit__(None, None, None)
            opened = self._open(case)
        more = any(coming.drive.on is stage for coming in self._coming)
        self._open_next(stage)
        with ExitStack() as leave:
            leave.callback(opened.context.__exit__, None, None, None)
            app = opened.app.result()
            case.drive.does(app, case.drive.key)
            if more and not app.has_ended:
                self._opened[stage] = opened
                leave.pop_all()

    def _open_next(self, stage: Stage) -> None:
        following = next((case for case in self._coming if case.drive.on is not stage), None)
        if following is not None and following.drive.on not in self._opened:
            self._opened[following.drive.on] = self._open(following)

    def _open(self, case: Case) -> Opened:
        stage = case.drive.on
        context = contextmanager(stage)(self._folder / f"{stage.__name__}-{next(_numbers)}", case.size)
        return Opened(context, self._opener.submit(context.__enter__), case.size)

    def close(self) -> None:
        self._opener.shutdown()
        for opened in self._opened.values():
            opened.context.__exit__(None, None, None)


# The stages


def answered(folder: Path, size: Size) -> Iterator[App]:
    """Two rounds in four panes, the second pane has the focus; it has reasoning, code, and more than fits."""
    script = folder / "editor"
    folder.mkdir(parents=True)
    script.write_text('#!/bin/sh\nprintf "from outside: %s" "$(cat "$1")" > "$1.new" && mv "$1.new" "$1"\n')
    script.chmod(0o755)
    with App(folder, "demo", "--speed", "40", size=size, env={"EDITOR": str(script)}) as app:
        app.opened()
        app.key("f2").see("Lanes  4 of 24")
        app.key("j").key("t").see("╭─ Lane 2")
        app.type(" summary=auto").key("enter").gone("╭─ Lane 2")
        app.key("escape").gone("4 of 24")
        app.key("ctrl+j").answered(1)
        app.to_panes()
        another_prompt(app)
        app.key("S").answered(2)
        app.key("2").see(focus_on(2))
        yield app


def streaming(folder: Path, size: Size) -> Iterator[App]:
    """Four panes whose answers take their time."""
    with App(folder, "demo", "--speed", "2", size=size) as app:
        app.opened().to_panes()
        app.key("2").see(focus_on(2))
        yield app


def faulty(folder: Path, size: Size) -> Iterator[App]:
    """A lane that finds no flex capacity, one that fails, one that answers."""
    lanes = "fault-flex-busy flex name=flex", "fault-server-500-escapes name=broken", "healthy-1"
    yield from _against_faults(folder, size, *lanes)


def nine(folder: Path, size: Size) -> Iterator[App]:
    """Nine panes, more than fit on one page."""
    yield from _against_faults(folder, size, *(f"healthy-{n}" for n in range(1, 10)))


def _against_faults(folder: Path, size: Size, *lanes: str) -> Iterator[App]:
    with FaultServer() as server:
        free_endpoint(folder, server.base_url())
        words = [word for lane in lanes for word in ("--lane", lane)]
        with App(folder, *words, size=size) as app:
            app.opened().type("Who jumps?").see("Who jumps?")
            app.to_panes()
            app.key("S").answered(1)
            yield app


def listed(folder: Path, size: Size) -> Iterator[App]:
    """The lanes screen with the four lanes of the demo, the first one chosen."""
    with App(folder, "demo", size=size) as app:
        app.opened().key("f2").see("Lanes  4 of 24")
        yield app


def first_start(folder: Path, size: Size) -> Iterator[App]:
    """Neither a key nor settings."""
    with App(folder, size=size) as app:
        app.see("Begin with", "none was found")
        yield app


# What the drives share


class Drives(list[Drive]):
    """All keys of one part of the app."""

    def of(self, id_: str, *keys: str, on: Stage = answered) -> Callable[[Does], Does]:
        """These keys of this action, or `:id` for it by its name in the palette."""

        def register(does: Does) -> Does:
            self.extend(Drive(id_, key, does, on) for key in keys)
            return does

        return register


def focus_on(number: int) -> Callable[[Look], bool]:
    return lambda look: look.focused == number


def states(*expected: str) -> Callable[[Look], bool]:
    """All panes in sight are in one of these states."""
    return lambda look: bool(look.heads) and set(look.states()) <= {*expected}


def switches(app: App, key: str, seen: str) -> None:
    """The key shows something, and again it is gone."""
    app.key(key).see(seen)
    app.key(key).gone(seen)


def another_prompt(app: App) -> int:
    """Write something more, for the same prompt is not sent twice at once, and go back to the panes. The rounds."""
    app.to_prompt()
    word = f" v{next(_numbers)}"
    app.type(word).see(word)
    app.to_panes()
    return app.look.rounds


def clipboard(app: App) -> str:
    """What went to the terminal by OSC 52 last."""
    return base64.b64decode(re.findall(rb"\x1b\]52;c;([^\x07\x1b]*)", app.raw)[-1]).decode()


def free_endpoint(folder: Path, base_url: str, api: str = "responses") -> None:
    """Settings with one endpoint that costs nothing, so that nothing is asked before a send."""
    config = folder / "home" / "config" / "config.toml"
    config.parent.mkdir(parents=True)
    config.write_text(
        f'[endpoint.local]\nbase_url = "{base_url}"\napi = "{api}"\nfree = true\n[defaults]\nendpoint = "local"\n'
    )
