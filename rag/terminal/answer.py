"""An Answer as a person likes to read it in a terminal. No text is taken as markup.

What this module does not know: how an answer came about, and where it is printed.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from rag.terminal.words import MAX_VALUE, place, tell_agreement, tell_dates, untold, words_of
from rag.text import find_span
from rag.types import LIKELIHOOD, Answer, Citation, Difference, Value
from rag.wording import count, tell_day


def render_answer(answer: Answer) -> RenderableType:
    """Return the short answer, its sentence with the span marked, then numbered sources; or the closest passage."""
    if answer.abstained:
        return _render_abstention(answer)
    parts: list[RenderableType] = [
        *_said(answer),
        *_table(answer),
        Text(),
        Text("Source" if len(answer.citations) == 1 else _counted(answer), style="bold"),
    ]
    for citation in answer.citations:
        parts.append(_source_line(citation))
        parts.append(_indent(_marked(f"“{citation.quote}”", words_of(answer, citation)), 6))
        if citation.number != _sentence_of(answer):
            parts += _dates(answer, citation.number, 6)
    others = untold(answer)
    if others:
        parts += [Text(), Text("Other answers found", style="bold")]
        for other in others:
            parts.append(_indent(Text.assemble((other.text, "yellow"), (f"   {other.confidence:.0%}", "dim")), 2))
            if other.text != other.sentence:
                parts.append(_indent(Text(f"“{other.sentence}”", style="dim"), 6))
    parts += [Text(), Text(f"{answer.seconds.get('total', 0):.2f} s", style="dim")]
    return Group(*parts)


def _counted(answer: Answer) -> str:
    """Return how many articles say so, and how many of them are independent of each other and why not more."""
    told = f"{len(answer.citations)} articles"
    if not 0 < len(answer.sources) < len(answer.citations):
        return told
    why = "; ".join(str(source) for source in answer.sources if source.tie)
    return f"{told}, {len(answer.sources)} independent: {why}"


def _said(answer: Answer) -> list[RenderableType]:
    """Return the short answer, or a line for each item of a list, and the sentence that it stands in."""
    word = next(name for least, name in LIKELIHOOD if answer.confidence >= least)
    sure = f"{word} ({answer.confidence:.0%})"
    sure += f" · as of {tell_day(answer.as_of)}" if answer.as_of else ""
    parts: list[RenderableType] = [_item(item, answer) for item in answer.items]
    if parts:
        parts.append(Text(sure, style="dim"))
    else:
        parts.append(Text.assemble((answer.text, "bold green"), (f"   {sure}", "dim")))
    if answer.speaker:
        parts.append(Text(f"according to {answer.speaker}", style="dim"))
    number = _sentence_of(answer)
    if answer.text != answer.sentence:
        words = words_of(answer, answer.citations[0]) if number and answer.citations else (answer.text,)
        parts += [Text(), _indent(_marked(answer.sentence, words))]
    return parts + _dates(answer, number, 2)


def _item(item: Value, answer: Answer) -> Text:
    numbers = "".join(f" [{one.number}]" for one in _among(answer, item.citations))
    return Text.assemble("• ", (item.text, "bold green"), (numbers, "bold"))


def _among(answer: Answer, citations: Sequence[Citation]) -> list[Citation]:
    """Return those of the answer's citations that are among these."""
    wanted = set(map(place, citations))
    return [one for one in answer.citations if place(one) in wanted]


def _sentence_of(answer: Answer) -> int:
    """Return the number of the citation that the answer's sentence is quoted from, 0 if of none."""
    return next((one.number for one in answer.citations if one.quote == answer.sentence), 0)


def _dates(answer: Answer, number: int, left: int) -> list[RenderableType]:
    told = " · ".join(f"“{words}” = {days}" for words, days in tell_dates(answer, number))
    return [_indent(Text(told, style="dim"), left)] if told else []


def _table(answer: Answer) -> list[RenderableType]:
    """Return how the articles' values differ: a sentence, and a row for each value."""
    agreement = answer.agreement
    if agreement is None or not (told := tell_agreement(agreement)):
        return []
    grid = Table.grid(padding=(0, 2, 0, 0))
    update = agreement.difference is Difference.UPDATE
    for width in (40, None, None, None) if update else (40, None, None):
        grid.add_column(max_width=width, overflow="fold", no_wrap=False)
    for value in agreement.values:
        style = "dim" if value.superseded else "bold"
        state = [Text("superseded" if value.superseded else "newest", style="dim")] if update else []
        sources = Text(count(value.sources, "source"))
        grid.add_row(Text(value.text, style=style), *state, sources, _tellers(answer, value))
    return [Text(), Text(told), Padding(grid, (0, 0, 0, 2), expand=False)]


def _tellers(answer: Answer, value: Value) -> Text:
    """Return which papers tell a value and when; a quote, where none of them is among the sources below."""
    numbers = {place(one): f" [{one.number}]" for one in answer.citations}
    told = "; ".join(
        ", ".join(filter(None, (_named(one), tell_day(one.source.published or "")))) + numbers.get(place(one), "")
        for one in value.citations
    )
    if not value.citations or any(place(one) in numbers for one in value.citations):
        return Text(told)
    quote = _marked(f"“{value.citations[0].quote}”", (value.text,))
    return Text.assemble(told, "\n", quote)


def _named(citation: Citation) -> str:
    return citation.source.publisher or textwrap.shorten(citation.source.title, MAX_VALUE, placeholder=" …")


def _render_abstention(answer: Answer) -> RenderableType:
    parts: list[RenderableType] = [
        Text.assemble((answer.text, "bold yellow"), (f"   {answer.reason}", "dim")),
    ]
    table = _table(answer)  # says what the detail of a conflict does, and more
    detail = answer.silence.detail if answer.silence else ""
    parts += table or ([_indent(Text(detail))] if detail else [])
    if answer.silence and answer.silence.help:
        parts.append(_indent(Text(f"What would help: {answer.silence.help}")))
    if answer.citations:
        parts += [Text(), Text("Closest passage, not an answer", style="bold"), _source_line(answer.citations[0])]
        parts.append(_indent(Text(f"“{answer.sentence}”", style="dim"), 6))
    return Group(*parts)


def _source_line(citation: Citation) -> RenderableType:
    source = citation.source
    day = (source.published or "").replace("T", " ")
    title = textwrap.shorten(source.title, 120, placeholder=" …")
    described = " · ".join(part for part in (source.publisher, title, day, source.path_or_url) if part)
    grid = Table.grid(padding=(0, 1, 0, 0))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    grid.add_row(Text(f"  [{citation.number}]", style="bold"), Text(described))
    return grid


def _marked(sentence: str, spans: Sequence[str]) -> Text:
    text = Text(sentence)
    for start, end in (find_span(sentence, span) for span in spans):
        if start < end:
            text.stylize("bold underline", start, end)
    return text


def _indent(text: Text, left: int = 2) -> Padding:
    return Padding(text, (0, 0, 0, left), expand=False)
