"""What is left unread could not have changed the answer: with made-up readings, and with the packaged reader."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import rag
from rag.config import load_config
from rag.reading.decide import decide
from rag.reading.evidence import scaled
from rag.reading.rule import Rule, load_rule
from rag.reading.sparing import read_sparingly
from rag.types import Hit, Passage, Reading, Source, Span
from rag.wiring import make_assistant, open_parts
from tests.newsroom import write_newsroom

RULE = Rule(-4.7, {"margin": 0.37, "retrieval": 3.6, "polar": 1.4}, 0.62, ceiling=(8.6, 4.5))
WORDS = ("43", "43 migrants", "Marco Rubio", "Rubio", "North Korea", "Korea", "£40", "the old bridge", "nobody")


class Table:
    """A reader that finds in each passage what a table says: (words, margin), several a passage."""

    def __init__(self, found: dict[str, list[tuple[str, float]]]) -> None:
        self.found, self.asked = found, [""]

    def read(self, question: str, hits: Sequence[Hit]) -> Reading:
        spans = []
        for hit in hits:
            self.asked.append(hit.passage.passage_id)
            for words, margin in self.found[hit.passage.passage_id]:
                at = hit.passage.text.index(words)
                spans.append(Span(hit, at, at + len(words), margin, 0.0))
        return Reading(question, tuple(hits), tuple(sorted(spans, key=lambda span: span.order)), 0.0)


def hit(number: int, score: float, text: str) -> Hit:
    source = Source(f"a{number}", "", None, None, f"a{number}.txt")
    return Hit(Passage(f"a{number}#0", source, text, 0, len(text)), score, number + 1, "fused")


@st.composite
def asked(draw: st.DrawFn) -> tuple[Table, list[Hit]]:
    """Ten passages and what is read in them, no margin above the ceiling."""
    scores = sorted(draw(st.lists(st.floats(0, 1), min_size=1, max_size=10)), reverse=True)
    said = [draw(st.lists(st.sampled_from(WORDS), max_size=3, unique=True)) for _ in scores]
    hits = [hit(i, score, " . ".join(["It was told", *said[i]])) for i, score in enumerate(scores)]
    near = scaled(hits)
    found = {}
    for one, words in zip(hits, said, strict=True):
        name = one.passage.passage_id
        most = RULE.ceiling[0] + RULE.ceiling[1] * near[name] if RULE.ceiling else 0.0
        found[name] = [(each, draw(st.floats(-15, most) | st.floats(most - 2, most))) for each in words]
    return Table(found), hits


@given(asked(), st.sampled_from(["Who was it?", "Was it Rubio?"]))
def test_an_answer_is_the_same_as_if_all_were_read(given_: tuple[Table, list[Hit]], question: str) -> None:
    table, hits = given_
    spared = read_sparingly(table, RULE, question, question, hits)
    part, whole = decide(spared, RULE), decide(table.read(question, hits), RULE)
    assert (part.text, part.abstained) == (whole.text, whole.abstained)
    if not whole.abstained:
        assert part.confidence == whole.confidence
        assert {each.text for each in part.alternatives} == {each.text for each in whole.alternatives}
        assert part.sentence == whole.sentence
    assert spared.hits == tuple(hits)
    read = {span.hit.passage.passage_id for span in spared.spans}
    assert read.isdisjoint(one.passage.passage_id for one in spared.unread)


def test_who_cannot_win_is_not_read() -> None:
    hits = [hit(0, 1.0, "43 came"), hit(1, 0.3, "Rubio spoke"), hit(2, 0.2, "43 came"), hit(3, 0.0, "rain")]
    table = Table({"a0#0": [("43", 8.0)], "a1#0": [("Rubio", 9.0)], "a2#0": [("43", 5.0)], "a3#0": []})
    reading = read_sparingly(table, RULE, "How many?", "How many?", hits)
    assert table.asked[1:] == ["a0#0", "a2#0"]  # the second for it says the same: a further source
    assert [one.passage.passage_id for one in reading.unread] == ["a1#0", "a3#0"]
    assert len(decide(reading, RULE).citations) == 2


def test_a_yes_or_no_question_reads_on_for_the_rule_asks_less() -> None:
    hits = [hit(0, 1.0, "43 came"), hit(1, 0.3, "Rubio spoke"), hit(2, 0.0, "rain")]
    found: dict[str, list[tuple[str, float]]] = {"a0#0": [], "a1#0": [], "a2#0": []}
    plain, polar = Table(found), Table(found)
    read_sparingly(plain, RULE, "Who spoke?", "Who spoke?", hits)
    read_sparingly(polar, RULE, "Did Rubio speak?", "Who spoke?", hits)
    assert (len(plain.asked), len(polar.asked)) == (2, 3)


def test_without_a_ceiling_all_is_read() -> None:
    hits = [hit(0, 1.0, "43 came"), hit(1, 0.0, "rain")]
    table = Table({"a0#0": [("43", 8.0)], "a1#0": []})
    assert read_sparingly(table, replace(RULE, ceiling=None), "How many?", "How many?", hits).unread == ()
    assert read_sparingly(table, RULE, "How many?", "How many?", []).hits == ()


def test_the_packaged_reader_answers_as_if_it_read_all(tmp_path: Path) -> None:
    rag.build_index(articles=write_newsroom(tmp_path / "news"), index=tmp_path / "index")
    settings = load_config()
    settings = replace(settings, deciding=replace(settings.deciding, threshold=0.9))  # from where it leaves any unread
    parts = open_parts(settings, index=tmp_path / "index")
    sparing = make_assistant(settings, parts)
    every = replace(settings, reading=replace(settings.reading, every=True))
    whole = make_assistant(every, parts)
    spared = 0
    for question in ("How many cracks did engineers find?", "Who won the bread prize?", "Who is the pope?"):
        answer, reading = sparing.examine(question)
        other, all_read = whole.examine(question)
        assert all_read.unread == ()
        assert replace(answer, seconds={}) == replace(other, seconds={})
        spared += len(reading.unread)
    assert spared


@pytest.mark.parametrize("ceiling", ["[1]", "[1, NaN]", '"high"', "3"])
def test_a_ceiling_must_be_two_numbers(tmp_path: Path, ceiling: str) -> None:
    text = f'{{"bias": 0, "weights": {{"margin": 1}}, "threshold": 0.5, "ceiling": {ceiling}}}'
    (tmp_path / "decision.json").write_text(text, "utf-8")
    with pytest.raises(rag.RagError, match=r"cannot be used"):
        load_rule(tmp_path)
