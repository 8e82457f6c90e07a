"""Whether the words around a date speak of what has been or of what is to come.

"The committee met on Tuesday" means the Tuesday behind us, "the ban begins on Tuesday" the one ahead. The nearest verb
or set phrase of the clause decides; one before the date comes before one after it, unless the date opens the clause
("on Tuesday the council will vote"). What this module does not know: grammar, and what day it is.
"""

from __future__ import annotations

import re
from enum import StrEnum

REACH = 160  # characters of a clause looked at on each side
_CLAUSE = re.compile(  # the dots of "7 p.m.", "Mr." and "No. 1" end no clause
    r"(?<!\b[A-Za-z])(?<!\bMr)(?<!\bMrs)(?<!\bMs)(?<!\bDr)(?<!\bNo)(?<!\bSt)\.(?=\s|$)"
    r"|[!?;:()](?=\s|$)|\n|\s[-\u2013\u2014\u2212]\s"
)
_OPENS = re.compile(
    r"(?:^|[,\u201c\"(]\s?|\b(?:that|and|but|or|when|where|because|as|if|while|then)\s)"
    r"(?:(?:late|early|on|in|by|at|from|until|only|just|and|both)\s){0,3}$",
    re.IGNORECASE,
)
_BE = r"(?:is|are|was|were|'s|'re)"
_PLAN = (
    r"(?:due|set|scheduled|expected|slated|planned|planning|likely|about|going|ready|poised|booked|billed|supposed"
    r"|tipped|hoping|aiming|preparing|bound|meant|obliged|required|ordered|asked|invited|called|allowed|free)"
)
_GROUP = r"(?:\s(?:not|also|now|only|then|again|both|be|have|been|[a-z]+ly))*(?:\s[a-z]+)?"  # the rest of a verb
_INFINITIVE = rf"\sto\b(?!\s(?:the|an?|[A-Z\d])\b){_GROUP}"
_FUTURE = rf"""
(?P<future>
    \b(?:will|won't|shall|would|wouldn't|may|might|could|can|must|should|cannot|can't)\b(?!\snot\sbe\sreached){_GROUP}
    | \w'll\b{_GROUP}
    | \b{_BE}\s(?:\w+\s){{0,2}}?{_PLAN}(?:{_INFINITIVE}|\s(?:for|on|in|until|back|by)\b)
    | \b(?:is|are|be|was|were){_INFINITIVE}
    | \b(?:plan|agree|want|aim|hope|intend|vow|promise|pledge|expect|ask|order|invite|urge|decide|prepare|threaten
        |propose|wait|schedule|need|offer|have|has|seek|volunteer|commit|arrange)(?:s|d|ed|ned|ning|ing|ted)?
        (?:\s(?!to\b)\w+){{0,2}}?{_INFINITIVE}
    | \b(?:scheduled|planned|expected|proposed|slated|upcoming|forthcoming|due|awaited|postponed|delayed
        |rescheduled|adjourned|tomorrow|(?<!\b(?:its|his|her|the)\s)(?<!\btheir\s)plans|plans(?=\sfor\b)|preparations|tickets
        |deadline|ahead\sof|from\snow)\b
    | \b(?:opens|begins|starts|kicks?\soff|takes?\son|takes?\splace|go(?:es)?\son\ssale|(?:goes|comes)\sinto
        |meets|returns|expires|ends|closes|goes\sahead|resumes|launches|airs|premieres|concludes)\b
)"""
_PAST = r"""
(?P<past>
    \b(?:could|can|may|might)\snot\sbe\sreached\b
    | \b(?:ago|since|earlier|previously|recently|already|yesterday)\b
    | \b(?:was|were|had|has|have|did|didn't|wasn't|weren't|hadn't|been|'ve)\b
    | \b(?:said|told|took|went|came|met|made|held|found|began|left|led|saw|won|lost|gave|got|fell|hit|ran|sent|shot
        |spoke|struck|wrote|kept|died|broke|brought|built|bought|caught|chose|cut|drew|drove|ate|fought|flew|forgot
        |grew|heard|hid|knew|laid|lay|lit|paid|put|read|rose|sang|sank|sat|sold|shook|slept|spent|stood|stole|swept
        |taught|thought|threw|understood|woke|wore|blew|beat|became|dealt|felt|hung|rang|rode|sought|slid|stuck|swam
        |swore|tore|withdrew|overcame|underwent|saying|seen|shown|pictured)\b
    | \b(?!(?:need|feed|seed|speed|indeed|bleed|breed|exceed|proceed|succeed|hundred|naked|sacred|unprecedented|red
        |bed|shed)\b)[a-z]+ed\b
)"""
_OTHER = r"""
(?P<after>\b(?:after|following|over)\b)
| (?P<present>\b(?:is|are|(?:it|he|she|that|there|here)'s|(?:they|we|you)'re)(?=\s)
    |\b(?:follow|view|watch|visit|join|click|tune\sin|see)\b)
"""
_CUE = re.compile(f"{_FUTURE}|{_PAST}|{_OTHER}", re.VERBOSE)
_AHEAD = re.compile(  # words that a date ahead follows at once
    r"\b(?:next|coming|ahead of|deadline of|in time for|opening|starting|beginning|effective"
    r"|(?:due|set|scheduled|planned|expected|slated|booked|billed|back|postponed|delayed|put off|moved|adjourned"
    r"|rescheduled|invited|called) (?:\w+ ){0,2}?(?:for|until|till|to|on|by|in|from))"
    r"(?: (?:on|the|late|early|from|at|noon|midnight|\d[\d.:]*|[ap]\.?m\.?|[A-Z]{2,3}))*$",
    re.IGNORECASE,
)
_BEHIND = re.compile(r"\b(?:since|last|past|previous|in the wake of|dated)(?: (?:on|the|late|early))*$", re.IGNORECASE)
_WAITING = re.compile(r"\b(?:by|until|till|through|before|from)(?: (?:the|late|early|at least))*$", re.IGNORECASE)

# A time of day beside a date, and no verb: a programme of what is to come, "Doors: Friday, 7pm".
_CLOCK_BEFORE = re.compile(
    r"\b(?:\d{1,2}(?:[:.]\d\d)?\s?[ap]\.?m\.?|\d{1,2}[:.]\d\d|noon|midnight)(?: [A-Z]{2,3})?,?\s$"
)
_CLOCK_AFTER = re.compile(r",?\s(?:at\s|from\s)?(?:\d{1,2}(?:[:.]\d\d)?\s?[ap]\.?m\b|\d{1,2}[:.]\d\d\b|noon\b)")


class Lean(StrEnum):
    """Where a clause looks."""

    PAST = "past"
    FUTURE = "future"
    UNKNOWN = "unknown"


def leaning(text: str, start: int, end: int) -> Lean:
    """Return where the clause around text[start:end], a date, looks."""
    left, right = _left(text, start), _right(text, end)
    near = left.rstrip()
    if _AHEAD.search(near):
        return Lean.FUTURE
    if _BEHIND.search(near):
        return Lean.PAST
    cues = [*_CUE.finditer(left)]
    before, after = _before(cues), _lean(next(_CUE.finditer(right), None))
    if _WAITING.search(near) and Lean.PAST not in {before, after}:
        return Lean.FUTURE
    first, second = (after, before) if _OPENS.search(left) else (before, after)
    if first is Lean.UNKNOWN:
        first = second
    listed = first is Lean.UNKNOWN and (_CLOCK_BEFORE.search(left) or _CLOCK_AFTER.match(right))
    return Lean.FUTURE if listed else first


def _before(cues: list[re.Match[str]]) -> Lean:
    """Return where the last cue before a date looks; "after a crash on Monday" looks back unless "will" leads it."""
    if len(cues) > 1 and cues[-1]["after"] and cues[-2]["future"]:
        return Lean.FUTURE
    return _lean(cues[-1] if cues else None)


def _lean(cue: re.Match[str] | None) -> Lean:
    if cue is None:
        return Lean.UNKNOWN
    return Lean.FUTURE if cue["future"] or cue["present"] else Lean.PAST


def _left(text: str, start: int) -> str:
    """Return what the clause has before the date, with straight apostrophes and no capital first."""
    window = text[max(0, start - REACH) : start].replace("’", "'")
    stops = [*_CLAUSE.finditer(window)]
    clause = (window[stops[-1].end() :] if stops else window).lstrip(' \u201c"')
    return clause[:1].lower() + clause[1:]


def _right(text: str, end: int) -> str:
    window = text[end : end + REACH].replace("’", "'")
    stop = _CLAUSE.search(window)
    return window[: stop.start()] if stop else window
