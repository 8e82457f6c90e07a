"""Answer → HTML. Pure, standard library only; it does not know gradio, nor how an answer came about.

Whatever comes from an article or a reader is text, never markup: it passes through `escape`, and only the tags written
in this file are tags. The HTML is one line, because the chat cleans the indents of what it is given.
"""

from __future__ import annotations

import html
import re
import unicodedata
from datetime import datetime
from urllib.parse import urlsplit

from rag.text import find_span
from rag.types import LIKELIHOOD, Alternative, Answer, Citation

MAX_NAME, MAX_LINE, MAX_QUOTE = 80, 200, 2000  # characters shown of a publisher; a title, path or answer; a quote
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip

# Embeddings, overrides and isolates can make a line read backwards (CVE-2021-42574, "Trojan Source").
_BIDI = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_LINK = re.compile(r"https?://[^\s\x00-\x20\x7f\"'<>\\`]+", re.IGNORECASE)


def escape(text: str) -> str:
    """Return text that no browser takes as markup, as long as the text itself.

    Direction, control and surrogate characters become U+FFFD, one for one: nothing is hidden and no offset moves.
    """
    shown = "".join("\ufffd" if _unsafe(c) else c for c in text)
    return html.escape(shown, quote=True).replace("\n", "&#10;").replace("\t", "&#9;")


def render_question(question: str) -> str:
    """Return a reader's question."""
    return f'<p class="rag-question" dir="auto">{escape(_cut(question, MAX_QUOTE))}</p>'


def render_notice(sentence: str) -> str:
    """Return one sentence of ours, such as a status or an error."""
    return f'<p class="rag-notice">{escape(_cut(sentence, MAX_QUOTE))}</p>'


def render_context(question: str) -> str:
    """Return the remark that an answer was sought together with an earlier question."""
    return f'<p class="rag-context">Searched together with “<bdi>{escape(_cut(question, MAX_LINE))}</bdi>”</p>'


def render_answer(answer: Answer) -> str:
    """Return the short answer, its sentence with the span marked, and its sources; or that the articles do not say."""
    body = _abstention(answer) if answer.abstained else _finding(answer)
    seconds = f'<p class="rag-seconds">{answer.seconds["total"]:.2f} s</p>' if "total" in answer.seconds else ""
    return f'<article class="rag-answer">{body}{seconds}</article>'


def describe_confidence(confidence: float) -> str:
    """Return a probability in words and per cent."""
    word = next((name for least, name in LIKELIHOOD if confidence >= least), LIKELIHOOD[-1][1])
    return f"{word} ({confidence:.0%})" if confidence < 0.995 else f"{word} (over 99%)"


def describe_day(published: str) -> str:
    """Return an ISO date or date and time as people write it; anything else as it stands."""
    try:
        moment = datetime.fromisoformat(published)
    except ValueError:
        return _cut(published, MAX_NAME)
    time = f", {moment:%H:%M}" if "T" in published else ""
    return f"{moment.day} {MONTHS[moment.month - 1]} {moment.year}{time}"


def _finding(answer: Answer) -> str:
    heading = "Source" if len(answer.citations) == 1 else f"{len(answer.citations)} sources"
    whole = answer.text == answer.sentence  # a yes/no question is answered by the sentence
    parts = [
        f'<p class="rag-short" dir="auto">{escape(_cut(answer.text, MAX_QUOTE if whole else MAX_LINE))}</p>',
        f'<p class="rag-confidence">{describe_confidence(answer.confidence)}</p>',
        "" if whole else _quote(answer.sentence, answer.text),
        f'<h3 class="rag-heading">{heading}</h3>',
        f'<ol class="rag-sources">{"".join(_card(c, answer.text, answer.sentence) for c in answer.citations)}</ol>',
    ]
    if answer.alternatives:
        others = "".join(_alternative(other) for other in answer.alternatives)
        parts.append(f'<h3 class="rag-heading">Other answers found</h3><ul class="rag-others">{others}</ul>')
    return "".join(parts)


def _abstention(answer: Answer) -> str:
    reason = f'<p class="rag-confidence">Why: {escape(answer.reason)}.</p>' if answer.reason else ""
    parts = [f'<p class="rag-short rag-silent">{escape(answer.text)}</p>', reason]
    if answer.citations:
        card = _card(answer.citations[0], "")
        parts.append('<h3 class="rag-heading">Closest passage, not an answer</h3>')
        parts.append(f'<ol class="rag-sources rag-closest">{card}</ol>')
    return "".join(parts)


def _card(citation: Citation, span: str, said: str = "") -> str:
    """Return a source card; it is folded when its quote already stands above it."""
    head = f'<summary class="rag-from"><span class="rag-number">{citation.number}</span> {_origin(citation)}</summary>'
    place = f'<p class="rag-place">{_place(citation.source.path_or_url)}</p>'
    state = "" if citation.quote == said else " open"
    return f'<li class="rag-source"><details{state}>{head}{_quote(citation.quote, span)}{place}</details></li>'


def _alternative(other: Alternative) -> str:
    origins = "".join(f'<p class="rag-from">{_origin(citation)}</p>' for citation in other.citations)
    whole = other.text == other.sentence
    head = f"<bdi>{escape(_cut(other.text, MAX_QUOTE if whole else MAX_LINE))}</bdi>"
    head += f' <span class="rag-confidence">{describe_confidence(other.confidence)}</span>'
    quote = "" if whole else _quote(other.sentence, other.text)
    return f'<li class="rag-other"><p class="rag-else">{head}</p>{quote}{origins}</li>'


def _origin(citation: Citation) -> str:
    source = citation.source
    parts = []
    if source.publisher:
        parts.append(f'<bdi class="rag-publisher">{escape(_cut(source.publisher, MAX_NAME))}</bdi>')
    parts.append(f'<bdi class="rag-title">{escape(_cut(source.title, MAX_LINE))}</bdi>')
    if source.published:
        parts.append(f'<bdi class="rag-date">{escape(describe_day(source.published))}</bdi>')
    return " · ".join(parts)


def _place(path_or_url: str) -> str:
    shown = f"<bdi>{escape(_cut(path_or_url, MAX_LINE))}</bdi>"
    if not _is_link(path_or_url):
        return shown
    return f'<a href="{escape(path_or_url)}" target="_blank" rel="noopener noreferrer nofollow">{shown}</a>'


def _quote(text: str, span: str) -> str:
    """Return a verbatim quote with the span marked; of an endless one, the part around the span."""
    start, end = find_span(text, span)
    first = max(0, min(start - MAX_QUOTE // 2, len(text) - MAX_QUOTE))
    last = max(end, first + MAX_QUOTE)
    marked = f"<mark>{escape(_cut(text[start:end], MAX_QUOTE))}</mark>" if end > start else ""
    inner = escape(text[first:start]) + marked + escape(text[end:last])
    before, after = ("… " if first else ""), (" …" if last < len(text) else "")
    return f'<blockquote class="rag-quote" dir="auto">{before}“{inner}”{after}</blockquote>'


def _is_link(path_or_url: str) -> bool:
    if len(path_or_url) > MAX_QUOTE or not _LINK.fullmatch(path_or_url) or any(map(_unsafe, path_or_url)):
        return False
    try:
        return bool(urlsplit(path_or_url).hostname)
    except ValueError:
        return False


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def _unsafe(character: str) -> bool:
    if character in "\n\t":
        return False
    return character in _BIDI or unicodedata.category(character) in {"Cc", "Cs"} or ord(character) & 0xFFFE == 0xFFFE
