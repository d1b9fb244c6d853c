"""What the app remembers of itself between two starts: `app.toml` among the state, one small value a key."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from compare_tui import paths
from compare_tui.config_file import ConfigError, ConfigFile
from compare_tui.core.sanitize import safe_line

Small = str | bool | int


@dataclass(frozen=True, slots=True)
class AppState:
    """What was remembered; keys of other versions are among it. The notice is for the user, if there is one."""

    values: Mapping[str, Any] = field(default_factory=dict)
    notice: str | None = None

    def text(self, key: str) -> str | None:
        value = self.values.get(key)
        return value if isinstance(value, str) else None

    def flag(self, key: str, default: bool) -> bool:
        value = self.values.get(key)
        return value if isinstance(value, bool) else default


def file() -> Path:
    return paths.app_state_file()


def load(path: Path) -> AppState:
    """A file that cannot be understood is set aside, so that it is neither in the way nor lost."""
    try:
        return AppState(ConfigFile.read(path).values())
    except ConfigError as error:
        return AppState(notice=f"{safe_line(str(error))}; {_set_aside(path)}")


def remember(path: Path, changes: Mapping[str, Small | None]) -> str | None:
    """Write these beside what others wrote since; None forgets a key. A sentence when it could not be done."""
    import tomli_w

    before = load(path)
    values = {key: value for key, value in {**before.values, **changes}.items() if value is not None}
    try:
        paths.write_private(path, tomli_w.dumps(values).encode())
    except OSError as error:
        return f"{safe_line(path.name)} cannot be written: {error.strerror}"
    return before.notice


def _set_aside(path: Path) -> str:
    """Never onto another file; when even this fails, the next change is not remembered."""
    aside = path.with_name(f"{path.name}.broken-{dt.datetime.now():%Y%m%d-%H%M%S-%f}")
    try:
        path.rename(aside)
    except FileNotFoundError:
        return "another compare-tui has set it aside"
    except OSError as error:
        return f"it could not be set aside: {error.strerror}"
    return f"it lies beside it now as {aside.name}"
