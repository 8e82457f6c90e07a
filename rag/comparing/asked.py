"""Questions that ask how reports compare: which publishers they name, and what the reports are compared on. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

_DIFFER = re.compile(
    r"\b(?:differ(?:s|ed|ing|ent|ences?)?|disagree(?:s|ments?)?|discrepan\w+|contradict\w*|compared?|conflict(?:s|ing)?)\b"
    r"|\bon the one hand\b",
    re.IGNORECASE,
)
_REPORTS = r"(?:reports?|articles?|papers?|newspapers?|accounts?|sources|versions?)"
_APART = r"(?:differ|disagree|contradict each other|conflict|say different things)"
_TOPIC = re.compile(
    rf"^\W*(?:how|where|in what way|on what|do|does|what)\b.*?\b{_REPORTS}\b.*?\b{_APART}\s+"
    r"(?:on|over|about|as to|regarding|in)\s+(?P<topic>[^?]+)\??\s*$",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"(?:how|what|when|where|who|which|why|whether)\b", re.IGNORECASE)
MAX_QUESTION = 1000  # characters of a question that are looked at
SHORTEST = 4  # words of a question that can be read for itself
NAMED = 2  # publishers from which a question compares them


def named_publishers(question: str, publishers: Iterable[str]) -> frozenset[str]:
    """Return the publishers, in small letters, that a question names, whole or by the last word: "the Chronicle"."""
    known = {publisher: _bare(publisher).split() for publisher in publishers}
    lasts = Counter(name[-1] for name in known.values() if name)
    found = set()
    for publisher, name in known.items():
        whole = len(name) > 1 and re.search(rf"\b{re.escape(' '.join(name))}\b", question)
        own = name and (len(name) == 1 or lasts[name[-1]] == 1)  # "the Times" is no other paper that ends so
        if whole or (own and re.search(rf"\b[Tt]he {re.escape(name[-1])}\b", question)):
            found.add(publisher.casefold())
    return frozenset(found)


def _bare(publisher: str) -> str:
    """Return a publisher's name without "The" and what stands in brackets behind."""
    return re.sub(r"^The |\s*\(.*\)$", "", publisher)


def asks_to_compare(question: str, named: frozenset[str]) -> bool:
    """Return whether a question asks how reports compare, not for the one value that holds."""
    return len(named) >= NAMED or _DIFFER.search(question) is not None


def without_publishers(question: str, publishers: Iterable[str]) -> str | None:
    """Return a question without its last clause, where that only names the publishers to be compared; else None.

    "How many were hurt, as the Herald tells it and as the Courier does?" is read as "How many were hurt?".
    """
    named = named_publishers(question, publishers)
    told = [_bare(name).split() for name in publishers if name.casefold() in named]
    places = [question.rfind(name[-1]) for name in told if name]
    cuts = [match.start() for match in re.finditer(r"[,:;]\s", question)]
    before = [cut for cut in cuts if all(cut < place for place in places if place >= 0)]
    if len(named) < NAMED or not before or len(question[: before[-1]].split()) < SHORTEST:
        return None
    return f"{question[: before[-1]].rstrip()}?"


def topic_question(question: str) -> str | None:
    """Return what a reader of one article is asked for "How do the reports differ on the fee?"; None for others."""
    found = _TOPIC.match(question[:MAX_QUESTION])
    if found is None:
        return None
    topic = found["topic"].strip()
    return f"{topic[0].upper()}{topic[1:]}?" if _CLAUSE.match(topic) else f"What is {topic}?"
