"""Web pages (.html, .htm): the article without the page around it, by trafilatura.

Fetches nothing. It does not know a page that is drawn by scripts, and what trafilatura takes for furniture is gone.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from rag.articles.encoding import decode
from rag.articles.quiet import quiet
from rag.articles.record import Draft, Unreadable

Element = Any  # of lxml, which has no types
_MAX_PAGE = 8 * 2**20  # a second a MiB, and twenty times the memory; pages of news are under 2 MiB
_DECLARED = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_BLOCKS = frozenset(("p", "head", "list", "item", "table", "row", "quote", "code", "div", "ab", "figure", "fw"))
_PUBLISHED = (
    *("article:published_time", "og:article:published_time", "datepublished", "parsely-pub-date", "pubdate"),
    *("publish-date", "dc.date.issued", "dcterms.issued", "date", "dc.date"),
)
_UPDATED = ("article:modified_time", "og:updated_time", "datemodified", "last-modified", "dcterms.modified")
_LOGGERS = ("trafilatura", "htmldate", "justext", "readability", "courlan")


def read(data: bytes) -> Draft:
    """Return the article's text and what the page's own metadata states. Raises Unreadable."""
    if len(data) > _MAX_PAGE:
        raise Unreadable(f"{len(data) / 2**20:.1f} MiB in one page; at most {_MAX_PAGE // 2**20} MiB")
    declared = _DECLARED.search(data[:4096])
    text = decode(data, declared[1].decode("ascii", "replace") if declared else None)
    with quiet(*_LOGGERS):
        try:
            return _extract(text)
        except RecursionError:
            raise Unreadable("its tags are nested too deeply") from None
        except Exception as error:
            if isinstance(error, Unreadable):
                raise
            # The parsers below name no common error; a page that breaks one is reported, not fatal.
            raise Unreadable(f"the page cannot be parsed ({type(error).__name__})") from error


def _extract(text: str) -> Draft:
    import trafilatura
    from lxml import etree, html  # type: ignore[import-untyped]

    if not text.strip():
        raise Unreadable("no words in it")
    try:
        page = html.document_fromstring(text.encode(errors="replace"), parser=html.HTMLParser(encoding="utf-8"))
    except etree.ParserError:
        raise Unreadable("no article text found in the page") from None
    stamps = _stamps(page)
    for figure in page.iter("figure", "figcaption"):
        # Captions are citable; trafilatura throws figures away, with all that is in them.
        figure.tag = "p" if figure.tag == "figcaption" else "div"
    found = trafilatura.bare_extraction(page, with_metadata=True, include_comments=False, include_tables=True)
    if found is None or isinstance(found, dict) or found.body is None:
        raise Unreadable("no article text found in the page")
    return Draft(
        text="\n\n".join(block for block in _paragraphs(found.body) if block.strip()),
        title=found.title,
        publisher=found.sitename,
        byline=found.author.replace(";", ",") if found.author else None,
        published=stamps[0],
        updated=stamps[1],
        url=found.url,
    )


def _paragraphs(element: Element) -> Iterator[str]:
    """Yield the text of each innermost block, a row of a table as one."""
    if element.tag == "row":
        yield " | ".join(" ".join("".join(cell.itertext()).split()) for cell in element)
        return
    if not any(child.tag in _BLOCKS for child in element.iter() if child is not element):
        yield _flat(element)
        return
    yield element.text or ""
    for child in element:
        yield from _paragraphs(child)
        yield child.tail or ""


def _flat(element: Element) -> str:
    """Text of an element; a line break in the page is a line break here, other breaks are spaces."""
    parts = [" ".join(element.text.split("\n")) if element.text else ""]
    for child in element.iterchildren():
        parts.append("\n" if child.tag == "lb" else _flat(child))
        parts.append(" ".join((child.tail or "").split("\n")))
    return "".join(parts)


def _stamps(page: Element) -> tuple[str | None, str | None]:
    """Return when the page says it was published and updated; trafilatura's own date is a guess, and only a day."""
    stated: dict[str, str] = {}
    for script in page.iter("script"):
        if script.get("type") == "application/ld+json":
            _read_linked_data(script.text or "", stated)
    for meta in page.iter("meta", "time"):
        name = meta.get("property") or meta.get("name") or meta.get("itemprop") or ""
        value = meta.get("content") or meta.get("datetime")
        if name and value:
            stated.setdefault(name.lower(), value)
    times = [t.get("datetime") for t in page.iter("time") if t.get("datetime")]
    if len(times) == 1 and not any(key in stated for key in _PUBLISHED):
        stated["datepublished"] = times[0] or ""  # the only moment that the page marks up
    return _first(stated, _PUBLISHED), _first(stated, _UPDATED)


def _first(stated: dict[str, str], names: tuple[str, ...]) -> str | None:
    return next((stated[name] for name in names if name in stated), None)


def _read_linked_data(text: str, stated: dict[str, str]) -> None:
    try:
        found: Any = json.loads(text)
    except (ValueError, RecursionError):
        return
    nodes = found.get("@graph", [found]) if isinstance(found, dict) else found
    for node in nodes if isinstance(nodes, list) else []:
        for key in ("datePublished", "dateModified"):
            if isinstance(node, dict) and isinstance(node.get(key), str):
                stated.setdefault(key.lower(), node[key])
