"""What is sent to every lane of a round, and the templates it may come from."""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from compare_tui.core.nearest import did_you_mean
from compare_tui.core.tokens import estimate_tokens

TOKENS_PER_IMAGE = 1100
"""A middling picture at the default detail; the endpoint's count replaces it."""

_VARIABLE = re.compile(r"\{\{\s*([\w.-]+)\s*\}\}")


class TemplateError(ValueError):
    """A template names a variable that nobody gave."""


@dataclass(frozen=True, slots=True)
class Image:
    """A picture as it is sent: its bytes and type, or an address the endpoint fetches itself."""

    name: str
    mime: str = ""
    data: bytes = field(default=b"", repr=False)
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """One earlier message of a conversation."""

    role: str
    text: str
    images: tuple[Image, ...] = ()


@dataclass(frozen=True, slots=True)
class Prompt:
    """System text, earlier turns, the user's text, pictures, a schema to answer by, tools to call."""

    text: str
    system: str | None = None
    turns: tuple[Turn, ...] = ()
    images: tuple[Image, ...] = ()
    schema: Mapping[str, Any] | None = None
    tools: Sequence[Mapping[str, Any]] = ()

    def with_system(self, system: str | None) -> "Prompt":
        """A lane's own system text stands in for the prompt's."""
        return self if system is None else replace(self, system=system)

    @property
    def input_tokens(self) -> int:
        """What it will be billed as, estimated."""
        written = [self.system or "", *(turn.text for turn in self.turns), self.text]
        if self.schema is not None:
            written.append(str(self.schema))
        written += map(str, self.tools)
        pictures = len(self.images) + sum(len(turn.images) for turn in self.turns)
        return sum(map(estimate_tokens, written)) + TOKENS_PER_IMAGE * pictures

    @property
    def written(self) -> str:
        """All of it as one text, to be compared: two prompts that differ in a picture do not have the same."""
        return "\n\n".join(self._parts())

    def _parts(self) -> Iterator[str]:
        if self.system:
            yield f"system: {self.system}"
        for turn in self.turns:
            yield from (f"{turn.role}: {turn.text}", *map(_picture, turn.images))
        yield from filter(None, (self.text, *map(_picture, self.images)))
        known = {"schema": self.schema, "tools": self.tools}
        yield from (f"{name}: {json.dumps(it, indent=2, ensure_ascii=False)}" for name, it in known.items() if it)


@lru_cache(64)
def _picture(image: Image) -> str:
    what = image.url or f"{image.mime} {hashlib.sha256(image.data).hexdigest()[:12]}"
    return f"picture: {image.name} · {what}"


def variables(template: str) -> list[str]:
    """The names a template asks for, each once, in order."""
    return list(dict.fromkeys(_VARIABLE.findall(template)))


def fill(template: str, values: Mapping[str, str]) -> str:
    """The template with its variables replaced; what a value holds stays literal."""
    for name in variables(template):
        if name not in values:
            raise TemplateError(f"nothing fills {{{{{name}}}}}{did_you_mean(name, values)}")
    return _VARIABLE.sub(lambda found: values[found[1]], template)
