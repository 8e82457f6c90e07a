"""Words by which a report says that an earlier one no longer holds. Pure; English."""

from __future__ import annotations

import re
from functools import lru_cache

from rag.text import answer_key, says

_WORDS = r"""
corrected correction corrects revised amended updated overturned reduced raised raises raising risen rose rises
increased climbed grown grew fallen fell dropped doubled lowered extended postponed moved delayed rescheduled cancelled
replaced renamed instead originally initially previously meanwhile disqualified stripped wrongly mistaken mistakenly
third fourth another
"""
_PHRASES = r"""on appeal|(?:down|up) (?:to|from)|cut to|put (?:back|off)|brought forward|called off|no longer|after all
|rather than|turned out|at first|first (?:reported|said|thought|given|announced|believed)|in error|wrong figure
|earlier (?:reported|said|thought)|had been (?:thought|said|reported)|(?:has|have) since|so far|has died
|now (?:stands?|known|put|believed)|later (?:died|found)|found (?:alive|dead)|came to an end"""
_CHANGED = re.compile(rf"\b(?:{'|'.join(_WORDS.split())}|{_PHRASES})\b".replace("\n", ""), re.IGNORECASE)
_MOVED = (
    r"(?:moved|put (?:back|off)|brought forward|postponed|delayed|rescheduled|changed|raised|reduced|cut|rose|fell)"
)
_NOT = r"(?:not|rather than|instead of|no longer)"
_CORRECTED = re.compile(r".{0,120}?\bcorrect (?:figure|number|total|sum|name|date|day|time) (?:is|was) (?P<right>\S+)")
_NOT_IT = re.compile(rf"\b{_NOT} $")  # before the value
_FROM_IT, _MOVED_FROM = re.compile(r"\bfrom $"), re.compile(rf"\b{_MOVED}\b.{{0,80}}\bfrom $")
_TO, _TO_MOVED = re.compile(r" to\b"), re.compile(rf" to\b.{{0,80}}\b{_MOVED}\b")  # after it


def tells_change(text: str) -> bool:
    """Whether a text says that something was changed or corrected."""
    return _CHANGED.search(text) is not None


def denies(text: str, value: str) -> bool:
    """Whether a text says that it is no longer this value.

    "Not the fin whale", "from Saturday to Sunday", "that 340 homes were hit. The correct figure is 1,340".
    """
    key, told = answer_key(value), _key(text)
    at = told.find(key) if key else -1
    while at >= 0:
        before, after = told[:at], told[at + len(key) :]
        if _NOT_IT.search(before) and not after[:1].isalnum():
            return True
        if not after[:1].isalnum() and (right := _CORRECTED.match(after)) and right["right"] not in key.split():
            return True
        if _FROM_IT.search(before) and _TO.match(after) and (_MOVED_FROM.search(before) or _TO_MOVED.match(after)):
            return True
        at = told.find(key, at + 1)
    return False


@lru_cache(maxsize=512)
def _key(text: str) -> str:
    return answer_key(text)


def mentions(text: str, value: str) -> bool:
    """Whether a text holds a value as whole words."""
    return says(text, [value])
