"""The keys of the lanes screen and of the first start, each with what it has to do."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from threading import Thread

from rich.style import Style

from compare_tui.engine.local_servers import USUAL_PORTS
from tests.integration.app import App, Look
from tests.integration.app_stages import Drives, first_start, listed, states

DRIVES = Drives()
drives = DRIVES.of

_numbers = count(1)


def listing(*lanes: str) -> Callable[[Look], bool]:
    """The rows of the list begin with these lanes, in this order."""

    def seen(look: Look) -> bool:
        rows = [" ".join(row.split()[:3]) for row in look.rows[2 : 2 + len(lanes)]]
        return rows == [f"{number} {lane}" for number, lane in enumerate(lanes, 1)]

    return seen


FOUR = "gpt-5.5 low", "gpt-5.5 high", "gpt-5.5-pro high", "gpt-5.5-mini low"


def undone(app: App, key: str = "u") -> None:
    app.key(key).see("Lanes  4 of 24", "Taken back.", listing(*FOUR))


@drives("lanes-add", "a", on=listed)
def add(app: App, key: str) -> None:
    app.key(key).see("╭─ A new lane", "served by demo")
    app.type("gpt-6.1-sol").see("gpt-6.1-sol medium")
    app.key("enter").see("Lanes  5 of 24", "Added gpt-6.1-sol medium.")
    undone(app)
    app.press("k", "k", "k", "k")


@drives("lanes-edit", "enter", "e", on=listed)
def edit(app: App, key: str) -> None:
    app.key(key).see("╭─ Lane 1")
    app.key("tab").key("down").see("gpt-5.5 medium")
    app.key("enter").see("Lane 1 is now gpt-5.5 medium.", listing("gpt-5.5 medium"))
    undone(app)


@drives("lanes-mute", "-", on=listed)
def mute(app: App, key: str) -> None:
    app.key(key).see("‖ muted", "1 muted")
    app.key(key).see("Lane 1 is back in", lambda look: "‖ muted" not in look)


@drives("lanes-efforts", "E", on=listed)
def efforts(app: App, key: str) -> None:
    app.key(key).see("of 24", "u takes them back")
    undone(app)


@drives("lanes-tiers", "T", on=listed)
def tiers(app: App, key: str) -> None:
    app.key(key).see("tiers; u takes them back.", listing("gpt-5.5 low"))
    assert "flex" in app.text.split("───")[0]
    undone(app)


@drives("lanes-help", "?", on=listed)
def help_opens(app: App, key: str) -> None:
    app.key(key).see("Here: in the list of lanes")
    app.key("escape").gone("Here: in the list")


@drives("lanes-done", "escape", on=listed)
def done(app: App, key: str) -> None:
    app.key(key).see(states("not sent"))
    app.key("f2").see("Lanes  4 of 24")


@drives("lanes-text", "t", on=listed)
def as_text(app: App, key: str) -> None:
    app.key(key).see("╭─ Lane 1", "enter takes it")
    app.type(" temp=0.2").key("enter").see("is now gpt-5.5 low", "temp=0.2")
    undone(app)


@drives("lanes-duplicate", "d", on=listed)
def duplicate(app: App, key: str) -> None:
    app.key(key).see("A copy of lane 1", "Lanes  5 of 24", listing("gpt-5.5 low", "gpt-5.5 low", "gpt-5.5 high"))
    undone(app)


@drives("lanes-remove", "delete", "x", on=listed)
def remove(app: App, key: str) -> None:
    app.key(key).see("Removed gpt-5.5 low; u brings it back.", "Lanes  3 of 24", listing(*FOUR[1:]))
    undone(app)


@drives("lanes-undo", "u", "ctrl+z", on=listed)
def undo(app: App, key: str) -> None:
    app.key("x").see("Lanes  3 of 24")
    undone(app, key)


@drives("lanes-move-down", "J", "shift+down", on=listed)
def move_down(app: App, key: str) -> None:
    app.key(key).see("Now lane 2.", listing("gpt-5.5 high", "gpt-5.5 low"))
    undone(app)


@drives("lanes-move-up", "K", "shift+up", on=listed)
def move_up(app: App, key: str) -> None:
    app.press("j")
    app.key(key).see("Now lane 1.", listing("gpt-5.5 high", "gpt-5.5 low"))
    undone(app)
    app.press("k")


@drives("lanes-name", "n", on=listed)
def name(app: App, key: str) -> None:
    app.key(key).see("╭─ Name of the lane")
    app.type("quick").key("enter").see("Named.", "1 quick")
    undone(app)


@drives("lanes-presets", "P", on=listed)
def presets(app: App, key: str) -> None:
    app.key(key).see("╭─ Presets")
    app.key("s").see("Keep these lanes as")
    app.type("mine").key("enter").see("mine is kept.", "4 lanes:")
    app.key("enter").see("Taken up; u brings the lanes before back.", listing(*FOUR))
    undone(app)


@drives("lanes-price", "$", "p", on=listed)
def price(app: App, key: str) -> None:
    app.key("t").see("╭─ Lane 1")
    app.press(*["backspace"] * len("gpt-5.5 low"))
    app.see("a lane starts with a model")
    model = f"mystery-{next(_numbers)}"  # that of another drive has a price by now
    app.type(model).key("enter").see(f"is now {model}.", "! no price")
    app.key(key).see("What does it cost?")
    app.type("1.5").see("1.5")
    blurred = field_style(app.look, "output ")
    app.key("tab").see(lambda look: field_style(look, "output ") != blurred)
    app.type("6").see("per 1K tokens: $0.0015 input, $0.006 output")
    app.key("enter").see(f"The price of {model} is used from now on.", "$0.0015")
    undone(app)


def field_style(look: Look, label: str) -> list[Style]:
    """A field looks otherwise while it has the focus. Typed in one burst with tab, text would go to the one before."""
    x, y = look.screen.find(f"│ {label}") or (0, 0)
    return [look.screen.style(x + at, y) for at in range(40)]


@drives("lanes-down", "j", on=listed)
def down(app: App, key: str) -> None:
    app.key(key).see(described("gpt-5.5 high"))
    app.key("k").see(described("gpt-5.5 low"))


@drives("lanes-up", "k", on=listed)
def up(app: App, key: str) -> None:
    app.key("j").see(described("gpt-5.5 high"))
    app.key(key).see(described("gpt-5.5 low"))


def described(lane: str) -> Callable[[Look], bool]:
    """Whether this is the lane that the screen tells about, below or beside the list."""
    return lambda look: any(lane in row.split("│")[-1] and row.split()[-2:] == lane.split() for row in look.rows)


# At the first start


@drives("first-key", "k", on=first_start)
def show_key(app: App, key: str) -> None:
    app.key(key).see("read -rs OPENAI_API_KEY && export OPENAI_API_KEY", "key_cmd")
    app.key(key).gone("read -rs")


@drives("first-server", "s", on=first_start)
def local_server(app: App, key: str) -> None:
    """The first press looks for one that has come meanwhile, the second begins with it."""
    with served_models("model-one", "model-two") as label:
        app.key(key).see(f"s  {label}", "model-one, model-two")
        app.key(key).see(lambda look: "model-one" in look.label(1), states("not sent"))
    app.key("ctrl+q")
    assert app.wait_for_exit() == 0


@contextmanager
def served_models(*models: str) -> Iterator[str]:
    """A server on a port where one is looked for; whose port that usually is."""
    body = json.dumps({"object": "list", "data": [{"id": model, "object": "model"} for model in models]}).encode()

    class Listing(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *said: object) -> None:
            """Nobody reads it."""

    for usual in USUAL_PORTS:
        with suppress(OSError), ThreadingHTTPServer(("127.0.0.1", usual.port), Listing) as server:
            serving = Thread(target=server.serve_forever)
            serving.start()
            try:
                yield usual.label
            finally:
                server.shutdown()
                serving.join()
            return
    raise AssertionError("none of the usual ports is free")


@drives("first-demo", "d", on=first_start)
def begin_with_demo(app: App, key: str) -> None:
    app.key(key).see(states("not sent"), "simulated answers")
    app.type("Hello?").see("Hello?", "4 requests")
    app.to_panes()
    app.key("S").see("round 1/1", states("queued", "waiting", "thinking", "writing"))
    app.key("ctrl+q").see("4 answers are still coming")
    app.key("y")
    assert app.wait_for_exit() == 0
