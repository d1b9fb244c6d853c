"""Code for prompts that ask for a function."""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from compare_tui.demo.subject import identifier, subject
from compare_tui.demo.voice import Voice

_LOOKED_AT = 2_000
_PARTS = ("code", "variant", "usage", "tests")


@cache
def _known() -> tuple[Mapping[str, Any], ...]:
    source = files("compare_tui.demo").joinpath("topics", "functions.toml").read_text("utf-8")
    return tuple(tomllib.loads(source)["function"])


def code_facts(text: str, voice: Voice) -> dict[str, str]:
    """The function a prompt names, or one that counts; some voices prefer its shorter variant."""
    words = re.findall(r"[a-z]+", text[:_LOOKED_AT].lower())
    *named, otherwise = _known()
    entry = next((one for one in named if any(word.startswith(_stems(one)) for word in words)), otherwise)
    name = identifier(subject(text).first)
    facts = {part: str(entry[part]).strip("\n").replace("NAME", name) for part in _PARTS}
    if voice.pick((False, False, True), "variant first"):
        facts["code"], facts["variant"] = facts["variant"], facts["code"]
    return facts


def _stems(entry: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(entry["stems"])
