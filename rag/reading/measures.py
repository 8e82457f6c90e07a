"""What a question asks to be measured: "14 metres" is no weight, and three weeks are no height. Pure; English.

Only measures that a question names outright. A bare number may be anything; so may words without one.
What this module does not know: how likely a span is.
"""

from __future__ import annotations

import re

from rag.types import Span
from rag.values.numbers import amounts
from rag.values.units import AGE, CURRENCIES, DEGREES, LENGTH, MASS, SHARE, TIME

_HOW = r"\bhow (?:\w+ly )?"
_WHAT = r"\b(?:what|which) (?:(?:is|was|are|were|will be) the )?(?:\w+ ){0,2}?"
# What is asked, and the units that may answer it. Of 1,113 answers to such questions about our events (eval/reader)
# none is in another one; "How much does it cost?" is left out, for costs are told in minutes and percent, too.
_MEASURES = tuple(
    (re.compile(pattern, re.IGNORECASE), frozenset(allowed))
    for pattern, allowed in (
        (rf"{_HOW}heavy\b|\bweigh(?:s|ed)?\b(?! (?:on|up|in|against)\b)|{_WHAT}weight\b", {MASS}),
        (rf"{_HOW}(?:tall|deep|wide)\b|{_WHAT}(?:height|depth|width)\b", {LENGTH}),
        (rf"{_HOW}far\b", {LENGTH, TIME, SHARE}),
        (rf"{_HOW}long\b(?! ago)", {LENGTH, TIME}),
        (rf"{_HOW}old\b", {AGE, TIME}),
        (rf"{_HOW}(?:hot|cold|warm)\b|{_WHAT}temperature\b", {DEGREES}),
        (rf"{_HOW}much money\b|{_WHAT}(?:price|fine|salary)\b", CURRENCIES),
        (rf"{_WHAT}fee\b", CURRENCIES | {SHARE}),
    )
)
# With one of these a measure's word is none: "how heavy was the fine", "how far over budget", "the price increase".
_NEAR = r"(?: \w+){0,3} "
_NO_MEASURE = re.compile(
    rf"\bheavy{_NEAR}(?:rain\w*|snow\w*|fines?|loss\w*|defeats?|prices?|tolls?|traffic|fighting|polling)\b"
    rf"|\b(?:deep|wide){_NEAR}(?:debt|red|cuts?|gaps?|margins?|deficits?|loss\w*|recession|discounts?|divi\w+)\b"
    r"|\bfar (?:over|above|below|short|under|ahead|behind|apart|into)\b"
    r"|\bfar .*\b(?:fall|fell|fallen|drop|dropped|rise|rose|risen)\b"
    r"|\b(?:price|fine|salary|fee|temperature|weight|height)s?"
    r" (?:increase|rise|cut|cap|hike|drop|change|range|loss|gain|limit)s?\b"
    r"|\b(?:percentage|share|proportion|per cent|percent|part) of\b|\b(?:at|under) the (?:height|weight|depth)\b",
    re.IGNORECASE,
)
_POUNDS = re.compile(r"\bpounds?\b", re.IGNORECASE)  # of money or of mass


def asked_measure(question: str) -> frozenset[str] | None:
    """Return the units that may answer a question; None where it names no measure, or several."""
    if _NO_MEASURE.search(question):
        return None
    found = [allowed for pattern, allowed in _MEASURES if pattern.search(question)]
    return found[0] if len(found) == 1 else None


def measured_otherwise(span: Span, allowed: frozenset[str]) -> bool:
    """Whether a span tells an amount, and in other units only."""
    if MASS in allowed and _POUNDS.search(span.text):
        return False
    told = {amount.unit for amount in amounts(span.text)} - {""}
    return bool(told) and told.isdisjoint(allowed)
