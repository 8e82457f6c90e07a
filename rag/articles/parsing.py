"""Record → Parsed: the format reads, lines are repaired, laid out and cleaned, and the Source is put together.

What a format states (front matter, a row's fields, a page's metadata) goes before what the text's own lines tell.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.articles.cleaning import canonical, clean
from rag.articles.dates import stamp
from rag.articles.formats import FORMATS
from rag.articles.layout import paragraphs
from rag.articles.metadata import Told, byline, names_in, shortened, told_by
from rag.articles.record import Draft, Parsed, Record, Unreadable
from rag.articles.repair import repair, split_lines
from rag.articles.stated import web_address
from rag.types import Article, Source

_LONGEST_FIELD = 500
_WORD = re.compile(r"[^\W_]")


def parse(record: Record) -> Parsed:
    """Return the cleaned article. Raises Unreadable with the reason why there is none."""
    draft = FORMATS[record.ending].read(record.data)
    lines = [repair(line) for line in split_lines(draft.text)]
    kept, dropped = clean(paragraphs(lines))
    dropped.update(dict(draft.dropped))
    text = canonical(kept)
    if not _WORD.search(text):
        raise Unreadable("no words in it" + (", only what web pages put around an article" if dropped else ""))
    counts = sorted(dropped.items(), key=lambda item: (-item[1], item[0]))
    return Parsed(Article(_source(record, draft, kept), text), tuple(counts))


def _source(record: Record, draft: Draft, kept: Sequence[str]) -> Source:
    told = told_by(kept)
    return Source(
        article_id=record.article_id,
        title=_line(draft.title) or told.headline or shortened(kept),
        publisher=_line(draft.publisher) or told.publisher,
        published=_moment(draft.published) or told.published,
        path_or_url=web_address(draft.url) or record.path,
        byline=_byline(draft, told),
        dateline=_line(draft.dateline) or told.dateline,
        updated=_moment(draft.updated) or told.updated,
    )


def _byline(draft: Draft, told: Told) -> str | None:
    stated = _line(draft.byline)
    if stated is None:
        return told.byline
    bare = byline(stated) or names_in(stated) or stated
    return bare[3:] if bare.lower().startswith("by ") else bare


def _moment(stated: str | None) -> str | None:
    line = _line(stated)
    return stamp(line) if line else None


def _line(stated: str | None) -> str | None:
    """Return a stated field as one repaired line; None when nothing is left of it."""
    if stated is None:
        return None
    return repair(" ".join(split_lines(stated)))[:_LONGEST_FIELD].strip() or None
