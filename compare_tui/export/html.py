"""A session as one page: answers side by side, what differs from the baseline marked, figures, charts.

It is readable without script, asks the network for nothing, and every text from outside is escaped where it is put in.
"""

import base64
from collections.abc import Iterator, Sequence
from decimal import Decimal
from html import escape
from typing import Final

from compare_tui.core.definitions import COSTS, FIGURES, VERDICTS
from compare_tui.core.diff.compare import compare
from compare_tui.core.diff.model import Diff, How, Kind
from compare_tui.core.pricing import format_usd
from compare_tui.core.prompt import Image, Turn
from compare_tui.core.sanitize import safe_display, safe_line
from compare_tui.core.session import Session
from compare_tui.core.take import Take
from compare_tui.core.tally import notices, seconds
from compare_tui.core.verdict import Verdict
from compare_tui.export.charts import Bar, bars
from compare_tui.export.document import (
    COLUMNS,
    Document,
    LaneTold,
    RoundTold,
    conversation,
    shown_cost,
    state,
    take_figures,
    told,
    when,
)
from compare_tui.export.page import MADE_BY, head, html_line, html_text, marked, spans
from compare_tui.export.rows import output

LITTLE: Final = 30
"""With less than so many percent the same, showing what only the baseline says would drown the answer."""
_PICTURES: Final = ("image/png", "image/jpeg", "image/gif", "image/webp")
_LONG: Final = 1_500
"""Characters of a message from which on it is folded."""
_BAD: Final = (Verdict.FAILED, Verdict.CUT, Verdict.STALLED, Verdict.INTERRUPTED)


def pieces(session: Session) -> Iterator[str]:
    document = told(session)
    yield from head(document.title, "session.css")
    yield from body(document)


def body(document: Document) -> Iterator[str]:
    yield f'<body>\n<header class="top">\n<h1>{html_line(document.title)}</h1>\n'
    yield f'<p class="facts">{spans(document.facts)}</p>\n'
    if document.tags:
        yield f'<p class="tags">{spans(document.tags)}</p>\n'
    if any(one.baseline for one in document.rounds):
        yield _CHOICES
    yield "</header>\n<main>\n"
    if document.overall:
        yield from _overview(document)
    for one in document.rounds:
        yield from _round(one)
    yield f"</main>\n<footer>\n{_definitions()}{MADE_BY}\n</footer>\n"
    yield "</body>\n</html>\n"


_CHOICES: Final = (
    '<div class="choices">\n'
    '<label><input type="checkbox" id="marks" checked> mark what differs from the baseline</label>\n'
    '<label><input type="checkbox" id="gone" checked> show what only the baseline says</label>\n'
    '<label><input type="checkbox" id="mono"> fixed-width text</label>\n'
    "</div>\n"
)
"""They work by style alone; what a page without them shows is all of it."""


def _overview(document: Document) -> Iterator[str]:
    yield '<nav aria-label="Rounds"><ol>\n'
    for one in document.rounds:
        words = safe_line(one.round.prompt.text[:300])
        yield f'<li><a href="#round-{one.round.number}">{escape(words[:90])}{"…" if len(words) > 90 else ""}</a></li>\n'
    yield "</ol></nav>\n<section>\n<h2>All rounds</h2>\n"
    yield _figures(document.overall, None)
    yield "</section>\n"


def _round(one: RoundTold) -> Iterator[str]:
    round_ = one.round
    about = [f"prompt {round_.prompt_id}", when(round_.sent_at) if round_.sent_at else ""]
    about += [f"continues {round_.follows}"] if round_.follows else []
    about += [f"{name}: {value}" for name, value in round_.tags.items()]
    yield f'<section class="round" id="round-{round_.number}">\n<h2>Round {round_.number}</h2>\n'
    yield f'<p class="facts">{spans(filter(None, about))}</p>\n<div class="sent">\n'
    for who, turn in conversation(round_):
        yield _message(who, turn)
    yield f"</div>\n{_figures(one.lanes, one.baseline)}"
    if one.best:
        yield f'<p class="best">{html_line(one.best)}</p>\n'
    yield '<div class="answers">\n'
    for lane in one.lanes:
        badge = ' <span class="badge">baseline</span>' if lane is one.baseline else ""
        yield f'<section class="lane">\n<h3>{html_line(lane.label)}{badge}</h3>\n'
        if lane.label != str(lane.lane):
            yield f'<p class="spec">{html_line(str(lane.lane))}</p>\n'
        for take in lane.takes:
            yield from _answer(one, lane, take)
        yield "</section>\n"
    yield "</div>\n</section>\n"


def _message(who: str, turn: Turn) -> str:
    text = f'<div class="text" dir="auto">{html_text(turn.text)}</div>{"".join(map(_picture, turn.images))}'
    if len(turn.text) < _LONG:
        return f'<div class="message"><p class="who">{html_line(who)}</p>{text}</div>\n'
    size = f"{len(turn.text):,} characters"
    return f'<details class="message"><summary class="who">{html_line(who)} · {size}</summary>{text}</details>\n'


def _picture(image: Image) -> str:
    if image.data and image.mime in _PICTURES:
        data = base64.b64encode(image.data).decode()
        return f'<img alt="{html_line(image.name)}" src="data:{image.mime};base64,{data}">'
    return f'<p class="picture">picture {html_line(image.name)}{f" at {html_line(image.url)}" if image.url else ""}</p>'


def _figures(lanes: Sequence[LaneTold], baseline: LaneTold | None) -> str:
    heads = "".join(f'<th scope="col" title="{escape(FIGURES.get(name, ""))}">{name}</th>' for name in COLUMNS)
    rows = "".join(_row(lane, lane is baseline) for lane in lanes)
    table = f'<table><thead><tr><th scope="col">lane</th>{heads}</tr></thead><tbody>\n{rows}</tbody></table>'
    ttft = [Bar(safe_line(lane.label), lane.ttft_ms, seconds(lane.ttft_ms)) for lane in lanes]
    costs = [
        Bar(safe_line(lane.label), None if lane.cost.amount is None else float(lane.cost.amount), shown_cost(lane.cost))
        for lane in lanes
    ]
    many = any(len(lane.takes) > 1 for lane in lanes)
    charts = bars("Time to first token", "median" if many else "from sending", ttft, seconds) + bars(
        "Cost", "USD, all takes" if many else "USD", costs, lambda usd: format_usd(Decimal(repr(usd)))
    )
    return f'<div class="scroll">{table}</div>\n<div class="charts">\n{charts}</div>\n'


def _row(lane: LaneTold, is_baseline: bool) -> str:
    badge = ' <span class="badge">baseline</span>' if is_baseline else ""
    cells = "".join(f"<td>{'<br>'.join(map(html_line, figure.splitlines()))}</td>" for figure in lane.figures())
    return f'<tr><th scope="row">{html_line(lane.label)}{badge}</th>{cells}</tr>\n'


def _answer(one: RoundTold, lane: LaneTold, take: Take) -> Iterator[str]:
    repeat = f'<span class="repeat">{take.repeat} of {len(lane.takes)}</span>' if len(lane.takes) > 1 else ""
    yield f'<article class="take">\n<p class="state">{_state(take)}{repeat}</p>\n'
    yield f'<p class="facts">{spans(take_figures(take))}</p>\n'
    yield "".join(f'<p class="notice">{html_line(notice)}</p>\n' for notice in notices(take))
    if take.reasoning:
        summary = f"Reasoning · {len(take.reasoning):,} characters"
        yield f'<details class="reasoning"><summary>{summary}</summary><div class="text" dir="auto">'
        yield f"{html_text(take.reasoning)}</div></details>\n"
    yield from _text(safe_display(output(take)), one.against(take))
    yield "</article>\n"


def _text(answer: str, against: Take | None) -> Iterator[str]:
    if not answer:
        yield '<p class="nothing">No answer text.</p>\n'
        return
    shown = escape(answer)
    if against is not None:
        diff = compare(safe_display(output(against)), answer)
        yield f'<p class="compared">{_common(diff)}</p>\n'
        shown = _marked(diff)
    yield f'<div class="text" dir="auto">{shown}</div>\n'


def _state(take: Take) -> str:
    if take.verdict is None:
        return f'<span class="verdict">{html_line(state(take))}</span>'
    kind = "good" if take.verdict is Verdict.DONE else "bad" if take.verdict in _BAD else "warn"
    return f'<span class="verdict {kind}" title="{escape(VERDICTS[take.verdict])}">{state(take)}</span>'


def _common(diff: Diff) -> str:
    if diff.percent < LITTLE:
        return f"{diff.percent} % the same as the baseline: only what is new is marked"
    return f"{diff.percent} % the same as the baseline"


def _marked(diff: Diff) -> str:
    """The answer, and where it differs what the baseline says there."""
    parts: list[str] = []
    for piece in diff.pieces:
        if piece.kind is Kind.GONE and diff.percent < LITTLE:
            continue
        is_gone = piece.kind is Kind.GONE
        words = escape(diff.old[piece.old : piece.old_end] if is_gone else diff.new[piece.new : piece.new_end])
        moved = piece.change >= 0 and diff.changes[piece.change].how is How.MOVED
        title = "moved: " * moved + ("only in the baseline" if is_gone else "not in the baseline")
        parts.append(marked(piece.kind, words, title, number=piece.number, moved=moved))
    return "".join(parts)


def _definitions() -> str:
    told = {**FIGURES, **{f"cost {mark}": words for mark, words in COSTS.items()}}
    told |= {f"{verdict.glyph} {verdict.value}": words for verdict, words in VERDICTS.items()}
    lines = "".join(f"<dt>{escape(name)}</dt><dd>{escape(words)}</dd>\n" for name, words in told.items())
    return f"<details><summary>What the figures and verdicts mean</summary>\n<dl>\n{lines}</dl>\n</details>\n"
