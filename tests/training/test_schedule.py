"""The learning rate over a run and over a model's depth, by hand."""

from __future__ import annotations

import pytest

from rag.training.schedule import parameter_groups, rate_share
from rag.training.weights import load_model


@pytest.mark.parametrize(
    ("progress", "warmup", "decay", "share"),
    [
        (0.0, 0.1, 1.0, 1e-3),  # the first step learns a little
        (0.05, 0.1, 1.0, 0.05 / 0.1 + 1e-3),
        (0.0999, 0.1, 1.0, 1 - 0.0999),  # falling already wins over rising
        (0.5, 0.1, 1.0, 0.5),
        (0.75, 0.1, 1.0, 0.25),
        (1.0, 0.1, 1.0, 0.0),
        (1.2, 0.1, 1.0, 0.0),  # never below
        (0.5, 0.1, 0.2, 1.0),  # level
        (0.8, 0.1, 0.2, 1.0),
        (0.9, 0.1, 0.2, 0.5),
        (0.0, 0.0, 1.0, 1.0),  # no warm-up
        (0.3, 0.0, 0.0, 1.0),  # no decay
        (1.0, 0.0, 0.0, 1.0),
        (0.5, 1.0, 0.0, 0.5 + 1e-3),  # rising all the way
    ],
)
def test_the_rate_by_hand(progress: float, warmup: float, decay: float, share: float) -> None:
    assert rate_share(progress, warmup, decay) == pytest.approx(share, abs=1e-12)


def test_each_layer_learns_slower_than_the_one_above(tiny: str) -> None:
    model, _ = load_model(tiny)
    names = {id(p): name for name, p in model.named_parameters()}
    groups = parameter_groups(model, 0.5, 0.01)
    found = {names[id(p)]: (group["scale"], group["weight_decay"]) for group in groups for p in group["params"]}
    assert set(found) == set(names.values())
    assert sum(len(group["params"]) for group in groups) == len(names)
    assert found["qa_outputs.weight"] == (1.0, 0.01)
    assert found["qa_outputs.bias"] == (1.0, 0.0)
    assert found["bert.encoder.layer.1.output.dense.weight"] == (0.5, 0.01)
    assert found["bert.encoder.layer.1.output.LayerNorm.weight"] == (0.5, 0.0)
    assert found["bert.encoder.layer.0.attention.self.query.weight"] == (0.25, 0.01)
    assert found["bert.encoder.layer.0.attention.self.query.bias"] == (0.25, 0.0)
    assert found["bert.embeddings.word_embeddings.weight"] == (0.125, 0.01)
    assert found["bert.embeddings.LayerNorm.bias"] == (0.125, 0.0)


def test_without_layer_decay_there_are_two_groups(tiny: str) -> None:
    model, _ = load_model(tiny)
    assert sorted((g["scale"], g["weight_decay"]) for g in parameter_groups(model, 1.0, 0.01)) == [(1, 0), (1, 0.01)]


def test_the_embeddings_learn_at_a_rate_of_their_own(tiny: str) -> None:
    model, _ = load_model(tiny)
    names = {id(p): name for name, p in model.named_parameters()}
    groups = parameter_groups(model, 0.5, 0.01, embeddings=0.2)
    found = {names[id(p)]: group["scale"] for group in groups for p in group["params"]}
    assert found["bert.embeddings.word_embeddings.weight"] == pytest.approx(0.025)
    assert found["bert.embeddings.LayerNorm.bias"] == pytest.approx(0.025)
    assert found["bert.encoder.layer.0.attention.self.query.weight"] == 0.25
    assert found["qa_outputs.weight"] == 1.0
