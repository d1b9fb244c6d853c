"""Answers that are JSON: for a schema, for plain JSON, for a tool's parameters, or because the prompt says so."""

import json
import re
from collections.abc import Mapping
from typing import Any

from compare_tui.demo.ask import OBJECT, Ask, Tool
from compare_tui.demo.schema import instance
from compare_tui.demo.values import Source

_LOOKED_AT = 8_000
_WANTED = re.compile(
    r"\b(?:answer|reply|respond|return|output|produce|only|as|in|valid)\b[^.\n]{0,40}\bjson\b", re.IGNORECASE
)
_NAMED = re.compile(
    r"\b(?:fields?|keys?|properties|members)\b\s*[:(]?\s*([\w`'\"]+(?:(?:\s*,\s*(?:and\s+)?|\s+and\s+)[\w`'\"]+)*)",
    re.IGNORECASE,
)
_SAMPLE = re.compile(r"\"(\w{1,40})\"\s*:")
_CALLING = re.compile(r"\b(?:call|use|invoke|run)\b.{0,40}\b(?:tools?|functions?)\b", re.IGNORECASE)
_DEFAULT_NAMES = ("topic", "answer", "reasons", "confidence")
_MOST_NAMES = 12


def json_answer(ask: Ask, source: Source) -> str | None:
    """The JSON a request asks for, by its format or in words; None when it asks for prose."""
    if ask.form.schema is not None:
        return written(instance(ask.form.schema, source))
    asked = f"{ask.system}\n{ask.text}"[:_LOOKED_AT]
    if ask.form.kind == OBJECT:
        return written(instance(_schema_in_words(asked), source))
    if not _WANTED.search(asked):
        return None
    text = written(instance(_schema_in_words(asked), source))
    if source.voice.slips("json"):
        return f"Sure, here it is:\n\n```json\n{text}\n```"
    return text


def wanted_tool(ask: Ask) -> Tool | None:
    """The tool that must be called, or the one the prompt seems to want; after a result none is wanted."""
    offered, choice = ask.tools.offered, ask.tools.choice
    if not offered or choice == "none":
        return None
    named = next((tool for tool in offered if tool.name == choice), None)
    answered = ask.turns[-1].role == "tool"
    if named is not None or (choice == "auto" and answered):
        return named
    text = ask.text[:_LOOKED_AT].lower()
    best = max(offered, key=lambda tool: _kinship(tool, text))
    wanted = choice == "required" or _kinship(best, text) > 0 or _CALLING.search(text) is not None
    return best if wanted else None


def arguments(tool: Tool, source: Source) -> str:
    schema = tool.parameters or {"type": "object", "properties": {}}
    return json.dumps(instance(schema, source), ensure_ascii=False, separators=(",", ":"))


def written(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _kinship(tool: Tool, text: str) -> int:
    words = set(re.findall(r"[a-z]{4,}", tool.name.lower().replace("_", " ")))
    return sum(1 for word in words if word in text)


def _schema_in_words(text: str) -> Mapping[str, Any]:
    """A schema from the names a prompt gives: in a sample object, or in a sentence."""
    listed = _NAMED.search(text)
    named = re.findall(r"\w+", listed[1]) if listed else []
    found = _SAMPLE.findall(text) or [name for name in named if name.lower() not in ("and", "only", "are")]
    names = list(dict.fromkeys(found))[:_MOST_NAMES] or list(_DEFAULT_NAMES)
    return {"type": "object", "properties": {name: _guess(name.lower()) for name in names}, "required": names}


def _guess(name: str) -> Mapping[str, Any]:
    if re.search(r"confidence|score|probability", name):
        return {"type": "number", "minimum": 0, "maximum": 1}
    if re.search(r"count|number|amount|age|year|total", name):
        return {"type": "integer"}
    if re.search(r"^(?:is|has|needs|urgent|valid)", name):
        return {"type": "boolean"}
    if name.endswith("s") and not name.endswith("ss"):
        return {"type": "array", "items": {"type": "string"}, "minItems": 2}
    return {"type": "string"}
