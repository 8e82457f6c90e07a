"""Whether the quotes of a saved answer still hold: byte for byte in the indexed article, and its file unchanged since.

What this module does not know: where an answer was saved, and how a finding is shown.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from rag.beside import as_of
from rag.store import Snapshot
from rag.types import Alternative, Answer, Citation, Value
from rag.wording import name_all

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
    found = [
        Finding(citation, _fault(citation, snapshot, numbers.get(citation.source.article_id), raw) or misquoted)
        for citation, misquoted in _citations(answer)
    ]
    if answer.speaker and found and not found[0].fault:
        text = snapshot.article(numbers[found[0].citation.source.article_id]).text
        if answer.speaker not in text:
            found[0] = replace(found[0], fault=f"its article names no {answer.speaker[:SHOWN]!r}, who is said to speak")
    return found


def _citations(answer: Answer) -> Iterator[tuple[Citation, str]]:
    """Yield every citation, and what is wrong between it and the words that are said to stand on it."""
    dated = answer.citations and answer.as_of not in (None, as_of(answer.citations))
    for place, citation in enumerate(answer.citations):
        amiss = _misquoted(answer, citation, listed=answer.items) if place == 0 else ""
        words = [date.words for date in answer.dates if date.number == citation.number]
        amiss = amiss or next((_not_there(each) for each in words if each not in citation.quote), "")
        yield citation, amiss or (f"{answer.as_of} is not the day of its newest article" if dated else "")
    for other in answer.alternatives:
        for place, citation in enumerate(other.citations):
            yield citation, _misquoted(other, citation) if place == 0 else ""
    cited = {replace(one, number=0) for one in answer.citations}
    for value in (*answer.items, *(answer.agreement.values if answer.agreement else ())):
        for place, citation in enumerate(value.citations):
            stands = place > 0 or value.text in citation.quote
            if not stands or replace(citation, number=0) not in cited:
                yield citation, "" if stands else _not_there(value.text)


def _misquoted(said: Answer | Alternative, first: Citation, listed: Sequence[Value] = ()) -> str:
    """Return what is wrong between an answer and its first citation; listed: the items that the answer names."""
    if said.sentence != first.quote:
        return "the sentence shown is another than the one quoted"
    if isinstance(said, Answer) and said.abstained:
        return ""
    if listed:
        named = name_all([item.text for item in listed])
        return "" if said.text == named else f"the answer {said.text[:SHOWN]!r} is not the list of its items"
    return "" if said.text in said.sentence else f"the answer {_not_there(said.text)}"


def _not_there(words: str) -> str:
    return f"{words[:SHOWN]!r} does not stand in its sentence"


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
