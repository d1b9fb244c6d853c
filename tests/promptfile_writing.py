"""Prompt files as the tests of reading them write them, and what comes of it."""

from pathlib import Path
from typing import Any

import pytest

from compare_tui.promptfiles import Item, PromptFileError, read_items


def write(name: str, content: str | bytes) -> Path:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def texts(items: list[Item]) -> list[str]:
    return [item.prompt.text for item in items]


def notices(items: list[Item]) -> list[str]:
    return [notice for item in items for notice in item.notices]


def refusal(path: Path | None, **options: Any) -> str:
    with pytest.raises(PromptFileError) as caught:
        read_items(path, **options)
    return str(caught.value)
