"""An answer's citations → the sources of it that are independent of each other. Pure.

Not independent are two articles of one house, and two that carry the same copy there: where much of the prose around
the quote stands in the other's passage, or where the articles are known to share copy and both sentences say it in much
the same words.
What this module does not know: how the answer was found.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import combinations

from rag.copies.credit import agreed
from rag.copies.shingles import runs
from rag.text import paragraph_spans, terms
from rag.types import Citation, Hit, IndependentSource, SharedCopy, Tie

CARRIED = 0.4  # share of a paragraph's prose in the other's passage, the shorter of both, from which it is one copy
FEWEST = 10  # runs of words that both have, twelve words in a row; fewer tell nothing
SAME_WORDS = 0.4  # share of both sentences' words that is in both, stop words left out


class Copies:
    """Which articles carry the same copy, by article_id."""

    def __init__(self, copies: Sequence[SharedCopy] = ()) -> None:
        self._of: Mapping[str, SharedCopy] = {name: copy for copy in copies for name in copy.article_ids}

    def shared(self, one: str, other: str) -> SharedCopy | None:
        """Return the copy that both articles carry."""
        found = self._of.get(one)
        return found if found is not None and found is self._of.get(other) else None


def independent(citations: Sequence[Citation], hits: Sequence[Hit], copies: Copies) -> tuple[IndependentSource, ...]:
    """Return the citations by independent source, in order of the first of each. hits: what they were taken from."""
    places = [_Place.of(citation, hits) for citation in citations]
    numbers = range(len(places))
    copied = {pair for pair in combinations(numbers, 2) if same_copy(places[pair[0]], places[pair[1]], copies)}
    housed = {pair for pair in combinations(numbers, 2) if _same_house(places[pair[0]], places[pair[1]])}
    by_copy, by_house = _joined(numbers, copied), _joined(numbers, housed)
    found = []
    for source in _joined(numbers, copied | housed):
        tie = Tie.HOUSE if source in by_house else Tie.COPY if source in by_copy else Tie.MIXED
        ids = [(places[a].article_id, places[b].article_id) for a, b in sorted(copied) if a in source]
        found.append(_source([places[i].citation.number for i in source], tie, ids, copies))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Place:
    """A citation, the paragraph that it stands in, and the passage that it was taken from."""

    citation: Citation
    paragraph: str
    passage: str

    @property
    def article_id(self) -> str:
        return self.citation.source.article_id

    @classmethod
    def of(cls, citation: Citation, hits: Sequence[Hit]) -> _Place:
        for hit in hits:
            passage = hit.passage
            if (
                passage.source.article_id == citation.source.article_id
                and passage.start <= citation.start
                and citation.end <= passage.end
            ):
                at = citation.start - passage.start
                spans = [span for span in paragraph_spans(passage.text) if span[0] <= at < span[1]]
                paragraph = passage.text[slice(*spans[0])] if spans else citation.quote
                return cls(citation, paragraph, passage.text)
        return cls(citation, citation.quote, citation.quote)


def same_copy(one: _Place, other: _Place, copies: Copies) -> bool:
    """Whether two places carry one copy."""
    if _carried(one.paragraph, other.passage) or _carried(other.paragraph, one.passage):
        return True
    if copies.shared(one.citation.source.article_id, other.citation.source.article_id) is None:
        return False
    words, theirs = set(terms(one.citation.quote)), set(terms(other.citation.quote))
    return len(words & theirs) >= SAME_WORDS * max(1, len(words | theirs))


def _carried(paragraph: str, passage: str) -> bool:
    prose, others = runs(paragraph), runs(passage)
    return len(prose & others) >= max(FEWEST, CARRIED * min(len(prose), len(others)))


def _same_house(one: _Place, other: _Place) -> bool:
    mine, theirs = one.citation.source, other.citation.source
    same = mine.publisher is not None and theirs.publisher is not None
    return mine.article_id == theirs.article_id or (
        same and str(mine.publisher).casefold() == str(theirs.publisher).casefold()
    )


def _joined(numbers: Sequence[int], same: Set[tuple[int, int]]) -> list[tuple[int, ...]]:
    """Return the numbers in groups, each number with all that are the same as one of its group."""
    groups: list[list[int]] = []
    for number in numbers:
        homes = [group for group in groups if any((other, number) in same for other in group)]
        if not homes:
            groups.append([number])
            continue
        homes[0].append(number)
        for other in homes[1:]:  # it joins what was apart
            homes[0].extend(other)
            groups.remove(other)
    return [tuple(sorted(group)) for group in groups]


def _source(cited: Sequence[int], tie: Tie, copied: Sequence[tuple[str, str]], copies: Copies) -> IndependentSource:
    """Return one source. copied: which of its articles carry the same copy; their agency is named where they agree."""
    if len(cited) == 1:
        return IndependentSource(tuple(cited))
    known = [copies.shared(one, other) for one, other in copied]
    agency = agreed(copy.agency for copy in known if copy) if tie is Tie.COPY else None
    return IndependentSource(tuple(cited), tie, agency)
