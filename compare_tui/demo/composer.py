"""What an answer says: a tool call, JSON, a word, or prose that goes as deep as the voice."""

from dataclasses import dataclass

from compare_tui.demo.ask import Ask
from compare_tui.demo.luck import Luck
from compare_tui.demo.short import short_answer
from compare_tui.demo.structured import arguments, json_answer, wanted_tool
from compare_tui.demo.subject import phrase
from compare_tui.demo.topics import facts_about, topic_of
from compare_tui.demo.values import Source
from compare_tui.demo.voice import Voice
from compare_tui.demo.writing import SIMULATED, write


@dataclass(frozen=True, slots=True)
class Draft:
    """The whole text of an answer, or the arguments of the call it makes."""

    text: str
    call: str | None = None


def compose(ask: Ask, luck: Luck, nth: int) -> Draft:
    """Prose ends with a line that says it is simulated; JSON, a single word and a call have no room for one."""
    voice = Voice.of(ask, luck, nth)
    source = Source(voice, ask.text)
    tool = wanted_tool(ask)
    if tool is not None:
        return Draft(arguments(tool, source), tool.name)
    said = json_answer(ask, source) or (None if ask.images else short_answer(ask.system, ask.text, voice))
    return Draft(said or _prose(ask, voice))


def _prose(ask: Ask, voice: Voice) -> str:
    topic = topic_of(ask.text)
    body = write(topic, voice, facts_about(topic, ask.text, voice))
    return "\n\n".join(part for part in (*_openings(ask, voice), body, SIMULATED) if part)


def _openings(ask: Ask, voice: Voice) -> list[str]:
    """What came before and beside the question: earlier turns, a tool's result, images."""
    parts = []
    asked = [turn.text for turn in ask.turns if turn.role == "user"]
    if len(asked) > 1:
        opening = voice.pick(("Following on from your earlier question", "Building on what you asked before"), "follow")
        parts.append(f"{opening} (“{phrase(asked[-2])}”):")
    if ask.turns[-1].role == "tool":
        parts.append(f"The tool answered: “{phrase(ask.turns[-1].text)}”. With that:")
    if ask.images:
        seen = "; ".join(str(image) for image in ask.images)
        parts.append(f"I was shown {len(ask.images)} image{'s' * (len(ask.images) > 1)}: {seen}.")
    return parts
