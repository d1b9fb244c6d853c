"""A session as Markdown: figures in tables, and every text from outside in a fence it cannot close."""

import re
from collections.abc import Iterable, Iterator, Sequence

from compare_tui.core.sanitize import safe_display, safe_line
from compare_tui.core.session import Session
from compare_tui.core.take import Take
from compare_tui.core.tally import notices
from compare_tui.export.document import COLUMNS, LaneTold, RoundTold, conversation, state, take_figures, told, when
from compare_tui.export.rows import output

_TICKS = re.compile("`+")
_SYNTAX = re.compile(r"[\\`*_\[\]<>#|&~$@]|:(?=//)|(?<=www)\.")


def pieces(session: Session) -> Iterator[str]:
    document = told(session)
    yield f"# {plain(document.title)}\n\n"
    yield f"{' · '.join(map(plain, document.facts))}\n\n"
    if document.tags:
        yield f"Tags: {' · '.join(map(plain, document.tags))}\n\n"
    if document.overall:
        yield f"## All rounds\n\n{_table(document.overall)}\n"
    for one in document.rounds:
        yield from _round(one)


def plain(text: str) -> str:
    """One line that is text in a heading, a table, a paragraph; words of ours stand before it where a block begins."""
    return _SYNTAX.sub(r"\\\g<0>", safe_line(text))


def fence(text: str) -> str:
    """The text as a block that is longer fenced than anything inside."""
    shown = safe_display(text)
    ticks = "`" * max(3, 1 + max(map(len, _TICKS.findall(shown)), default=0))
    return f"{ticks}text\n{shown}{'' if shown.endswith(chr(10)) else chr(10)}{ticks}\n"


def _round(one: RoundTold) -> Iterator[str]:
    yield f"## Round {one.round.number}\n\n"
    about = [f"prompt {one.round.prompt_id}", when(one.round.sent_at) if one.round.sent_at else ""]
    about += [f"continues {one.round.follows}"] if one.round.follows else []
    about += [f"{name}: {value}" for name, value in one.round.tags.items()]
    yield f"{' · '.join(plain(fact) for fact in about if fact)}\n\n"
    for who, turn in conversation(one.round):
        pictures = "".join(f" · picture {plain(image.name)}" for image in turn.images)
        yield f"**{plain(who)}**{pictures}\n\n{fence(turn.text)}\n"
    yield f"{_table(one.lanes)}\n"
    if one.best:
        yield f"{plain(one.best)}\n\n"
    for lane in one.lanes:
        for take in lane.takes:
            yield from _answer(lane, take)


def _answer(lane: LaneTold, take: Take) -> Iterator[str]:
    repeat = f" · repeat {take.repeat}" if len(lane.takes) > 1 else ""
    yield f"### {plain(lane.label)}{repeat} · {state(take)}\n\n"
    yield f"{' · '.join(map(plain, take_figures(take)))}\n\n"
    for notice in notices(take):
        yield f"> **!** {plain(notice)}\n\n"
    if take.reasoning:
        yield f"<details><summary>Reasoning</summary>\n\n{fence(take.reasoning)}\n</details>\n\n"
    answer = output(take)
    yield f"{fence(answer)}\n" if answer else "No answer text.\n\n"


def _table(lanes: Sequence[LaneTold]) -> str:
    rows = [(plain(lane.label), *(_cell(figure) for figure in lane.figures())) for lane in lanes]
    rules = ("---", "---", *("---:" for _ in COLUMNS[1:]))
    return "".join(map(_row, [("lane", *COLUMNS), rules, *rows]))


def _cell(figure: str) -> str:
    return "<br>".join(map(plain, figure.split("\n")))


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |\n"
