"""All keys of the app that are driven, and where."""

from typing import Final

from tests.integration import (
    app_drives_anywhere,
    app_drives_export,
    app_drives_lanes,
    app_drives_overview,
    app_drives_panes,
    app_drives_replay,
    app_drives_sessions,
    app_drives_store,
)
from tests.integration.app_stages import Drive

_IN_PARTS: Final = (
    app_drives_anywhere.DRIVES,
    app_drives_panes.DRIVES,
    app_drives_lanes.DRIVES,
    app_drives_store.DRIVES,
    app_drives_sessions.DRIVES,
    app_drives_export.DRIVES,
    app_drives_overview.DRIVES,
    app_drives_replay.DRIVES,
)
DRIVES: Final[list[Drive]] = sorted(
    (drive for part in _IN_PARTS for drive in part),
    key=lambda drive: drive.id == "quit",  # nothing can be played after it
)
KEYS: Final = [drive for drive in DRIVES if not drive.is_named]
PLAIN: Final = list({(drive.id, drive.on): drive for drive in reversed(DRIVES) if drive.is_plain}.values())[::-1]
"""One for each action that is no chord and no function key."""
