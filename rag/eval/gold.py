"""Where the evidence of a question stands, and which passages and citations hold it. Pure.

Labels are quotes in articles, never passage ids, so cutting articles otherwise voids none. What this module does not
know: how good a ranking or an answer is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rag.eval.questions import QuestionRow
from rag.types import Answer, Citation, Passage

HELD = 0.5  # share of a quote's characters that a passage must hold to be relevant


@dataclass(frozen=True, slots=True)
class Place:
    """One piece of evidence: half-open characters of an article; the whole article where no quote was given."""

    article_id: str
    start: int
    end: int
    quoted: bool


def gold_places(row: QuestionRow, texts: Mapping[str, str]) -> tuple[Place, ...]:
    """Return the places of a row's evidence; a quote that stands twice has both, one of an unknown article none."""
    places = []
    for each in row.evidence:
        text = texts.get(each.article_id)
        if text is None:
            continue
        if each.quote is None:
            places.append(Place(each.article_id, 0, len(text), quoted=False))
            continue
        start = text.find(each.quote)
        while start >= 0:
            places.append(Place(each.article_id, start, start + len(each.quote), quoted=True))
            start = text.find(each.quote, start + 1)
    return tuple(dict.fromkeys(places))


def holds(passage: Passage, place: Place) -> bool:
    """Whether a passage holds at least half of the place; any of the article does where no quote was given."""
    if passage.source.article_id != place.article_id:
        return False
    return not place.quoted or _shared(passage.start, passage.end, place) >= HELD * (place.end - place.start)


def relevant(passage: Passage, places: Sequence[Place]) -> bool:
    """Whether a passage holds any of the places."""
    return any(holds(passage, place) for place in places)


def held(places: Sequence[Place], passages: Mapping[str, Sequence[Passage]]) -> list[Passage]:
    """Return every passage that holds evidence. passages: of each article, by its id."""
    articles = dict.fromkeys(place.article_id for place in places)
    return [passage for name in articles for passage in passages.get(name, ()) if relevant(passage, places)]


def touches(citation: Citation, places: Sequence[Place]) -> bool:
    """Whether a citation's quote shares a character with any of the places."""
    article = citation.source.article_id
    return any(article == place.article_id and _shared(citation.start, citation.end, place) > 0 for place in places)


def citation_precision(answer: Answer, places: Sequence[Place]) -> float:
    """Return the share of an answer's citations that touch evidence, nan without citations or evidence."""
    if not places:
        return float("nan")
    found = [touches(citation, places) for citation in answer.citations]
    return sum(found) / len(found) if found else float("nan")


def citation_recall(answer: Answer, places: Sequence[Place]) -> float:
    """Return the share of the articles with evidence that are cited where it stands, nan where there are none."""
    articles = {place.article_id for place in places}
    cited = {c.source.article_id for c in answer.citations if touches(c, places)}
    return len(cited & articles) / len(articles) if articles else float("nan")


def _shared(start: int, end: int, place: Place) -> int:
    return max(0, min(end, place.end) - max(start, place.start))
