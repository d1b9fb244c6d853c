"""A round as JSON values and back: the same for the store and for files. Pictures go where the caller keeps bytes."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from compare_tui.core.lane import Lane
from compare_tui.core.prompt import Image, Prompt, Turn
from compare_tui.core.round import Round

Data = dict[str, Any]
Keep = Callable[[bytes], str]
"""Keeps bytes and gives a name for them."""
Fetch = Callable[[str], bytes]
"""Gives the bytes of that name."""


def to_data(round_: Round, keep: Keep) -> Data:
    """All but its id, which says where it stands. What is empty is left out."""
    data = {
        "prompt_id": round_.prompt_id,
        "sent_at": round_.sent_at,
        "lanes": [str(lane) for lane in round_.lanes],
        "prompt": _prompt_data(round_.prompt, keep),
        "tags": dict(round_.tags),
        "systems": dict(round_.systems),
        "follows": round_.follows,
        "histories": {str(lane): _turns_data(turns, keep) for lane, turns in round_.histories.items()},
    }
    return _without_empty(data)


def from_data(id_: str, data: Mapping[str, Any], fetch: Fetch) -> Round:
    histories = data.get("histories", {})
    return Round(
        id_,
        _prompt(data["prompt"], fetch),
        tuple(Lane.parse(text) for text in data.get("lanes", ())),
        data.get("prompt_id", "0"),
        data.get("tags", {}),
        data.get("systems", {}),
        data.get("follows"),
        {Lane.parse(text): _turns(turns, fetch) for text, turns in histories.items()},
        data.get("sent_at", ""),
    )


def _prompt_data(prompt: Prompt, keep: Keep) -> Data:
    return {"text": prompt.text} | _without_empty(
        {
            "system": prompt.system,
            "turns": _turns_data(prompt.turns, keep),
            "images": [_image_data(image, keep) for image in prompt.images],
            "schema": None if prompt.schema is None else dict(prompt.schema),
            "tools": [dict(tool) for tool in prompt.tools],
        }
    )


def _prompt(data: Mapping[str, Any], fetch: Fetch) -> Prompt:
    return Prompt(
        data["text"],
        data.get("system"),
        _turns(data.get("turns", ()), fetch),
        _images(data, fetch),
        data.get("schema"),
        tuple(data.get("tools", ())),
    )


def _turns_data(turns: Iterable[Turn], keep: Keep) -> list[Data]:
    return [
        {"role": turn.role, "text": turn.text}
        | _without_empty({"images": [_image_data(image, keep) for image in turn.images]})
        for turn in turns
    ]


def _turns(data: Iterable[Mapping[str, Any]], fetch: Fetch) -> tuple[Turn, ...]:
    return tuple(Turn(turn["role"], turn["text"], _images(turn, fetch)) for turn in data)


def _image_data(image: Image, keep: Keep) -> Data:
    kept = keep(image.data) if image.data else None
    return {"name": image.name} | _without_empty({"mime": image.mime, "url": image.url, "data": kept})


def _images(data: Mapping[str, Any], fetch: Fetch) -> tuple[Image, ...]:
    return tuple(
        Image(one["name"], one.get("mime", ""), fetch(one["data"]) if "data" in one else b"", one.get("url"))
        for one in data.get("images", ())
    )


def _without_empty(data: Mapping[str, Any]) -> Data:
    """An empty schema is one; everything else that is empty says nothing."""
    return {key: value for key, value in data.items() if value or (key == "schema" and value is not None)}
