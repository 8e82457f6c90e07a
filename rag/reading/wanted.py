"""Whether a question asks for several things, and for how many. Pure; no model.

Told by its words: a wh-word with a plural ("which clubs", "in what ways"), a wish ("name the …s"), "who or what", a
number. In doubt it does not ask. What this module does not know: the articles, or what the nouns mean.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.reading.evidence import asks_yes_no

MAX_ITEMS = 20

_NUMBERS = "two three four five six seven eight nine ten eleven twelve"
COUNTS = {word: number for number, word in enumerate(_NUMBERS.split(), start=2)} | {"both": 2, "pair": 2}
AUXILIARY = "am is are was were do does did has have had can could will would shall should may might must"
_AUXILIARIES = frozenset(AUXILIARY.split())
_ENDING = """of in on at by with for from to about after before during under over against behind between near since
until because when where not that who which whose as and or the a an his her its their there he she they it you"""
_ENDINGS = frozenset(_ENDING.split())  # a noun phrase ends before them
_IRREGULAR = "people men women children persons feet teeth mice criteria those"
_IRREGULARS = frozenset(_IRREGULAR.split())
_SINGULAR = """news series means species politics physics economics mathematics athletics gas bus boss business class
process campus virus census loss glass grass press address success basis crisis status bonus chorus access progress
odds chances wages earnings remains prospects his this its was has does is
"""
_NOT_SEVERAL = frozenset(_SINGULAR.split())
_ADJECTIVE = re.compile(
    r"(?:al|ic|ive|ous|ful|ian|ish|ern|able|ible|ese|less|ary|ed)$|^(?:new|old|main|other|big|key|top)$"
)
_TELL = re.compile(
    r"(?:please\s+)?(?:(?:can|could|will|would)\s+you\s+)?(?:please\s+)?"
    r"(?:name|list|enumerate|(?:give|tell|show)(?:\s+me|\s+us)?)\s+",
    re.IGNORECASE,
)
WORD = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*")
_PICK = re.compile(r"\b(?:which|what)\b", re.IGNORECASE)
_SEVERAL = re.compile(
    r"\b(?:who|what)\s+(?:or|and)\s+(?:who|what)\b|^who\s+(?:are|were|is|was)\s+among\b", re.IGNORECASE
)
_BEING = re.compile(r"\b(?:who|what)\s+(?:are|were)\b\s*", re.IGNORECASE)
_AS = re.compile(r"^who\b.*?\bas\s+([a-z]+)\b", re.IGNORECASE)
_OF = re.compile(r"\s+of\b.*?\b(are|were|have|do)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Wanted:
    """That a list is asked for. count: how many items, None where the question does not say."""

    count: int | None = None


def asks_for_list(question: str) -> Wanted | None:
    """Return that a question asks for several things, and how many if it says so; None: it does not say it does.

    "Which clubs …", "In what ways …", "Name the three …", "Who were the winners?", "Who or what …"; not "Who won?",
    "How many …", "What are the odds?" or "Which of the two …".
    """
    text = question.strip()
    told = _TELL.match(text)
    if told:
        return _named(text[told.end() :], listed=text[: told.end()].split()[-1].lower() in ("list", "enumerate"))
    if re.match(r"how\b", text, re.IGNORECASE) or asks_yes_no(text):
        return None
    if _SEVERAL.search(text):
        return Wanted()
    pick = _PICK.search(text)
    if pick and (wanted := _phrase(text[pick.end() :], after=pick.group().lower())):
        return wanted
    being = _BEING.match(text)
    if being:
        return _being(text[being.end() :], who=text[:3].lower() == "who")
    role = _AS.match(text)
    return Wanted() if role and _plural(role[1]) else None


def _named(rest: str, *, listed: bool) -> Wanted | None:
    """Judge what follows "Name", "List" or "Give": a noun phrase in the plural, or anything after "List"."""
    found = [word.lower() for word in WORD.findall(rest)[:12]]
    if not found or found[0] in ("how", "whether", "if"):
        return None
    pick = _PICK.match(rest)
    if pick:
        return _phrase(rest[pick.end() :], after=pick.group().lower())
    while found and found[0] in ("the", "all", "a", "me", "us"):
        found = found[1:]
    head = _head(found)
    if listed or (head and _plural(head[-1])) or (found and found[0] in ("everyone", "everything", "those")):
        return Wanted(count_in(head))
    return None


def _phrase(rest: str, *, after: str) -> Wanted | None:
    """Judge the noun phrase after "which" or "what"."""
    found = WORD.findall(rest)[:8]
    if found and found[0].lower() == "of":
        verb = _OF.match(rest)
        return Wanted() if verb and verb.end() < 60 else None
    head = _head([word if word[:1].isupper() else word.lower() for word in found])
    if not head:
        return None
    count = count_in(head)
    closed = len(head) < len(found) and found[len(head)].lower() in _AUXILIARIES
    if count and not closed and after == "what":
        return Wanted(count) if any(map(_plural, head)) else None
    if count:
        return Wanted(count)
    if closed or (len(head) < len(found) and found[len(head)].lower() == "of"):
        return Wanted() if _plural(head[-1]) else None
    if after == "what":
        return None  # "What causes rust?"
    at = next((i for i, word in enumerate(head) if word.islower() and not _ADJECTIVE.search(word)), 0)
    return Wanted() if _plural(head[at]) else None


def _being(rest: str, *, who: bool) -> Wanted | None:
    """Judge what follows "What are" and "Who were": a plural in small letters, or what was done to several."""
    found = WORD.findall(rest)[:14]
    if who and found and re.search(r"(?:ed|en|shot|hurt)$", found[0]) and found[0].islower():
        return Wanted()
    skip = next(
        (i for i, word in enumerate(found) if word.lower() not in ("the", "all", "some", "his", "her", "its", "their")),
        0,
    )
    head = _head(found[skip:])
    if not head or (skip == 0 and not re.search(r"['’]s?$|['’]s?\s", rest[:60]) and not count_in(head)):
        return None
    return Wanted(count_in(head)) if _plural(head[-1]) and (who or not head[-1][0].isupper()) else None


def _head(found: Sequence[str]) -> list[str]:
    """Return the words up to the end of the noun phrase."""
    stop = next((i for i, word in enumerate(found) if word.lower() in _AUXILIARIES | _ENDINGS), len(found))
    return list(found[:stop])


def _plural(word: str) -> bool:
    low = word.lower()
    if low in _IRREGULARS:
        return True
    return word.islower() and low.endswith("s") and len(low) > 3 and low not in _NOT_SEVERAL and low[-2] not in "su'’i"


def count_in(found: Sequence[str]) -> int | None:
    """Return the first number of the words, from two to MAX_ITEMS; "both" only if it comes first."""
    for i, word in enumerate(found):
        if word.lower() in COUNTS and (i == 0 or word.lower() != "both"):
            return COUNTS[word.lower()]
        if word.isdigit() and 2 <= int(word) <= MAX_ITEMS:
            return int(word)
    return None
