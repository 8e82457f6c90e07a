"""Rows made of spans that an article says twice: by hand on small articles, by law on the sample newsroom."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from rag.articles import parse, scan
from rag.eval.rows import Row, read_rows
from rag.text import terms
from rag.training.recurring import LONGEST, SHARED, recurring_rows
from rag.types import Article
from tests.commands import ROOT
from tests.conftest import make_article
from tests.training.toys import write_rows

# Three paragraphs of more than 250 characters, so each is a passage. Only "Bogota" and "43" are said in two of them.
LANDING = (
    "a flight with 43 migrants landed in Bogota after midnight, and the doctors at the airport were waiting. "
    "nobody at the gate would say who had paid for it or how long the journey had taken, and the crew left again "
    "before breakfast without a word to the reporters outside."
)
TALKS = (
    "the doctors told reporters in Bogota that all 43 migrants were well, if tired, after the flight of that night. "
    "they had been given soup and blankets at the airport, and a telephone, and by noon the last of the migrants had "
    "found a cousin or a friend to take them home."
)
STOCKS = (
    "the doctors of the airport went home, and so did the reporters, since after a night of waiting for the flight "
    "there was nothing more to see. a strike was called off. prices fell a little, then rose a little, and the "
    "evening papers led with the weather, which was mild."
)


def rows_of(*paragraphs: str, most: int = 8, seed: int = 0, name: str = "story") -> list[Row]:
    article = make_article("\n\n".join(paragraphs), name)
    return list(recurring_rows([article], per_article=most, seed=seed))


def everything(*paragraphs: str) -> set[tuple[str, str, tuple[str, ...], tuple[int, ...]]]:
    """What any of many seeds gives."""
    found = [row for seed in range(500) for row in rows_of(*paragraphs, seed=seed)]
    return {(row.question, row.context, row.answers, row.starts) for row in found}


def test_rows_by_hand() -> None:
    assert min(map(len, (LANDING, TALKS, STOCKS))) >= 250
    first, second = LANDING.split(". ")[0], TALKS.split(". ")[0]
    places = {text: {span: text.index(span) for span in ("Bogota", "43")} for text in (LANDING, TALKS)}
    wanted = set()
    for sentence, other in ((first, TALKS), (second, LANDING)):
        for span, asked in (("Bogota", ("who", "what", "which")), ("43", ("how many", "how much", "what"))):
            for word in asked:
                for mark in ("?", ""):
                    question = sentence.replace(span, word) + mark
                    wanted.add((question, other, (span,), (places[other][span],)))
                    wanted.add((question, STOCKS, (), ()))  # shares words, lacks the span
    assert everything(LANDING, TALKS, STOCKS) == wanted


def test_ids_tell_article_and_span() -> None:
    found = [row for seed in range(20) for row in rows_of(LANDING, TALKS, STOCKS, seed=seed, name="2025-bogota")]
    ids = {(row.row_id, bool(row.answers)) for row in found}
    assert ids == {(f"2025-bogota|{span}", True) for span in ("Bogota", "43")} | {
        (f"2025-bogota|{span}|0", False) for span in ("Bogota", "43")
    }


def test_a_third_of_the_rows_gives_an_unanswerable_one() -> None:
    kinds = Counter(bool(row.answers) for seed in range(300) for row in rows_of(LANDING, TALKS, STOCKS, seed=seed))
    assert kinds[True] == 600
    assert 154 <= kinds[False] <= 246  # 200 ± 4 * sqrt(600 * 1/3 * 2/3)


def test_every_place_of_the_span_is_an_answer() -> None:
    twice = TALKS.replace("by noon the last of the migrants", "by noon all 43 of the migrants")
    (row,) = {row for row in rows_of(LANDING, twice) if row.answers == ("43", "43")} or [None]
    assert row is not None
    assert row.starts == (twice.index("43"), twice.rindex("43"))


def test_so_many_answerable_rows_an_article_and_each_span_once() -> None:
    for most in (0, 1, 2):
        assert sum(bool(row.answers) for row in rows_of(LANDING, TALKS, STOCKS, most=most)) == most
    assert sorted(row.answers[0] for row in rows_of(LANDING, TALKS)) == ["43", "Bogota"]


@pytest.mark.parametrize(
    ("said", "elsewhere"),
    [
        ("43", "43.5"),  # a part of a number is another number
        ("343", "1,343"),
        ("43", "43,000"),
        ("43", "B43"),
        ("Bogota", "Bogotans"),
    ],
)
def test_a_part_of_a_word_or_number_is_not_the_span(said: str, elsewhere: str) -> None:
    own = LANDING.replace("in Bogota", "there").replace("43", said)
    other = TALKS.replace("in Bogota", "there").replace("43", elsewhere)
    assert rows_of(own, other) == rows_of(other, own) == []
    assert rows_of(own, other.replace(elsewhere, said)) != []


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ("February 2025", {"when", "what date"}),
        ("4 February", {"when", "what date"}),
        ("1999", {"when", "what date"}),
        ("$1.5 million", {"how many", "how much", "what"}),
        ("12%", {"how many", "how much", "what"}),
        ("Bank of England", {"who", "what", "which"}),
        ("O’Brien", {"who", "what", "which"}),
    ],
)
def test_a_span_is_asked_for_by_its_kind(said: str, asked: set[str]) -> None:
    own, other = (text.replace("in Bogota", "there").replace("43", said) for text in (LANDING, TALKS))
    found = everything(own, other)
    assert {answers for _, _, answers, _ in found} == {(said,)}
    before, after = own.split(". ")[0].split(said)
    words = {re.fullmatch(re.escape(before) + "(.*?)" + re.escape(after) + r"\??", row[0]) for row in found}
    assert {match[1] for match in words if match} == asked


def test_what_shares_too_little_or_repeats_the_sentence_is_no_context() -> None:
    strange = (
        "Bogota is far away. " + "it rained and rained upon old stone walls, month by month, until grass grew. " * 4
    )
    assert rows_of(LANDING, strange) == []
    copied = LANDING.split(". ")[0] + ". " + "it rained and rained upon old stone walls until moss grew. " * 5
    assert rows_of(LANDING, copied) == []


@pytest.mark.parametrize("paragraphs", [(), (LANDING,), ("Bogota.", "Bogota!"), (STOCKS, STOCKS)])
def test_nothing_said_twice_gives_nothing(paragraphs: tuple[str, ...]) -> None:
    assert rows_of(*paragraphs) == []


def test_the_same_seed_gives_the_same_rows_and_other_articles_do_not_matter() -> None:
    one, two = make_article(f"{LANDING}\n\n{TALKS}", "one"), make_article(f"{TALKS}\n\n{STOCKS}\n\n{LANDING}", "two")
    both = list(recurring_rows([one, two], per_article=8))
    assert both == list(recurring_rows([one, two], per_article=8))
    assert both == [*recurring_rows([one], per_article=8), *recurring_rows([two], per_article=8)]
    assert len({tuple(rows_of(LANDING, TALKS, seed=seed)) for seed in range(20)}) > 5


@pytest.fixture(scope="module")
def newsroom() -> list[Article]:
    return [parse(record).article for record in scan([ROOT / "eval" / "articles"], lambda skip: None)]


def test_the_laws_hold_over_the_sample_newsroom(newsroom: list[Article], tmp_path: Path) -> None:
    found = list(recurring_rows(newsroom, per_article=8))
    assert len(found) > 20
    texts = {article.source.article_id: " ".join(article.text.split()) for article in newsroom}
    assert list(read_rows([write_rows(tmp_path / "rows.jsonl", found)])) == found  # each answer stands at its start
    assert len({row.row_id for row in found}) == len(found)
    for row in found:
        name, span, *_ = row.row_id.split("|")
        whole = rf"(?<!\w){re.escape(span)}(?!\w)"
        assert " ".join(row.context.split()) in texts[name]
        assert len(row.context) <= LONGEST + 400  # one sentence more
        assert not re.search(whole, row.question)
        assert len(set(terms(row.question)) & set(terms(row.context))) >= SHARED
        assert set(row.answers) == ({span} if row.answers else set())
        assert bool(row.answers) == bool(re.search(whole, row.context))
    per_article = Counter(row.row_id.split("|")[0] for row in found if row.answers)
    assert max(per_article.values()) <= 8
