"""What each article says of a topic, sentence by sentence, where the reader finds no value to compare. Pure.

"How do the reports differ on the fee?" has no answer that is a word or two when one paper calls it low and another
unspecified; the sentences side by side are what is asked for. A sentence is about a topic when the topic's rarest word
stands in it, and most of the others, by weight, in it or its title. What this module does not know: what they mean.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rag.comparing.matter import Matters
from rag.text import answer_key, sentence_spans, terms
from rag.types import Hit, Span

COVERED = 0.7  # share of the weight of the topic's words
# Of one matter with the first hit (`Matters.shared`): on nine topics of the sample newsroom and of five agency
# reports, those that are share 0.12 or more, those that are not 0.09 or less (2026-11-29). A value must be of the kind
# asked for besides, so there less will do.
OF_IT = 0.1
FEWEST = 2  # articles; one alone differs from nobody


def statements(worth: Mapping[str, float], hits: Sequence[Hit], matters: Matters) -> list[tuple[Span, ...]]:
    """Return the sentence of each article that says most of a topic, best first, equal ones of several together.

    worth: the telling terms of the topic (rag.text.terms) and how telling each is. matters: of these hits; articles of
    another matter than that of the first hit are not heard. None where fewer than two articles say anything.
    """
    if not worth:
        return []
    best: dict[str, tuple[float, Span]] = {}
    for hit in hits:
        for share, span in _about(worth, hit):
            article = hit.passage.source.article_id
            if article not in best or share > best[article][0]:
                best[article] = (share, span)
    first = [hits[0].passage.source.article_id] if hits else []
    ranked = sorted(best.values(), key=lambda found: (-found[0], found[1].hit.rank))
    heard = [span for _, span in ranked if matters.shared(span.hit.passage.source.article_id, first) >= OF_IT]
    if len(heard) < FEWEST:
        return []
    groups: dict[str, list[Span]] = {}
    for span in heard:
        groups.setdefault(answer_key(span.text), []).append(span)
    return [tuple(group) for group in groups.values()]


def _about(worth: Mapping[str, float], hit: Hit) -> list[tuple[float, Span]]:
    """Return the sentences of a passage that are about a topic, each with the share of its words that it has."""
    passage, rarest = hit.passage, max(worth, key=lambda term: (worth[term], term))
    title, total = set(terms(passage.source.title)), sum(worth.values())
    found = []
    for start, end in sentence_spans(passage.text):
        own = set(terms(passage.text[start:end]))
        share = sum(much for term, much in worth.items() if term in own or term in title) / total
        if rarest in own and share >= COVERED:
            span = Span(hit, passage.start + start, passage.start + end, 0.0, 0.0)
            found.append((sum(much for term, much in worth.items() if term in own) / total, span))
    return found
