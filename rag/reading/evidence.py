"""A Reading → its candidate answers and what speaks for each, as named numbers. Pure; every name is in rule.FEATURES.

Tried and left out, since with none of them more held-out rows and tuning questions were decided rightly: how
many articles agree, the lead over the next candidate, names of the question that the passage lacks, and others (see
the reader's card).
What this module does not know: how much each number counts (rule.py).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.reading.agreement import group
from rag.text import answer_key
from rag.types import Hit, Reading, Span

_POINTING = """
he she it they we you i him her them us me his hers its their theirs our ours this that these those who whom whose which
himself herself itself themselves
"""
POINTING = frozenset(_POINTING.split())
_VERBS = "am are is was were do does did has have had can could will would shall should might must cannot"
_VERB = rf"(?:may(?!\s+\d)|won['’]t|shan['’]t|can['’]t|(?:{_VERBS.replace(' ', '|')})(?:n['’]t)?)"  # "May 17" is a day
_OPENED = re.compile(rf"(?:(?:and|but|so|then)\s+)?{_VERB}(?![\w'’-])", re.IGNORECASE)
_WH = r"\b(?:who|whom|whose|what|which|when|where|why|how)\b"
_NO_YES = re.compile(rf"\bor\b|,\s*(?:and\s+)?{_WH}", re.IGNORECASE)  # a choice; "Had it been shut, who would know?"
_POLITE = re.compile(
    rf"(?:can|could|will|would|do|does|did|may|might)\s+(?:you|i|we|anyone|anybody)\s+(?:please\s+|also\s+)?"
    rf"(?:tell|say|know|ask|explain|name|remember)\b.*{_WH}",
    re.IGNORECASE | re.DOTALL,
)
_CHOICE = re.compile(r"\b(?:or|which of|between|whether)\b", re.IGNORECASE)
_PART = re.compile(r"[,:;–—.!?]\s+|\s-\s+")
_TAG = 2  # words of "will you?", which asks nothing


def candidates(reading: Reading) -> list[tuple[tuple[Span, ...], dict[str, float]]]:
    """Return (spans that say the same, features) of every candidate, best margin first.

    A mere pronoun is none, nor what only repeats the question.

    margin: logits of the best span over "no answer". retrieval: best score, 0..1 among the passages read. polar: 1 for
    a question that asks for Yes or No, else 0; what answers one is a sentence, of which a reader is less sure.
    """
    retrieval, asked = scaled(reading.hits), _asked(reading.question)
    polar = float(asks_yes_no(reading.question))
    naming = [span for span in reading.spans if not points(span.text) and not (echoes(span.text, asked) and not polar)]
    return [
        (
            spans,
            {
                "margin": spans[0].margin,
                "retrieval": max(retrieval[s.hit.passage.passage_id] for s in spans),
                "polar": polar,
            },
        )
        for spans in group(naming)
    ]


def asks_yes_no(question: str) -> bool:
    """Whether Yes or No would answer a question: a verb opens it, or its last part, and it offers no choice.

    "Is it open?", "Has he told what it is?" and "After the fire, was it open?"; not "What is it?", "Do you know what it
    is?", "In which year, did he say, was it?" or "Is it open or shut?". "Will Smith" is taken for a verb and a name.
    """
    text = question.strip(" \t\n?!.")
    if _OPENED.match(text):
        return _NO_YES.search(text) is None and _POLITE.match(text) is None
    *before, last = _PART.split(text)
    asked = len(last.split()) > _TAG and _OPENED.match(last) is not None and _NO_YES.search(last) is None
    return asked and bool(before) and re.search(_WH, text, re.IGNORECASE) is None


def points(answer: str) -> bool:
    """Whether an answer only points at one: "he", "Their". Capitals are a name ("WHO", "IT")."""
    return answer.lower() in POINTING and not (len(answer) > 1 and answer.isupper())


def echoes(answer: str, asked: frozenset[str]) -> bool:
    """Whether an answer only repeats words of the question: "the boat" of "Whose is the boat?"."""
    return bool(asked) and asked.issuperset(answer_key(answer).split())


def _asked(question: str) -> frozenset[str]:
    """Return the words of a question; none where it offers a choice and so names its answer."""
    return frozenset() if _CHOICE.search(question) else frozenset(answer_key(question).split())


def scaled(hits: Sequence[Hit]) -> dict[str, float]:
    """Return each passage's score scaled to 0..1 among those read, so that no retriever's own scale matters."""
    low = min((hit.score for hit in hits), default=0.0)
    high = max((hit.score for hit in hits), default=0.0)
    width = high - low
    return {hit.passage.passage_id: (hit.score - low) / width if width > 0 else 1.0 for hit in hits}
