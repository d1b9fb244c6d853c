"""How much a model thinks before it answers, and what it says about it."""

from compare_tui.demo.ask import Ask
from compare_tui.demo.luck import Luck
from compare_tui.demo.subject import subject

_TOKENS = {"none": 0, "minimal": 16, "low": 64, "medium": 192, "high": 512, "xhigh": 1024, "max": 2048}
_SENTENCES = {"none": 0, "minimal": 1, "low": 2, "medium": 3, "high": 5, "xhigh": 6, "max": 8}
_STEPS = (
    ("**Reading the question.** ", "**Finding what is asked.** ", "**Taking stock.** "),
    ("The point seems to be {topic}. ", "This is about {topic}. "),
    ("I should say first what matters most. ", "The short answer comes first, the reasons after it. "),
    ("Which figures would settle it? I have none to measure, so I will say so. ", "A number would help here. "),
    ("One could also read it differently; the plainer reading is likelier. ", "There is a second reading of this. "),
    ("An example makes it concrete. ", "A table would carry the comparison better than prose. "),
    ("Let me check the edge cases: nothing, one, very many. ", "What would a sceptic ask about {topic}? "),
    ("The draft is too long; I will cut what nobody asked for. ", "I will end with what to do next. "),
)


def reasoning_tokens(ask: Ask, luck: Luck) -> int:
    """Grows with the effort and with the model; the same question differs by a tenth from time to time."""
    tokens = _TOKENS[ask.effort] * ask.model.character.ponder
    return round(tokens * (0.9 + 0.2 * luck.share("reasoning")))


def thoughts(ask: Ask, luck: Luck) -> str:
    """The summary of the thinking; the real one is never shown, here there is none."""
    topic = subject(ask.text).first
    chosen = [luck.pick(step, "thought", index) for index, step in enumerate(_STEPS)]
    return "".join(sentence.replace("{topic}", topic) for sentence in chosen[: _SENTENCES[ask.effort]]).rstrip()
