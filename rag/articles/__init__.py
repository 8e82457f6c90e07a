"""Files → articles: txt, md, html, pdf, docx, and rows of JSON; one module per format, one rule for what is furniture.

::

    find     walking → scan      Record: one article's bytes, its id and digest; nothing parsed yet
    read     formats → text, markdown, html, pdf, docx, rows      Draft: raw text and what the file states of itself
    clean    encoding, repair, layout, chrome, cleaning           bytes → characters → lines → paragraphs
    tell     dates, metadata, stated                              headline, byline, stamps, place
    parse    parsing             Parsed: the Article, and what was left out and why
"""

from rag.articles.formats import ENDINGS, ending_of
from rag.articles.parsing import parse
from rag.articles.record import MAX_BYTES, VERSION, Parsed, Record, Unreadable, size_reason
from rag.articles.scan import no_articles, scan
from rag.articles.walking import showable

__all__ = [
    "ENDINGS",
    "MAX_BYTES",
    "VERSION",
    "Parsed",
    "Record",
    "Unreadable",
    "ending_of",
    "no_articles",
    "parse",
    "scan",
    "showable",
    "size_reason",
]
