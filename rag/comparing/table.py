"""Voices of articles → an agreement table: who says what, whether that differs, and which value holds. Pure.

A value told later replaces one told earlier when its report says that something changed, or comes days after; told at
the same time, two values are a conflict, which the more independent sources decide. What this module does not know: how
sure the rule is of the answer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from rag.comparing.cues import denies, tells_change
from rag.comparing.matter import Weight
from rag.comparing.told import Told, compare, is_time, told, values_in
from rag.comparing.voices import Voice, voices
from rag.reading.agreement import same_answer
from rag.reading.decide import cite_span
from rag.types import Agreement, Citation, Difference, Reading, Span, Value
from rag.values.numbers import amounts
from rag.values.relation import Relation, relation

SIDES = 2  # values of which neither has a majority that leave nothing to tell
APART = 2  # days from which a later report's value replaces an earlier one without saying so

Count = Callable[[Sequence[Citation]], int]  # citations → how many independent sources they are


@dataclass(frozen=True, slots=True)
class Compared:
    """An agreement table, and the spans of the value that holds, best first.

    decided: whether something can be told: all agree, the newest replaces the others, one value has more sources than
    any other, or there are so many values that they are best told together.
    """

    agreement: Agreement
    spans: tuple[Span, ...]
    decided: bool


def compare_articles(
    preferred: Sequence[Span],
    reading: Reading,
    count: Count,
    named: frozenset[str] = frozenset(),
    *,
    until: str | None = None,
    oldest: bool = False,
    weight: Weight = lambda _: 1.0,
) -> Compared | None:
    """Return how the articles compare on a question; None when one article alone gives a value.

    preferred: the spans of the candidate that the rule prefers, best first. count: of independent sources. named,
    until, weight: see `voices`. oldest: the value told first is asked for, not the newest.
    """
    heard = voices(preferred, reading, named, until, weight)
    if len(heard) < 2:
        return None
    groups = _of_one_event(_grouped(heard))
    if len(heard := [voice for group in groups for voice in group]) < 2:
        return None
    if len(groups) == 1:
        return _agreed(groups[0], count)
    newest = _newest(groups)
    if newest is not None:
        ordered = sorted(groups, key=lambda group: min(voice.published for voice in group), reverse=not oldest)
        old = [group is not newest for group in ordered]
        values = [replace(value, superseded=late) for value, late in zip(_values(ordered, count), old, strict=True)]
        return Compared(Agreement(Difference.UPDATE, tuple(values)), _spans(ordered[0]), decided=True)
    ranked = sorted(zip(_values(groups, count), groups, strict=True), key=lambda pair: -pair[0].sources)
    values = _values([group for _, group in ranked], count)
    decided = values[0].sources > values[1].sources or len(values) > SIDES
    return Compared(Agreement(Difference.CONFLICT, tuple(values)), _spans(ranked[0][1]), decided=decided)


def side_by_side(candidates: Sequence[Sequence[Span]], count: Count) -> Compared | None:
    """Return what each article tells, for a question that asks how they compare; None where one alone tells anything.

    candidates: spans that say the same, most trusted first. An article is heard once, with the first of its spans that
    is likelier than no answer; the first candidate is always heard. Words are not compared by what they mean.
    """
    heard: set[str] = set()
    groups: list[list[Voice]] = []
    for place, spans in enumerate(candidates):
        fresh = []
        for span in spans:
            article = span.hit.passage.source.article_id
            if article not in heard and (place == 0 or span.margin > 0):
                heard.add(article)
                fresh.append(Voice(span, told(span), Relation.OTHER))
        if fresh:
            groups.append(fresh)
    if len(heard) < 2:
        return None
    difference = Difference.CONFLICT if len(groups) > 1 else Difference.AGREE
    return Compared(Agreement(difference, tuple(_values(groups, count))), _spans(groups[0]), decided=True)


def _grouped(heard: Sequence[Voice]) -> list[list[Voice]]:
    """Return the voices by value, the preferred one's first.

    "At least five" fits seven and nine, which are not one value: a voice joins whom it does not differ from.
    """
    groups: list[list[Voice]] = [[]]
    for voice in sorted(heard, key=lambda voice: voice.relation is Relation.DIFFERS):  # stable: agreeing ones first
        start = int(voice.relation is Relation.DIFFERS)
        home = next((group for group in groups[start:] if _joins(voice, group)), None)
        if home is None:
            groups.append([voice])
        else:
            home.append(voice)
    return groups


def _joins(voice: Voice, group: Sequence[Voice]) -> bool:
    """Whether a voice is of a group: unlike none of it, and like its first where its own relation does not say so."""
    relations = [compare(voice.told, other.told) for other in group]
    if Relation.DIFFERS in relations:
        return False
    return voice.relation is not Relation.DIFFERS or not relations or relations[0] in (Relation.SAME, Relation.FITS)


def _of_one_event(groups: Sequence[list[Voice]]) -> list[list[Voice]]:
    """Leave out days and hours told days apart without a word of change: they are of another event."""
    first = groups[0]
    if not is_time(first[0].told):
        return list(groups)
    kept = [group for group in groups[1:] if _apart(first, group) < APART or any(map(_corrects, group))]
    return [first, *kept]


def _apart(one: Sequence[Voice], other: Sequence[Voice]) -> int:
    """Return the days between two groups, between those of each that are nearest; 0 where a day is unknown."""
    days = [[date.fromisoformat(voice.published) for voice in group if voice.published] for group in (one, other)]
    return min((abs((a - b).days) for a in days[0] for b in days[1]), default=0)


def _agreed(group: Sequence[Voice], count: Count) -> Compared:
    wordings: list[list[Voice]] = []
    for voice in group:
        home = next((one for one in wordings if same_answer(one[0].told.text, voice.told.text)), None)
        if home is None:
            wordings.append([voice])
        else:
            home.append(voice)
    difference = Difference.AGREE if len(wordings) == 1 else Difference.WORDING
    return Compared(Agreement(difference, tuple(_values(wordings, count))), _spans(group), decided=True)


def _newest(groups: Sequence[Sequence[Voice]]) -> Sequence[Voice] | None:
    """Return the group whose every article came after all others', where it replaces them."""
    for group in groups:
        earliest = min(voice.published for voice in group)
        others = [voice.published for other in groups if other is not group for voice in other]
        before = max(others)
        if all(others) and before < earliest:  # of an undated article nobody knows whether it came before
            days = (date.fromisoformat(earliest) - date.fromisoformat(before)).days
            replaced = [voice for other in groups if other is not group for voice in other]
            if days >= APART or any(_corrects(voice) or _denies(voice, replaced) for voice in group):
                return group
    return None


def _corrects(voice: Voice) -> bool:
    """Whether the article says, around the value or in its title, that something was changed."""
    passage = voice.span.hit.passage
    return tells_change(passage.text) or tells_change(passage.source.title)


def _denies(voice: Voice, others: Sequence[Voice]) -> bool:
    """Whether its sentence says that a value of the others is not so: "1,340 homes, not the 340 given on Thursday"."""
    passage, sentence = voice.span.hit.passage, voice.told.sentence
    return any(
        value.sentence == sentence
        and value.noun in ("", other.told.noun)
        and denies(sentence, value.text)
        and relation(value.text, other.told.text) in (Relation.SAME, Relation.FITS)
        for value in values_in(passage)
        for other in others
        if _units(value) == _units(other.told)
    )


def _units(value: Told) -> list[str]:
    return [amount.unit for amount in amounts(value.text)]


def _values(groups: Sequence[Sequence[Voice]], count: Count) -> list[Value]:
    """Return a row for each group; citations are numbered through all of them."""
    values, number = [], 1
    for group in groups:
        citations = []
        for voice in group:
            citations.append(cite_span(number, voice.span))
            number += 1
        values.append(Value(group[0].told.shown, tuple(citations), count(citations)))
    return values


def _spans(group: Sequence[Voice]) -> tuple[Span, ...]:
    return tuple(voice.span for voice in group)
