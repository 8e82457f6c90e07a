"""What befell those who are counted: "two people were killed and 11 were taken to hospital". Pure; English.

A reader knows that a number is asked for and which event is meant, and takes the hurt for the dead. So where a question
counts one fate, a number whose own words tell another one is no answer. A number without such words may be.
What this module does not know: how many of them there are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum

from rag.text import sentence_at
from rag.types import Span
from rag.values.numbers import amounts


class Fate(StrEnum):
    """What became of people."""

    DEAD = "dead"
    HURT = "hurt or ill"
    ABOARD = "aboard"
    MISSING = "missing"
    SAFE = "safe"
    HELD = "held"


_WORDS = {
    Fate.DEAD: r"died|dies?|dying|dead|deaths?|kill(?:s|ed|ing)?|fatalit(?:y|ies)|fatally|lives|perish(?:ed|es)?"
    r"|drown(?:s|ed|ing)?|bodies",
    Fate.HURT: r"injur(?:e|es|ed|ing|y|ies)|hurt(?:s|ing)?|wound(?:s|ed|ing)?|hospitals?|hospitalised|hospitalized"
    r"|treat(?:ed|ment)|ill(?!-)|sick(?:ened)?|poisoned|infirmary",
    Fate.ABOARD: r"on board|aboard",
    Fate.MISSING: r"missing|unaccounted",
    Fate.SAFE: r"rescu(?:e|ed|es|ing)|sav(?:e|ed|es|ing)|surviv(?:e|ed|es|ing|ors?)|unhurt|unharmed|uninjured"
    r"|evacuat(?:e|ed|ing)",
    Fate.HELD: r"arrest(?:s|ed|ing)?|detain(?:s|ed|ing)?|in custody",
}
_FATE = re.compile("|".join(rf"(?P<{fate.name}>\b(?:{words})\b)" for fate, words in _WORDS.items()), re.IGNORECASE)
_COUNTED = re.compile(r"\b(?:how many|number of|toll|count of|how high)\b", re.IGNORECASE)
_NEGATED = re.compile(r"\b(?:not|never|no|none|neither)\b|n['’]t\b", re.IGNORECASE)
_NO_PERSONS = re.compile(
    r"\bhow many (?:more |other )?(?:minutes|hours|days|nights|weeks|months|years|times|miles|metres|beds|hospitals"
    r"|jobs|trees|pages)\b",
    re.IGNORECASE,
)
_EDGE = re.compile(  # of what is told of a number: "carrying 131 people, killing 12", "to 12 after a woman was hurt"
    r"[,;:]|\s[–—-]\s|\b(?:and|but|while|as|after|before|when|over|that|in|who|which)\b", re.IGNORECASE
)
_VERB = re.compile(  # that tells of the number after it: "killing two", "injured at least 30"
    r"(?:kill|drown|wound|arrest|detain)(?:s|ed|ing)|(?:injur|rescu|sav|evacuat)(?:es|ed|ing)|hurt(?:s|ing)?"
    r"|treat(?:ed|ing)|poisoned|sickened|lives",
    re.IGNORECASE,
)
_TALLY = re.compile(r"dead|deaths?|killed|injured|wounded|missing|arrested|detained|fatalities", re.IGNORECASE)
_APART = re.compile(r"[,;:]|\b(?:and|but|while|with|as)\b", re.IGNORECASE)
WORDS_BEFORE = 3  # between a verb and the number that it tells of: "killed at least 12", "injuring some 40"
WORDS_OF_TALLY = 4  # between "the number of dead" and it: "has reached", more where it is a toll


def asked_fate(question: str) -> Fate | None:
    """Return whose number a question asks for; None where it counts no persons, or several fates."""
    if _COUNTED.search(question) is None or _NEGATED.search(question) or _NO_PERSONS.search(question):
        return None
    found = set(_fates(question))
    return found.pop() if len(found) == 1 else None


def told_fates(span: Span) -> list[Fate]:
    """Return what the words about a span's number tell of those whom it counts, the nearest first.

    These are a verb that leads to it ("injuring some 40"); else the words after it, up to the next number or the end of
    its clause; where none follow, a tally before it ("the number of dead has reached 43"). None of an amount with a
    unit, which counts no persons.
    """
    passage = span.hit.passage
    text, start, end = passage.text, span.start - passage.start, span.end - passage.start
    first, last = sentence_at(text, start, end)
    found = amounts(text[first:last])
    mine = next((one for one in found if first + one.start < end and start < first + one.end), None)
    if mine is None or mine.unit:
        return []
    begun = max((one.end for one in found if one.end <= mine.start), default=0)
    ended = min((one.start for one in found if one.start >= mine.end), default=last - first)
    before = text[first + begun : first + mine.start]
    led = [*_FATE.finditer(before)][-1:]
    gap = before[led[0].end() :] if led else ""
    if led and _VERB.fullmatch(led[0].group()) and len(gap.split()) <= WORDS_BEFORE and not _APART.search(gap):
        return [_of(led[0])]
    follow = [*_fates(_EDGE.split(text[first + mine.end : first + ended])[0])]
    return follow or [_of(one) for one in led if _tallies(one, gap)]


def _tallies(led: re.Match[str], gap: str) -> bool:
    """Whether a word before a number says what it is the number of."""
    toll = gap.split()[:1] == ["toll"]
    return _TALLY.fullmatch(led.group()) is not None and (toll or len(gap.split()) <= WORDS_OF_TALLY)


def _fates(text: str) -> Iterator[Fate]:
    return map(_of, _FATE.finditer(text))


def _of(found: re.Match[str]) -> Fate:
    return Fate[str(found.lastgroup)]
