"""What stands beside an answer."""

from __future__ import annotations

from rag.beside import as_of, resolved_dates, speaker
from rag.reading.decide import cite_span
from rag.types import Span
from tests.comparing.papers import paper


def sentence(text: str, found: str, day: str = "2025-05-14") -> Span:
    return paper("Herald", day, text, found)


def test_as_of_is_the_newest_day() -> None:
    spans = [sentence("It was 5.", "5", day) for day in ("2025-05-14", "2025-06-01T09:30", "")]
    cited = [cite_span(number, span) for number, span in enumerate(spans, start=1)]
    assert as_of(cited) == "2025-06-01"
    assert as_of(cited[2:]) is None


def test_relative_dates_of_the_quote_are_resolved_by_the_articles_day() -> None:
    span = sentence("It began on 12 May 2025. It was signed on Tuesday. It ends tomorrow.", "signed")
    [found] = resolved_dates([cite_span(1, span)], [span.hit])
    assert (found.number, found.words, found.first, found.last) == (1, "on Tuesday", "2025-05-13", "2025-05-13")
    assert found.words in cite_span(1, span).quote


def test_the_day_before_counts_from_what_stands_before_the_quote() -> None:
    span = sentence("The fair opened on 10 May 2025. Rain fell the day before.", "Rain")
    [found] = resolved_dates([cite_span(1, span)], [span.hit])
    assert found.first == "2025-05-09"


def test_a_claim_keeps_its_speaker() -> None:
    assert speaker(sentence("About 300 boats will come, said Hal Brack.", "300")) == "Hal Brack"
    assert speaker(sentence("About 300 boats came.", "300")) is None
    assert speaker(sentence("About 300 boats will come, said Hal Brack.", "Hal Brack")) is None  # he is the answer
    assert speaker(sentence("The sum is £46,500, since a brewery has added a pound.", "£46,500")) is None
