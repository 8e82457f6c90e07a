"""One thing changed at a time: which variations there are, by hand; and all of them over a real, small index."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from rag import wiring
from rag.config import Chunking, Config, ReadingConfig, Retrieval
from rag.embedding import SentenceEmbedder
from rag.errors import ConfigError
from rag.eval import ablation
from rag.eval.__main__ import main
from rag.eval.ablation import Outcome, Variation, _cut, _outcome, ablate, variations
from rag.eval.questions import Evidence, QuestionRow
from rag.eval.report import show_ablation
from rag.eval.statistics import Comparison, Interval
from rag.reading.extractive import ExtractiveReader
from rag.reading.rule import Rule
from rag.store import Snapshot
from rag.wiring import Parts
from tests.eval.test_figures import record
from tests.newsroom import write_newsroom

ROWS = [
    QuestionRow(
        "a",
        "How many cracks did engineers find?",
        "how_many",
        ("17",),
        evidence=(Evidence("bridge", "engineers found 17 cracks"),),
    ),
    QuestionRow("b", "What is the capital of Australia?", "unanswerable"),
]
LONG = " ".join(f"On day {n} the council of Marlow met and spoke of the bridge for {n + 1} hours." for n in range(40))


def test_one_thing_differs_at_a_time() -> None:
    settings = Config()
    found = variations(settings, "all", max_tokens=256)
    assert [(each.family, each.name) for each in found] == [
        ("mode", "bm25"),
        ("mode", "dense"),
        ("mode", "fused"),
        ("mode", "fused-rrf"),
        ("mode", "reranked"),
        ("size", "96 tokens"),
        ("size", "160 tokens"),
        ("size", "240 tokens (the embedder sees 206)"),  # 256 less 48 for the title and 2 special ones
        ("depth", "3 found"),
        ("depth", "5 found"),
        ("depth", "10 found"),
        ("depth", "20 found"),
        ("depth", "every one read"),
        *(("sense", f"without {name}") for name in ("compare", "doubt", "lists", "clauses", "sorts")),
        ("sense", "copies not set aside"),
    ]
    as_configured = [each.name for each in found if each.settings == settings]
    assert as_configured == ["fused", "160 tokens", "10 found"]
    by_name = {each.name: each.settings for each in found}
    assert by_name["bm25"] == replace(settings, retrieval=Retrieval(mode="lexical"))
    assert by_name["fused-rrf"] == replace(settings, retrieval=Retrieval(fusion="rrf"))
    assert by_name["96 tokens"] == replace(settings, chunking=Chunking(tokens=96))
    assert by_name["20 found"] == replace(settings, reading=ReadingConfig(passages=20))


def test_a_configuration_that_is_no_variation_is_set_beside_them() -> None:
    settings = Config(reading=ReadingConfig(passages=7))
    found = variations(settings, "depth", max_tokens=512)
    assert [each.name for each in found] == [
        "as configured",
        "3 found",
        "5 found",
        "10 found",
        "20 found",
        "every one read",
    ]
    assert [each.name for each in found if each.settings == settings] == ["as configured"]
    sizes = [each.name for each in variations(settings, "size", max_tokens=512)]
    assert sizes == ["96 tokens", "160 tokens", "240 tokens"]  # 160 with 7 read is the configured one


def test_the_difference_is_in_pairs_against_the_configured() -> None:
    configured = [record("who", True, right=r, seconds_total=0.2) for r in (1, 0, 1, 0)]
    told = zip((1, 1, 1, 0), (0.1, 0.3, 0.2, 0.4), strict=True)
    varied = [record("who", True, right=right, abstained=0, seconds_total=took) for right, took in told]
    variation = Variation("depth", "3 found", Config())
    found = _outcome(variation, varied, configured)
    assert found.beside is not None
    assert found.beside.gain == pytest.approx(1 / 4)
    assert found.beside.p == 1.0  # one flip may go either way
    assert (found.figures["right"].value, found.figures["answerable_refused"].value) == (3 / 4, 0.0)
    assert "refused_rightly" not in found.figures
    assert found.p50 == pytest.approx(0.25)
    assert _outcome(variation, configured, None).beside is None


def test_a_table_of_every_variation(capsys: pytest.CaptureFixture[str]) -> None:
    from rich.console import Console

    half = {"right": Interval(0.5, 0.25, 0.75, 8)}
    outcomes = [
        Outcome(Variation("mode", "bm25", Config()), half, 0.1234, Comparison(-0.125, -0.25, 0.0, 0.25)),
        Outcome(Variation("mode", "fused", Config()), half, float("nan"), None),
    ]
    Console(width=140).print(show_ablation(outcomes, "tune"))
    lines = capsys.readouterr().out.splitlines()
    cells = [[cell.strip() for cell in line.strip("│").split("│")] for line in lines if "│" in line]
    assert "(tune, 8 questions)" in lines[0]
    assert cells == [
        ["bm25", "50.0", "–", "–", "–", "–", "123", "-12.5", "0.250"],
        ["", "25.0 to 75.0", "", "", "", "", "", "-25.0 to +0.0", ""],
        ["fused", "50.0", "–", "–", "–", "–", "–", "configured", ""],
        ["", "25.0 to 75.0", "", "", "", "", "", "", ""],
    ]
    assert outcomes[1].to_json()["p50_seconds"] is None
    assert outcomes[0].to_json()["beside_configured"]["gain"] == -0.125


def test_all_variations_over_one_loading_of_the_models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded: list[str] = []
    indexed: list[int] = []
    make_reader, make_embedder, make_index = wiring.make_reader, wiring.make_embedder, ablation.make_index
    monkeypatch.setattr(wiring, "make_reader", lambda how: loaded.append("reader") or make_reader(how))
    monkeypatch.setattr(wiring, "make_embedder", lambda how: loaded.append("embedder") or make_embedder(how))
    monkeypatch.setattr(
        ablation, "make_index", lambda how, **more: indexed.append(how.chunking.tokens) or make_index(how, **more)
    )
    news = write_newsroom(tmp_path / "news")
    asked: list[int] = []
    made = ablate(Config(folder=tmp_path), ROWS, "all", articles=[str(news)], on_done=asked.append)
    found = made.outcomes
    assert (made.about["articles"], made.to_json()["about"]["reader"]) == (len(list(news.iterdir())), "packaged")
    assert loaded == ["embedder", "embedder", "reader"]  # to index, to open: as for one run
    assert indexed == [96, 206]
    assert asked == [34] * 34  # 17 that differ, 2 questions each
    assert [each.variation.name for each in found if each.beside is None] == ["fused", "160 tokens", "10 found"]
    assert {each.variation.name: each.figures["passage_hit@5"].value for each in found} == dict.fromkeys(
        (each.variation.name for each in found), 1.0
    )
    assert all(each.p50 > 0 for each in found)
    assert len({each.p50 for each in found if each.beside is None}) == 1  # the configured one is asked once


def test_another_size_is_another_index_of_the_same_articles(
    tmp_path: Path, embedder: SentenceEmbedder, reader: ExtractiveReader
) -> None:
    news = tmp_path / "news"
    news.mkdir()
    (news / "long.txt").write_text(f"The council meets\n\n{LONG}\n", "utf-8")
    settings = Config(folder=tmp_path)
    wiring.make_index(settings, articles=[news], index=tmp_path / "index", embedder=embedder)
    parts = Parts(Snapshot.open(tmp_path / "index"), embedder, reader, Rule())
    counts = {}
    for tokens in (96, 160, 206):
        with _cut(settings, parts, [str(news)], tokens) as cut:
            assert cut.snapshot.manifest.recipe.passage_tokens == tokens
            assert (cut.embedder, cut.reader) == (embedder, reader)
            assert (cut is parts) == (tokens == 160)
            first, last = cut.snapshot.rows(0)
            counts[tokens] = last - first
    assert counts[96] > counts[160] > counts[206] > 1


def test_sizes_want_articles_to_cut_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ablation, "opened", lambda *_, **__: pytest.fail("an index was opened"))
    for family in ("size", "all"):
        with pytest.raises(ConfigError, match="need the articles of index/mine once more; name them by --articles"):
            ablate(Config(), ROWS, family, index="index/mine")


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the split that counts is asked, unless another is named."""
    monkeypatch.setenv("COLUMNS", "140")
    news = write_newsroom(tmp_path / "news")
    rows = [
        {"id": "a", "question": "How many cracks did engineers find?", "answers": ["17"]},
        {"id": "b", "question": "Who won the national bread prize?", "answers": ["Omar Lindqvist"]},
        {"id": "c", "question": "What is the capital of Australia?"},
    ]
    (tmp_path / "q.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    (tmp_path / "tune.txt").write_text("c\n")
    named = ["--questions", str(tmp_path / "q.jsonl"), "--articles", str(news), "--ablate", "depth"]
    assert main([*named, "--json", str(tmp_path / "out.json")]) == 0
    printed = capsys.readouterr().out
    assert "One thing changed at a time (test, 2 questions)" in printed
    assert all(name in printed for name in ("3 found", "5 found", "10 found", "20 found", "configured"))
    told = json.loads((tmp_path / "out.json").read_text("utf-8"))
    assert told["split"] == "test"
    assert [each["figures"]["right"]["count"] for each in told["variations"]] == [2] * 5
    for option in (["--gate", str(tmp_path / "base.json")], ["--wrong"], ["--html", str(tmp_path / "x.html")]):
        assert main([*named, *option]) == 2
        assert capsys.readouterr().err == (
            "rag.eval: --ablate makes one table of many runs; leave out --gate, --baseline, --html and --wrong.\n"
        )
