"""What the readers of all formats share: a prompt as its file has it, and the file being read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from compare_tui.core.prompt import Image, Turn
from compare_tui.promptfiles.fields import Fields
from compare_tui.promptfiles.pictures import image_at, is_address, read_image
from compare_tui.promptfiles.places import Place, PromptFileError, listed
from compare_tui.promptfiles.schemas import bare, read_object, wrapper

MOST_PICTURES = 500_000_000


@dataclass(frozen=True, slots=True)
class Draft:
    """One prompt as its file has it, before a template.

    An empty id is none; `values` is what a template may ask for beside the text.
    """

    place: Place
    text: str | None = None
    id: str | None = None
    system: str | None = None
    turns: tuple[Turn, ...] = ()
    images: tuple[Image, ...] = ()
    schema: Mapping[str, Any] | None = None
    tools: tuple[Mapping[str, Any], ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, str] = field(default_factory=dict)


class Reading:
    """A prompt file being read: the files its lines name, each read once, and what is to be said about it once."""

    def __init__(self, file: str, folder: Path, *, templated: bool) -> None:
        self.file = file
        self.templated = templated
        self._folder = folder
        self._notices: dict[str, None] = {}
        self._left: dict[str, None] = {}
        self._images: dict[str, Image] = {}
        self._schemas: dict[str, Fields] = {}
        self._image_bytes = 0

    @property
    def notices(self) -> tuple[str, ...]:
        if not self._left:
            return tuple(self._notices)
        return (*self._notices, f"{self.file}: left to the lanes, of its request bodies: {listed(self._left)}")

    def leave(self, parameter: str) -> None:
        """A parameter of a request body, which is the lane's business."""
        self._left[parameter] = None

    def notice(self, sentence: str) -> None:
        """Said once, however often a line gives reason for it."""
        self._notices[f"{self.file}: {sentence}"] = None

    def image(self, reference: str, fields: Fields, name: str) -> Image:
        """A picture by its address or by a path from the folder of the file."""
        if is_address(reference):
            return image_at(reference, fields.place)
        try:
            return self._image_file(reference)
        except PromptFileError as error:
            raise fields.place.error(f"{fields.at(name)}: {error}") from None

    def _image_file(self, reference: str) -> Image:
        if reference not in self._images:
            image = read_image(self._folder / reference)
            self._image_bytes += len(image.data)
            if self._image_bytes > MOST_PICTURES:
                most = MOST_PICTURES // 1_000_000
                raise PromptFileError(f"the pictures of this file come to more than {most} MB; split it")
            self._images[reference] = image
        return self._images[reference]

    def schema(self, fields: Fields, name: str) -> Mapping[str, Any] | None:
        """An object, or the file that holds one by its path from the folder of the prompt file."""
        if not fields.has(name):
            return None
        path = fields.raw[name]
        form = self._schema_file(path, fields, name) if isinstance(path, str) else fields.inner(name)
        around = wrapper(form)
        if around is not None and around.raw.get("strict") is not True:
            self.notice("schemas are sent as strict")
        return bare(form)

    def _schema_file(self, path: str, fields: Fields, name: str) -> Fields:
        if path not in self._schemas:
            try:
                self._schemas[path] = read_object(self._folder / path)
            except PromptFileError as error:
                raise fields.place.error(f"{fields.at(name)}: {error}") from None
        return self._schemas[path]
