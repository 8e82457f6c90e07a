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
    r"|drown(?:s|ed|ing)?|bodies|life",
    Fate.HURT: r"injur(?:e|es|ed|ing|y|ies)|hurt(?:s|ing)?|wound(?:s|ed|ing)?|hospitals?|hospitalised|hospitalized"
    r"|treat(?:ed|ment)|ill|sick(?:ened)?|poisoned|infirmary",
    Fate.ABOARD: r"on board|aboard",
    Fate.MISSING: r"missing|unaccounted",
    Fate.SAFE: r"rescu(?:e|ed|es|ing)|sav(?:e|ed|es|ing)|surviv(?:e|ed|es|ing|ors?)|unhurt|unharmed|uninjured"
    r"|evacuat(?:e|ed|ing)",
    Fate.HELD: r"arrest(?:s|ed|ing)?|detain(?:s|ed|ing)?|in custody",
}
_FATE = re.compile("|".join(rf"(?P<{fate.name}>\b(?:{words})\b)" for fate, words in _WORDS.items()), re.IGNORECASE)
_COUNTED = re.compile(r"\b(?:how many|number of|toll|count of|how high)\b", re.IGNORECASE)
_NEGATED = re.compile(r"\b(?:not|never|no|none|neither)\b|n['’]t\b", re.IGNORECASE)
_BREAK = re.compile(r"[;:]|\s[–—-]\s")
_APART = re.compile(r"[,;:]|\b(?:and|but|while|with|as)\b", re.IGNORECASE)
WORDS_BEFORE = 3  # between a verb and the number that it tells of: "killed at least 12", "injuring some 40"


def asked_fate(question: str) -> Fate | None:
    """Return whose number a question asks for; None where it counts nobody, or several fates."""
    if _COUNTED.search(question) is None or _NEGATED.search(question):
        return None
    found = set(_fates(question))
    return found.pop() if len(found) == 1 else None


def told_fates(span: Span) -> list[Fate]:
    """Return what the words about a span's number tell of those whom it counts, the nearest first.

    These are the words up to the next number on either side, in its sentence; those before it only where a verb leads
    to it ("injuring some 40") or none follow ("the number of dead has reached 43").
    """
    passage = span.hit.passage
    text, start, end = passage.text, span.start - passage.start, span.end - passage.start
    first, last = sentence_at(text, start, end)
    numbers = [(first + one.start, first + one.end) for one in amounts(text[first:last])]
    mine = next(((begin, stop) for begin, stop in numbers if begin < end and start < stop), None)
    if mine is None:
        return []
    begun = max((stop for _, stop in numbers if stop <= mine[0]), default=first)
    ended = min((begin for begin, _ in numbers if begin >= mine[1]), default=last)
    before, after = _BREAK.split(text[begun : mine[0]])[-1], _BREAK.split(text[mine[1] : ended])[0]
    led = [*_FATE.finditer(before)][-1:]
    leads = led and _leads(before[led[0].end() :])
    return (not leads and [*_fates(after)]) or [_of(found) for found in led]


def _leads(gap: str) -> bool:
    """Whether a verb before such a gap tells of the number after it."""
    return len(gap.split()) <= WORDS_BEFORE and _APART.search(gap) is None


def _fates(text: str) -> Iterator[Fate]:
    return map(_of, _FATE.finditer(text))


def _of(found: re.Match[str]) -> Fate:
    return Fate[str(found.lastgroup)]
