"""The least a Textual app can be, as a control: four texts, nothing of the product."""

from textual.app import App, ComposeResult
from textual.widgets import Static


class Minimal(App[None]):
    def compose(self) -> ComposeResult:
        for number in range(1, 5):
            yield Static(f" {number} bench-m{number} " * 10)


if __name__ == "__main__":
    Minimal().run()
