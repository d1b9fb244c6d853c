"""Mathematics is kept from the rules of Markdown: `$…$`, `$$…$$`, `\\(…\\)` and `\\[…\\]` stay as they came."""

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_block import StateBlock
    from markdown_it.rules_inline import StateInline

_LONGEST = "{1,400}"
_INLINE = re.compile(
    rf"\$\$[^$\n]{_LONGEST}\$\$|\$(?![\s$])[^$\n`]{_LONGEST}(?<![\s\\])\$(?![\d\w])"
    rf"|\\\([^\n]{_LONGEST}?\\\)|\\\[[^\n]{_LONGEST}?\\\]"
)
_CLOSED_BY = {"$$": "$$", "\\[": "\\]"}


def leave_mathematics(parser: "MarkdownIt") -> "MarkdownIt":
    parser.inline.ruler.before("escape", "math", _inline)
    parser.block.ruler.before("fence", "math_block", _block, {"alt": ["paragraph", "blockquote", "list"]})
    return parser


def _inline(state: "StateInline", silent: bool) -> bool:
    found = _INLINE.match(state.src, state.pos, state.posMax) if state.src[state.pos] in "$\\" else None
    if found is None:
        return False
    if not silent:
        state.push("math", "", 0).content = found.group()
    state.pos = found.end()
    return True


def _block(state: "StateBlock", first: int, last: int, silent: bool) -> bool:
    if state.is_code_block(first):
        return False
    begins = state.getLines(first, first + 1, state.blkIndent, False).strip()
    closing = _CLOSED_BY.get(begins[:2])
    if closing is None:
        return False
    for number in range(first, last):
        text = state.getLines(number, number + 1, state.blkIndent, False).strip()
        if not text or (number > first and state.sCount[number] < state.blkIndent):
            return False
        if text.endswith(closing) and (number > first or len(text) > len(closing) * 2):
            break
    else:
        return False
    if not silent:
        token = state.push("math_block", "", 0)
        token.map = [first, number + 1]
        token.content = state.getLines(first, number + 1, state.blkIndent, False)
        state.line = number + 1
    return True
