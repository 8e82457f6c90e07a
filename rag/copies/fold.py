"""Hits of which some carry the same copy → hits of different copy, and what was set aside under each.

One agency story in five papers would take five of the ten places of what is read. A hit is set aside when most of its
own prose stands in what is kept of one article and it adds nothing (additions.py): what it says will be read there. A
longer passage around the same copy is kept, for its other half would go unread. What was set aside is cited all the
same, in the sentence that says what the answer's sentence says.
What this module does not know: how hits were found, and how an answer is read out of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from rag.copies.additions import adds
from rag.copies.shingles import runs
from rag.copies.sources import Copies
from rag.text import answer_key, says, sentence_spans, terms
from rag.types import Citation, Hit, Passage

MOST = 0.5  # share of a passage's prose that stands in what is kept of another article, from which it is a copy
KNOWN = 0.4  # the same where both articles are known to share copy
FEWEST = 10  # runs of words that both have; fewer tell nothing
SAME_WORDS = 0.5  # share of a quote's terms that a sentence must have to be cited with it
NEARLY = 0.8  # the same, of the terms of both, where the whole sentence is the answer


@dataclass(frozen=True, slots=True)
class Folded:
    """Hits of different copy, best first, ranks from 1; and by passage_id of each, the near-copies set aside."""

    kept: tuple[Hit, ...]
    folded: Mapping[str, tuple[Hit, ...]]


def fold(hits: Sequence[Hit], copies: Copies, k: int) -> Folded:
    """Return at most k of the hits, no two of one copy, and the near-copies of each. hits: best first, about 2 k."""
    kept = _Kept(copies)
    folded: dict[str, list[Hit]] = {}
    for hit in hits:
        original = kept.original(hit.passage)
        if original is not None:
            folded.setdefault(original.passage_id, []).append(hit)
        elif len(kept.hits) < k:
            kept.add(hit)
    ranked = tuple(replace(hit, rank=rank) for rank, hit in enumerate(kept.hits, start=1))
    return Folded(ranked, {name: tuple(under) for name, under in folded.items()})


class _Kept:
    """The hits kept so far, and where each run of words stands in them."""

    def __init__(self, copies: Copies) -> None:
        self.hits: list[Hit] = []
        self._copies = copies
        self._holders: dict[tuple[str, ...], list[int]] = {}

    def add(self, hit: Hit) -> None:
        """Keep a hit."""
        for run in runs(hit.passage.text):
            self._holders.setdefault(run, []).append(len(self.hits))
        self.hits.append(hit)

    def original(self, passage: Passage) -> Passage | None:
        """Return the kept passage that has most of what a passage copies, where it is a near-copy; else None."""
        prose = runs(passage.text)
        shared = Counter(place for run in prose if run in self._holders for place in self._holders[run])
        by_article: Counter[str] = Counter()
        for place, count in shared.items():
            by_article[self.hits[place].passage.source.article_id] += count
        for article, count in sorted(by_article.items(), key=lambda pair: (-pair[1], pair[0])):
            known = self._copies.shared(article, passage.source.article_id) is not None
            if count < max(FEWEST, (KNOWN if known else MOST) * len(prose)):
                continue
            theirs = [p for p in sorted(shared) if self.hits[p].passage.source.article_id == article]
            if not adds(passage.text, [self.hits[place].passage.text for place in theirs]):
                return self.hits[max(theirs, key=lambda place: shared[place])].passage
        return None


def cite_copies(
    citations: Sequence[Citation], folded: Folded, answer: str, beside: Iterable[Citation] = ()
) -> tuple[Citation, ...]:
    """Return the citations and, numbered on, one for each further article whose copy was set aside and says the same.

    answer: the text of the answer; where it is a whole sentence (yes or no was asked), nearly all its words must be
    there, else it must stand, verbatim, in a sentence with most words of the quote. beside: what else is cited, whose
    numbers are taken.
    """
    found = list(citations)
    cited = {citation.source.article_id for citation in citations}
    number = max((citation.number for citation in (*citations, *beside)), default=0)
    for citation in citations:
        for copy in _set_aside(citation, folded):
            if copy.source.article_id in cited:
                continue
            place = _place(copy.text, citation.quote, answer)
            if place is None:
                continue
            number += 1
            cited.add(copy.source.article_id)
            start, end = place
            found.append(Citation(number, copy.source, copy.text[start:end], copy.start + start, copy.start + end))
    return tuple(found)


def _set_aside(citation: Citation, folded: Folded) -> Iterable[Passage]:
    """Yield what was set aside under any kept passage of the citation's article: copies are cut at other places."""
    for hit in folded.kept:
        if hit.passage.source.article_id == citation.source.article_id:
            for copy in folded.folded.get(hit.passage.passage_id, ()):
                yield copy.passage


def _place(text: str, quote: str, answer: str) -> tuple[int, int] | None:
    """Return the sentence that says best what a quote says; None where no sentence does."""
    wanted = set(terms(quote))
    whole = answer_key(answer) == answer_key(quote)
    best: tuple[float, int, int] | None = None
    for start, end in sentence_spans(text):
        sentence = text[start:end]
        words = set(terms(sentence))
        share = len(words & wanted) / max(1, len(words | wanted) if whole else len(wanted))
        enough = share >= NEARLY if whole else share > SAME_WORDS and says(sentence, (answer,))
        if enough and (best is None or share > best[0]):
            best = share, start, end
    return best[1:] if best else None
