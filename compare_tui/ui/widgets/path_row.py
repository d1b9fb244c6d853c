"""The row below the prompt that offers paths for what is typed after an @."""

from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Static

from compare_tui.core.sanitize import safe_line

_BEFORE = 1


class PathRow(Static):
    """Shown while there are paths to offer; one of them is chosen, those after it follow."""

    DEFAULT_CSS = """
    PathRow {
        height: 1;
        display: none;
        padding: 0 1;
        background: $boost;
        text-wrap: nowrap;
        text-overflow: ellipsis;
    }
    PathRow.-offering {
        display: block;
    }
    """

    paths: reactive[tuple[str, ...]] = reactive(())
    at: reactive[int] = reactive(0)

    @property
    def chosen(self) -> str | None:
        return self.paths[self.at] if self.paths else None

    def turn(self, step: int) -> None:
        self.at = (self.at + step) % len(self.paths)

    def watch_paths(self, paths: tuple[str, ...]) -> None:
        self.at = 0
        self.set_class(bool(paths), "-offering")
        self._show()

    def watch_at(self) -> None:
        self._show()

    def _show(self) -> None:
        first = max(0, self.at - _BEFORE)
        names = [
            Content.styled(f" {safe_line(path)} ", "reverse" if place == self.at else "")
            for place, path in enumerate(self.paths[first:], first)
        ]
        self.update(Content.assemble(("↑↓ tab esc ", "dim"), *names), layout=False)
