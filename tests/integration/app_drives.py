"""All keys of the app that are driven, and where."""

from typing import Final

from tests.integration import (
    app_drives_anywhere,
    app_drives_diff,
    app_drives_export,
    app_drives_find,
    app_drives_inspector,
    app_drives_lanes,
    app_drives_overview,
    app_drives_panes,
    app_drives_replay,
    app_drives_sessions,
    app_drives_store,
)
from tests.integration.app import NARROW, WIDE
from tests.integration.app_drives_store import kept
from tests.integration.app_stages import Case, Drive, answered, faulty, nine, streaming

_IN_PARTS: Final = (
    app_drives_anywhere.DRIVES,
    app_drives_panes.DRIVES,
    app_drives_find.DRIVES,
    app_drives_lanes.DRIVES,
    app_drives_store.DRIVES,
    app_drives_sessions.DRIVES,
    app_drives_export.DRIVES,
    app_drives_inspector.DRIVES,
    app_drives_overview.DRIVES,
    app_drives_replay.DRIVES,
    app_drives_diff.DRIVES,
)
DRIVES: Final[list[Drive]] = [drive for part in _IN_PARTS for drive in part]
KEYS: Final = [drive for drive in DRIVES if not drive.is_named]
PLAIN: Final = list({(drive.id, drive.on): drive for drive in reversed(DRIVES) if drive.is_plain}.values())[::-1]
"""One for each action that is no chord and no function key."""
_STAGES: Final = list(dict.fromkeys(drive.on for drive in DRIVES))
CASES: Final = sorted(
    [*(Case(drive, WIDE) for drive in KEYS), *(Case(drive, NARROW) for drive in PLAIN)],
    key=lambda case: (_STAGES.index(case.drive.on), case.drive.id == "quit"),  # nothing can be played after it
)
"""Every key on a wide screen; on a narrow one every action, without the chords and function keys that editors and
multiplexers keep for themselves. Stage by stage."""
IN_PANES: Final = [case for case in CASES if case.drive.on in (answered, streaming, faulty, nine, kept)]
ELSEWHERE: Final = [case for case in CASES if case not in IN_PANES]
