"""An abstention → why, in particular, and what would help.

The reasons in order: a time that none covers, nothing relevant, a name that is in no article, a sentence that
contradicts the question, no answer in what is relevant. That articles contradict each other is known beforehand.
What this module does not know: whether to abstain.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.silence.archive import Archive
from rag.silence.dates import outside
from rag.silence.names import nearest, unknown_names
from rag.silence.opposites import light
from rag.silence.premise import contradiction
from rag.silence.relevance import missing, relevant
from rag.text import terms
from rag.types import Agreement, Citation, Difference, Hit, Reason, Silence, Source
from rag.wording import count, tell_day

_LED = re.compile(
    r"^(?:in|on|at|during|by|until|since|before|after|of|from|for)\s(?:the\s(?=\d|[A-Z]))?", re.IGNORECASE
)
LONGEST = 300  # characters of a sentence or a title that is quoted
MOST_WORDS = 3  # named as missing


def explain(
    question: str,
    hits: Sequence[Hit],
    closest: Citation | None,
    archive: Archive,
    guess: str = "",
) -> Silence:
    """Return why no answer is told. hits: what was found. closest: the passage that comes nearest to an answer.

    guess: what it says that comes nearest, "" where that is nothing to speak of.
    """
    return (
        _outside_dates(question, hits, archive)
        or _nothing(question, hits, archive)
        or _unknown_name(question, hits, archive)
        or _premise(question, hits, archive)
        or _no_answer(closest, hits, guess)
    )


def at_fault(question: str, hits: Sequence[Hit], archive: Archive) -> Silence | None:
    """Return what is wrong with a question itself: a name or a time that no article has, or what they contradict."""
    return (
        _unknown_name(question, hits, archive)
        or _outside_dates(question, hits, archive)
        or _premise(question, hits, archive)
    )


def _unknown_name(question: str, hits: Sequence[Hit], archive: Archive) -> Silence | None:
    unknown = unknown_names(question, archive, hits)
    if not unknown:
        return None
    name = unknown[0]
    near = nearest(name, archive, hits)
    advice = f"Did you mean “{near}”?" if near else f"Check the spelling, or add articles that tell of {name}."
    return Silence(Reason.UNKNOWN_NAME, f"“{name}” stands in none of the articles.", advice)


def _outside_dates(question: str, hits: Sequence[Hit], archive: Archive) -> Silence | None:
    asked = outside(question, hits, archive)
    if asked is None or archive.first_day is None or archive.last_day is None:
        return None
    first, last = tell_day(archive.first_day), tell_day(archive.last_day)
    return Silence(
        Reason.OUTSIDE_DATES,
        f"The articles are from {first} to {last}, and nothing found tells of {_LED.sub('', asked.words)}.",
        f"Ask about the time from {first} to {last}, or add articles of the time you mean.",
    )


def _premise(question: str, hits: Sequence[Hit], archive: Archive) -> Silence | None:
    found = contradiction(question, hits, archive.weight)
    if found is None:
        return None
    source = found.hit.passage.source
    cut = len(found.quote) > LONGEST
    quote = found.quote[:LONGEST].rsplit(" ", 1)[0] if cut else found.quote
    return Silence(
        Reason.PREMISE,
        f"{_named(source)} says: “{quote}”{' …' if cut else ''}",
        f"Ask without taking it for granted, or read {_titled(source)}.",
    )


def conflict(agreement: Agreement) -> Silence | None:
    """Return that articles contradict each other, where a table says so."""
    if agreement.difference is not Difference.CONFLICT:
        return None
    sides = "; ".join(f"“{value.text}” ({count(value.sources, 'source')})" for value in agreement.values)
    return Silence(
        Reason.CONFLICT, f"The articles give {sides}.", "Compare the articles, or ask about one publisher or day."
    )


def _nothing(question: str, hits: Sequence[Hit], archive: Archive) -> Silence | None:
    """Return that nothing found has to do with a question, even when names are left out that no article has."""
    unknown, rest = unknown_names(question, archive, hits), question
    for name in unknown:
        rest = rest.replace(name, " ")
    bare = light().issuperset(terms(rest))  # the name is all that is asked about
    if bare or relevant(rest, hits, archive) or any(nearest(name, archive, hits) for name in unknown):
        return None
    named = _unknown_name(question, hits, archive)
    if named is not None:
        return Silence(Reason.NOTHING_RELEVANT, named.detail, named.help)
    strange = missing(question, archive)[:MOST_WORDS]
    told = " or ".join(f"“{word}”" for word in strange)
    detail = f"No article has the word {told}." if strange else "No passage shares enough with the question."
    return Silence(Reason.NOTHING_RELEVANT, detail, "Ask in other words, or add articles about it.")


def _no_answer(closest: Citation | None, hits: Sequence[Hit], guess: str) -> Silence:
    source = closest.source if closest else hits[0].passage.source if hits else None
    if source is None:
        return Silence(Reason.NO_ANSWER, "", "Ask in other words, or add articles about it.")
    perhaps = f", perhaps “{guess}”," if guess else ","
    return Silence(
        Reason.NO_ANSWER,
        f"The closest passage is in {_titled(source)}; it may hold the answer{perhaps} but not surely enough.",
        f"Read {_titled(source)}, or ask in the words of the articles.",
    )


def _titled(source: Source) -> str:
    title = source.title if len(source.title) <= LONGEST else f"{source.title[:LONGEST].rstrip()}…"
    return f"“{title}”"


def _named(source: Source) -> str:
    day = f" ({tell_day(source.published)})" if source.published else ""
    return f"{source.publisher or _titled(source)}{day}"
