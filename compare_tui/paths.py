"""Where the files of compare-tui lie, and the one way to write a private one; nothing here is made by asking."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from platformdirs import PlatformDirs

APP = "compare-tui"
HOME_VARIABLE = "COMPARE_TUI_HOME"


def config_dir() -> Path:
    """What the user writes and the app only reads."""
    return _under_home("config") or _places().user_config_path


def data_dir() -> Path:
    """What the user would miss: the sessions."""
    return _under_home("data") or _places().user_data_path


def state_dir() -> Path:
    """What the app writes for itself."""
    return _under_home("state") or _places().user_state_path


def _under_home(kind: str) -> Path | None:
    home = os.environ.get(HOME_VARIABLE)
    return Path(home).absolute() / kind if home else None


def _places() -> "PlatformDirs":
    from platformdirs import PlatformDirs

    return PlatformDirs(APP, appauthor=False)


def config_file() -> Path:
    return config_dir() / "config.toml"


def prices_file() -> Path:
    """The user's own rates, over those of the rate card."""
    return config_dir() / "prices.toml"


def imported_prices_file() -> Path:
    """Rates that `prices import` wrote."""
    return state_dir() / "imported-prices.toml"


def typed_prices_file() -> Path:
    """Rates typed into the app for models that had none."""
    return state_dir() / "typed-prices.toml"


def themes_dir() -> Path:
    """The user's own themes, beside those that come with the app."""
    return config_dir() / "themes"


def keys_file() -> Path:
    return config_dir() / "keys.toml"


def sessions_file() -> Path:
    """What was asked and answered."""
    return data_dir() / "sessions.db"


def request_log_file() -> Path:
    """A line for each request; older ones lie beside it with a number behind."""
    return state_dir() / "log" / "requests.jsonl"


def lanes_file() -> Path:
    """The lanes last used, and the presets."""
    return state_dir() / "lanes.toml"


def prompts_file() -> Path:
    """The prompts sent before."""
    return state_dir() / "prompts.jsonl"


def app_state_file() -> Path:
    """The small things the app remembers, such as its theme."""
    return state_dir() / "app.toml"


def every_path() -> dict[str, Path]:
    """The files read or written today, by the word `compare-tui paths` uses."""
    return {
        "sessions": sessions_file(),
        "config": config_file(),
        "prices": prices_file(),
        "keys": keys_file(),
        "themes": themes_dir(),
        "imported prices": imported_prices_file(),
        "typed prices": typed_prices_file(),
        "lanes": lanes_file(),
        "prompt history": prompts_file(),
        "app state": app_state_file(),
        "request log": request_log_file(),
    }


def make_private_dir(directory: Path) -> None:
    """Make what is missing of it 0700, parents too; one that exists belongs to somebody and keeps its mode."""
    if directory.is_dir():
        return
    make_private_dir(directory.parent)
    directory.mkdir(mode=0o700, exist_ok=True)


def write_private(path: Path, data: bytes) -> None:
    """Write the whole file or nothing, 0600 from its first byte on, in a directory made 0700."""
    make_private_dir(path.parent)
    unfinished = path.with_name(f".{path.name}.{os.urandom(8).hex()}")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
