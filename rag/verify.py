"""Whether the quotes of a saved answer still hold: byte for byte in the indexed article, and its file unchanged since.

What this module does not know: where an answer was saved, and how a finding is shown.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from rag.store import Snapshot
from rag.types import Alternative, Answer, Citation

SHOWN = 80  # characters of what stands in the place of a quote


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found of one citation. fault: why it does not hold; "" when it does."""

    citation: Citation
    fault: str

    def sentence(self) -> str:
        """Return the finding in words."""
        place = f"{self.citation.source.article_id}, characters {self.citation.start} to {self.citation.end}"
        return f"“{self.citation.quote[:SHOWN]}” ({place}): {self.fault or 'it holds'}."

    def to_json(self) -> dict[str, object]:
        """Return the finding as plain data."""
        cited = self.citation
        return {"article_id": cited.source.article_id, "start": cited.start, "end": cited.end, "fault": self.fault}


def verify(answer: Answer, snapshot: Snapshot, raw: Collection[str]) -> list[Finding]:
    """Return a finding for every citation of an answer, its alternatives, its items and its table, in their order.

    raw: digests of the articles as they lie in their folders now, see `rag.articles.scan`.
    """
    numbers = {source.article_id: number for number, source in enumerate(snapshot.sources)}
    return [
        Finding(citation, misquoted or _fault(citation, snapshot, numbers.get(citation.source.article_id), raw))
        for citation, misquoted in _citations(answer)
    ]


def _citations(answer: Answer) -> Iterator[tuple[Citation, str]]:
    """Yield every citation, and what is wrong between it and the words that are said to stand on it."""
    sayings: list[Answer | Alternative] = [answer, *answer.alternatives]
    for said in sayings:
        listed = isinstance(said, Answer) and bool(said.items)
        silent = isinstance(said, Answer) and said.abstained
        for place, citation in enumerate(said.citations):
            misquoted = ""
            if place == 0 and said.sentence != citation.quote:
                misquoted = "the sentence shown is another than the one quoted"
            elif place == 0 and not silent and not listed and said.text not in said.sentence:
                misquoted = f"the answer {said.text[:SHOWN]!r} does not stand in its sentence"
            yield citation, misquoted
    cited = {replace(one, number=0) for one in answer.citations}
    for value in (*answer.items, *(answer.agreement.values if answer.agreement else ())):
        for place, citation in enumerate(value.citations):
            stands = place > 0 or value.text in citation.quote
            if not stands or replace(citation, number=0) not in cited:
                yield citation, "" if stands else f"{value.text[:SHOWN]!r} does not stand in its sentence"


def _fault(citation: Citation, snapshot: Snapshot, number: int | None, raw: Collection[str]) -> str:
    if number is None:
        return "no article of that id is in the index"
    text = snapshot.article(number).text
    if not 0 <= citation.start < citation.end <= len(text):
        return "the article has no such place"
    stands = text[citation.start : citation.end]
    if stands != citation.quote:
        return f"there stands {stands[:SHOWN]!r}"
    if snapshot.digest(number) not in raw:
        return "the words stand in the index, but the file has changed or gone since it was read"
    return ""
