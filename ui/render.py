"""Answer → HTML. Pure, standard library only; it does not know gradio, nor how an answer came about.

What is text and what is markup: see ui/markup.py. The HTML is one line, because the chat cleans the indents of what it
is given.
"""

from __future__ import annotations

from rag.text import find_span
from rag.types import Alternative, Answer, Citation
from ui.markup import MAX_LINE, MAX_NAME, MAX_QUOTE, cut, describe_confidence, describe_day, escape, is_link


def render_question(question: str) -> str:
    """Return a reader's question."""
    return f'<p class="rag-question" dir="auto">{escape(cut(question, MAX_QUOTE))}</p>'


def render_notice(sentence: str) -> str:
    """Return one sentence of ours, such as a status or an error."""
    return f'<p class="rag-notice">{escape(cut(sentence, MAX_QUOTE))}</p>'


def render_context(question: str) -> str:
    """Return the remark that an answer was sought together with an earlier question."""
    return f'<p class="rag-context">Searched together with “<bdi>{escape(cut(question, MAX_LINE))}</bdi>”</p>'


def render_answer(answer: Answer) -> str:
    """Return the short answer, its sentence with the span marked, and its sources; or that the articles do not say."""
    body = _abstention(answer) if answer.abstained else _finding(answer)
    seconds = f'<p class="rag-seconds">{answer.seconds["total"]:.2f} s</p>' if "total" in answer.seconds else ""
    return f'<article class="rag-answer">{body}{seconds}</article>'


def _finding(answer: Answer) -> str:
    heading = "Source" if len(answer.citations) == 1 else f"{len(answer.citations)} sources"
    whole = answer.text == answer.sentence  # a yes/no question is answered by the sentence
    parts = [
        f'<p class="rag-short" dir="auto">{escape(cut(answer.text, MAX_QUOTE if whole else MAX_LINE))}</p>',
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
    head = f"<bdi>{escape(cut(other.text, MAX_QUOTE if whole else MAX_LINE))}</bdi>"
    head += f' <span class="rag-confidence">{describe_confidence(other.confidence)}</span>'
    quote = "" if whole else _quote(other.sentence, other.text)
    return f'<li class="rag-other"><p class="rag-else">{head}</p>{quote}{origins}</li>'


def _origin(citation: Citation) -> str:
    source = citation.source
    parts = []
    if source.publisher:
        parts.append(f'<bdi class="rag-publisher">{escape(cut(source.publisher, MAX_NAME))}</bdi>')
    parts.append(f'<bdi class="rag-title">{escape(cut(source.title, MAX_LINE))}</bdi>')
    if source.published:
        parts.append(f'<bdi class="rag-date">{escape(describe_day(source.published))}</bdi>')
    return " · ".join(parts)


def _place(path_or_url: str) -> str:
    shown = f"<bdi>{escape(cut(path_or_url, MAX_LINE))}</bdi>"
    if not is_link(path_or_url):
        return shown
    return f'<a href="{escape(path_or_url)}" target="_blank" rel="noopener noreferrer nofollow">{shown}</a>'


def _quote(text: str, span: str) -> str:
    """Return a verbatim quote with the span marked; of an endless one, the part around the span."""
    start, end = find_span(text, span)
    first = max(0, min(start - MAX_QUOTE // 2, len(text) - MAX_QUOTE))
    last = max(end, first + MAX_QUOTE)
    marked = f"<mark>{escape(cut(text[start:end], MAX_QUOTE))}</mark>" if end > start else ""
    inner = escape(text[first:start]) + marked + escape(text[end:last])
    before, after = ("… " if first else ""), (" …" if last < len(text) else "")
    return f'<blockquote class="rag-quote" dir="auto">{before}“{inner}”{after}</blockquote>'
