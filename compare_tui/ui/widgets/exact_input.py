"""One line of input for text that may not be fit for a screen: shown safely, handed back exactly until edited."""

from textual.widgets import Input

from compare_tui.core.sanitize import safe_display

_NO_CONTROLS = r"[^\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]*"
"""What would command a terminal or hide cannot be pasted in."""


class ExactInput(Input):
    """`exact` is the text; `value` is what stands on the screen."""

    def __init__(self, name: str, exact: str = "", *, placeholder: str = "", select_on_focus: bool = False) -> None:
        super().__init__(
            _shown(exact),
            id=name,
            placeholder=placeholder,
            select_on_focus=select_on_focus,
            restrict=_NO_CONTROLS,
            compact=True,
        )
        self._given = exact

    @property
    def exact(self) -> str:
        return self._given if self.value == _shown(self._given) else self.value


def _shown(exact: str) -> str:
    """Blanks count in a lane, so that only the signs change that a single line cannot have."""
    return safe_display(exact).replace("\n", "␊").replace("\t", "␉")
