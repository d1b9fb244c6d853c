"""A page of ours as a browser would read it, and what may be in one."""

from html.parser import HTMLParser

ELEMENTS = """
    html head meta title link style body header main section nav footer article h1 h2 h3 p span div a ol li dl dt dd
    label input table thead tbody tr th td br figure figcaption svg text rect line details summary ins del img code
"""
ATTRIBUTES = """
    lang charset http-equiv content name rel href class id title scope dir viewbox role aria-label aria-hidden x y x1 x2
    y1 y2 width height rx type checked alt src style tabindex open
"""
VOID = {"meta", "link", "br", "input", "img"}


class Page(HTMLParser):
    """Each element with its attributes, and the texts inside the wanted ones."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[tuple[str, ...], str]] = []
        self._open: list[tuple[str, str]] = []
        self.feed(html)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        self.elements.append((tag, known))
        if tag not in VOID:
            self._open.append((tag, known.get("class") or ""))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        self.texts.append((tuple(f"{tag}.{name}" if name else tag for tag, name in self._open), data))

    def inside(self, *tail: str) -> list[str]:
        """The texts that stand right in such an element, which is named after those around it."""
        return [text for path, text in self.texts if path[-len(tail) :] == tail]

    def is_of_our_own(self) -> bool:
        """Neither an element nor an attribute that we did not write."""
        names = {name for _, attributes in self.elements for name in attributes}
        return {tag for tag, _ in self.elements} <= set(ELEMENTS.split()) and names <= set(ATTRIBUTES.split())
