"""What the command line hands to the app. Making it has touched no network and asked for no key."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from compare_tui.config import Config
from compare_tui.core.lane import Lane
from compare_tui.core.lineup import Lineup

if TYPE_CHECKING:
    from compare_tui.engine.account import Account
    from compare_tui.store.store import Store
    from compare_tui.ui.file_watch import FileWatch


@dataclass(frozen=True, slots=True)
class Start:
    """`accounts` loads the rate cards and has no keys; `keyed` gets the key of one, which may run a command."""

    config: Config
    accounts: "Callable[[], Mapping[str, Account]]"
    keyed: "Callable[[Account], Account]"
    demo: "Callable[[], tuple[Account, tuple[Lane, ...]]]"
    """Starts the embedded endpoint and gives its account and lanes."""
    lineup: Lineup
    text: str = ""
    system: str = ""
    file: "FileWatch | None" = None
    """A prompt file, read; its text is the prompt."""
    watch: bool = False
    theme: str | None = None
    simulated: bool = False
    """The embedded endpoint: no key is needed, nothing costs anything."""
    fixed_lanes: bool = False
    """The lanes were named on the command line: they are not remembered as the last ones."""
    store: "Callable[[], Store] | None" = None
    """Opens the store; without it sessions live as long as the app."""
    private: bool = False
    """Nothing is stored."""
    session: str | None = None
    """The id of a session to go on with, or `last`."""
    notices: tuple[str, ...] = field(default=())
