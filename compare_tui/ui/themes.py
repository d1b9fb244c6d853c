"""Theme files, those that come with the app and the user's own: read, and checked before Textual sees a colour."""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from rich.errors import StyleSyntaxError
from rich.style import Style
from textual.app import App
from textual.color import Color, ColorParseError
from textual.css.constants import VALID_STYLE_FLAGS
from textual.theme import Theme

from compare_tui.config_file import ConfigError, ConfigFile
from compare_tui.core.nearest import did_you_mean
from compare_tui.core.sanitize import safe_line
from compare_tui.ui.no_color import NO_COLOR_THEME, TERMINAL_VARIABLES

DEFAULT: Final = "ink"

_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,39}")
_PERCENT: Final = re.compile(r"(?:100|[1-9]?[0-9])%")
_LONGEST_FILE: Final = 65_536
_LONGEST_ABOUT: Final = 60
_MOST_MISTAKES: Final = 12
_COLOURS: Final = (
    *("primary", "secondary", "accent", "foreground", "background", "surface", "panel", "boost"),
    *("success", "warning", "error"),
)

Checks = Mapping[str, Callable[[object], Any]]


@dataclass(frozen=True, slots=True)
class ThemeFile:
    """A theme and where it came from."""

    theme: Theme
    about: str
    path: Path
    yours: bool
    """Whether it is the user's own, and did not come with the app."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """The themes that can be used, the default first, and a sentence for everything that cannot."""

    files: tuple[ThemeFile, ...]
    failures: tuple[str, ...]

    @property
    def themes(self) -> tuple[Theme, ...]:
        return tuple(file.theme for file in self.files)

    def named(self, name: str) -> ThemeFile | None:
        return next((file for file in self.files if file.theme.name == name), None)

    def unknown(self, name: str) -> str:
        known = [theme.name for theme in self.themes]
        return f"there is no theme {safe_line(name)[:40]}{did_you_mean(name, known)}"


def load_all(user_folder: Path) -> Loaded:
    """A theme of the user's takes the place of the shipped one with its name."""
    shipped, failures = _folder(_shipped_folder(), yours=False)
    own, own_failures = _folder(user_folder, yours=True)
    by_name = {file.theme.name: file for file in (*shipped, *own)}
    files = sorted(by_name.values(), key=lambda file: (file.theme.name != DEFAULT, file.yours, file.theme.name))
    return Loaded(tuple(files), (*failures, *own_failures))


def load_one(user_folder: Path, name: str | None) -> Loaded | None:
    """The theme to begin with alone, when there are only the shipped ones: to read all takes three times as long."""
    path = _shipped_folder() / f"{name or DEFAULT}.toml"
    if any(user_folder.glob("*.toml")) or not path.is_file():
        return None
    file, _ = read(path, yours=False)
    return Loaded((file,), ()) if file is not None and file.theme.name == path.stem else None


def dress(app: App[Any], loaded: Loaded, wanted: str | None) -> str | None:
    """Make the themes known to the app and put one on; a sentence when there is none of the wanted name."""
    app.no_color = bool(os.environ.get("NO_COLOR"))  # Textual obeys an empty one, too; no-color.org says not to
    for theme in (*loaded.themes, NO_COLOR_THEME):
        app.register_theme(theme)
    chosen = next((name for name in (wanted, DEFAULT) if name and loaded.named(name)), app.theme)
    app.theme = NO_COLOR_THEME.name if app.no_color else chosen
    return loaded.unknown(wanted) if wanted and wanted != chosen else None


def read(path: Path, *, yours: bool = True) -> tuple[ThemeFile | None, tuple[str, ...]]:
    """The theme in a file, or what is wrong with it, all at once."""
    try:
        file = ConfigFile.read(path)
        if len(file.text) > _LONGEST_FILE:
            raise ConfigError(f"{file.name} is too large for a theme")
        values = file.values()
    except ConfigError as error:
        return None, (safe_line(str(error)),)
    mistakes = [f"{file.name}: {key} is missing" for key in ("name", "primary") if key not in values]
    fields = _checked(file, (), values, _FIELDS, mistakes)
    variables = _checked(file, ("variables",), fields.pop("variables", {}), _variables(), mistakes)
    if not fields.get("ansi"):
        mixed = [key for key in _COLOURS if fields.get(key, "").startswith("ansi_")]
        mistakes += [str(file.error((key,), "is a colour of the terminal; those need ansi = true")) for key in mixed]
    if mistakes:
        return None, tuple(safe_line(mistake) for mistake in mistakes[:_MOST_MISTAKES])
    about = fields.pop("about", "")
    variables = {**(TERMINAL_VARIABLES if fields.get("ansi") else {}), **variables}
    return ThemeFile(Theme(**fields, variables=variables), about, path, yours), ()


def _shipped_folder() -> Path:
    """Inside the package where it is installed, beside it in a checkout."""
    package = Path(__file__).parents[1]
    installed = package / "themes"
    return installed if installed.is_dir() else package.parent / "themes"


def _folder(folder: Path, *, yours: bool) -> tuple[list[ThemeFile], list[str]]:
    """What begins with a dot was left there by an editor."""
    try:
        paths = sorted(path for path in folder.iterdir() if path.suffix == ".toml" and path.name[0] != ".")
    except FileNotFoundError:
        return [], []
    except OSError as error:
        return [], [f"{safe_line(str(folder))} cannot be read: {error.strerror}"]
    files: dict[str, ThemeFile] = {}
    failures: list[str] = []
    for path in paths:
        file, mistakes = read(path, yours=yours)
        failures += mistakes
        if file and (first := files.setdefault(file.theme.name, file)) is not file:
            failures.append(f"{safe_line(path.name)}: name {file.theme.name} is taken by {safe_line(first.path.name)}")
    return list(files.values()), failures


def _checked(
    file: ConfigFile, table: tuple[str, ...], values: Mapping[str, Any], checks: Checks, mistakes: list[str]
) -> dict[str, Any]:
    """The values that are fit; a sentence for each of the others goes to the mistakes."""
    fit = {}
    for key, value in values.items():
        if len(mistakes) == _MOST_MISTAKES:
            break
        try:
            if key not in checks:
                raise _Unfit(f"is not known in a theme{did_you_mean(key, checks)}")
            fit[key] = checks[key](value)
        except _Unfit as unfit:
            mistakes.append(str(file.error((*table, key), str(unfit))))
    return fit


class _Unfit(Exception):
    """What a value must be, as the end of a sentence."""


def _shown(value: object) -> str:
    return repr(safe_line(str(value))[:40])


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise _Unfit("must be text in quotes")
    return value


def _name(value: object) -> str:
    if not _NAME.fullmatch(_text(value)):
        raise _Unfit("must begin with a letter and go on with letters, digits, - and _, 40 at most")
    if value == NO_COLOR_THEME.name:
        raise _Unfit("is kept for what NO_COLOR shows")
    return _text(value)


def _about(value: object) -> str:
    return safe_line(_text(value))[:_LONGEST_ABOUT]


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise _Unfit("must be true or false")
    return value


def _table(value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _Unfit("must be a table")
    return value


def _colour(value: object) -> str:
    """As Textual writes it, so that its style sheets never meet another spelling."""
    try:
        return Color.parse(_text(value)).hex
    except ColorParseError as error:
        hint = f"; did you mean {error.suggested_color}?" if error.suggested_color else ""
    except (ValueError, ArithmeticError):  # rgb(1.2.3,…)
        hint = ""
    raise _Unfit(f"must be a colour such as '#86abd9' or 'teal', not {_shown(value)}{hint}")


def _shade(value: object) -> str:
    """A colour, in full or in part. `red 60%` becomes one with alpha: Textual parses some variables as bare colours."""
    colour, percent = _split(value)
    return Color.parse(_colour(colour)).multiply_alpha(percent / 100).hex


def _text_shade(value: object) -> str:
    """Also `auto`: black or white, as the ground asks."""
    colour, percent = _split(value)
    return f"auto {percent}%" if colour == "auto" else _shade(value)


def _split(value: object) -> tuple[str, int]:
    text = _text(value)
    if not text.endswith("%"):
        return text, 100
    colour, _, percent = text.rpartition(" ")
    if not _PERCENT.fullmatch(percent):
        raise _Unfit(f"must end with a share such as 60%, not {_shown(percent)}")
    return colour, int(percent[:-1])


def _text_style(value: object) -> str:
    text = _text(value)
    try:
        Style.parse(text)
    except StyleSyntaxError:
        pass
    else:
        if text.strip() and set(text.split()) <= VALID_STYLE_FLAGS:
            return text
    raise _Unfit(f"must be text styles such as 'bold underline', not {_shown(value)}")


_FIELDS: Final[Checks] = {
    "name": _name,
    "about": _about,
    "dark": _flag,
    "ansi": _flag,
    "variables": _table,
    **dict.fromkeys(_COLOURS, _colour),
}


@cache
def _variables() -> Checks:
    """Every variable a style sheet may use, as Textual makes them; `auto` in any other place ends the app."""
    made = Theme("any", primary="#000000").to_color_system().generate()
    return {
        name: _text_style if "-style" in name else _text_shade if value.startswith("auto") else _shade
        for name, value in made.items()
    }
