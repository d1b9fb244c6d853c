"""A piece of the app that is always the same, so that two themes can be told apart by it."""

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from compare_tui.core.verdict import Verdict
from compare_tui.ui.widgets.lines import Lines, Row

_FOCUSED: tuple[Row, Row] = (
    (
        ((" 1 ", "key"), ("gpt-5.5-pro", "title"), (" high", "badge"), (" flex", "badge"), (" ◆ baseline", "mark")),
        (("✓ done", "good"), (" ", "plain")),
    ),
    (((" ", "plain"), ("TTFT 812 ms", "strong"), ("  $0.0412", "strong"), ("  1,204 tok", "plain")), ()),
)
_OTHER: tuple[Row, Row] = (
    (((" 2 ", "key"), ("gpt-5.5-mini", "title"), (" low", "badge")), (("▸ writing", "live"), (" ", "plain"))),
    (((" ", "plain"), ("TTFT 96 ms", "strong"), ("  ~$0.0007", "strong"), ("  total 2.1 s", "dim")), ()),
)
_ROLES = {
    Verdict.DONE: "$text-success",
    **dict.fromkeys((Verdict.FAILED, Verdict.CUT, Verdict.STALLED), "$text-error"),
}


def _answer() -> Content:
    return Content.assemble(
        ("Why it failed", "$text-primary bold underline"),
        "\nThe deploy ",
        ("stopped", "bold"),
        " at step three, ",
        ("before", "italic"),
        " the cache was warm: ",
        ("retries = 0", "$text-accent"),
        ", see ",
        ("the log", "$text-primary underline"),
        ".",
    )


def _marks() -> Content:
    return Content.assemble(
        "differs: ",
        ("+ after three", "underline $text-success on $success-muted"),
        " ",
        ("- at once", "strike $text-error on $error-muted"),
        "\nselected: ",
        ("a few words", "$screen-selection-foreground on $screen-selection-background"),
        "  cursor: ",
        (" a row ", "$block-cursor-foreground on $block-cursor-background"),
        ("\nmuted: what steps back, and waits", "$foreground-muted"),
    )


def _verdicts() -> Content:
    """Three rows of three."""
    pieces = [
        (f"{verdict.glyph} {verdict.value}".ljust(13), _ROLES.get(verdict, "$text-warning")) for verdict in Verdict
    ]
    return Content("\n").join(Content.assemble(*pieces[at : at + 3]).rstrip() for at in range(0, len(pieces), 3))


class ThemeSample(Vertical):
    """Two titles, an answer, a notice, marks and every verdict."""

    DEFAULT_CSS = """
    ThemeSample {
        background: $surface;
        & > Lines { height: 2; background: $panel; }
        & > Lines.-focused { background: $primary-muted; }
        &:ansi > Lines.-focused { text-style: reverse; }
        & > Static { padding: 0 1; margin-bottom: 1; }
        & > .sample--notice { color: $text-warning; background: $panel; }
    }
    """

    def compose(self) -> ComposeResult:
        focused, other = Lines(classes="-focused"), Lines()
        focused.show(*_FOCUSED)
        other.show(*_OTHER)
        yield focused
        yield Static(_answer())
        yield Static("asked flex, served default", classes="sample--notice", markup=False)
        yield other
        yield Static(_marks())
        yield Static(_verdicts())
