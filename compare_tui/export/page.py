"""What our pages share: how they begin, how a text from outside is put in, and how what differs is marked."""

from collections.abc import Iterable, Iterator
from html import escape
from importlib.resources import files
from typing import Final

from compare_tui.core.diff.model import Kind
from compare_tui.core.sanitize import safe_display, safe_line

POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
MADE_BY: Final = "<p>Made by compare-tui. This page loads nothing.</p>"
_TAGS: Final = {Kind.GONE: "del", Kind.NEW: "ins"}


def head(title: str, style: str) -> Iterator[str]:
    """With the style of all pages and that of this kind of page."""
    yield '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
    yield f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
    yield '<meta name="color-scheme" content="light dark">\n<meta name="referrer" content="no-referrer">\n'
    yield f'<title>{html_line(title)}</title>\n<link rel="icon" href="data:,">\n<style>\n'
    for name in ("page.css", style):
        yield files("compare_tui.export").joinpath(name).read_text(encoding="utf-8")
    yield "</style>\n</head>\n"


def html_line(text: str) -> str:
    return escape(safe_line(text))


def html_text(text: str) -> str:
    return escape(safe_display(text))


def spans(texts: Iterable[str]) -> str:
    return "".join(f"<span>{html_line(one)}</span>" for one in texts)


def marked(kind: Kind, shown: str, title: str, *, number: bool = False, moved: bool = False, id_: str = "") -> str:
    """What one side alone says, struck out or underlined, so that no colour has to be seen. `shown` is escaped."""
    if kind not in _TAGS:
        return shown
    classes = " ".join(name for name, given in (("number", number), ("moved", moved)) if given)
    known = {"id": id_, "class": classes, "title": html_line(title)}
    attributes = "".join(f' {name}="{value}"' for name, value in known.items() if value)
    return f"<{_TAGS[kind]}{attributes}>{shown}</{_TAGS[kind]}>"
