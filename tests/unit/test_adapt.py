"""A request asked once more: only without a field of ours that was refused, never without one of the user's."""

from typing import Any, get_args

import pytest

from compare_tui.api import dialects
from compare_tui.api.adapt import refused_field, without
from compare_tui.api.status import rejected
from compare_tui.api.wire import Request
from compare_tui.core.endpoint import Api
from compare_tui.core.lane import Lane
from compare_tui.core.prompt import Prompt

APIS: tuple[Api, ...] = get_args(Api)


def asked(api: Api, lane: str = "m max=50") -> Request:
    return dialects.request(api, Lane.parse(lane), Prompt("why?"))


def refused(request: Request, said: str, status: int = 400) -> str | None:
    return refused_field(request, rejected(status, {}, said.encode()))


def openai_says(message: str, param: str | None = None) -> str:
    parameter = "null" if param is None else f'"{param}"'
    return (
        f'{{"error": {{"message": "{message}", "type": "invalid_request_error", "param": {parameter}, "code": null}}}}'
    )


@pytest.mark.parametrize("status", [400, 422])
@pytest.mark.parametrize(
    ("said", "field"),
    [
        (
            openai_says("Unsupported parameter: 'max_completion_tokens'", "max_completion_tokens"),
            "max_completion_tokens",
        ),
        (openai_says("Use 'max_tokens' instead."), "max_completion_tokens"),
        (openai_says("Unrecognized request argument supplied: store"), "store"),
        (openai_says("Unknown parameter: 'store'.", "store"), "store"),
        (openai_says("Unknown parameter: 'stream_options'.", "stream_options"), "stream_options"),
        (openai_says("stream_options.include_usage is not supported"), "stream_options"),
        ('{"detail": [{"loc": ["body", "store"], "msg": "Extra inputs are not permitted", "type": "extra"}]}', "store"),
        ("extra fields not permitted: store", "store"),
    ],
)
def test_a_field_of_ours_that_is_refused_is_found(status: int, said: str, field: str) -> None:
    assert refused(asked("chat"), said, status) == field


def test_the_other_name_is_taken_in_either_direction() -> None:
    request = asked("chat")
    other = without(request, "max_completion_tokens")
    assert (other.body["max_tokens"], "max_completion_tokens" in other.body) == (50, False)
    assert refused(other, openai_says("Unsupported parameter: 'max_tokens'")) == "max_tokens"
    assert without(other, "max_tokens").body == request.body


@pytest.mark.parametrize("api", APIS)
@pytest.mark.parametrize("field", ["store", "stream_options", "max_completion_tokens", "max_tokens", "unheard_of"])
def test_without_takes_one_field_and_leaves_the_rest(api: Api, field: str) -> None:
    request = asked(api)
    before = dict(request.body)
    after = without(request, field)
    assert request.body == before
    assert after.path == request.path
    assert field not in after.body
    renamed = {"max_tokens", "max_completion_tokens"}
    assert {key for key in before if key not in renamed} - {field} == {key for key in after.body if key not in renamed}


@pytest.mark.parametrize("status", [401, 403, 404, 413, 429, 500, 503])
def test_no_other_status_is_about_a_field(status: int) -> None:
    assert refused(asked("chat"), openai_says("Unknown parameter: 'store'.", "store"), status) is None


@pytest.mark.parametrize(
    "said",
    [
        "",
        openai_says("Unsupported value: 'reasoning_effort' does not support 'max'. Supported values: 'low', 'high'."),
        openai_says("The model `m` does not exist"),
        openai_says("Unsupported parameter: 'max_output_tokens'"),
        openai_says("Invalid schema for response_format 'answer': 'bookstore' is not permitted"),
        openai_says("max_tokens is too large: 999999. This model supports at most 128000 completion tokens."),
        openai_says("Invalid 'max_completion_tokens': integer below minimum value."),
    ],
)
@pytest.mark.parametrize("api", APIS)
def test_a_refusal_of_something_else_is_final(api: Api, said: str) -> None:
    assert refused(asked(api), said) is None


@pytest.mark.parametrize(
    "said",
    [
        openai_says(
            "Invalid schema for response_format 'answer': In context=('properties', 'store'), 'type' is missing"
        ),
        openai_says(
            "Invalid schema: In context=('properties', 'store'), 'additionalProperties' is required to be false"
        ),
        openai_says("Invalid schema for response_format 'answer': Extra required key 'store' supplied."),
        openai_says("The vector store was not found"),
        openai_says("Model m is not in the model store"),
    ],
)
def test_an_answer_stays_private_when_a_refusal_only_speaks_of_some_store(said: str) -> None:
    assert refused(asked("responses"), said) is None


@pytest.mark.parametrize("api", APIS)
def test_a_field_the_user_wrote_is_never_dropped(api: Api) -> None:
    request = asked(api, "m body.store=true")
    assert refused(request, openai_says("Unknown parameter: 'store'.", "store")) is None


def test_without_a_limit_there_is_nothing_to_rename() -> None:
    assert refused(asked("chat", "m"), openai_says("Unsupported parameter: 'max_tokens'")) is None


def test_a_request_keeps_every_other_value() -> None:
    request = asked("chat", "m low flex max=5 temp=0.1 body.x=1")
    body: dict[str, Any] = dict(without(request, "store").body)
    assert body == {key: value for key, value in request.body.items() if key != "store"}
