"""Deliberately broken parts behind the real command, with the real models, over the sample newsroom: each is caught."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from rag import wiring
from rag.answering import Known, settle
from rag.assistant import Assistant
from rag.config import Config
from rag.copies import Folded
from rag.embedding import SentenceEmbedder
from rag.eval import run
from rag.eval.__main__ import main
from rag.protocols import Reader, Retriever
from rag.reading.rule import Rule
from rag.text import sentence_at
from rag.types import Answer, Citation, Hit, Query, Reading, Span
from rag.wiring import make_index
from tests.commands import ROOT

# Few passages, and never silent: each answer has citations to judge.
SETTINGS = "reading: {passages: 3}\ndeciding: {threshold: 0.0}\n"
PLAIN = {"who", "where", "when", "how_many"}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, embedder: SentenceEmbedder) -> Path:
    """14 plain questions, the articles of the sample newsroom that answer them, and the baseline of an unbroken run."""
    folder = tmp_path_factory.mktemp("gate")
    tune = set((ROOT / "eval" / "tune.txt").read_text("utf-8").split())
    lines = (ROOT / "eval" / "questions.jsonl").read_text("utf-8").splitlines()
    rows = [row for row in map(json.loads, lines) if row["id"] in tune and row["type"] in PLAIN]
    (folder / "q.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    (folder / "config.yaml").write_text(SETTINGS)
    named = {each["article_id"] for row in rows for each in row["evidence"]}
    (folder / "news").mkdir()
    for path in (ROOT / "eval" / "articles").iterdir():
        if path.stem in named:
            (folder / "news" / path.name).write_bytes(path.read_bytes())
    make_index(Config(), articles=[folder / "news"], index=folder / "index", embedder=embedder)
    assert gate(folder, "--baseline", folder / "base.json") == 0
    return folder


def gate(desk: Path, *arguments: str | Path) -> int:
    named = ["--questions", desk / "q.jsonl", "--config", desk / "config.yaml", "--index", desk / "index", *arguments]
    return main([str(one) for one in named])


def figures(path: Path) -> dict[str, float]:
    told = json.loads(path.read_text("utf-8"))["splits"]["all"]["figures"]
    return {name: one["value"] for name, one in told.items()}


class WrongSpans:
    """A reader that prefers the first three characters of the passage to what it found there."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader

    def read(self, question: str, hits: Sequence[Hit]) -> Reading:
        reading = self.reader.read(question, hits)
        return replace(reading, spans=tuple(map(self.moved, reading.spans)))

    @staticmethod
    def moved(span: Span) -> Span:
        start = span.hit.passage.start
        return replace(span, start=start, end=start + 3)


class Unrelated:
    """A retriever that returns what fits least, the worst first."""

    def __init__(self, retriever: Retriever) -> None:
        self.retriever = retriever

    def retrieve(self, query: Query, k: int) -> list[Hit]:
        worst = self.retriever.retrieve(query, 10_000)[::-1]
        return [replace(hit, rank=rank) for rank, hit in enumerate(worst[:k], start=1)]


class Shuffled:
    """An assistant that answers each question with the answer to the next one."""

    def __init__(self, assistant: Assistant, questions: Sequence[str]) -> None:
        self.assistant = assistant
        self.next = dict(zip(questions, [*questions[1:], questions[0]], strict=True))

    def examine(self, question: str) -> tuple[Answer, Reading]:
        return self.assistant.examine(self.next[question])

    def insist(self, reading: Reading) -> Answer:
        return self.assistant.insist(reading)

    def retrieve(self, question: str, k: int) -> list[Hit]:
        return self.assistant.retrieve(question, k)


def citing(change: Callable[[Reading, Citation], Citation]) -> Callable[..., Answer]:
    """Return a decider that alters its citations."""

    def decided(reading: Reading, rule: Rule, known: Known, folded: Folded, *, insist: bool = False) -> Answer:
        answer = settle(reading, rule, known, folded, insist=insist)
        return replace(answer, citations=tuple(change(reading, citation) for citation in answer.citations))

    return decided


def another_sentence(reading: Reading, citation: Citation) -> Citation:
    """Cite the first sentence of the last passage: verbatim, but of something else."""
    passage = reading.hits[-1].passage
    start, end = sentence_at(passage.text, 0, 1)
    quote = passage.text[start:end]
    return replace(citation, source=passage.source, quote=quote, start=passage.start, end=passage.start + end)


def in_other_words(reading: Reading, citation: Citation) -> Citation:
    """Leave a full stop out of the quotes for one question."""
    return replace(citation, quote=citation.quote[:-1]) if "harbour master" in reading.question else citation


def test_the_baseline_is_small_and_lets_an_unbroken_run_through(
    desk: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert gate(desk, "--gate", desk / "base.json", "--json", tmp_path / "run.json") == 0
    assert "Gate closed" not in capsys.readouterr().out
    assert figures(tmp_path / "run.json")["answered_rightly"] > 0.6  # there is something to lose
    assert (desk / "base.json").stat().st_size < 1000 * 14
    assert main(["compare", str(desk / "base.json"), str(tmp_path / "run.json")]) == 0
    assert "0 questions turned (all)" in capsys.readouterr().out


def broken_reader(patch: pytest.MonkeyPatch) -> None:
    made = wiring.make_reader

    def make_reader(settings: Config) -> tuple[Any, Rule]:
        reader, rule = made(settings)
        return WrongSpans(reader), rule

    patch.setattr(wiring, "make_reader", make_reader)


def broken_retriever(patch: pytest.MonkeyPatch) -> None:
    made = wiring.make_retriever
    patch.setattr(wiring, "make_retriever", lambda settings, parts: Unrelated(made(settings, parts)))


def broken_citations(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("rag.assistant.settle", citing(another_sentence))


def broken_quotes(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("rag.assistant.settle", citing(in_other_words))


def shuffled_answers(patch: pytest.MonkeyPatch) -> None:
    made = run.make_assistant
    lines = (ROOT / "eval" / "questions.jsonl").read_text("utf-8").splitlines()
    rows = [row for row in map(json.loads, lines) if row["type"] in PLAIN]
    questions = [row["question"] for row in rows]
    patch.setattr(run, "make_assistant", lambda settings, parts: Shuffled(made(settings, parts), questions))


@pytest.mark.parametrize(
    ("broken", "objection", "kept"),
    [
        (broken_reader, "answer accuracy went from", "passage hit@5"),
        (broken_retriever, "passage hit@5 went from", "verbatim"),
        (broken_citations, "citations that touch evidence went from", "answer accuracy"),
        (broken_quotes, "quotes are not verbatim in answers to q001; every quote must be.", "went from"),
        (shuffled_answers, "answer accuracy went from", "passage hit@5"),
    ],
    ids=["reader", "retriever", "citations", "quotes", "shuffled"],
)
def test_a_broken_part_is_caught(
    desk: Path,
    tmp_path: Path,
    broken: Callable[[pytest.MonkeyPatch], None],
    objection: str,
    kept: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """objection: what the gate says. kept: what the broken part does not touch, so the gate does not object to it."""
    broken(monkeypatch)
    assert gate(desk, "--gate", desk / "base.json", "--json", tmp_path / "run.json") == 3
    closed = " ".join(capsys.readouterr().out.partition("Gate closed: ")[2].split())
    assert objection in closed
    assert kept not in closed
    if broken in (broken_reader, shuffled_answers):
        assert figures(tmp_path / "run.json")["answered_rightly"] <= 0.1
