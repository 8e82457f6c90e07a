"""What stands beside an answer, in words: how reports differ, what a date means, which words a quote has. Pure.

What this module does not know: where it is shown; the terminal, the page and its files say the same.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta

from rag.text import find_span
from rag.types import Agreement, Alternative, Answer, Citation, Difference, Resolved, Value
from rag.wording import count, day_of, month_of

MAX_VALUE = 60  # characters of a value in a sentence
MAX_TOLD = 4  # values in a sentence


def tell_agreement(agreement: Agreement, named: Callable[[str], str] = str) -> str:
    """Return in one sentence how the values differ; "" where they do not. named: how a value or a day is written."""
    values = agreement.values
    if agreement.difference is Difference.AGREE or not values:
        return ""
    if agreement.difference is Difference.WORDING:
        others = sum(len(value.citations) for value in values[1:])
        return f"Said in other words by {'others' if others > 1 else 'another article'}."
    if agreement.difference is Difference.UPDATE:
        years = {day[:4] for value in values if (day := _first_day(value))}
        told = {
            late: _joined([_dated(value, len(years) > 1, named) for value in values if value.superseded is late])
            for late in (False, True)
        }
        return f"A later report changes it: {told[False]} after {told[True]}."
    sides = [f"{count(values[0].sources, 'source')} {_say(values[0], named)}"]
    sides += [f"{other.sources:,} {_say(other, named)}" for other in values[1:MAX_TOLD]]
    more = len(values) - MAX_TOLD
    sides += [f"{more:,} more say otherwise"] if more > 0 else []
    return f"The reports differ: {', '.join(sides)}."


def tell_date(resolved: Resolved) -> str:
    """Return the days that a relative date means: "12 May 2025", "2 to 8 June 2025", "May 2025"."""
    try:
        first, last = date.fromisoformat(resolved.first), date.fromisoformat(resolved.last)
        after = last + timedelta(days=1)
    except (ValueError, OverflowError):
        return " to ".join(dict.fromkeys((resolved.first, resolved.last)))
    if first == last:
        return day_of(first)
    if first.day == after.day == 1 and (after.year * 12 + after.month) - (first.year * 12 + first.month) == 1:
        return f"{month_of(first)} {first.year}"
    if (first.month, first.day, after.month, after.day, after.year) == (1, 1, 1, 1, first.year + 1):
        return str(first.year)
    if first.year != last.year:
        return f"{day_of(first)} to {day_of(last)}"
    return f"{first.day}{'' if first.month == last.month else f' {month_of(first)}'} to {day_of(last)}"


def tell_dates(answer: Answer, number: int) -> list[tuple[str, str]]:
    """Return each relative date of a citation's quote, verbatim, with the days that it means; none twice."""
    return list(dict.fromkeys((one.words, tell_date(one)) for one in answer.dates if one.number == number))


def words_of(answer: Answer, citation: Citation) -> tuple[str, ...]:
    """Return the answer's words as a citation's quote has them: of a list every item, else its own wording."""
    if answer.items:
        return tuple(item.text for item in answer.items)
    values = answer.agreement.values if answer.agreement else ()
    own = [value.text for value in values if place(citation) in map(place, value.citations)]
    told = (words for words in (*own, answer.text) if find_span(citation.quote, words)[1])
    return (next(told, answer.text),)


def untold(answer: Answer) -> tuple[Alternative, ...]:
    """Return the alternatives that no row of the agreement table tells."""
    shown = answer.agreement if answer.agreement and tell_agreement(answer.agreement) else None
    told = {place(one) for value in (shown.values if shown else ()) for one in value.citations}
    return tuple(
        one for one in answer.alternatives if not one.citations or not told.issuperset(map(place, one.citations))
    )


def place(citation: Citation) -> tuple[str, int, int]:
    """Return what tells a quote from all others: its article and where it stands in it."""
    return citation.source.article_id, citation.start, citation.end


def _say(value: Value, named: Callable[[str], str]) -> str:
    return f"{'says' if value.sources == 1 else 'say'} {_quoted(value.text, named)}"


def _first_day(value: Value) -> str:
    return min((one.source.published[:10] for one in value.citations if one.source.published), default="")


def _dated(value: Value, year: bool, named: Callable[[str], str]) -> str:
    try:
        on = date.fromisoformat(_first_day(value))
    except ValueError:
        return _quoted(value.text, named)
    return f"{_quoted(value.text, named)} ({day_of(on) if year else f'{on.day} {month_of(on)}'})"


def _quoted(text: str, named: Callable[[str], str]) -> str:
    """Return a value as it stands in a sentence: between quotation marks where it begins with a letter."""
    short = " ".join(text[: MAX_VALUE + 1].split())
    short = short if len(text) <= MAX_VALUE else f"{short[: MAX_VALUE - 1].rstrip()}…"
    return f"“{named(short)}”" if short[:1].isalpha() else named(short)


def _joined(told: Sequence[str]) -> str:
    """Return "a", "a and b", "a, b and c"."""
    *before, last = told or [""]
    return f"{', '.join(before)} and {last}" if before else last
