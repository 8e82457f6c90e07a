"""Questions that ask how reports compare: which publishers they name, and what the reports are compared on. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from rag.reading.wanted import AUXILIARY

_REPORTS = r"(?:reports?|articles?|papers?|newspapers?|sources|the accounts?)"  # bank accounts differ, too
# "Each of the five news reports"; "each police report" is no article, nor is "each company report" one.
_EACH = (
    r"(?:each|every|all|both)(?: one)?(?: of)?(?: the(?:se)?)?"
    r"(?: (?:two|three|four|five|six|seven|eight|nine|ten|\d+))?(?: (?:news|press|agency))?"
    r" (?:reports?|articles?|papers?|newspapers?)"
)
_DIFFER = re.compile(
    r"\b(?:differ(?:s|ed|ing|ent(?:ly)?|ences?)?|disagree(?:s|ments?)?|discrepan\w+|contradict\w*|conflicting)\b"
    rf"|\b{_REPORTS}\s+(?:conflict|compare)\b|^\W*(?:please |(?:can|could) you )?compare\b|\bon the one hand\b",
    re.IGNORECASE,
)
_APART = (
    r"(?:differ|disagree|contradict (?:each other|one another)|say different things"
    r"|(?:say|tell|report|write) (?:it )?differently)"
)
_DIFFERENCE = r"(?:discrepanc(?:y|ies)|differences?|contradictions?|disagreements?)"
_WHAT = r"(?:how|where|in what(?: way)?|on what|do|does|what)"
_ON = r"(?:on|over|about|as to|regarding|concerning)"
_SAY = r"(?:say|tell|report|write|said|told|reported|wrote)s?"
_EACH_SAYS = rf"(?:what|how) (?:do|does|did)\b(?P<who>\s+{_EACH})\s+{_SAY}\s+(?:about|of|regarding|concerning)"
# What is asked, then who reports, then on what. "Conflict" must follow the reports: wars are called so.
_TOPICS = tuple(
    re.compile(rf"^\W*{form}\s+(?P<topic>\w.*)$", re.IGNORECASE)
    for form in (
        rf"{_WHAT}\b(?P<who>.*?)\b{_APART}\s+(?:{_ON}|in)",
        rf"{_WHAT}\b(?P<who>.*?\b{_REPORTS})\s+conflict\s+(?:{_ON}|in)",
        rf"(?:is|are) there (?:an? |any |some )?{_DIFFERENCE}\s+(?P<who>(?:in|between|among)\b.*?)\s+(?:{_ON}|of)",
        rf"compare (?:what|how)\b(?P<who>.*?)\b{_SAY}\b.*?\b{_ON}",
        _EACH_SAYS,
    )
)
_COMPARES_EACH = re.compile(rf"^\W*{_EACH_SAYS}\b", re.IGNORECASE)
_IN_EACH = re.compile(
    rf"(?:^\W*|,?\s)(?:in|according to) {_EACH}(?=\s(?:about|on|regarding|concerning)\b|\W*$|,)", re.IGNORECASE
)
_ASKS = re.compile(
    r"(?:(?:and|but|so) )?(?:(?:in|on|at|to|of|for|from|by|with|about) )?"
    rf"(?:what|who|whom|whose|when|where|why|how|which|{'|'.join(AUXILIARY.split())})\b",
    re.IGNORECASE,
)
_COUNT = re.compile(r"the (?:number|count) of (?P<what>.+?)(?: (?:who|which) (?P<did>.+))?$", re.IGNORECASE)
_CLAUSE = re.compile(r"(?:how|what|when|where|who|which|why|whether)\b", re.IGNORECASE)
_SAID = re.compile(
    r"what (?!(?:did|does|do|has|have|had)\b)(?P<who>[\w'’. -]{1,80}?) (?:said|says?)\b(?P<rest>.*)$", re.IGNORECASE
)
_NO_SPEAKER = frozenset(f"{AUXILIARY} be been being".split())  # "what was said at the meeting"
_AGENCY = re.compile(r"\bthe (?:(?:news|press) )?agency\b", re.IGNORECASE)  # whose copy some of the reports carry
_SEVERAL = re.compile(  # "the costs", "his three goals of May"; not "the loss", "the status", "the crisis"
    r"(?:the|its|his|her|their)(?: [\w-]+)? (?!news\b|gas\b|series\b)[\w-]*[^\Wsui]s"
    r"(?: (?:of|for|in|at|on|to|from|by|with|after|before|over|under|between|during)\b.*)?",
    re.IGNORECASE,
)
MAX_QUESTION = 1000  # characters of a question that are looked at
SHORTEST = 4  # words of a question that can be read for itself
SHORTEST_OF_EACH = 3  # "How many robbers?"
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
    each = _COMPARES_EACH.match(question) is not None or asked_of_each(question) is not None
    return each or _enough(question, named) or _DIFFER.search(question) is not None


def _enough(question: str, named: frozenset[str]) -> bool:
    """Whether a question names two papers, or a paper and the agency."""
    return len(named) >= NAMED or (len(named) == 1 and _AGENCY.search(question) is not None)


def asked_alone(question: str, publishers: Iterable[str]) -> str | None:
    """Return what each report by itself can be read for, where a question asks how they compare; else None."""
    known = tuple(publishers)
    return without_publishers(question, known) or topic_question(question, known) or asked_of_each(question)


def asked_of_each(question: str) -> str | None:
    """Return "How many were hurt?" of "How many were hurt in each report?"; None for other questions.

    What is left must be a question by itself: "How many pages are in each report?" asks about the reports.
    """
    text = " ".join(question[:MAX_QUESTION].split()).rstrip("?!. ")
    rest = _IN_EACH.sub("", text).strip(" ,")
    if rest == text or len(rest.split()) < SHORTEST_OF_EACH or not _ASKS.match(rest):
        return None
    return None if rest.split()[-1].lower() in _NO_SPEAKER else f"{rest[0].upper()}{rest[1:]}?"


def without_publishers(question: str, publishers: Iterable[str]) -> str | None:
    """Return a question without its last clause, where that only names the publishers to be compared; else None.

    "How many were hurt, as the Herald tells it and as the Courier does?" is read as "How many were hurt?".
    """
    named = named_publishers(question, publishers)
    told = [_bare(name).split() for name in publishers if name.casefold() in named]
    places = [question.rfind(name[-1]) for name in told if name]
    places += [match.start() for match in _AGENCY.finditer(question)][-1:]
    cuts = [match.start() for match in re.finditer(r"[,:;]\s", question)]
    before = [cut for cut in cuts if all(cut < place for place in places if place >= 0)]
    if not _enough(question, named) or not before or len(question[: before[-1]].split()) < SHORTEST:
        return None
    return f"{question[: before[-1]].rstrip()}?"


def compared_topic(question: str, publishers: Iterable[str] = ()) -> str | None:
    """Return "the fee" of "How do the reports differ on the fee?"; None for other questions.

    publishers: those known; a question may name them in place of "the reports".
    """
    text = " ".join(question[:MAX_QUESTION].split()).rstrip("?. ")
    found = next(filter(None, (form.match(text) for form in _TOPICS)), None) if "?" not in text else None
    return None if found is None or not _of_reports(found, publishers) else found["topic"]


def compared_thing(question: str, publishers: Iterable[str] = ()) -> str | None:
    """Return the topic that is compared where it is a thing, neither a number nor what happened; else None."""
    topic = compared_topic(question, publishers)
    return None if topic is None or _COUNT.match(topic) or _CLAUSE.match(topic) else topic


def topic_question(question: str, publishers: Iterable[str] = ()) -> str | None:
    """Return what a reader of one article is asked for a question that compares a topic; None for others.

    publishers: see `compared_topic`.
    """
    topic = compared_topic(question, publishers)
    if topic is None:
        return None
    count = _COUNT.match(topic)
    if count is not None:
        return f"How many {' '.join(filter(None, count.groups()))}?"
    said = _SAID.match(topic)
    if said is not None and said["who"].split()[-1].lower() not in _NO_SPEAKER:
        return f"What did {said['who']} say{said['rest']}?"
    if _CLAUSE.match(topic):
        return f"{topic[0].upper()}{topic[1:]}?"
    return f"What {'are' if _SEVERAL.fullmatch(topic) else 'is'} {topic}?"


def _of_reports(found: re.Match[str], publishers: Iterable[str]) -> bool:
    """Whether those who differ are reports or publishers, not parties or studies; "compare" may name one publisher."""
    enough = 1 if found[0].lstrip().lower().startswith("compare") else NAMED
    named = named_publishers(found["who"], publishers)
    return len(named) >= enough or re.search(rf"\b{_REPORTS}\b", found["who"], re.IGNORECASE) is not None
