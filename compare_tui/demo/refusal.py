"""What the endpoint says when it does not answer, in the shape OpenAI gives its errors."""

from collections.abc import Mapping


class Refusal(Exception):
    """A status and an error object; the one exception a request is allowed to end with."""

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        kind: str = "invalid_request_error",
        param: str | None = None,
        code: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.kind = kind
        self.param = param
        self.code = code
        self.headers = dict(headers or {})

    def to_json(self) -> dict[str, object]:
        return {"error": {"message": self.message, "type": self.kind, "param": self.param, "code": self.code}}


def unsupported_value(value: str, param: str, accepted: tuple[str, ...], model: str) -> Refusal:
    return Refusal(
        f"Unsupported value: '{value}' is not supported with the '{model}' model. "
        f"Supported values are: {listed(accepted)}.",
        param=param,
        code="unsupported_value",
    )


def unsupported_parameter(param: str) -> Refusal:
    return Refusal(
        f"Unsupported parameter: '{param}' is not supported with this model.",
        param=param,
        code="unsupported_parameter",
    )


def listed(words: tuple[str, ...]) -> str:
    """`'low', 'medium', and 'high'`: the punctuation of the real API, because clients read it."""
    quoted = [f"'{word}'" for word in words]
    if len(quoted) < 3:
        return " and ".join(quoted)
    return f"{', '.join(quoted[:-1])}, and {quoted[-1]}"
