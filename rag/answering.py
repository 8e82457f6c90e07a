"""A Reading → an Answer: what the rule prefers, weighed against the other articles, with what stands beside it.

The order: is the question at fault, do the articles differ, is a list asked for; then the answer, or silence and why.
What this module does not know: how passages were found and read, and which classes hold the index.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from rag.beside import as_of, resolved_dates, speaker
from rag.comparing import Compared, compare_articles, side_by_side
from rag.comparing.asked import asked_alone, asks_to_compare, compared_thing, named_publishers
from rag.comparing.matter import Matters
from rag.comparing.statements import sayings, statements
from rag.comparing.told import is_value, told
from rag.copies import Copies, Folded, cite_copies, independent
from rag.reading.clauses import asks_for_clause, clauses
from rag.reading.decide import Candidate, abstain, cite_span, rate, tell
from rag.reading.evidence import asks_yes_no
from rag.reading.expected import fitting
from rag.reading.lists import Item, gather
from rag.reading.plausible import plausible
from rag.reading.rule import Rule
from rag.reading.said import asks_what_said, said_by, said_topic, without_topic
from rag.silence import Archive, at_fault, conflict, explain
from rag.silence.opposites import light
from rag.text import terms
from rag.types import NO_AGREEMENT, Answer, Citation, Difference, Hit, Reading, Reason, Silence, Value
from rag.values.period import Order, Relation, order, period
from rag.wording import name_all

GUESSED = 0.3  # confidence from which silence says what it was near to saying
MAX_GUESS = 12  # words of that
MOST_SAID = 400  # things said of which each article's are looked for

Count = Callable[[Sequence[Citation]], int]


@dataclass(frozen=True, slots=True)
class Ways:
    """What is weighed besides the reader's own confidence; see config.yaml."""

    compare: bool = True
    doubt: bool = True
    lists: bool = True
    clauses: bool = True
    sorts: bool = True


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of all articles together, and what is made of it.

    archive: None where only passages are known; then no reason of silence is looked for.
    """

    copies: Copies
    publishers: tuple[str, ...] = ()
    archive: Archive | None = None
    ways: Ways = field(default_factory=Ways)


def settle(reading: Reading, rule: Rule, known: Known, folded: Folded, *, insist: bool = False) -> Answer:
    """Return the answer to a reading's question, or silence.

    folded: the passages found, near-copies set aside; they are cited without having been read. insist: tell what is
    preferred, however unsure and whatever is wrong with the question.
    """
    least = rule.threshold
    if insist:
        rule = replace(rule, threshold=0.0)
    question, hits = reading.question, (*reading.hits, *(hit for under in folded.folded.values() for hit in under))
    alone = asked_alone(question, known.publishers) if known.ways.compare else None
    reading = replace(reading, question=alone or question)
    if known.ways.sorts:
        reading = plausible(reading)
    candidates = considered(reading, rule, known.ways)
    if not candidates:
        return _silent(abstain(question, Reason.NOTHING_RELEVANT), hits, known)
    first, stated = candidates[0], _stated(question, reading, rule, known)
    unsure = first.confidence < rule.threshold
    if unsure and not stated:
        return _silent(abstain(question, Reason.NO_ANSWER, first), hits, known, _guess(question, first))
    doubting = known.ways.doubt and not insist
    fault = _fault(question, hits, known, comparing=alone is not None) if doubting else None
    if fault is not None:
        return _withheld(question, replace(first, confidence=min(first.confidence, rule.fault)), fault)

    def count(citations: Sequence[Citation]) -> int:
        return len(independent(citations, hits, known.copies))

    items = () if stated else _items(reading, known.ways)
    compared = None if items or unsure else _compared(question, candidates, reading, count, known)
    if stated and (compared is None or _says_nothing(compared) or asks_what_said(reading.question)):
        # Found by their words, not by the reader: as sure as what is just told.
        items, first = stated, replace(first, confidence=least)
    if items:
        answer = _listed(question, first, items, folded, count)
    else:
        differ = _undecided(question, compared, known)
        if compared and differ and not insist:
            withheld = _withheld(question, first, differ)
            return replace(withheld, text=NO_AGREEMENT, agreement=compared.agreement)
        answer = replace(_valued(reading.question, candidates, rule.threshold, compared), question=question)
    told_beside = [cited for value in answer.agreement.values for cited in value.citations] if answer.agreement else []
    citations = cite_copies(answer.citations, folded, answer.text, told_beside)
    return replace(
        answer,
        citations=citations,
        sources=independent(citations, hits, known.copies),
        as_of=as_of(citations),
        dates=resolved_dates(citations, hits),
    )


def considered(reading: Reading, rule: Rule, ways: Ways) -> list[Candidate]:
    """Return the candidates of a reading, most trusted first: its spans, or clauses where a clause is asked for."""
    if ways.clauses:
        asked = (reading.question, reading, rule)
        found = clauses(*asked) or said_by(*asked)
        if found:
            return rate(replace(reading, spans=found), rule)
    return rate(fitting(reading) if ways.sorts else reading, rule)


def _items(reading: Reading, ways: Ways) -> Sequence[Item]:
    """Return the items of a list that is asked for, none for other questions."""
    question = reading.question
    other = asks_yes_no(question) or asks_for_clause(question) is not None or asks_what_said(question) is not None
    return () if other or not ways.lists else gather(question, reading)


def _stated(question: str, reading: Reading, rule: Rule, known: Known) -> Sequence[Item]:
    """Return what each article says of the thing that a question compares them on, or has a speaker say; else none."""
    named = named_publishers(question, known.publishers)
    if known.archive is None or not known.ways.compare or not asks_to_compare(question, named):
        return []
    speaking = asks_what_said(reading.question)
    about = said_topic(reading.question) if speaking else compared_thing(question, known.publishers)
    if about is None or (speaking and not known.ways.clauses):
        return []
    heard = [hit for hit in reading.hits if not named or (hit.passage.source.publisher or "").casefold() in named]
    worth = {term: known.archive.weight(term) for term in terms(about) if term not in light()}
    matters = Matters((hit.passage for hit in heard), known.archive.weight)
    if speaking:
        theirs = said_by(reading.question, reading, rule, MOST_SAID, surely=True)
        said = [span for span in theirs if span.hit in heard]
        found = sayings(worth, said, heard, matters)
    else:
        found = statements(worth, heard, matters)
    return [Item(spans[0].text, spans) for spans in found]


def _fault(question: str, hits: Sequence[Hit], known: Known, *, comparing: bool) -> Silence | None:
    """Return why a question cannot be answered whatever the reader finds, None if it can.

    Reports that deny each other are what a comparison asks for, and what somebody spoke about need not be so.
    """
    fault = at_fault(question, hits, known.archive) if known.archive else None
    if fault is None or known.archive is None or fault.reason is not Reason.PREMISE:
        return fault
    if comparing:
        return None
    granted = without_topic(question)
    return fault if granted == question else at_fault(granted, hits, known.archive)


def _says_nothing(compared: Compared) -> bool:
    """Whether all that the articles have in common is a word or name: no amount, no time, and nothing that differs."""
    alike = compared.agreement.difference in (Difference.AGREE, Difference.WORDING)
    return alike and not is_value(told(compared.spans[0]))


def _compared(
    question: str, candidates: Sequence[Candidate], reading: Reading, count: Count, known: Known
) -> Compared | None:
    """Return how the articles compare, None where one alone tells anything, or a Yes or No is asked for.

    Where the question asks how they compare, what each tells is set side by side even if it is no value.
    """
    if asks_yes_no(reading.question) or not known.ways.compare:
        return None
    named = named_publishers(question, known.publishers)
    until, oldest = asked_time(reading.question, known.archive), order(reading.question) is Order.FIRST
    weight = known.archive.weight if known.archive else (lambda _: 1.0)
    compared = compare_articles(candidates[0].spans, reading, count, named, until=until, oldest=oldest, weight=weight)
    if compared is None and asks_to_compare(question, named):
        return side_by_side([candidate.spans for candidate in candidates], count)
    return compared


def _undecided(question: str, compared: Compared | None, known: Known) -> Silence | None:
    """Return why nothing is told where the articles differ without a majority, and the question is not about that."""
    if compared is None or compared.decided or asks_to_compare(question, named_publishers(question, known.publishers)):
        return None
    return conflict(compared.agreement)


def asked_time(question: str, archive: Archive | None) -> str | None:
    """Return the ISO day after which articles say nothing of the time that a question names, None if it names none."""
    asked = period(question, archive.last_day) if archive else None
    if asked is None or asked.last is None or asked.relation is Relation.AFTER:
        return None
    last = date.fromisoformat(asked.last)
    return (last + timedelta(days=1)).isoformat() if last < date.max else None


def _valued(question: str, candidates: Sequence[Candidate], least: float, compared: Compared | None) -> Answer:
    """Return the value that holds, cited from every article that gives it.

    How sure it is remains what the rule said of the candidate that it preferred: that these articles answer. The value
    of a later report is less likely by itself, for fewer of the question's words stand around it.
    """
    first = candidates[0]
    if compared is None:
        answer = tell(question, candidates, least)
    else:
        leading = replace(first, spans=compared.spans)
        answer = tell(question, [leading, *candidates[1:]], least)
        answer = replace(answer, agreement=compared.agreement)
        first = leading
    if asks_yes_no(question):
        return answer
    text = told(first.best).shown
    return replace(answer, text=text if text in answer.sentence else answer.text, speaker=speaker(first.best))


def _listed(question: str, first: Candidate, items: Sequence[Item], folded: Folded, count: Count) -> Answer:
    """Return the items, each cited, copies too; a sentence that tells several is cited once."""
    cited: dict[tuple[str, int, int], Citation] = {}

    def once(citation: Citation) -> Citation:
        key = (citation.source.article_id, citation.start, citation.end)
        return cited.setdefault(key, replace(citation, number=len(cited) + 1))

    values = []
    for item in items:
        mine: dict[str, Citation] = {}
        for span in item.spans:
            citation = once(cite_span(0, span))
            mine.setdefault(citation.source.article_id, citation)
        places = tuple(map(once, cite_copies(tuple(mine.values()), folded, item.text)))
        values.append(Value(item.text, places, count(places)))
    citations = tuple(cited.values())
    return Answer(
        question=question,
        text=name_all([value.text for value in values]),
        abstained=False,
        reason=None,
        confidence=first.confidence,
        sentence=citations[0].quote,
        citations=citations,
        items=tuple(values),
    )


def _withheld(question: str, first: Candidate, fault: Silence) -> Answer:
    return replace(abstain(question, fault.reason, first), silence=fault)


def _guess(question: str, first: Candidate) -> str:
    """Return what is preferred, where it is not all too unlikely and can be said in a line; else nothing."""
    text = first.best.text
    if asks_yes_no(question):  # a sentence answers that
        return ""
    return text if first.confidence >= GUESSED and len(text.split()) <= MAX_GUESS else ""


def _silent(answer: Answer, hits: Sequence[Hit], known: Known, guess: str = "") -> Answer:
    """Return an abstention with its reason in full."""
    if known.archive is None:
        return replace(answer, silence=Silence(Reason(str(answer.reason))))
    # "Reports" and "differ" stand in no article.
    asked = asked_alone(answer.question, known.publishers) or answer.question
    why = explain(asked, hits, next(iter(answer.citations), None), known.archive, guess)
    return replace(answer, reason=str(why.reason), silence=why)
