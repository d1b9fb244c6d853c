"""An endpoint's own list of models, read leniently: every server adds fields of its own."""

import json
from collections.abc import Mapping

from compare_tui.api.client import Client
from compare_tui.api.errors import Unreadable
from compare_tui.api.failures import as_problem
from compare_tui.api.wire import Json, items, mapping
from compare_tui.core.endpoint import Endpoint


async def listed(client: Client, endpoint: Endpoint) -> list[Mapping[str, Json]]:
    try:
        response = await client.models(endpoint)
    except Exception as error:  # whatever the network does is told as a Problem
        problem = as_problem(error, endpoint)
        problem.message = client.redact(problem.message)
        raise problem from error
    if response.text.lstrip().startswith("<"):
        raise Unreadable.html(response.text)
    try:
        said = json.loads(response.text)
    except (ValueError, RecursionError):
        raise Unreadable.other_json(response.text) from None
    models = items(said if isinstance(said, list) else mapping(said).get("data", mapping(said).get("models")))
    return [model for model in models if isinstance(model.get("id"), str)]
