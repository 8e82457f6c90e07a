"""What speaks for a stretch of a passage as an answer, in logits of being right. Pure.

For answers that are found by words and not by the model: clauses (clauses.py), what somebody said (said.py). What
speaks for one is how strong the cue is that opens it, how much of the question stands around it, how likely the reader
found the words in it, the retrieval score of its passage, and that it does not just repeat the question.
What this module does not know: how such stretches are found, and from which confidence on one is told.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from rag.reading.evidence import scaled
from rag.reading.rule import Rule
from rag.text import answer_key, sentence_spans, terms
from rag.types import Hit, Reading, Span

Stretch = tuple[int, int, float]  # characters start..end of a passage, and the strength of the cue, 0..1
Find = Callable[[str, Sequence[tuple[int, int]]], Iterable[Stretch]]  # of a passage's text and the reader's spans in it

BEFORE = 0.5  # what a term counts that stands in the sentence before only
NOT_READ = -4.0  # logits below the least margin of its passage, for words that no span of the reader's holds

# Fitted on 2026-11-29 on 403 questions for a reason, a manner or somebody's words, of which 135 are unanswerable or not
# told by any stretch (55 for tuning, 348 of held-out events), with the packaged reader: by a conditional logistic
# regression on which stretch is right, then a logistic one on whether the first is. On events not fitted the first is
# right in 49.4% of the answerable (46.1% with the weights of the day before). Since then "about" is no word of what was
# spoken about (said.py), and who has another name is no speaker: of 29 answerable held-out questions for somebody's
# words 15 are told rightly and 2 wrongly (14 and 2 before), by a script that was not kept.
WEIGHTS = {"cue": 0.47, "around": 0.89, "retrieval": 0.83, "margin": 0.153, "agreed": 0.93, "echo": -1.74}
READER = 0.177  # for the best of the reader's own spans in any passage: margin + NEAR x retrieval
NEAR = 4.0
BIAS = -2.71


def ranked(about: str, reading: Reading, find: Find, most: int, rule: Rule) -> tuple[Span, ...]:
    """Return the best of the stretches that are found in the passages read, best first.

    about: the words that should stand around. rule: whose confidence in a span will be the one meant here.
    """
    retrieval = scaled(reading.hits)
    own = (s.margin + NEAR * retrieval[s.hit.passage.passage_id] for s in reading.spans)
    trust = BIAS + READER * max(own, default=0.0)
    found = list(rated(about, reading, find))
    nearest: dict[str, float] = {}  # of all that say the same, which will be one candidate
    for span, features in found:
        said = answer_key(span.text)
        nearest[said] = max(features["retrieval"], nearest.get(said, 0.0))
    best: list[tuple[float, Span]] = []
    for span, features in found:
        worth = trust + sum(weight * features[name] for name, weight in WEIGHTS.items())
        score = span.null_score + rule.margin(worth, nearest[answer_key(span.text)])
        best.append((worth, Span(span.hit, span.start, span.end, score, span.null_score)))
    best.sort(key=lambda pair: (-pair[0], pair[1].order))
    return tuple(span for _, span in best[:most])


def rated(about: str, reading: Reading, find: Find) -> Iterator[tuple[Span, dict[str, float]]]:
    """Yield every stretch found, with no score yet, and its features by name, in the order of the passages."""
    read: dict[str, list[Span]] = {}
    for span in reading.spans:
        read.setdefault(span.hit.passage.passage_id, []).append(span)
    hits = [hit for hit in reading.hits if hit.passage.passage_id in read]
    retrieval, rarity = scaled(reading.hits), _rarity(about, hits)
    for hit in hits:
        spans, passage = read[hit.passage.passage_id], hit.passage
        sentences = sentence_spans(passage.text)
        told = [frozenset[str](), *(frozenset(terms(passage.text[start:end])) for start, end in sentences)]
        begun = [start for start, _ in sentences]
        places = [(span.start - passage.start, span.end - passage.start) for span in spans]
        for start, end, cue in find(passage.text, places):
            number = bisect_right(begun, start)
            stretch = Span(hit, passage.start + start, passage.start + end, 0.0, spans[0].null_score)
            margin, agreed = _reader_says(stretch, spans)
            own = terms(passage.text[start:end])
            yield (
                stretch,
                {
                    "cue": cue,
                    "around": _around(rarity, told[number], told[max(0, number - 1)]),
                    "retrieval": retrieval[passage.passage_id],
                    "margin": margin,
                    "agreed": agreed,
                    "echo": sum(term in rarity for term in own) / max(1, len(own)),
                },
            )


def _rarity(about: str, hits: Sequence[Hit]) -> dict[str, float]:
    """Return the weight of each term, all together 1: the fewer sentences have it, the more."""
    texts = [hit.passage.text[start:end] for hit in hits for start, end in sentence_spans(hit.passage.text)]
    having = Counter(term for text in texts for term in set(terms(text)))
    weights = {term: math.log(1 + (len(texts) + 1) / (having[term] + 1)) for term in set(terms(about))}
    whole = sum(weights.values())
    return {term: weight / whole for term, weight in sorted(weights.items())}


def _around(rarity: Mapping[str, float], here: frozenset[str], before: frozenset[str]) -> float:
    """Return how much of the question stands in a sentence, or, for less, in the one before, 0..1."""
    return sum(weight * (1.0 if term in here else BEFORE * (term in before)) for term, weight in rarity.items())


def _reader_says(stretch: Span, read: Sequence[Span]) -> tuple[float, float]:
    """Return the best margin of the reader's spans that lie in a stretch, and how much of it the reader expects.

    The second is the mean, over the spans by their probability in the passage, of the share of characters (F1) that
    each has in common with the stretch, 0..1.
    """
    best = max(span.score for span in read)
    odds = [math.exp(span.score - best) for span in read]
    common = [max(0, min(stretch.end, span.end) - max(stretch.start, span.start)) for span in read]
    length = stretch.end - stretch.start
    alike = [2 * both / (length + span.end - span.start) for both, span in zip(common, read, strict=True)]
    inside = [s.margin for s, both in zip(read, common, strict=True) if 2 * both > min(s.end - s.start, length)]
    least = min(span.margin for span in read)
    agreed = sum(odd * share for odd, share in zip(odds, alike, strict=True)) / sum(odds)
    return max(inside, default=least + NOT_READ), agreed
