"""One turn of a conversation → HTML. Pure; it does not know gradio, nor how an answer came about.

What is text and what is markup: see ui/markup.py. A turn is two columns: what is said, and the sources it stands on.
The chat's sanitiser keeps classes, titles and buttons and drops data- and aria- attributes, so ui/page.js finds a
button by its class and place, and what it needs to know by the JSON in a hidden `.rag-ref` beside it. The HTML is one
line, because the chat cleans the indents of what it is given.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rag.terminal.words import untold, words_of
from rag.text import find_span
from rag.types import Alternative, Answer, Citation, Source
from rag.wording import count, tell_day
from ui.beside import reference, render_agreement, render_dates, render_items, render_silence
from ui.inspector import render_inspector
from ui.markup import (
    MAX_LINE,
    MAX_NAME,
    MAX_QUOTE,
    cut,
    describe_confidence,
    describe_day,
    describe_filters,
    escape,
    is_link,
)
from ui.turns import Context, Turn

MEANING = (
    "An estimate of how likely this answer is right, fitted on questions that the reader was not trained on. "
    "The articles may still be wrong, or say something else elsewhere."
)


def render_question(question: str) -> str:
    """Return a reader's question, and the button that takes it back into the box."""
    edit = '<button type="button" class="rag-edit" title="Edit this question and ask again">Edit</button>'
    return f'<p class="rag-question" dir="auto">{escape(cut(question, MAX_QUOTE))}</p>{edit}'


def render_notice(sentence: str) -> str:
    """Return one sentence of ours, such as an error."""
    return f'<p class="rag-notice">{escape(cut(sentence, MAX_QUOTE))}</p>'


def render_stage(passages: int | None = None, articles: int = 0) -> str:
    """Return how far a question has come. passages, articles: how many were found, None while searching."""
    told = "Searching the articles …"
    if passages is not None:
        told = f"Found {count(passages, 'passage')} in {count(articles, 'article')} · Reading and deciding …"
    return f'<p class="rag-stages">{told}</p>'


def render_turn(turn: Turn) -> str:
    """Return what came of a question: an answer with its sources, silence with its reason, or a notice."""
    if turn.answer is None:
        return render_notice(turn.notice)
    answer = turn.answer
    body = _silence(answer) if answer.abstained else _finding(answer, turn.measured)
    inspector = render_inspector(turn.seen) if turn.seen else ""
    main = f'<div class="rag-main">{_searched(turn)}{body}{_tools(turn)}{inspector}</div>'
    return f'<article class="rag-turn">{main}{_sources(answer, turn.contexts)}</article>'


def _searched(turn: Turn) -> str:
    lines = [f"Searched for “<bdi>{escape(cut(turn.searched, MAX_LINE))}</bdi>”"] if turn.searched else []
    lines += [f"Only {escape(describe_filters(turn.filters))}"] if turn.filters else []
    return "".join(f'<p class="rag-context">{line}</p>' for line in lines)


def _finding(answer: Answer, measured: str) -> str:
    whole = answer.text == answer.sentence  # a yes/no question is answered by the sentence
    main = _main_citation(answer)
    spans = words_of(answer, main) if main else (answer.text,)
    parts = [
        render_items(answer) if answer.items else _short(answer, whole),
        f'<p class="rag-speaker">according to <bdi>{_line(answer.speaker)}</bdi></p>' if answer.speaker else "",
        _confidence(answer, measured),
        "" if whole else _quote(answer.sentence, spans),
        render_dates(answer, main.number) if main else "",
        _agreement(answer),
    ]
    if others := untold(answer):
        told = "".join(_alternative(other) for other in others)
        parts.append(f'<h3 class="rag-heading">The articles also say</h3><ul class="rag-others">{told}</ul>')
    return "".join(parts)


def _short(answer: Answer, whole: bool) -> str:
    chips = "".join(_chip(citation) for citation in answer.citations)
    short = f'<bdi dir="auto">{escape(cut(answer.text, MAX_QUOTE if whole else MAX_LINE))}</bdi>'
    return f'<p class="rag-short">{short} <span class="rag-chips">{chips}</span></p>'


def _main_citation(answer: Answer) -> Citation | None:
    """Return the citation that the answer's sentence is quoted from."""
    return next((one for one in answer.citations if one.quote == answer.sentence), None)


def _silence(answer: Answer) -> str:
    return f'<p class="rag-short rag-silent">{_line(answer.text)}</p>{render_silence(answer)}'


def _line(text: str) -> str:
    return escape(cut(text, MAX_LINE))


def _chip(citation: Citation) -> str:
    title = f"Source {citation.number}: {cut(_name(citation.source), MAX_NAME)}"
    return f'<button type="button" class="rag-chip" title="{escape(title)}">{citation.number}</button>'


def _confidence(answer: Answer, measured: str) -> str:
    """Return how sure the answer is, what that means, and as of when."""
    meaning = escape(f"{MEANING} {cut(measured, MAX_QUOTE)}".strip())
    bar = f'<span class="rag-bar rag-bar-{round(answer.confidence * 10)}"></span>'
    said = f'<summary title="{meaning}">{describe_confidence(answer.confidence)}</summary>'
    day = f'<span class="rag-day">as of {escape(cut(tell_day(answer.as_of), MAX_NAME))}</span>' if answer.as_of else ""
    return f'<div class="rag-confidence">{bar}<details>{said}<p>{meaning}</p></details>{day}</div>'


def _agreement(answer: Answer) -> str:
    """Return which articles say so, or a table where they differ; and where fewer sources stand behind them, why."""
    citations = answer.citations
    table = render_agreement(answer)
    if len(citations) < 2:
        return table
    names = dict.fromkeys(cut(_name(citation.source), MAX_NAME) for citation in citations)
    listed = ", ".join(f"<bdi>{escape(name)}</bdi>" for name in names)
    told = table or f'<p class="rag-agree">{count(len(citations), "article")} say so: {listed}</p>'
    if not 0 < len(answer.sources) < len(citations):
        return told
    why = "; ".join(escape(cut(str(source), MAX_LINE)) for source in answer.sources if source.tie)
    return f'{told}<p class="rag-agree">{count(len(answer.sources), "independent source")}: {why}</p>'


def _name(source: Source) -> str:
    return source.publisher or source.title


def _alternative(other: Alternative) -> str:
    origins = "".join(
        f'<p class="rag-from">{_origin(citation.source)}{_reference(citation, _read_button())}</p>'
        for citation in other.citations
    )
    whole = other.text == other.sentence
    said = f"<bdi>{escape(cut(other.text, MAX_QUOTE if whole else MAX_LINE))}</bdi>"
    head = f'<p class="rag-else">{said} <span class="rag-quiet">{describe_confidence(other.confidence)}</span></p>'
    quote = "" if whole else _quote(other.sentence, (other.text,))
    return f'<li class="rag-other">{head}{quote}{origins}</li>'


def _tools(turn: Turn) -> str:
    verdicts = "".join(
        f'<button type="button" class="rag-{name}{" rag-pressed" if turn.verdict == name else ""}" title="{title}">'
        f"{word}</button>"
        for name, word, title in (
            ("good", "Right", "This was right: keep question and answer with the index"),
            ("bad", "Wrong", "This was wrong: keep question and answer with the index"),
        )
    )
    took = (turn.answer.seconds if turn.answer else {}).get("total")
    seconds = f'<span class="rag-seconds">{took:.2f} s</span>' if took is not None else ""
    asked = "Right to say nothing?" if turn.answer and turn.answer.abstained else "Was this right?"
    return f'<p class="rag-tools"><span class="rag-quiet">{asked}</span>{verdicts}{seconds}</p>'


def _sources(answer: Answer, contexts: Sequence[Context]) -> str:
    if not answer.citations:
        return ""
    shown = answer.citations[:1] if answer.abstained else answer.citations
    padded = [*contexts, *[Context()] * len(shown)]
    cards = "".join(_card(answer, one, context) for one, context in zip(shown, padded, strict=False))
    heading = "Closest passage, not an answer" if answer.abstained else count(len(shown), "source").capitalize()
    kind = "rag-sources rag-closest" if answer.abstained else "rag-sources"
    return f'<aside class="rag-side"><h3 class="rag-heading">{heading}</h3><ol class="{kind}">{cards}</ol></aside>'


def _card(answer: Answer, citation: Citation, context: Context) -> str:
    """Return a source card: the first is open, the others unfold."""
    source = citation.source
    spans = () if answer.abstained else words_of(answer, citation)
    dates = "" if citation == _main_citation(answer) else render_dates(answer, citation.number)
    head = f'<summary class="rag-from"><span class="rag-number">{citation.number}</span> {_origin(source)}</summary>'
    byline = (
        f'<p class="rag-byline">By <bdi>{escape(cut(context.byline, MAX_NAME))}</bdi></p>' if context.byline else ""
    )
    copy = '<button type="button" class="rag-copy" title="Copy the quote with its source">Copy quote</button>'
    actions = f'<p class="rag-actions">{_reference(citation, _read_button() + copy)}</p>'
    place = f'<p class="rag-place">{_place(source.path_or_url)}</p>'
    state = " open" if citation.number == 1 else ""
    body = f"{byline}{_in_context(citation.quote, context, spans)}{dates}{actions}{place}"
    return f'<li class="rag-source"><details{state}>{head}{body}</details></li>'


def _read_button() -> str:
    return '<button type="button" class="rag-open" title="Read the whole article">Open the article</button>'


def _reference(citation: Citation, buttons: str) -> str:
    """Return buttons with what they need beside them: the place of the quote, and the quote as one would cite it."""
    return f'{buttons}{reference(citation)}<span class="rag-cited" hidden>{escape(cite(citation))}</span>'


def cite(citation: Citation) -> str:
    """Return a quote with its source, as plain text: “…” (publisher, “title”, day, place)."""
    source = citation.source
    parts = [cut(source.publisher, MAX_NAME)] if source.publisher else []
    parts += [f"“{cut(source.title, MAX_LINE)}”"]
    parts += [describe_day(source.published)] if source.published else []
    parts += [cut(source.path_or_url, MAX_LINE)]
    return f"“{cut(citation.quote, MAX_QUOTE)}” ({', '.join(parts)})"


def _origin(source: Source) -> str:
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


def _quote(text: str, spans: Sequence[str]) -> str:
    return f'<blockquote class="rag-quote" dir="auto">{_marked(text, spans)}</blockquote>'


def _in_context(quote: str, context: Context, spans: Sequence[str]) -> str:
    """Return a quote between what stands before and after it in its article."""
    before, after = escape(cut(context.before, MAX_QUOTE)), escape(cut(context.after, MAX_QUOTE))
    said = f'<span class="rag-said">{_marked(quote, spans)}</span>'
    return f'<blockquote class="rag-passage" dir="auto">{before}{said}{after}</blockquote>'


def _marked(text: str, spans: Sequence[str]) -> str:
    """Return verbatim text with the spans marked; of an endless one, the part around the first."""
    places = _apart(find_span(text, span) for span in spans)
    start, end = places[0] if places else (0, 0)
    first = max(0, min(start - MAX_QUOTE // 2, len(text) - MAX_QUOTE))
    last = max(end, first + MAX_QUOTE)
    shown, done = "", first
    for start, end in places:
        if end <= last:
            shown += f"{escape(text[done:start])}<mark>{escape(cut(text[start:end], MAX_QUOTE))}</mark>"
            done = end
    before, after = ("… " if first else ""), (" …" if last < len(text) else "")
    return f"{before}{shown}{escape(text[done:last])}{after}"


def _apart(places: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the places in order, without the empty ones and those that overlap one before."""
    kept: list[tuple[int, int]] = []
    for start, end in sorted(places):
        if start < end and (not kept or kept[-1][1] <= start):
            kept.append((start, end))
    return kept
