"""What both dialects share: a request ready to send, JSON that cannot hurt, guarded looks into unknown objects."""

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from compare_tui.api.errors import Unreadable
from compare_tui.core.lane import Lane
from compare_tui.core.prompt import Image
from compare_tui.core.sanitize import join_surrogates

Json = Any


@dataclass(frozen=True, slots=True)
class Request:
    """One request: where it goes below the base URL, and its body."""

    path: str
    body: Mapping[str, Json]

    def content(self) -> bytes:
        return json.dumps(self.body, ensure_ascii=False).encode("utf-8", "replace")

    def shown(self) -> Json:
        """The body as it is recorded: pictures by type, size and digest."""
        return _without_pictures(self.body)


def parse(data: str) -> Json:
    try:
        return json.loads(data)
    except RecursionError:
        raise Unreadable.protocol("the JSON of an event is nested too deeply") from None
    except ValueError:
        raise Unreadable.protocol(f"an event is no JSON: {data[:80]}") from None


def mapping(value: Json) -> Mapping[str, Json]:
    return value if isinstance(value, dict) else {}


def items(value: Json) -> list[Mapping[str, Json]]:
    """The objects of a list, whatever else it holds."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def text(value: Json) -> str:
    return value if isinstance(value, str) else ""


def word(value: Json) -> str | None:
    """A name or an id: kept and shown whole, so it must be encodable."""
    return join_surrogates(value) if isinstance(value, str) and value else None


def index(value: Json) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def image_url(image: Image) -> str:
    return image.url or f"data:{image.mime};base64,{base64.b64encode(image.data).decode()}"


def with_extras(body: dict[str, Json], lane: Lane) -> dict[str, Json]:
    """The body without what is not set, and with the lane's `body.PATH=JSON`."""
    body = {key: value for key, value in body.items() if value is not None}
    for path, value in lane.body:
        *parents, last = path.split(".")
        place = body
        for parent in parents:
            inner = place.get(parent)
            place[parent] = place = dict(inner) if isinstance(inner, dict) else {}
        place[last] = json.loads(value)
    return body


def _without_pictures(value: Json) -> Json:
    if isinstance(value, Mapping):
        return {key: _without_pictures(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_without_pictures(inner) for inner in value]
    if isinstance(value, str) and value.startswith("data:") and ";base64," in value[:100]:
        kind, _, data = value.partition(";base64,")
        digest = hashlib.sha256(data.encode()).hexdigest()[:16]
        return f"{kind} ({len(data) * 3 // 4 - data.count('=')} bytes, {digest})"
    return value
