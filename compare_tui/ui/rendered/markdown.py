"""One section of Markdown as rows.

Shown as text: links with their targets, images, HTML and mathematics. Newlines stay, and numbers are as written.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from rich.style import Style

from compare_tui.core.sanitize import safe_display, safe_line
from compare_tui.ui.ink import Ink
from compare_tui.ui.rendered.code import Code
from compare_tui.ui.rendered.lines import Line, Margin, Piece, gap, wrapped
from compare_tui.ui.rendered.table import Cell, Table, TableRow
from compare_tui.ui.rows import Place

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.tree import SyntaxTreeNode

    from compare_tui.ui.rendered.sections import MarkdownSection

DEFINITION = re.compile(r"^ {0,3}\[[^\]\n]{1,200}\]:[ \t]*\S.*$", re.MULTILINE)
"""A line that only tells where links of a name lead."""
_DEEPEST = 40
_MOST_BRACKETS = 200
"""Each may begin a link and is looked at for 10 µs: 3,000 of them would hold up the app."""
_BULLETS = ("• ", "◦ ", "▪ ")
_QUOTE = "▌ "


@lru_cache(maxsize=1)
def markdown_parser() -> "MarkdownIt":
    """CommonMark with tables and strikethrough, mathematics left alone, definitions of links left standing."""
    from markdown_it import MarkdownIt

    from compare_tui.ui.rendered.math import leave_mathematics

    parser = MarkdownIt("commonmark", {"maxNesting": 2 * _DEEPEST})
    return leave_mathematics(parser.enable(["table", "strikethrough"]).disable("reference"))


class MarkdownWriter:
    """Writes the blocks of a section, one below the other."""

    def __init__(self, section: "MarkdownSection", width: int, ink: Ink) -> None:
        self._section, self._width, self._ink = section, width, ink
        lead = section.lead.split("\n") if section.lead else []
        self._source = [*lead, *section.source.split("\n")]
        self._first = section.place.line - len(lead)
        self._lines: list[Line] = []

    def lines(self) -> list[Line]:
        indent = [(" " * min(self._section.indent, self._width // 2), self._ink.text)]
        margin = Margin(indent, indent)
        if self._section.source.count("[") > _MOST_BRACKETS:
            self._lines += wrapped(self._plain(), self._width, self._section.place, margin)
        elif self._section.running:
            self._lines += wrapped(self._running(), self._width, self._section.place, margin)
        else:
            self._document(margin)
        if not self._lines:
            self._lines += wrapped(self._plain(), self._width, self._section.place, margin)
        return self._lines

    def _plain(self) -> list[Piece]:
        return [(self._section.source, self._ink.text)]

    def _running(self) -> list[Piece]:
        from markdown_it.tree import SyntaxTreeNode

        return self._inline(SyntaxTreeNode(markdown_parser().parseInline(self._section.source, self._links())))

    def _links(self) -> dict[str, object]:
        return dict(self._section.links)

    def _document(self, margin: Margin) -> None:
        from markdown_it.tree import SyntaxTreeNode

        tokens = markdown_parser().parse("\n".join(self._source), self._links())
        if max((token.level for token in tokens), default=0) > _DEEPEST:
            self._lines += wrapped(self._plain(), self._width, self._section.place, margin)
        else:
            self._blocks(SyntaxTreeNode(tokens).children, margin)

    def _blocks(self, nodes: "Sequence[SyntaxTreeNode]", margin: Margin, depth: int = 0) -> None:
        for number, node in enumerate(nodes):
            if number:
                self._space(nodes[number - 1], node, margin)
            self._block(node, margin, depth)

    def _space(self, before: "SyntaxTreeNode", node: "SyntaxTreeNode", margin: Margin) -> None:
        """Blank rows stand where the source has them, before a heading always, after one never."""
        if before.type == "heading" or not node.map:
            return
        number = node.map[0] - 1
        if node.type == "heading" or not self._source[number].strip(" >\t"):
            self._lines.append(gap(Place(self._first + number, 0), self._source[number], margin))

    def _block(self, node: "SyntaxTreeNode", margin: Margin, depth: int) -> None:
        ink, place = self._ink, self._at(node)
        match node.type:
            case "heading":
                style = ink.headings[min(int(node.tag[1:]), len(ink.headings)) - 1]
                self._lines += wrapped(self._inline(node, style), self._width, place, margin)
            case "bullet_list" | "ordered_list":
                self._list(node, margin, depth)
            case "blockquote":
                bar = [(_QUOTE, ink.bullet)]
                self._blocks(node.children, self._within(margin, bar, bar), depth)
            case "fence" | "code_block":
                lines = safe_display(node.content).removesuffix("\n").split("\n")
                first = Place(place.line + (node.type == "fence"), 0)
                self._lines += Code(lines, node.info).rows(0, len(lines), self._width, ink, first, margin)
            case "hr":
                rule = "─" * max(self._width - margin.width, 1)
                self._lines += wrapped([(rule, ink.muted)], self._width, place, margin)
            case "table":
                self._lines += self._table(node).lines(self._width, ink, margin)
            case "html_block" | "math_block":
                text = safe_display(node.content.rstrip("\n"))
                self._lines += wrapped([(text, ink.text)], self._width, place, margin)
            case "paragraph" if DEFINITION.match(text := node.children[0].content):
                self._lines += wrapped([(text, ink.muted)], self._width, place, margin)
            case _:
                self._lines += wrapped(self._inline(node), self._width, place, margin)

    def _list(self, node: "SyntaxTreeNode", margin: Margin, depth: int) -> None:
        bullet = _BULLETS[min(depth, len(_BULLETS) - 1)]
        ordered = node.type == "ordered_list"
        marks = [f"{item.info}{item.markup} " if ordered else bullet for item in node.children]
        size = max(map(len, marks))
        for number, (item, mark) in enumerate(zip(node.children, marks, strict=True)):
            if number:
                self._space(node.children[number - 1], item, margin)
            first, rest = [(mark.rjust(size), self._ink.bullet)], [(" " * size, self._ink.text)]
            inner = self._within(margin, first, rest)
            if item.children:
                self._blocks(item.children, inner, depth + 1)
            else:
                self._lines += wrapped([], self._width, self._at(item), inner)

    def _within(self, margin: Margin, first: list[Piece], rest: list[Piece]) -> Margin:
        """A deeper margin; what is nested so deep that half the width is gone begins at the left again."""
        inner = Margin(first, rest, margin)
        return inner if inner.width <= self._width // 2 else Margin(first, rest)

    def _table(self, node: "SyntaxTreeNode") -> Table:
        rows = [row for part in node.children for row in part.children]
        header, *others = [
            TableRow(tuple(self._cell(cell, bold=number == 0) for cell in row.children), self._at(row).line)
            for number, row in enumerate(rows)
        ]
        aligned = [str(cell.attrs.get("style", "")).removeprefix("text-align:") for cell in rows[0].children]
        columns = self._section.columns
        fits = columns if len(columns) == len(header.cells) else ()
        return Table(header, others, aligned, fits, headed=not self._section.lead)

    def _cell(self, node: "SyntaxTreeNode", *, bold: bool) -> Cell:
        return self._inline(node, self._ink.strong if bold else self._ink.text)

    def _inline(self, node: "SyntaxTreeNode", style: Style | None = None) -> list[Piece]:
        style = self._ink.text if style is None else style
        return [piece for child in node.children for piece in self._run(child, style)]

    def _run(self, node: "SyntaxTreeNode", style: Style) -> list[Piece]:
        ink = self._ink
        match node.type:
            case "strong":
                return self._inline(node, style + ink.strong)
            case "em":
                return self._inline(node, style + ink.emphasis)
            case "s":
                return self._inline(node, style + ink.struck)
            case "code_inline":
                return [(safe_line(node.content), style + ink.code)]
            case "link":
                return self._link(node, style)
            case "image":
                target = safe_line(str(node.attrs.get("src", "")))
                return [("image ", ink.muted), (safe_line(node.content), style), (f" ({target})", ink.muted)]
            case "softbreak" | "hardbreak":
                return [("\n", style)]
            case "inline":
                return self._inline(node, style)
            case _:
                return [(safe_display(node.content), style)]

    def _link(self, node: "SyntaxTreeNode", style: Style) -> list[Piece]:
        name = self._inline(node, style + self._ink.link)
        target = safe_line(str(node.attrs.get("href", "")))
        shown = "".join(text for text, _ in name)
        if target in (shown, f"mailto:{shown}"):
            return name
        return [*name, (f" ({target})", self._ink.muted)]

    def _at(self, node: "SyntaxTreeNode") -> Place:
        first = node.map[0] if node.map else 0
        return Place(self._first + first, 0 if first else self._section.place.offset)
