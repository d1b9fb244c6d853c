"""The exported page in a real browser: no word on its console, no request to anywhere, in the light and in the dark."""

import http.server
import re
import shutil
import subprocess
import threading
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from compare_tui.core.prompt import Prompt
from compare_tui.core.record import SessionRecord
from compare_tui.export import files
from tests.fixtures.export_sessions import answer, hostile_session, rich_session, sent, session

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
OF_ITS_OWN = re.compile(r"(\w+\.)*(google|googleapis|gvt1|gstatic)\.com")
"""Where a browser asks by itself, whatever page it shows."""


class Listener(http.server.BaseHTTPRequestHandler):
    """A proxy through which everything has to go, and that lets nothing out."""

    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.send_error(404)

    do_POST = do_HEAD = do_CONNECT = do_GET  # noqa: N815  # the names http.server looks for

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the name it has in http.server
        pass


class Browser:
    """Chromium without a window."""

    def __init__(self, program: str, profile: Path, proxy: str, asked: list[str]) -> None:
        self._line = [program, "--headless=new", "--no-sandbox", "--disable-gpu", f"--user-data-dir={profile}"]
        self._line += ["--no-first-run", "--enable-logging=stderr", "--disable-background-networking"]
        self._line += [f"--proxy-server={proxy}", "--proxy-bypass-list=<-loopback>"]
        self._asked = asked

    def show(self, page: Path, *options: str) -> tuple[str, list[str], list[str]]:
        """What it made of the page, what it said on its console, and what it asked the network for."""
        self._asked.clear()
        shown = subprocess.run([*self._line, *options, page.as_uri()], capture_output=True, text=True, timeout=60)
        console = [line for line in shown.stderr.splitlines() if ":CONSOLE" in line]
        return shown.stdout, console, [url for url in self._asked if not OF_ITS_OWN.search(url)]


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Browser]:
    program = next(filter(None, map(shutil.which, NAMES)), None)
    if program is None:
        pytest.skip("there is no Chromium here")
    asked: list[str] = []
    handler = type("Heard", (Listener,), {"asked": asked})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield Browser(program, tmp_path / "profile", f"http://127.0.0.1:{server.server_port}", asked)
        server.shutdown()


LEAKS = (
    '<img src="http://leak.example/a.png">',
    "<script src=http://leak.example/b.js></script>",
    "<style>@import url(http://leak.example/c.css)</style>",
    '"><link rel=stylesheet href="http://leak.example/d.css"><iframe src="http://leak.example/e">',
)


def leaking() -> SessionRecord:
    """Texts that a careless page would ask the network for."""
    return session(*(sent(at, Prompt(text), [(f"m{at}", answer(text))]) for at, text in enumerate(LEAKS, 1)))


@pytest.mark.parametrize("make", [rich_session, leaking, lambda: hostile_session(80)])
def test_a_page_says_nothing_on_the_console_and_asks_for_nothing(
    browser: Browser, tmp_path: Path, make: Callable[[], SessionRecord]
) -> None:
    record = make()
    (page,) = files.write(tmp_path / "page.html", record)
    shown, console, asked = browser.show(page, "--dump-dom")
    assert shown.count("<article") == sum(1 for _ in record.takes())
    assert console == []
    assert asked == []


def test_a_page_that_did_ask_and_speak_would_be_found_out(browser: Browser, tmp_path: Path) -> None:
    (page,) = files.write(tmp_path / "page.html", rich_session())
    careless = page.read_text(encoding="utf-8").replace("</body>", f"{LEAKS[0]}<script>console.log(1)</script></body>")
    page.write_text(careless, encoding="utf-8")
    _, console, _ = browser.show(page, "--dump-dom")
    assert len(console) == 2
    page.write_text(re.sub("<meta http-equiv[^>]*>", "", careless), encoding="utf-8")
    _, _, asked = browser.show(page, "--dump-dom")
    assert asked == ["http://leak.example/a.png"]


@pytest.mark.parametrize(("options", "paper"), [((), "fcfbf9"), (("--force-dark-mode",), "15171a")])
def test_a_page_is_light_or_dark_as_the_reader_likes_it(
    browser: Browser, tmp_path: Path, options: tuple[str, ...], paper: str
) -> None:
    (page,) = files.write(tmp_path / "page.html", rich_session())
    picture = tmp_path / "page.png"
    browser.show(page, *options, f"--screenshot={picture}")
    assert corner(picture.read_bytes()) == paper


def corner(png: bytes) -> str:
    """The first pixel: no filter of its row changes it."""
    at, data = 8, b""
    while at < len(png):
        size = int.from_bytes(png[at : at + 4])
        data += png[at + 8 : at + 8 + size] if png[at + 4 : at + 8] == b"IDAT" else b""
        at += size + 12
    return zlib.decompress(data)[1:4].hex()
