"""What fills the place of the panes when there is no key yet: what was looked for, and three ways to begin."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import ClassVar, Final
from urllib.parse import urlsplit

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Static

from compare_tui.config import Config
from compare_tui.core.endpoint import Endpoint
from compare_tui.core.sanitize import safe_line
from compare_tui.engine.local_servers import USUAL_PORTS, LocalServer
from compare_tui.ui.actions import Where
from compare_tui.ui.bindings import bindings

_NAMED_MODELS: Final = 2
_MOST_SERVERS: Final = 9

_Row = tuple[str, str, str]


def without_key(config: Config, environ: Mapping[str, str]) -> tuple[Endpoint, ...]:
    """The endpoints whose environment variable holds no key, the default one first."""
    default = config.endpoint()
    others = (endpoint for endpoint in config.endpoints.values() if endpoint is not default)
    return tuple(one for one in (default, *others) if one.key_env and not environ.get(one.key_env, "").strip())


class FirstStart(VerticalScroll, can_focus=True):
    """Posts what was chosen. It asks nobody itself: the app tells it about servers with `found` and `looked`."""

    DEFAULT_CSS = """
    FirstStart {
        align: center middle;
        padding: 0 2;
    }
    FirstStart #first-start-rows {
        width: 100%;
        max-width: 96;
        height: auto;
    }
    FirstStart .title { text-style: bold; }
    FirstStart .part { color: $text-primary; margin-top: 1; }
    FirstStart .ways { margin-top: 1; height: auto; }
    FirstStart .way { color: $text-muted; }
    FirstStart .paste { text-style: bold; padding-left: 4; }
    FirstStart .row { height: auto; }
    FirstStart .sign { width: 4; padding-left: 1; }
    FirstStart .sign.key { color: $text-accent; text-style: bold; }
    FirstStart .label { width: 26; padding-right: 2; }
    FirstStart .detail { width: 1fr; color: $text-muted; }
    """
    WHERE: ClassVar = Where.FIRST_START
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(Where.FIRST_START),
        Binding("i", "screen.to_prompt", "prompt", show=False),
        *(
            Binding(str(number), f"server({number})", f"server {number}", show=False, id=f"first-server-{number}")
            for number in range(1, _MOST_SERVERS + 1)
        ),
    ]

    class UseDemo(Message):
        """The embedded endpoint was chosen."""

    class UseLocal(Message):
        """A server on this machine was chosen."""

        def __init__(self, server: LocalServer) -> None:
            super().__init__()
            self.server = server

    class LookAgain(Message):
        """No server was there; look for them once more."""

    servers: reactive[tuple[LocalServer, ...]] = reactive((), recompose=True)
    looking: reactive[bool] = reactive(True, recompose=True)
    shows_key: reactive[bool] = reactive(False, recompose=True)

    def __init__(self, config_file: Path, missing: Sequence[Endpoint]) -> None:
        """`missing` is what `without_key` found."""
        super().__init__(id="first-start")
        self._config_file = config_file
        self._missing = tuple(missing)

    def found(self, server: LocalServer) -> None:
        """A server answered. The numbers of those before it stay."""
        self.servers = (*self.servers, server)[:_MOST_SERVERS]

    def looked(self) -> None:
        """All ports were tried."""
        self.looking = False

    def action_demo(self) -> None:
        self.post_message(self.UseDemo())

    def action_server(self, number: int) -> None:
        if number <= len(self.servers):
            self.post_message(self.UseLocal(self.servers[number - 1]))
        elif number == 1 and not self.looking:
            self.looking = True
            self.post_message(self.LookAgain())

    def action_key(self) -> None:
        self.shows_key = not self.shows_key

    def compose(self) -> ComposeResult:
        with Vertical(id="first-start-rows"):
            yield Static("One prompt, several configurations, answers and true figures side by side.", classes="title")
            if self.shows_key:
                with Vertical(classes="ways"):
                    yield from _how_to_set_a_key(self._config_file, self._missing)
                yield Static(" ")
                yield from _rows([("k", "back", "to what was found")], "sign key")
            else:
                yield Static("Looked for", classes="part")
                yield from _rows(self._looked_for(), "sign")
                yield Static("Begin with", classes="part")
                yield from _rows(self._offers(), "sign key")

    def _looked_for(self) -> Iterable[_Row]:
        place = _short(self._config_file)
        there = self._config_file.exists()
        yield _sign(there), "settings", place if there else f"no {place}"
        for endpoint in self._missing:
            yield "✗", f"a key for @{endpoint.name}", f"{endpoint.key_env} is not set"
        if self.servers:
            yield "✓", "servers on this machine", ", ".join(server.label for server in self.servers)
        elif self.looking:
            yield "…", "servers on this machine", "looking"
        else:
            ports = ", ".join(f"{usual.label} {usual.port}" for usual in USUAL_PORTS)
            yield "✗", "servers on this machine", f"none answered on 127.0.0.1 ({ports})"

    def _offers(self) -> Iterable[_Row]:
        yield "d", "the embedded endpoint", "simulated answers, no network, costs nothing"
        for number, server in enumerate(self.servers, 1):
            yield "s" if number == 1 else str(number), server.label, _place_and_models(server)
        if not self.servers:
            state = "looking for one" if self.looking else "none was found; s looks again"
            yield "s", "a server on this machine", state
        yield "k", "your own key", "how to set it"


def _rows(rows: Iterable[_Row], sign_classes: str) -> ComposeResult:
    for sign, label, detail in rows:
        with Horizontal(classes="row"):
            yield Static(sign, classes=sign_classes, markup=False)
            yield Static(label, classes="label", markup=False)
            yield Static(detail, classes="detail", markup=False)


def _how_to_set_a_key(config_file: Path, missing: Sequence[Endpoint]) -> ComposeResult:
    """Lines to paste. `read -s` takes the key unseen, so that it stands in no history."""
    endpoint, name = (missing[0].name, missing[0].key_env) if missing else ("openai", "OPENAI_API_KEY")
    for where, lines in (
        ("In bash or zsh: paste the key when it waits, then start compare-tui again", _in_posix_shells(name)),
        ("In fish", f"read -s -gx {name}"),
        (f"Or let a command print it, in {_short(config_file)}", _in_config(endpoint)),
        ("Other endpoints, with examples", "compare-tui paths --example"),
    ):
        yield Static(where, classes="way", markup=False)
        yield Static(lines, classes="paste", markup=False)


def _in_posix_shells(name: str | None) -> str:
    return f"read -rs {name} && export {name}"


def _in_config(endpoint: str) -> str:
    """An endpoint may have a dot in its name, which TOML wants in quotes."""
    table = f'"{endpoint}"' if "." in endpoint else endpoint
    return f'[endpoint.{table}]\nkey_cmd = ["pass", "show", "{endpoint}"]'


def _place_and_models(server: LocalServer) -> str:
    names = ", ".join(map(safe_line, server.models[:_NAMED_MODELS]))
    rest = len(server.models) - _NAMED_MODELS
    more = f" and {rest} more" if rest > 0 else ""
    return f"{urlsplit(server.base_url).netloc}: {names}{more}"


def _sign(good: bool) -> str:
    return "✓" if good else "✗"


def _short(path: Path) -> str:
    with suppress(RuntimeError, ValueError):  # no home, or not in it
        return safe_line(f"~/{path.relative_to(Path.home())}")
    return safe_line(str(path))
