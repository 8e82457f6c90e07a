"""Law 1: `article.text[p.start:p.end] == p.text`, whatever the text."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from rag.chunking import MAX_CHARACTERS_PER_TOKEN, PassageChunker
from rag.embedding import SentenceEmbedder
from rag.types import Passage
from tests.conftest import make_article

SHARDS = [
    "\n",
    "\n\n",
    "\n\n\n",
    " ",
    " ",
    "\t",
    "\u00a0",
    "\u2028",
    "\x85",
    "\r\n",
    "\u200d",
    "\ufeff",
    "e\u0301",
    "👩\u200d🚀",
    "🇺🇸",
    "שלום",
    "مرحبا",
    "한국어",
    "ﷺ",
    "U.S. ",
    "Mr. ",
    '."',
    "end. ",
    "Why? ",
    "word ",
    "x" * 40,
    "word " * 30,
]
nasty_text = st.lists(st.sampled_from(SHARDS) | st.text(max_size=8), max_size=30).map("".join)


def four_letters_a_token(text: str) -> int:
    return -(-len(text) // 4)


def chunk(text: str, tokens: int = 16, count=lambda text: len(text.split())) -> list[Passage]:
    return PassageChunker(tokens, count).chunk(make_article(text))


@settings(deadline=None, max_examples=200)
@given(nasty_text, st.integers(1, 40))
@example(" " * 5000, 16)
@example("x" * 5000, 16)
@example("\n\n".join(["one two. three four."] * 50), 3)
@example("a\tb\u00a0c\u2003d " * 100, 5)
def test_offsets_are_exact_and_nothing_visible_is_lost(text: str, tokens: int) -> None:
    passages = chunk(text, tokens, four_letters_a_token)
    end_before = 0
    for passage in passages:
        assert text[passage.start : passage.end] == passage.text
        assert passage.text == passage.text.strip() != ""
        assert end_before <= passage.start
        assert not text[end_before : passage.start].strip()
        end_before = passage.end
    assert not text[end_before:].strip()


@settings(deadline=None, max_examples=200)
@given(nasty_text, st.integers(1, 40))
def test_no_passage_is_too_long(text: str, tokens: int) -> None:
    for passage in chunk(text, tokens, four_letters_a_token):
        assert sum(four_letters_a_token(word) for word in passage.text.split()) <= tokens
        assert len(passage.text) <= tokens * MAX_CHARACTERS_PER_TOKEN


def test_whole_paragraphs_are_packed_while_they_fit() -> None:
    text = "a b c d.\n\ne f g h.\n\ni j."
    assert [p.text for p in chunk(text, 8)] == ["a b c d.\n\ne f g h.", "i j."]
    assert [p.text for p in chunk(text, 7)] == ["a b c d.", "e f g h.\n\ni j."]


def test_a_long_paragraph_is_cut_between_sentences() -> None:
    text = "One two three four. Five six seven eight. Nine ten."
    assert [p.text for p in chunk(text, 6)] == ["One two three four.", "Five six seven eight. Nine ten."]


def test_a_long_sentence_is_cut_between_words() -> None:
    assert [p.text for p in chunk("one two three four five six seven", 3)] == [
        "one two three",
        "four five six",
        "seven",
    ]


def test_an_endless_word_is_cut_between_characters() -> None:
    assert [p.text for p in chunk("abcdefg", 3, len)] == ["abc", "def", "g"]


def test_a_sentence_without_plain_spaces_is_cut_too() -> None:
    text = "\u00a0".join(["word"] * 50)
    passages = chunk(text, 10)
    assert all(len(p.text.split()) <= 10 for p in passages)
    assert "".join("".join(p.text.split()) for p in passages) == "word" * 50


@pytest.mark.parametrize("text", ["", " ", "\n\n \t\n"])
def test_nothing_visible_gives_no_passages(text: str) -> None:
    assert chunk(text) == []


def test_a_passage_knows_its_source_and_is_named_by_its_place() -> None:
    article = make_article("\n one two\n\nthree four", "afp-7", title="Deal")
    passages = PassageChunker(2, lambda text: len(text.split())).chunk(article)
    assert [p.passage_id for p in passages] == ["afp-7#2", "afp-7#11"]
    assert all(p.source is article.source for p in passages)


def test_the_embedder_sees_every_token_of_a_passage(embedder: SentenceEmbedder) -> None:
    text = "\n\n".join(
        f"Mr. Rubio’s {n:,}-strong délégation — “unprecedented,” he said at 9:{n % 60:02} a.m. — left ICE's base."
        * (n % 4)
        for n in range(300)
    )
    passages = chunk(text, 64, embedder.count_tokens)
    counts = [embedder.count_tokens(p.text) for p in passages]
    assert max(counts) <= 64
    assert sum(counts) / len(counts) > 40  # and is well filled


def test_an_endless_korean_word_fits_the_embedder(embedder: SentenceEmbedder) -> None:
    passages = chunk("한" * 30, 64, embedder.count_tokens)
    assert max(embedder.count_tokens(p.text) for p in passages) <= 64
