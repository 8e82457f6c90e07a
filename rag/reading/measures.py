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
_OVER = r"(?! in (?:debt|the red)| (?:ahead|behind|apart|into)\b)"
# What is asked, and the units that may answer it. Of 1,122 answers to such questions about our events (eval/reader)
# none is in another one; "How much does it cost?" is left out, for costs are told in minutes and percent, too.
_MEASURES = tuple(
    (re.compile(pattern, re.IGNORECASE), frozenset(allowed))
    for pattern, allowed in (
        (rf"{_HOW}heavy\b|\bweigh(?:s|ed|ing)?\b|{_WHAT}weight\b|\bthe weight of\b", {MASS}),
        (
            rf"{_HOW}(?:tall|deep|wide){_OVER}|{_WHAT}(?:height|depth|width)\b|\bthe (?:height|depth|width) of\b",
            {LENGTH},
        ),
        (rf"{_HOW}far\b{_OVER}", {LENGTH, TIME, SHARE}),
        (rf"{_HOW}long\b(?! ago)", {LENGTH, TIME}),
        (rf"{_HOW}old\b", {AGE, TIME}),
        (rf"{_HOW}(?:hot|cold|warm)\b|{_WHAT}temperature\b", {DEGREES}),
        (rf"{_HOW}much money\b|{_WHAT}(?:price|fee|fine|salary)\b", CURRENCIES),
    )
)


def asked_measure(question: str) -> frozenset[str] | None:
    """Return the units that may answer a question; None where it names no measure, or several."""
    found = [allowed for pattern, allowed in _MEASURES if pattern.search(question)]
    return found[0] if len(found) == 1 else None


def measured_otherwise(span: Span, allowed: frozenset[str]) -> bool:
    """Whether a span tells an amount, and in other units only."""
    told = {amount.unit for amount in amounts(span.text)} - {""}
    return bool(told) and told.isdisjoint(allowed)
