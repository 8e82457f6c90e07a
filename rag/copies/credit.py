"""Article → the agency that it says its copy comes from."""

from __future__ import annotations

import re
from collections.abc import Iterable

LONGEST_SHORT = 4  # letters; shorter names stand in their own capitals, for "Pa" and "Efe" are names of people
_AGENCIES = {
    "ap": "AP",
    "associated press": "AP",
    "reuters": "Reuters",
    "thomson reuters": "Reuters",
    "afp": "AFP",
    "agence france-presse": "AFP",
    "dpa": "dpa",
    "pa": "PA",
    "pa media": "PA",
    "press association": "PA",
    "upi": "UPI",
    "united press international": "UPI",
    "ansa": "ANSA",
    "efe": "EFE",
    "xinhua": "Xinhua",
    "tass": "TASS",
    "kyodo": "Kyodo",
    "yonhap": "Yonhap",
    "aap": "AAP",
    "bloomberg news": "Bloomberg",
}
_NAME = "|".join(sorted((re.escape(name) for name in _AGENCIES if len(name) > LONGEST_SHORT), key=len, reverse=True))
_SHORT = "|".join(sorted({name for name in _AGENCIES.values() if len(name) <= LONGEST_SHORT}))
_SPELLED = rf"(?:(?i:{_NAME})|{_SHORT})"
_OTHER = r"(?:[A-Z][\w&'’-]+ ){1,4}(?:News|Press) (?:Agency|Service)"  # "Saltmarsh News Agency"
_AGENCY = rf"(?:the )?(?P<name>{_SPELLED}|{_OTHER})"
_BYLINE = re.compile(rf"(?:^|[,;/(]|\b(?:and|for|with)\b)\s*{_AGENCY}(?=\s*(?:$|[,;/)]|staff\b|and\b|news\b))")
# "LONDON (Reuters) -"; "reports AP"; a line of its own at the end
_DATELINE = re.compile(rf"\({_AGENCY}\)\s*[-–—:]")
_REPORTS = re.compile(rf"\b(?:reports?|reported|via|source:)\s+(?:by\s+)?{_AGENCY}(?![\w-])")
_LAST = re.compile(rf"(?:\n|^)\W*(?:(?:additional )?reporting by\s+)?{_AGENCY}\W*$")
BEGIN, END = 600, 200  # characters of an article where a credit stands


def credit(byline: str | None, text: str) -> str | None:
    """Return the agency that a byline, a dateline or a line at the end names; None where none does.

    "Reported by" and "reports AP" count at the beginning: further on they may be about one sentence only.
    """
    begin, end = text[:BEGIN], text[-END:]
    found = (
        (byline and _BYLINE.search(byline)) or _DATELINE.search(begin) or _REPORTS.search(begin) or _LAST.search(end)
    )
    if not found:
        return None
    name = found["name"]
    return _AGENCIES.get(name.casefold(), name)


def uncredited(text: str) -> int:
    """Return where a text ends without the credit that is its last line; its length where there is none."""
    begin = max(0, len(text) - END)
    found = _LAST.search(text, begin)
    return found.start() if found else len(text)


def agreed(agencies: Iterable[str | None]) -> str | None:
    """Return the agency that all name who name one; None where they name several, or nobody does."""
    named = {agency for agency in agencies if agency is not None}
    return named.pop() if len(named) == 1 else None
