"""A session as one page: answers side by side, what differs from the baseline marked, figures, charts.

It is readable without script, asks the network for nothing, and every text from outside is escaped where it is put in.
"""

import base64
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from html import escape
from importlib.resources import files
from typing import Final

from compare_tui.core.definitions import COSTS, FIGURES, VERDICTS
from compare_tui.core.pricing import format_usd
from compare_tui.core.prompt import Image, Turn
from compare_tui.core.sanitize import safe_display, safe_line
from compare_tui.core.session import Session
from compare_tui.core.take import Take
from compare_tui.core.tally import notices, seconds
from compare_tui.core.verdict import Verdict
from compare_tui.export.charts import Bar, bars
from compare_tui.export.difference import LITTLE, Difference, difference
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
from compare_tui.export.rows import output

POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
_PICTURES: Final = ("image/png", "image/jpeg", "image/gif", "image/webp")
_LONG: Final = 1_500
"""Characters of a message from which on it is folded."""
_BAD: Final = (Verdict.FAILED, Verdict.CUT, Verdict.STALLED, Verdict.INTERRUPTED)


def pieces(session: Session) -> Iterator[str]:
    document = told(session)
    yield from head(document.title)
    yield from body(document)


def head(title: str) -> Iterator[str]:
    yield '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
    yield f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
    yield '<meta name="color-scheme" content="light dark">\n<meta name="referrer" content="no-referrer">\n'
    yield f'<title>{_line(title)}</title>\n<link rel="icon" href="data:,">\n'
    style = files("compare_tui.export").joinpath("page.css").read_text(encoding="utf-8")
    yield f"<style>\n{style}</style>\n</head>\n"


def body(document: Document) -> Iterator[str]:
    yield f'<body>\n<header class="top">\n<h1>{_line(document.title)}</h1>\n'
    yield f'<p class="facts">{_spans(document.facts)}</p>\n'
    if document.tags:
        yield f'<p class="tags">{_spans(document.tags)}</p>\n'
    if any(one.baseline for one in document.rounds):
        yield _CHOICES
    yield "</header>\n<main>\n"
    if document.overall:
        yield from _overview(document)
    for one in document.rounds:
        yield from _round(one)
    yield f"</main>\n<footer>\n{_definitions()}<p>Made by compare-tui. This page loads nothing.</p>\n</footer>\n"
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
    yield f'<p class="facts">{_spans(filter(None, about))}</p>\n<div class="sent">\n'
    for who, turn in conversation(round_):
        yield _message(who, turn)
    yield f"</div>\n{_figures(one.lanes, one.baseline)}"
    if one.best:
        yield f'<p class="best">{_line(one.best)}</p>\n'
    yield '<div class="answers">\n'
    for lane in one.lanes:
        badge = ' <span class="badge">baseline</span>' if lane is one.baseline else ""
        yield f'<section class="lane">\n<h3>{_line(lane.label)}{badge}</h3>\n'
        if lane.label != str(lane.lane):
            yield f'<p class="spec">{_line(str(lane.lane))}</p>\n'
        for take in lane.takes:
            yield from _answer(one, lane, take)
        yield "</section>\n"
    yield "</div>\n</section>\n"


def _message(who: str, turn: Turn) -> str:
    text = f'<div class="text" dir="auto">{_text(turn.text)}</div>{"".join(map(_picture, turn.images))}'
    if len(turn.text) < _LONG:
        return f'<div class="message"><p class="who">{_line(who)}</p>{text}</div>\n'
    size = f"{len(turn.text):,} characters"
    return f'<details class="message"><summary class="who">{_line(who)} · {size}</summary>{text}</details>\n'


def _picture(image: Image) -> str:
    if image.data and image.mime in _PICTURES:
        data = base64.b64encode(image.data).decode()
        return f'<img alt="{_line(image.name)}" src="data:{image.mime};base64,{data}">'
    return f'<p class="picture">picture {_line(image.name)}{f" at {_line(image.url)}" if image.url else ""}</p>'


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
    cells = "".join(f"<td>{'<br>'.join(map(_line, figure.splitlines()))}</td>" for figure in lane.figures())
    return f'<tr><th scope="row">{_line(lane.label)}{badge}</th>{cells}</tr>\n'


def _answer(one: RoundTold, lane: LaneTold, take: Take) -> Iterator[str]:
    repeat = f'<span class="repeat">{take.repeat} of {len(lane.takes)}</span>' if len(lane.takes) > 1 else ""
    yield f'<article class="take">\n<p class="state">{_state(take)}{repeat}</p>\n'
    yield f'<p class="facts">{_spans(take_figures(take))}</p>\n'
    yield "".join(f'<p class="notice">{_line(notice)}</p>\n' for notice in notices(take))
    if take.reasoning:
        summary = f"Reasoning · {len(take.reasoning):,} characters"
        yield f'<details class="reasoning"><summary>{summary}</summary><div class="text" dir="auto">'
        yield f"{_text(take.reasoning)}</div></details>\n"
    answer, against = safe_display(output(take)), one.against(take)
    compared = difference(safe_display(output(against)), answer) if against is not None and answer else None
    if compared is not None:
        yield f'<p class="compared">{_common(compared)}</p>\n'
        yield f'<div class="text" dir="auto">{_marked(compared)}</div>\n'
    elif answer:
        yield f'<div class="text" dir="auto">{escape(answer)}</div>\n'
    else:
        yield '<p class="nothing">No answer text.</p>\n'
    yield "</article>\n"


def _state(take: Take) -> str:
    if take.verdict is None:
        return f'<span class="verdict">{_line(state(take))}</span>'
    kind = "good" if take.verdict is Verdict.DONE else "bad" if take.verdict in _BAD else "warn"
    return f'<span class="verdict {kind}" title="{escape(VERDICTS[take.verdict])}">{state(take)}</span>'


def _common(compared: Difference) -> str:
    share = f"{compared.common:.0%}".replace("%", " %")
    if compared.common < LITTLE:
        return f"{share} in common with the baseline: only what is new is marked"
    return f"{share} in common with the baseline, compared by {compared.by}"


def _marked(compared: Difference) -> str:
    """Underlined and struck out, so that no colour has to be seen."""
    shows_gone = compared.common >= LITTLE
    parts: list[str] = []
    for stretch in compared.stretches:
        if stretch.gone and shows_gone:
            parts.append(f'<del title="only in the baseline">{escape(stretch.gone)}</del>')
        if stretch.new:
            parts.append(f'<ins title="not in the baseline">{escape(stretch.new)}</ins>')
        parts.append(escape(stretch.same))
    return "".join(parts)


def _definitions() -> str:
    told = {**FIGURES, **{f"cost {mark}": words for mark, words in COSTS.items()}}
    told |= {f"{verdict.glyph} {verdict.value}": words for verdict, words in VERDICTS.items()}
    lines = "".join(f"<dt>{escape(name)}</dt><dd>{escape(words)}</dd>\n" for name, words in told.items())
    return f"<details><summary>What the figures and verdicts mean</summary>\n<dl>\n{lines}</dl>\n</details>\n"


def _spans(texts: Iterable[str]) -> str:
    return "".join(f"<span>{_line(text)}</span>" for text in texts)


def _line(text: str) -> str:
    return escape(safe_line(text))


def _text(text: str) -> str:
    return escape(safe_display(text))
