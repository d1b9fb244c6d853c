"""Conversations as the APIs write them: messages with a role, their content text or parts."""

from collections.abc import Iterable
from dataclasses import dataclass

from compare_tui.core.prompt import Image, Turn
from compare_tui.promptfiles.drafts import Reading
from compare_tui.promptfiles.fields import Fields
from compare_tui.promptfiles.pictures import is_address
from compare_tui.promptfiles.places import quoted

_SYSTEM = ("system", "developer")
_SAID = ("user", "assistant")
_TEXTS = ("text", "input_text", "output_text")
_PICTURES = ("image_url", "input_image")
_CALLS = ("tool_calls", "function_call", "audio")


@dataclass(frozen=True, slots=True)
class Talk:
    """The system texts and the turns of a conversation."""

    system: tuple[str, ...]
    turns: tuple[Turn, ...]

    def question(self) -> tuple[Turn | None, tuple[Turn, ...]]:
        """The last turn when it is the user's, and those before it."""
        if self.turns and self.turns[-1].role == "user":
            return self.turns[-1], self.turns[:-1]
        return None, self.turns


def read_talk(messages: Iterable[Fields], reading: Reading) -> Talk:
    system: list[str] = []
    turns: list[Turn] = []
    for message in messages:
        turn = _turn(message, reading)
        if turn.role in _SAID:
            turns.append(turn)
        elif turn.images:
            raise message.place.error(f"{message.path}: a {turn.role} message can hold text only")
        else:
            system.append(turn.text)
    return Talk(tuple(system), tuple(turns))


def _turn(message: Fields, reading: Reading) -> Turn:
    kind = message.text("type") or "message"
    if kind != "message":
        raise message.place.error(f"{message.path}: an item of type {quoted(kind)} cannot be sent, messages can")
    role = message.required("role")
    if role not in _SYSTEM + _SAID:
        takes = "system, developer, user and assistant can"
        raise message.place.error(f"{message.path}: a message of role {quoted(role)} cannot be sent, {takes}")
    for name in _CALLS:
        if message.raw.get(name):
            raise message.place.error(f"{message.at(name)} cannot be sent, text and pictures can")
    if isinstance(message.raw.get("content"), str):
        return Turn(role, message.raw["content"])
    if not message.has("content") or not isinstance(message.raw["content"], list):
        raise message.wrong("content", "text or a list of parts")
    return _from_parts(role, message.objects("content"), reading)


def _from_parts(role: str, parts: Iterable[Fields], reading: Reading) -> Turn:
    texts: list[str] = []
    images: list[Image] = []
    for part in parts:
        kind = part.required("type")
        if kind in _TEXTS:
            texts.append(part.required("text"))
        elif kind in _PICTURES:
            images.append(_picture(part, reading))
        else:
            raise part.place.error(f"{part.path}: a part of type {quoted(kind)} cannot be sent, text and images can")
    return Turn(role, "\n".join(texts), tuple(images))


def _picture(part: Fields, reading: Reading) -> Image:
    """One dialect has the address in an object, the other has it bare."""
    holder, name = (
        (part.inner("image_url"), "url") if isinstance(part.raw.get("image_url"), dict) else (part, "image_url")
    )
    address = holder.required(name)
    if not is_address(address):
        raise part.place.error(f"{holder.at(name)} must be an http, https or data address; a path belongs in images")
    if holder.text("detail") not in (None, "auto"):
        reading.notice("the detail of pictures is left to the endpoint")
    return reading.image(address, holder, name)
