"""What is kept of a question that was asked, with hand-made readings."""

from __future__ import annotations

from collections.abc import Sequence

from rag.assistant import Assistant
from rag.eval.harness import ask_all, ceiling, unforced
from rag.eval.questions import QuestionRow
from rag.reading.rule import Rule
from rag.types import Hit, Query, Reading, Span
from tests.conftest import make_passage

TEXTS = ("Ada came first.", "Bo came second.", "Cy came third.", "Di came fourth.")
PASSAGES = [make_passage(text, name) for name, text in zip("abcd", TEXTS, strict=True)]
RULE = Rule(threshold=0.5)  # confidence is the margin's logistic: 0.5 is a margin of 0


def hits(names: str) -> list[Hit]:
    return [Hit(PASSAGES["abcd".index(name)], 1 / rank, rank, "toy") for rank, name in enumerate(names, start=1)]


def reading(*margins: float) -> Reading:
    """The first two letters of each passage, at these margins."""
    found = hits("abcd"[: len(margins)])
    spans = [Span(hit, 0, 2, margin - 1.0, -1.0) for hit, margin in zip(found, margins, strict=True)]
    return Reading("Who came?", tuple(found), tuple(sorted(spans, key=lambda span: -span.margin)), -1.0)


def test_an_answer_that_is_given_is_what_it_would_be_unforced() -> None:
    found = unforced(reading(2.0, 1.0, -1.0), RULE)
    assert (found.text, [other.text for other in found.alternatives]) == ("Ad", ["Bo"])  # Cy is below the threshold


def test_an_answer_that_is_withheld_is_told_alone() -> None:
    """Without a threshold at all Bo and Cy would be listed beside it, which the real answer never does."""
    found = unforced(reading(-1.0, -2.0, -3.0), RULE)
    assert (found.abstained, found.text, found.alternatives) == (False, "Ad", ())
    assert unforced(reading(), RULE).abstained  # there is nothing to tell


class Toy:
    """A retriever whose order depends on how deep it looks, as a fusion's may, and a reader of first words."""

    def __init__(self, margin: float = 1.0) -> None:
        self.margin = margin
        self.asked: list[int] = []

    def retrieve(self, query: Query, k: int) -> list[Hit]:
        self.asked.append(k)
        return hits("bacd" if k > 4 else "ab")[:k]

    def read(self, question: str, hits: Sequence[Hit]) -> Reading:
        spans = tuple(Span(hit, 0, 2, self.margin - rank, 0.0) for rank, hit in enumerate(hits))
        return Reading(question, tuple(hits), spans, 0.0)


def test_what_was_read_comes_first_then_what_lies_deeper() -> None:
    toy = Toy()
    (trace,) = ask_all([QuestionRow("1", "Who came?", "who")], Assistant(toy, toy, RULE, passages=2), depth=5)
    assert [hit.passage.source.article_id for hit in trace.retrieved] == ["a", "b", "c", "d"]
    assert toy.asked == [4, 5]  # twice as many as are read, for some may be near-copies
    toy.asked.clear()
    (trace,) = ask_all([QuestionRow("1", "Who came?", "who")], Assistant(toy, toy, RULE, passages=2), depth=2)
    assert [hit.passage.source.article_id for hit in trace.retrieved] == ["a", "b"]
    assert toy.asked == [4]  # deep enough as read: not searched again


def test_a_ceiling_lists_no_more_than_an_answer() -> None:
    row = QuestionRow("1", "Who came?", "who", ("Ada",))
    doubting = Toy(margin=-1.0)
    found = ceiling(row, PASSAGES[:3], Assistant(doubting, doubting, RULE), doubting, RULE)
    assert found.reading is not None
    assert (found.reading.text, found.reading.alternatives) == ("Ad", ())
    sure = Toy(margin=1.5)  # 1.5, 0.5, -0.5
    found = ceiling(row, PASSAGES[:3], Assistant(sure, sure, RULE), sure, RULE)
    assert found.reading is not None
    assert [other.text for other in found.reading.alternatives] == ["Bo"]
    assert ceiling(row, [], Assistant(sure, sure, RULE), sure, RULE).reading is None
