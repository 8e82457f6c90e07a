"""Whether anything found has to do with the question at all.

Two signs of the passages found are added up: the share of the question's words that the best one holds, each by its
weight, and twice the best cosine of meanings, where a retriever gave one. Each alone is blind: a paraphrase shares no
word, and a vector is near to whatever sounds alike. What this module does not know: whether the passages answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rag.silence.archive import Archive
from rag.silence.opposites import light
from rag.text import terms, words
from rag.types import Hit

RELEVANT = 1.3  # of share + 2 cosines: parts 16 tuning questions about nothing in 84 articles from 16 about a name
WITHOUT = 0.4  # of the share alone, where nobody compared meanings
DENSE = "dense"  # the scorer whose score is a cosine


def relevant(question: str, hits: Sequence[Hit], archive: Archive) -> bool:
    """Return whether any passage found has to do with the question."""
    cosines = [score for hit in hits for score in _cosines(hit)]
    share = max((shared(question, hit, archive) for hit in hits), default=0.0)
    return share + 2 * max(cosines) >= RELEVANT if cosines else share >= WITHOUT


def shared(question: str, hit: Hit, archive: Archive) -> float:
    """Return the share, 0..1, of a question's words, by weight, that stand in a passage or its title."""
    worth = {stem: archive.weight(stem) for stem in terms(question)}
    held = set(terms(f"{hit.passage.source.title} {hit.passage.text}"))
    total = sum(worth.values())
    return sum(much for stem, much in worth.items() if stem in held) / total if total else 0.0


def missing(question: str, archive: Archive) -> list[str]:
    """Return the telling words of a question that stand in no article, in order."""
    return list(dict.fromkeys(word for word in words(question) if _tells(word) and not archive.holds(word)))


def _tells(word: str) -> bool:
    stems = terms(word)
    return bool(stems) and not light().issuperset(stems)


def _cosines(hit: Hit) -> Iterator[float]:
    if hit.scorer == DENSE:
        yield hit.score
    for part in hit.made_of:
        yield from _cosines(part)
