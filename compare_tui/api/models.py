"""An endpoint's own list of models, read leniently: every server adds fields of its own."""

import json
from collections.abc import Mapping

import httpx2

from compare_tui.api.client import Client
from compare_tui.api.errors import Unreadable, error_text
from compare_tui.api.failures import as_problem
from compare_tui.api.wire import Json, items, mapping, word
from compare_tui.core.endpoint import Endpoint


async def listed(client: Client, endpoint: Endpoint) -> list[Mapping[str, Json]]:
    try:
        return _models(await client.models(endpoint))
    except Exception as error:  # whatever the network does is told as a Problem
        raise client.redacted(as_problem(error, endpoint)) from error


def _models(response: httpx2.Response) -> list[Mapping[str, Json]]:
    if response.text.lstrip().startswith("<"):
        raise Unreadable.html(response.text)
    try:
        said = json.loads(response.text)
    except (ValueError, RecursionError):
        raise Unreadable.other_json(response.text) from None
    found = said if isinstance(said, list) else mapping(said).get("data", mapping(said).get("models"))
    if not isinstance(found, list):
        raise Unreadable.other_json(error_text(said))
    return [{**model, "id": name} for model in items(found) if (name := word(model.get("id")))]
