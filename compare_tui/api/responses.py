"""The `responses` dialect: a lane and a prompt as a request, its stream as events."""

from collections.abc import Mapping

from compare_tui.api.errors import Broken, error_text
from compare_tui.api.outbox import Outbox
from compare_tui.api.sse import ServerEvent
from compare_tui.api.wire import Json, Request, image_url, index, items, mapping, parse, text, with_extras, word
from compare_tui.core.events import Kind
from compare_tui.core.lane import Lane
from compare_tui.core.prompt import Image, Prompt
from compare_tui.core.usage import Usage

_DELTAS = {
    "response.output_text.delta": Kind.TEXT,
    "response.refusal.delta": Kind.REFUSAL,
    "response.reasoning_summary_text.delta": Kind.REASONING,
    "response.reasoning_text.delta": Kind.REASONING,
}
_WHOLE_PIECES = {"response.output_text.done": ("text", Kind.TEXT), "response.refusal.done": ("refusal", Kind.REFUSAL)}
_ARGUMENTS = (
    "response.function_call_arguments.delta",
    "response.custom_tool_call_input.delta",
    "response.mcp_call_arguments.delta",
)
_TERMINAL = {
    "response.completed": "completed",
    "response.incomplete": "incomplete",
    "response.failed": "failed",
    "response.cancelled": "cancelled",
}
_BAD_TO_WORSE = ("completed", "incomplete", "cancelled", "failed")
_CALLS = ("function_call", "custom_tool_call", "mcp_call")


def request(lane: Lane, prompt: Prompt, cache_key: str | None) -> Request:
    body: dict[str, Json] = {
        "model": lane.model,
        "input": _input(prompt),
        "instructions": prompt.system,
        "stream": True,
        "store": False,
        "reasoning": _set(effort=lane.effort, summary=lane.summary),
        "service_tier": lane.tier,
        "text": _set(verbosity=lane.verbosity, format=_format(prompt.schema)),
        "max_output_tokens": lane.max,
        "temperature": lane.temp,
        "top_p": lane.top_p,
        "frequency_penalty": lane.freq,
        "presence_penalty": lane.pres,
        "seed": lane.seed,
        "tools": list(map(_tool, prompt.tools)) or None,
        "prompt_cache_key": cache_key,
    }
    if lane.logprobs is not None:
        body |= {"top_logprobs": lane.logprobs, "include": ["message.output_text.logprobs"]}
    return Request("/responses", with_extras(body, lane))


def _set(**fields: Json) -> dict[str, Json] | None:
    return {key: value for key, value in fields.items() if value is not None} or None


def _tool(tool: Mapping[str, Json]) -> Json:
    """Tools are written flat in one dialect and nested in the other; either is taken."""
    inside = tool.get("function")
    return {"type": "function", **inside} if isinstance(inside, dict) else tool


def _format(schema: Mapping[str, Json] | None) -> dict[str, Json] | None:
    if schema is None:
        return None
    return {"type": "json_schema", "name": "answer", "schema": schema, "strict": True}


def _input(prompt: Prompt) -> Json:
    if not prompt.turns and not prompt.images:
        return prompt.text
    turns = [{"role": turn.role, "content": _content(turn.role, turn.text, turn.images)} for turn in prompt.turns]
    return [*turns, {"role": "user", "content": _content("user", prompt.text, prompt.images)}]


def _content(role: str, words: str, images: tuple[Image, ...]) -> Json:
    if not images:
        return words
    kind = "output_text" if role == "assistant" else "input_text"
    return [{"type": kind, "text": words}, *({"type": "input_image", "image_url": image_url(i)} for i in images)]


class Reader:
    """Follows one stream, as `dialects.Reader` says."""

    def __init__(self, out: Outbox) -> None:
        self.complete = False
        self.finished = False
        self._out = out
        self._part = ""
        self._seen: set[str] = set()
        self._weighed: set[str] = set()
        self._unplaced = False
        self._thought = False
        self._summary: Json = None

    def read(self, event: ServerEvent) -> None:
        if self.finished or not event.data.strip() or event.data == "[DONE]":
            return
        said = parse(event.data)
        kind = word(mapping(said).get("type")) or event.name
        if "error" in (kind, event.name):
            raise Broken.in_band(error_text(said))
        if not isinstance(said, dict):
            return
        if kind in _DELTAS:
            self._unplaced = self._unplaced or (_DELTAS[kind] is not Kind.REASONING and "output_index" not in said)
            self._delta(_DELTAS[kind], said)
        elif kind in _TERMINAL:
            self._end(_TERMINAL[kind], mapping(said.get("response")))
        elif said.get("error"):
            raise Broken.in_band(error_text(said))
        elif kind in _ARGUMENTS:
            self._arguments(said, text(said.get("delta")))
        elif kind in _WHOLE_PIECES:
            self._whole_piece(*_WHOLE_PIECES[kind], said)
        elif kind in ("response.output_item.added", "response.output_item.done"):
            self._item(said, done=kind.endswith("done"))
        elif kind in ("response.created", "response.in_progress", "response.queued"):
            self._served(mapping(said.get("response")), final=False)

    def read_whole(self, body: Json) -> bool:
        """A response that came as one JSON object; False when it is none."""
        response = mapping(body)
        if not isinstance(response.get("output"), list) or response.get("status") in ("queued", "in_progress"):
            return False
        self._out.add(Kind.UNSTREAMED)
        self._end("completed", response)
        return True

    def _delta(self, kind: Kind, said: Mapping[str, Json]) -> None:
        words = text(said.get("delta"))
        if words and kind is Kind.REASONING:
            self._new_summary((said.get("output_index"), said.get("summary_index")))
        elif words:
            self._seen.add(self._enter(said))
        if words:
            self._out.delta(kind, words)
        if kind is not Kind.REASONING and said.get("logprobs"):
            self._weigh(said)

    def _weigh(self, said: Mapping[str, Json]) -> None:
        """A piece without text may have half a character."""
        if tokens := items(said["logprobs"]):
            self._weighed.add(self._enter(said))
            self._out.add(Kind.LOGPROBS, {"tokens": tokens})

    def _new_summary(self, key: Json) -> None:
        """Summaries are paragraphs of their own."""
        if self._thought and self._summary != key:
            self._out.delta(Kind.REASONING, "\n\n")
        self._summary, self._thought = key, True

    def _enter(self, said: Mapping[str, Json]) -> str:
        key = _key(said, "output_index", "content_index")
        if key != self._part:
            self._out.add(Kind.PART, {"key": key})
            self._part = key
        return key

    def _whole_piece(self, field: str, kind: Kind, said: Mapping[str, Json]) -> None:
        """Some servers send a piece only when it is done; deltas without an index may have been any piece."""
        key = _key(said, "output_index", "content_index")
        if self._unplaced:
            return
        if key not in self._seen:
            self._delta(kind, {**said, "delta": said.get(field)})
        elif key not in self._weighed and said.get("logprobs"):
            self._weigh(said)

    def _arguments(self, said: Mapping[str, Json], words: str, **told: Json) -> None:
        key = _key(said, "output_index")
        if words:
            self._seen.add(f"call {key}")
        if words or told:
            self._out.add(Kind.TOOL, {"key": key, **told}, text=words)

    def _item(self, said: Mapping[str, Json], *, done: bool) -> None:
        item = mapping(said.get("item"))
        if item.get("type") not in _CALLS:
            return
        unseen = done and f"call {_key(said, 'output_index')}" not in self._seen
        words = text(item.get("arguments") or item.get("input")) if unseen else ""
        self._arguments(said, words, name=word(item.get("name")), id=word(item.get("call_id")) or word(item.get("id")))

    def _served(self, response: Mapping[str, Json], *, final: bool) -> None:
        """Only the last word on the tier counts: `created` may still carry the one that was asked for."""
        told = {
            "model": word(response.get("model")),
            "tier": word(response.get("service_tier")) if final else None,
            "effort": word(mapping(response.get("reasoning")).get("effort")),
            "id": word(response.get("id")),
        }
        if any(told.values()):
            self._out.add(Kind.SERVED, told)

    def _end(self, named: str, response: Mapping[str, Json]) -> None:
        inside = word(response.get("status"))
        status = max(
            (said for said in (named, inside) if said in _BAD_TO_WORSE), key=_BAD_TO_WORSE.index, default=named
        )
        if not self._seen:
            self._output(response)
        self._served(response, final=True)
        usage = Usage.from_wire(response.get("usage"))
        if usage is not None:
            self._out.add(Kind.USAGE, usage.to_data())
        reason = word(mapping(response.get("incomplete_details")).get("reason"))
        self._out.add(Kind.FINISH, {"status": status, "reason": reason})
        if status == "failed":
            raise Broken.in_band(error_text(response.get("error")) or "no reason given")
        self.complete = self.finished = True

    def _output(self, response: Mapping[str, Json]) -> None:
        """The answer inside a whole response, when no delta of it was seen."""
        thought = self._thought
        for at, item in enumerate(items(response.get("output"))):
            place = {"output_index": at, "item": item}
            if item.get("type") in _CALLS:
                self._item(place, done=True)
            for number, piece in enumerate(items(item.get("content") or item.get("summary"))):
                here = {**place, "content_index": number, "summary_index": number, "logprobs": piece.get("logprobs")}
                if item.get("type") == "reasoning":
                    if not thought:
                        self._delta(Kind.REASONING, {**here, "delta": piece.get("text")})
                elif piece.get("type") == "refusal":
                    self._delta(Kind.REFUSAL, {**here, "delta": piece.get("refusal")})
                else:
                    self._delta(Kind.TEXT, {**here, "delta": piece.get("text")})


def _key(said: Mapping[str, Json], *names: str) -> str:
    return ".".join(str(index(said.get(name))) for name in names)
