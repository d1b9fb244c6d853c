"""JSON Schemas an answer must follow, bare or in what the APIs wrap around them."""

from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

from compare_tui.promptfiles.fields import Fields, check_depth, parsed
from compare_tui.promptfiles.places import Place, lines, read_bytes

LARGEST_SCHEMA = 1_000_000


def read_schema(path: Path) -> Mapping[str, Any]:
    """A file that holds one JSON Schema."""
    return bare(read_object(path))


def read_object(path: Path) -> Fields:
    place = Place.of(path)
    stream = BytesIO(read_bytes(path, LARGEST_SCHEMA))
    text = "".join(text for _, text in lines(stream, place.file))
    if not text.strip():
        raise place.error("it holds no schema")
    return Fields.of(parsed(text, place), place, "a schema")


def wrapper(fields: Fields) -> Fields | None:
    """What the APIs wrap around a schema, told by a type that no schema has."""
    if fields.raw.get("type") != "json_schema":
        return None
    return fields.inner("json_schema") if fields.has("json_schema") else fields


def bare(fields: Fields) -> Mapping[str, Any]:
    """The schema itself."""
    around = wrapper(fields)
    if around is not None and not around.has("schema"):
        raise around.wrong("schema", "an object")
    schema = fields.raw if around is None else around.inner("schema").raw
    check_depth(schema, fields.place, "the schema")
    return schema
