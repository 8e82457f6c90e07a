"""What tests of the page's HTML share: a browser's view of it, texts that try to be markup, and one answer."""

from __future__ import annotations

from html.parser import HTMLParser

from rag.types import Answer, Citation, Source

SOURCE = Source("bridge", "Bridge closes", "The Herald", "2025-03-04T09:30", "news/bridge.md")
QUOTE = "Engineers found 17 cracks in it."
INJECTIONS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "\"><svg/onload=alert(1)>",
    "' onmouseover='alert(1)",
    "</mark></blockquote></article><iframe src=javascript:alert(1)>",
    "<!-- --!> <style>*{display:none}</style>",
    "&lt;script&gt;alert(1)&lt;/script&gt; &amp;amp;",
    "$$\\href{javascript:alert(1)}{x}$$ \\(y\\) **bold** _it_ # head [a](javascript:alert(1)) `code`",
    "${alert(1)} {{constructor.constructor('alert(1)')()}} {% raw %}",
    "line one\n    line two\tend",
]  # fmt: skip
NO_LINKS = [
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)//https://good.example",
    "java\nscript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:x",
    "file:///etc/passwd",
    "//evil.example/x",
    " https://good.example",
    "https://good.example/a b",
    'https://good.example/"onclick="alert(1)',
    "https://good.example/<script>",
    "https://good.example/\u202egpj.exe",
    "https://[::1",
    "https://",
    "https:///path",
    "http:evil.example",
    "\x01https://good.example",
    "https://good.example/" + "a" * 3000,
    "news/bridge.md",
]
TAGS = {
    "article", "aside", "div", "p", "h3", "ol", "ul", "li", "details", "summary", "blockquote", "mark", "bdi", "span",
    "a", "button", "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
ATTRIBUTES = {"class", "dir", "open", "href", "target", "rel", "type", "title", "hidden", "scope", "tabindex"}


class Page(HTMLParser):
    """What a browser would make of it: elements with their attributes and text. text: what one sees of it all."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.text = ""
        self._elements: list[tuple[str, dict[str, str | None], list[str]]] = []
        self._open: list[tuple[str, dict[str, str | None], list[str]]] = []
        self.feed(html)
        self.close()
        assert self._open == []

    @property
    def tags(self) -> list[tuple[str, dict[str, str | None]]]:
        return [(tag, attributes) for tag, attributes, _ in self._elements]

    @property
    def marked(self) -> list[str]:
        return self.within("mark")

    def within(self, tag: str) -> list[str]:
        """Return the text of every element of a kind, hidden or not."""
        return ["".join(texts) for name, _, texts in self._elements if name == tag]

    def of(self, kind: str) -> list[str]:
        """Return the text of every element of a class, hidden or not."""
        return ["".join(texts) for _, attributes, texts in self._elements if kind in _classes(attributes)]

    def having(self, kind: str) -> list[dict[str, str | None]]:
        """Return the attributes of every element of a class."""
        return [attributes for _, attributes, _ in self._elements if kind in _classes(attributes)]

    def check(self) -> Page:
        """Fail when there is a tag or an attribute that the page does not use, or a link that is not to the web."""
        assert {tag for tag, _ in self.tags} <= TAGS
        assert {name for _, attributes in self.tags for name in attributes} <= ATTRIBUTES
        assert all(a["href"].startswith(("http://", "https://")) for tag, a in self.tags if tag == "a")
        return self

    def handle_starttag(self, tag, attrs):
        element = (tag, dict(attrs), [])
        self._elements.append(element)
        self._open.append(element)

    def handle_endtag(self, tag):
        assert self._open.pop()[0] == tag

    def handle_data(self, data):
        for _, _, texts in self._open:
            texts.append(data)
        if not any("hidden" in attributes for _, attributes, _ in self._open):
            self.text += data

    def handle_comment(self, data):
        raise AssertionError(data)

    handle_decl = handle_pi = unknown_decl = handle_comment


def _classes(attributes: dict[str, str | None]) -> list[str]:
    return (attributes.get("class") or "").split()


def make_answer(**changes) -> Answer:
    """An answer out of one article."""
    citation = Citation(1, SOURCE, QUOTE, 10, 10 + len(QUOTE))
    values = {"question": "How many?", "text": "17", "abstained": False, "reason": None, "confidence": 0.93}
    values |= {"sentence": QUOTE, "citations": (citation,), "seconds": {"total": 0.254}}
    return Answer(**(values | changes))
