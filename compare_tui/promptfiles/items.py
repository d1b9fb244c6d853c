"""The prompts of a run: a file, standard input or a template, read whole before anything is sent."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from io import BytesIO
from pathlib import Path
from types import MappingProxyType
from typing import Any, BinaryIO

from compare_tui.core.nearest import did_you_mean
from compare_tui.core.prompt import Image, Prompt, fill
from compare_tui.core.prompt import variables as names_in
from compare_tui.promptfiles.drafts import Draft, Reading
from compare_tui.promptfiles.jsonl import read_jsonl
from compare_tui.promptfiles.places import Line, Place, PromptFileError, lines, opened, quoted, read_text
from compare_tui.promptfiles.table import read_table
from compare_tui.promptfiles.text import read_split, read_whole

STANDARD_INPUT = "standard input"
_Reader = Callable[[Iterator[Line], Reading], Iterator[Draft]]
_READERS: Mapping[str, _Reader] = {
    ".csv": read_table,
    ".jsonl": read_jsonl,
    ".md": read_whole,
}
"""By suffix; every other file is text to split."""
_NONE: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Item:
    """One prompt of a run. What is to be said about the file stands on its first one."""

    id: str
    prompt: Prompt
    tags: Mapping[str, str] = field(default_factory=dict)
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Template:
    """A template, the names it asks for, and the values given beside any file, which win."""

    file: str
    text: str
    names: tuple[str, ...]
    given: Mapping[str, str]

    @classmethod
    def read(cls, path: Path, given: Mapping[str, str]) -> "_Template":
        text = read_text(path)
        return cls(Place.of(path).file, text, tuple(names_in(text)), given)

    @property
    def notices(self) -> tuple[str, ...]:
        """A value nobody asks for is most likely a slip."""
        idle = [name for name in self.given if name not in self.names]
        return tuple(f"{self.file}: nothing asks for {quoted(name)}{did_you_mean(name, self.names)}" for name in idle)

    def fill(self, draft: Draft) -> str:
        own = draft.values if draft.text is None else {**draft.values, "prompt": draft.text}
        values = {**own, **self.given}
        for name in self.names:
            if name not in values:
                hint = did_you_mean(name, values) or f"; give it with --set {name}=VALUE"
                raise draft.place.error(f"nothing fills {{{{{quoted(name)}}}}} of {self.file}{hint}")
        if own and not any(name in own and name not in self.given for name in self.names):
            hint = "ask for {{prompt}} or another of its names there"
            raise draft.place.error(f"{self.file} takes nothing from it, so every prompt would be the same; {hint}")
        return fill(self.text, values)


def read_items(
    path: Path | None,
    *,
    stdin: Callable[[], bytes] | None = None,
    template: Path | None = None,
    variables: Mapping[str, str] = _NONE,
) -> list[Item]:
    """The prompts of a file, else of standard input, else of a template alone."""
    if variables and template is None:
        raise PromptFileError("--set fills a template; give one with --template FILE")
    form = None if template is None else _Template.read(template, variables)
    if path is not None:
        reading = Reading(Place.of(path).file, path.parent, templated=form is not None)
        return _read(_opened(path), _READERS.get(path.suffix.lower(), read_split), reading, form)
    if stdin is not None:
        reading = Reading(STANDARD_INPUT, Path(), templated=form is not None)
        return _read(BytesIO(stdin()), read_split, reading, form)
    if form is not None:
        return [replace(_item(0, Draft(Place(form.file)), form), notices=form.notices)]
    raise PromptFileError("there is no prompt; give a FILE, - for standard input, or a --template")


def with_extras(
    items: Iterable[Item],
    *,
    system: str | None = None,
    images: Sequence[Image] = (),
    schema: Mapping[str, Any] | None = None,
) -> list[Item]:
    """What options say for all prompts. A prompt's own system text and schema win, pictures add up."""

    def extended(prompt: Prompt) -> Prompt:
        return replace(
            prompt,
            system=system if prompt.system is None else prompt.system,
            images=(*prompt.images, *images),
            schema=schema if prompt.schema is None else prompt.schema,
        )

    return [replace(item, prompt=extended(item.prompt)) for item in items]


def _opened(path: Path) -> BinaryIO:
    if path.suffix.lower() == ".toml":
        raise Place.of(path).error(".toml is not a prompt file here; .txt, .md, .jsonl and .csv are")
    return opened(path)


def _read(stream: BinaryIO, reader: _Reader, reading: Reading, form: _Template | None) -> list[Item]:
    with stream:
        items = list(_items(reader(lines(stream, reading.file), reading), form))
    if not items:
        raise PromptFileError(f"{reading.file}: holds no prompt")
    said = (*reading.notices, *(form.notices if form else ()))
    return [replace(items[0], notices=said), *items[1:]]


def _items(drafts: Iterable[Draft], form: _Template | None) -> Iterator[Item]:
    """The prompts with their ids, each id once."""
    seen: dict[str, Place] = {}
    for position, draft in enumerate(drafts):
        item = _item(position, draft, form)
        if item.id in seen:
            whose = f"the id {quoted(item.id)}" if draft.id else f"its position, {item.id},"
            taken = f"is already the id of line {seen[item.id].line}"
            raise draft.place.error(f"{whose} {taken}; give each prompt an id of its own")
        seen[item.id] = draft.place
        yield item


def _item(position: int, draft: Draft, form: _Template | None) -> Item:
    text = draft.text if form is None else form.fill(draft)
    if text is None:
        raise draft.place.error("there is no prompt; give one, or messages that end with the user's")
    if not text.strip() and not draft.images:
        raise draft.place.error("the prompt is empty; write one or remove it")
    prompt = Prompt(text, draft.system, draft.turns, draft.images, draft.schema, draft.tools)
    return Item(draft.id or str(position), prompt, draft.tags)
