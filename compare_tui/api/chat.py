"""The `chat` dialect: a lane and a prompt as a request, its stream as events, with the quirks of its many servers."""

from collections.abc import Mapping

from compare_tui.api.errors import Broken, error_text
from compare_tui.api.outbox import Outbox
from compare_tui.api.sse import ServerEvent
from compare_tui.api.wire import Json, Request, image_url, index, items, mapping, parse, text, with_extras, word
from compare_tui.core.events import Kind
from compare_tui.core.lane import Lane
from compare_tui.core.prompt import Image, Prompt
from compare_tui.core.usage import Usage


def request(lane: Lane, prompt: Prompt, cache_key: str | None) -> Request:
    body: dict[str, Json] = {
        "model": lane.model,
        "messages": _messages(prompt),
        "stream": True,
        "stream_options": {"include_usage": True},
        "store": False,
        "reasoning_effort": lane.effort,
        "service_tier": lane.tier,
        "verbosity": lane.verbosity,
        "max_completion_tokens": lane.max,
        "temperature": lane.temp,
        "top_p": lane.top_p,
        "frequency_penalty": lane.freq,
        "presence_penalty": lane.pres,
        "seed": lane.seed,
        "response_format": _format(prompt.schema),
        "tools": list(map(_tool, prompt.tools)) or None,
        "prompt_cache_key": cache_key,
    }
    if lane.logprobs is not None:
        body |= {"logprobs": True, "top_logprobs": lane.logprobs or None}
    if lane.summary is not None:
        body["reasoning_summary"] = lane.summary
    return Request("/chat/completions", with_extras(body, lane))


def _format(schema: Mapping[str, Json] | None) -> dict[str, Json] | None:
    if schema is None:
        return None
    return {"type": "json_schema", "json_schema": {"name": "answer", "schema": schema, "strict": True}}


def _tool(tool: Mapping[str, Json]) -> Json:
    """Tools are written flat in one dialect and nested in the other; either is taken."""
    if tool.get("type") != "function" or "function" in tool:
        return tool
    return {"type": "function", "function": {key: value for key, value in tool.items() if key != "type"}}


def _messages(prompt: Prompt) -> list[Json]:
    system = [{"role": "system", "content": prompt.system}] if prompt.system else []
    turns = [{"role": turn.role, "content": _content(turn.text, turn.images)} for turn in prompt.turns]
    return [*system, *turns, {"role": "user", "content": _content(prompt.text, prompt.images)}]


def _content(words: str, images: tuple[Image, ...]) -> Json:
    if not images:
        return words
    pictures = [{"type": "image_url", "image_url": {"url": image_url(image)}} for image in images]
    return [{"type": "text", "text": words}, *pictures]


class Reader:
    """Follows one stream, as `dialects.Reader` says."""

    def __init__(self, out: Outbox) -> None:
        self.complete = False
        self.finished = False
        self._out = out
        self._names: tuple[Json, ...] = ()
        self._told: dict[str, Json] = {}
        self._open_call = ""

    def read(self, event: ServerEvent) -> None:
        if self.finished or not event.data.strip():
            return
        if event.data.strip() == "[DONE]":
            self._done()
            return
        said = parse(event.data)
        if event.name == "error" or mapping(said).get("error") or mapping(said).get("object") == "error":
            raise Broken.in_band(error_text(said))
        if not isinstance(said, dict):
            return
        self._served(said)
        for choice in items(said.get("choices")):
            if index(choice.get("index")) == 0:  # the first answer is the answer, however many were asked for
                self._choice(choice, mapping(choice["delta"] if "delta" in choice else choice.get("message")))
        usage = Usage.from_wire(said.get("usage"))
        if usage is not None:
            self._out.add(Kind.USAGE, usage.to_data())

    def read_whole(self, body: Json) -> bool:
        """A completion that came as one JSON object; False when it is none."""
        said = mapping(body)
        choices = items(said.get("choices"))
        if not choices or not mapping(choices[0].get("message")):
            return False
        self._out.add(Kind.UNSTREAMED)
        self._served(said)
        self._choice(choices[0], mapping(choices[0].get("message")))
        usage = Usage.from_wire(said.get("usage"))
        if usage is not None:
            self._out.add(Kind.USAGE, usage.to_data())
        self._done()
        return True

    def _done(self) -> None:
        if not self.complete:
            self._out.add(Kind.NOTICE, text="no finish reason")
            self._out.add(Kind.FINISH, {"status": "done", "reason": None})
        self.complete = self.finished = True

    def _served(self, said: Mapping[str, Json]) -> None:
        names = (said.get("model"), said.get("service_tier"), said.get("id"))
        if names == self._names:  # as on nearly every chunk
            return
        self._names = names
        told = {"model": word(said.get("model")), "tier": word(said.get("service_tier")), "id": word(said.get("id"))}
        if told["tier"] == "auto":
            told["tier"] = None
        new = {key: value for key, value in told.items() if value is not None and self._told.get(key) != value}
        if new:
            self._told |= new
            self._out.add(Kind.SERVED, new)

    def _choice(self, choice: Mapping[str, Json], delta: Mapping[str, Json]) -> None:
        # Some servers send the same thought under both names: one of them counts.
        thought = text(delta.get("reasoning")) or text(delta.get("reasoning_content"))
        self._delta(Kind.REASONING, thought)
        self._content(delta.get("content"))
        self._delta(Kind.REFUSAL, text(delta.get("refusal")))
        if delta.get("tool_calls") or delta.get("function_call"):
            self._calls(delta)
        if choice.get("logprobs"):
            self._weigh(mapping(choice["logprobs"]), delta)
        reason = word(choice.get("finish_reason"))
        if reason is not None and not self.complete:
            self._out.add(Kind.FINISH, {"status": None, "reason": reason})
            if reason == "error":
                raise Broken.in_band(error_text(choice.get("error")) or "no reason given")
            self.complete = True

    def _weigh(self, logprobs: Mapping[str, Json], delta: Mapping[str, Json]) -> None:
        """Tokens of thoughts and calls are none of the answer; without any text they may be half a character."""
        said = any(delta.get(name) for name in ("content", "refusal"))
        if said or not any(delta.get(name) for name in ("reasoning", "reasoning_content", "tool_calls")):
            tokens = [*items(logprobs.get("content")), *items(logprobs.get("refusal"))]
            if tokens:
                self._out.add(Kind.LOGPROBS, {"tokens": tokens})

    def _calls(self, delta: Mapping[str, Json]) -> None:
        calls = items(delta.get("tool_calls"))
        for at, call in enumerate(calls):
            call_id = word(call.get("id"))
            if "index" in call:
                self._open_call = str(index(call["index"]))
            elif call_id is not None or len(calls) > 1 or not self._open_call:
                self._open_call = call_id or str(at)  # some gateways number no calls: an id begins one
            self._call(self._open_call, mapping(call.get("function")), call_id)
        if isinstance(delta.get("function_call"), dict):
            self._call("0", delta["function_call"], None)

    def _content(self, content: Json) -> None:
        if isinstance(content, str):
            self._delta(Kind.TEXT, content)
            return
        for piece in items(content):
            thoughts = "".join(text(thought.get("text")) for thought in items(piece.get("thinking")))
            self._delta(Kind.REASONING, thoughts)
            self._delta(Kind.TEXT, text(piece.get("text")))

    def _delta(self, kind: Kind, words: str) -> None:
        if words:
            self._out.delta(kind, words)

    def _call(self, key: str, function: Mapping[str, Json], call_id: str | None) -> None:
        name = word(function.get("name"))
        words = text(function.get("arguments"))
        if words or name or call_id:
            self._out.add(Kind.TOOL, {"key": key, "name": name, "id": call_id}, text=words)
