"""What each article says of a topic, sentence by sentence, where the reader finds no value to compare. Pure.

"How do the reports differ on the fee?" has no answer that is a word or two when one paper calls it low and another
unspecified; the sentences side by side are what is asked for. So are those with the words of a speaker in each report.
A sentence is about a topic when the topic's rarest word stands in it, and most of the others, by weight, in it or its
title. What this module does not know: what they mean.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set

from rag.comparing.matter import SAME_MATTER, Matters
from rag.reading.speaker import page_of
from rag.text import answer_key, sentence_at, sentence_spans, terms
from rag.types import Hit, Span

COVERED = 0.7  # share of the weight of the topic's words
# Of one matter with the first hit (`Matters.shared`): on nine topics of the sample newsroom and of five agency
# reports, those that are share 0.12 or more, those that are not 0.09 or less (2026-11-29). A value must be of the kind
# asked for besides, and words must be of the speaker asked for; so there SAME_MATTER will do.
OF_IT = 0.1
VERBATIM = 0.1  # for words in quotation marks, beside that share: of two sentences as much about it, the one quoted
FEWEST = 2  # articles; one alone differs from nobody


def statements(worth: Mapping[str, float], hits: Sequence[Hit], matters: Matters) -> list[tuple[Span, ...]]:
    """Return the sentence of each article that says most of a topic, by day, equal ones of several together.

    worth: the telling terms of the topic (rag.text.terms) and how telling each is. matters: of these hits; articles of
    another matter than that of the first hit are not heard. None where fewer than two articles say anything.
    """
    if not worth:
        return []
    return _side_by_side([found for hit in hits for found in _about(worth, hit)], hits, matters, OF_IT)


def sayings(
    worth: Mapping[str, float], said: Sequence[Span], hits: Sequence[Hit], matters: Matters
) -> list[tuple[Span, ...]]:
    """Return the sentence of each article that holds a speaker's words on a topic; see `statements`.

    said: the speaker's words in the passages hit, best first. worth: nothing where any words of theirs will do, on
    whatever matter.
    """
    found = []
    for words in said:
        passage = words.hit.passage
        first, last = words.start - passage.start, words.end - passage.start
        start, end = sentence_at(passage.text, first, last)
        own = set(terms(passage.text[start:end]))
        if not worth or _covers(worth, own, passage.source.title):
            quoted = any(a < first and last <= b for a, b in page_of(passage.text).quotations)
            found.append((_share(worth, own) + VERBATIM * quoted, _sentence(words.hit, start, end)))
    return _side_by_side(found, hits, matters, SAME_MATTER if worth else 0.0)


def _side_by_side(
    found: Iterable[tuple[float, Span]], hits: Sequence[Hit], matters: Matters, least: float
) -> list[tuple[Span, ...]]:
    """Return the best sentence of each article of the first hit's matter, equal ones together; none of too few."""
    best: dict[str, tuple[float, Span]] = {}
    for share, span in found:
        article = span.hit.passage.source.article_id
        if article not in best or share > best[article][0]:
            best[article] = (share, span)
    first = [hits[0].passage.source.article_id] if hits else []
    ranked = sorted(best.values(), key=lambda one: (-one[0], one[1].hit.rank))
    heard = [span for _, span in ranked if matters.shared(span.hit.passage.source.article_id, first) >= least]
    if len(heard) < FEWEST:
        return []
    groups: dict[str, list[Span]] = {}
    for span in heard:
        groups.setdefault(answer_key(span.text), []).append(span)
    return sorted(map(tuple, groups.values()), key=lambda group: group[0].hit.passage.source.published or "")


def _about(worth: Mapping[str, float], hit: Hit) -> list[tuple[float, Span]]:
    """Return the sentences of a passage that are about a topic, each with the share of its words that it has."""
    text, found = hit.passage.text, []
    for start, end in sentence_spans(text):
        own = set(terms(text[start:end]))
        if _covers(worth, own, hit.passage.source.title):
            found.append((_share(worth, own), _sentence(hit, start, end)))
    return found


def _covers(worth: Mapping[str, float], own: set[str], title: str) -> bool:
    """Whether a sentence of these terms, under this title, is about a topic."""
    rarest = max(worth, key=lambda term: (worth[term], term))
    return rarest in own and _share(worth, own | set(terms(title))) >= COVERED


def _share(worth: Mapping[str, float], own: Set[str]) -> float:
    """Return the share of a topic's weight that these terms have, 0..1; 0 of no topic."""
    return sum(much for term, much in worth.items() if term in own) / (sum(worth.values()) or 1.0)


def _sentence(hit: Hit, start: int, end: int) -> Span:
    """Return characters start..end of a passage as a span that no reader has rated."""
    return Span(hit, hit.passage.start + start, hit.passage.start + end, 0.0, 0.0)
