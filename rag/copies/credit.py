"""Article → the agency that it says its copy comes from."""

from __future__ import annotations

import re

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
    "bloomberg": "Bloomberg",
}
_NAME = "|".join(sorted(map(re.escape, _AGENCIES), key=len, reverse=True))
_OTHER = r"(?:[A-Z][\w&'’-]+ ){1,4}(?:News|Press) (?:Agency|Service)"  # "Saltmarsh News Agency"
_AGENCY = rf"(?:the )?(?P<name>(?i:{_NAME})|{_OTHER})"
_BYLINE = re.compile(rf"(?<!\w){_AGENCY}(?!\w)")
# "LONDON (Reuters) -"; "reports AP"; a line of its own at the end
_DATELINE = re.compile(rf"\({_AGENCY}\)\s*[-–—:]")
_REPORTS = re.compile(rf"\b(?:reports?|reported|via|source:)\s+(?:by\s+)?{_AGENCY}(?!\w)")
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
