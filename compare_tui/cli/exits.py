"""Exit codes, and which exception means which."""

import sys
from typing import Final

OK: Final = 0
NOT_ALL_ANSWERED: Final = 1
USAGE: Final = 2
CONFIGURATION: Final = 3
STORAGE: Final = 4
BUDGET: Final = 5

_ERRORS: Final[dict[int, dict[str, tuple[str, ...]]]] = {
    CONFIGURATION: {
        "compare_tui.config_file": ("ConfigError",),
        "compare_tui.secrets": ("KeyProblem",),
        "compare_tui.api.errors": ("SetUpFailed",),
        "compare_tui.core.ratecard": ("CardError",),
    },
    USAGE: {
        "compare_tui.store.problems": ("NotFound",),
        "compare_tui.core.query": ("QueryError",),
        "compare_tui.export.reading": ("ImportProblem",),
    },
    STORAGE: {"compare_tui.store.problems": ("StoreProblem",)},
}
"""The first that fits counts: what is not found is a storage problem as well."""


def exit_code_of(error: Exception) -> int | None:
    """The code for an error the user can mend; None for one of ours. Looks only into what is imported already."""
    for code, modules in _ERRORS.items():
        for module, names in modules.items():
            loaded = sys.modules.get(module)
            if loaded is not None and isinstance(error, tuple(getattr(loaded, name) for name in names)):
                return code
    return None
