"""What stands beside an answer → HTML: a list's items, how reports differ, what dates mean, why nothing is said. Pure.

What is text and what is markup: see ui/markup.py. What this module does not know: the rest of a turn (ui/render.py).
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from rag.terminal.words import place, tell_agreement, tell_dates
from rag.types import Answer, Citation, Difference, Value
from rag.wording import count, tell_day
from ui.markup import MAX_LINE, MAX_NAME, MAX_QUOTE, cut, escape

OPENING = 80  # characters
MAX_ITEMS, MAX_VALUES, MAX_TELLERS = 100, 12, 8  # of a list; rows of a table; papers of one of them
OPEN = "open the article at this sentence"
HEADS = ("Value", "Independent sources", "Told by")  # for those who hear the table; seen, it speaks for itself


def reference(citation: Citation) -> str:
    """Return where a quote stands, hidden, for the buttons beside it: article, place and how it begins."""
    opening = citation.quote[:OPENING]  # whether the article still says so is checked when it is opened
    where = json.dumps([cut(citation.source.article_id, MAX_QUOTE), citation.start, citation.end, opening])
    return f'<span class="rag-ref" hidden>{escape(where)}</span>'


def render_items(answer: Answer) -> str:
    """Return the items of a list, each with the numbers of its citations, which open the articles at the very words."""
    numbers = _numbers(answer)
    rows = "".join(_item(item, numbers) for item in answer.items[:MAX_ITEMS])
    more = len(answer.items) - MAX_ITEMS
    rest = f'<li class="rag-quiet">and {more:,} more</li>' if more > 0 else ""
    return f'<ul class="rag-short rag-items">{rows}{rest}</ul>'


def _item(item: Value, numbers: Mapping[tuple[str, int, int], int]) -> str:
    buttons = "".join(
        _opener(one, str(number), f"Source {number}, {cut(_name(one), MAX_NAME)}: {OPEN}")
        for one in item.citations[:MAX_TELLERS]
        if (number := numbers.get(place(one)))
    )
    return f'<li><bdi dir="auto">{escape(cut(item.text, MAX_LINE))}</bdi> {buttons}</li>'


def render_agreement(answer: Answer) -> str:
    """Return how the articles' values differ: one sentence and a table whose papers open at the very words."""
    agreement = answer.agreement
    told = tell_agreement(agreement, _text) if agreement else ""
    if agreement is None or not told:
        return ""
    numbers = _numbers(answer)
    update = agreement.difference is Difference.UPDATE
    rows = "".join(_row(value, update, numbers) for value in agreement.values[:MAX_VALUES])
    more = len(agreement.values) - MAX_VALUES
    rest = f'<p class="rag-quiet">and {more:,} more values</p>' if more > 0 else ""
    header = "".join(f'<th scope="col"><span class="rag-heard">{head}</span></th>' for head in HEADS)
    table = f'<table class="rag-values"><thead><tr>{header}</tr></thead><tbody>{rows}</tbody></table>'
    return f'<p class="rag-differ">{told}</p>{table}{rest}'


def _row(value: Value, update: bool, numbers: Mapping[tuple[str, int, int], int]) -> str:
    state = f' <span class="rag-state">{"superseded" if value.superseded else "newest"}</span>' if update else ""
    papers = "".join(_paper(one, numbers.get(place(one))) for one in value.citations[:MAX_TELLERS])
    more = len(value.citations) - MAX_TELLERS
    papers += f'<li class="rag-quiet">and {more:,} more</li>' if more > 0 else ""
    kind = ' class="rag-old"' if value.superseded else ""
    return (
        f'<tr{kind}><th scope="row">{_text(cut(value.text, MAX_LINE))}{state}</th>'
        f'<td>{count(value.sources, "source")}</td><td><ul class="rag-papers">{papers}</ul></td></tr>'
    )


def _paper(citation: Citation, number: int | None) -> str:
    day = f", {cut(tell_day(citation.source.published), MAX_NAME)}" if citation.source.published else ""
    button = _opener(citation, f"{cut(_name(citation), MAX_NAME)}{day}", OPEN.capitalize())
    told = f'<span class="rag-number">{number}</span> ' if number else ""
    return f"<li>{told}{button}</li>"


def _opener(citation: Citation, words: str, title: str) -> str:
    button = f'<button type="button" class="rag-open" title="{escape(title)}">{_text(words)}</button>'
    return f'<span class="rag-at">{button}{reference(citation)}</span>'


def render_dates(answer: Answer, number: int) -> str:
    """Return what the relative dates of a citation's quote mean, beside their very words."""
    told = [
        f"“{_text(cut(words, MAX_NAME))}” = {escape(cut(days, MAX_NAME))}"
        for words, days in tell_dates(answer, number)[:MAX_ITEMS]
    ]
    return f'<p class="rag-dates">{" · ".join(told)}</p>' if told else ""


def render_silence(answer: Answer) -> str:
    """Return why nothing is told, in one line, what in particular, and what would help."""
    why = answer.silence
    lines = [f'<p class="rag-reason">Why: {escape(cut(answer.reason, MAX_QUOTE))}.</p>'] if answer.reason else []
    table = render_agreement(answer)  # says what the detail of a conflict does, and more
    if table:
        lines.append(table)
    elif why and why.detail:
        lines.append(f'<p class="rag-detail">{_text(cut(why.detail, MAX_QUOTE))}</p>')
    if why and why.help:
        lines.append(f'<p class="rag-help">What would help: {_text(cut(why.help, MAX_QUOTE))}</p>')
    return "".join(lines)


def _numbers(answer: Answer) -> dict[tuple[str, int, int], int]:
    return {place(one): one.number for one in answer.citations}


def _name(citation: Citation) -> str:
    return citation.source.publisher or citation.source.title


def _text(text: str) -> str:
    return f"<bdi>{escape(text)}</bdi>"
