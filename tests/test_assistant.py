from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

import rag
from rag.assistant import Assistant
from rag.errors import QuestionError
from rag.reading.rule import Rule
from rag.store import Snapshot
from rag.types import Hit, Query, Reading
from tests.newsroom import write_newsroom


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("newsroom")
    rag.build_index(articles=write_newsroom(folder / "news"), index=folder / "index")
    return folder / "index"


@pytest.fixture(scope="module")
def assistant(index: Path) -> Assistant:
    return Assistant.open(index=index)


def texts_of(index: Path) -> dict[str, str]:
    snapshot = Snapshot.open(index)
    return {source.article_id: snapshot.article(i).text for i, source in enumerate(snapshot.sources)}


def test_an_answer_cites_every_source_verbatim(assistant: Assistant, index: Path) -> None:
    answer = assistant.answer("How many cracks did engineers find?")
    assert answer.text == "17"
    assert not answer.abstained
    assert {c.source.article_id for c in answer.citations} == {"bridge", "bridge-again"}
    texts = texts_of(index)
    for citation in answer.citations:
        assert texts[citation.source.article_id][citation.start : citation.end] == citation.quote
        assert answer.text in citation.quote
    assert answer.sentence == answer.citations[0].quote


def test_what_the_articles_do_not_say_is_not_answered(assistant: Assistant, index: Path) -> None:
    answer = assistant.answer("What is the capital of Australia?")
    assert answer.abstained
    assert answer.text == "The articles do not say."
    assert answer.reason
    texts = texts_of(index)
    for closest in answer.citations:
        assert texts[closest.source.article_id][closest.start : closest.end] == closest.quote


def test_json_has_the_contracts_keys(assistant: Assistant) -> None:
    answer = json.loads(json.dumps(assistant.answer("Who won the national bread prize?").to_json()))
    assert set(answer) == {
        "question", "text", "abstained", "reason", "confidence", "sentence", "citations", "alternatives", "seconds",
        "sources", "silence", "agreement", "items", "as_of", "dates", "speaker",  # beyond the contract
    }  # fmt: skip
    assert all(set(one) == {"citations", "tie", "agency"} for one in answer["sources"])
    assert set(answer["citations"][0]) == {
        "number", "article_id", "title", "publisher", "published", "path_or_url", "quote", "start", "end",
    }  # fmt: skip
    assert 0 <= answer["confidence"] <= 1
    assert answer["seconds"]["total"] >= answer["seconds"]["read"] > 0


def test_filters_rule_articles_out(assistant: Assistant) -> None:
    question = "How many cracks did engineers find?"
    only = assistant.answer(question, publishers=["the marlow courier"])
    assert {c.source.article_id for c in only.citations} == {"bridge-again"}
    early = assistant.answer(question, published_to="2025-03-04")
    assert {c.source.article_id for c in early.citations} == {"bridge"}
    none = assistant.answer(question, published_from="2031-01-01")
    assert (none.abstained, none.citations, none.sentence) == (True, (), "")


def listening() -> tuple[Assistant, list[str], list[str]]:
    """Return an assistant that finds nothing, what it was asked to search for, and what to read for."""
    searched: list[str] = []
    read: list[str] = []

    class FakeRetriever:
        def retrieve(self, query: Query, k: int) -> list[Hit]:
            searched.append(query.text)
            return []

    class FakeReader:
        def read(self, question: str, hits: Sequence[Hit]) -> Reading:
            read.append(question)
            return Reading(question, (), (), float("inf"))

    return Assistant(FakeRetriever(), FakeReader(), Rule()), searched, read


def test_history_is_searched_with_but_the_question_is_read_as_it_stands() -> None:
    assistant, searched, read = listening()
    told = assistant.answer("How many?", history=[("Who cracked?", "The piers")])
    assert searched == ["Who cracked? The piers How many?"]
    assert (read, told.question) == (["How many?"], "How many?")


def test_a_comparison_is_searched_and_read_by_its_topic_after_what_was_said_before() -> None:
    assistant, searched, read = listening()
    asked = "How do the reports differ on its cost?"
    told = assistant.answer(asked, history=[("Who built the bridge?", "Ada Moor")])
    assert searched == ["Who built the bridge? Ada Moor What is its cost?"]
    assert (read, told.question) == (["What is its cost?"], asked)
    assistant.answer("How do the reports differ on the cost of the bridge?")
    assert searched[1:] == ["What is the cost of the bridge?"]


def test_a_follow_up_is_not_answered_with_the_answer_before(assistant: Assistant) -> None:
    before = assistant.answer("Who won the national bread prize?")
    follow_up = assistant.answer("How many cracks were there?", history=[("Who won the prize?", before.text)])
    assert follow_up.text != before.text
    assert follow_up.abstained or "17" in follow_up.text


@pytest.mark.parametrize("question", ["", "  \n\t ", "???", "\x00\x07", "​‮"])
def test_a_blank_question_is_refused_in_one_sentence(assistant: Assistant, question: str) -> None:
    with pytest.raises(QuestionError, match="blank"):
        assistant.answer(question)


def test_an_overlong_question_is_refused(assistant: Assistant) -> None:
    with pytest.raises(QuestionError, match="20,000 characters, at most 1,000"):
        assistant.answer("why " * 5000)


@pytest.mark.parametrize(
    "question",
    [
        "What is the and of it?",
        "'; DROP TABLE articles; --",
        "<script>alert(1)</script><b>who?</b>",
        "Wie viele Risse fanden die Ingenieure?",
        "橋はいつ閉鎖されましたか",
        "who\x00won\x1b[31m the prize",
        "x" * 1000,
        "🥖🥖🥖 who",
    ],
)
def test_odd_questions_get_an_ordinary_answer(assistant: Assistant, index: Path, question: str) -> None:
    answer = assistant.answer(question)
    texts = texts_of(index)
    for citation in answer.citations:
        assert texts[citation.source.article_id][citation.start : citation.end] == citation.quote


def test_a_date_that_is_none_is_refused(assistant: Assistant) -> None:
    with pytest.raises(QuestionError, match="write it as"):
        assistant.answer("Who won?", published_from="yesterday")


def test_a_publisher_that_is_not_there_names_the_nearest(assistant: Assistant) -> None:
    with pytest.raises(QuestionError, match="did you mean 'The Marlow Herald'"):
        assistant.answer("Who won?", publishers="The Marlow Herold")
    with pytest.raises(QuestionError, match="swap the two"):
        assistant.answer("Who won?", published_from="2025-03-05", published_to="2025-03-04")


def test_a_batch_is_in_order_and_asking_twice_gives_the_same(assistant: Assistant) -> None:
    questions = ["Who won the national bread prize?", "How many cracks did engineers find?"]
    first, second = assistant.answer_batch(questions), assistant.answer_batch(questions)
    assert [answer.question for answer in first] == questions
    assert [(a.text, a.confidence, a.citations) for a in first] == [(a.text, a.confidence, a.citations) for a in second]


def test_retrieve_ranks_the_passage_that_answers_first(assistant: Assistant) -> None:
    hits = assistant.retrieve("Who won the national bread prize?", k=2)
    assert [hit.rank for hit in hits] == [1, 2]
    assert hits[0].score >= hits[1].score
    assert hits[0].passage.source.article_id == "baker"


def test_asking_changes_no_file(assistant: Assistant, index: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in index.rglob("*")}
    assistant.answer("Who won the national bread prize?")
    assert {path: path.stat().st_mtime_ns for path in index.rglob("*")} == before


def test_the_package_answers_from_an_index(index: Path) -> None:
    assert str(rag.answer("How many cracks did engineers find?", index=index)) == "17"


def test_steps_know_more_and_more_and_end_with_what_answer_says(assistant) -> None:
    steps = list(assistant.steps("How many cracks did engineers find?"))
    assert [[s.hits is not None, s.reading is not None, s.answer is not None] for s in steps] == [
        [False, False, False],
        [True, False, False],
        [True, True, False],
        [True, True, True],
    ]
    last = steps[-1]
    assert last.answer.text == assistant.answer("How many cracks did engineers find?").text == "17"
    assert set(last.answer.seconds) == {"retrieve", "read", "decide", "total"}
    assert assistant.rate(last.reading)[0].best.text == "17"


def test_a_hit_remembers_which_searches_found_it(assistant) -> None:
    for hit in assistant.retrieve("How many cracks did engineers find?", k=3):
        assert {one.scorer for one in hit.made_of} <= {"dense", "lexical"}
        assert all(one.passage == hit.passage for one in hit.made_of)
        assert hit.made_of


def test_a_newer_build_is_asked_from_the_next_question_on(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    news, index = write_newsroom(tmp_path / "news"), tmp_path / "index"
    question = "How many cracks did engineers find?"
    rag.build_index(articles=news, index=index)
    assistant = Assistant.open(index=index)
    assert assistant.answer(question).text == "17"
    for name in ("bridge.md", "bridge-again.md"):
        (news / name).write_text((news / name).read_text("utf-8").replace("found 17", "found 23"), "utf-8")
    (news / "bridge.md").write_text(
        (news / "bridge.md").read_text("utf-8").replace("Marlow Herald", "Tarn Echo"), "utf-8"
    )
    rag.build_index(articles=news, index=index)
    assert assistant.answer(question, publishers=["The Tarn Echo"]).text == "23"
    with pytest.raises(QuestionError, match="did you mean"):
        assistant.answer(question, publishers=["The Marlow Herald"])
    (index / "current.json").write_text("{}")
    assert assistant.answer(question).text == "23"  # what cannot be opened leaves what is open
    assert "cannot be opened" in caplog.text
    (index / "current.json").unlink()
    assert assistant.answer(question).text == "23"


def test_a_question_asked_again_is_neither_searched_nor_read_again() -> None:
    done: list[str] = []

    class Told:
        def retrieve(self, query: Query, k: int) -> list[Hit]:
            done.append(f"search {query.text}")
            return []

        def read(self, question: str, hits: Sequence[Hit]) -> Reading:
            done.append(f"read {question}")
            return Reading(question, (), (), float("inf"))

    told = Assistant(Told(), Told(), Rule(), remembered=2)
    first, again = told.answer("Who?"), told.answer("  Who? ")
    assert done == ["search Who?", "read Who?"]
    assert (first.text, first.question) == (again.text, again.question)
    told.answer("Who?", published_from="2025-01-01")
    assert done[2:] == ["search Who?"]  # other articles might be found; the same were
    told.answer("When?")
    told.answer("Where?")
    told.answer("Who?")
    assert done[-2:] == ["search Who?", "read Who?"]
    forgetful = Assistant(Told(), Told(), Rule())
    done.clear()
    forgetful.answer("Who?")
    forgetful.answer("Who?")
    assert len(done) == 4
