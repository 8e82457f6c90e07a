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


def tells_change(text: str) -> bool:
    """Whether a text says that something was changed or corrected."""
    return _CHANGED.search(text) is not None


def denies(text: str, value: str) -> bool:
    """Whether a text says that it is no longer this value: "not the fin whale", "from Saturday to Sunday"."""
    key, told = re.escape(answer_key(value)), _key(text)
    if not key:
        return False
    moved = re.search(rf"\b{_MOVED}\b.{{0,80}}\bfrom {key} to\b|\bfrom {key} to\b.{{0,80}}\b{_MOVED}\b", told)
    return moved is not None or re.search(rf"\b{_NOT} {key}\b", told) is not None


@lru_cache(maxsize=512)
def _key(text: str) -> str:
    return answer_key(text)


def mentions(text: str, value: str) -> bool:
    """Whether a text holds a value as whole words."""
    return says(text, [value])
