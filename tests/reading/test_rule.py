"""The logistic rule by hand, and its file."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from rag.errors import ModelError
from rag.reading.extractive import MODEL_FOLDER
from rag.reading.rule import FEATURES, RULE_FILE, Measured, Rule, load_rule

NUMBERS = {"bias": -1.5, "weights": {"margin": 0.5, "retrieval": 2}, "threshold": 0.4}


def write(folder: Path, contents: object) -> Path:
    path = folder / RULE_FILE
    path.write_text(contents if isinstance(contents, str) else json.dumps(contents), "utf-8")
    return path


def test_confidence_is_the_logistic_of_the_weighted_sum() -> None:
    rule = Rule(-1.5, {"margin": 0.5, "retrieval": 2.0})
    expected = 1 / (1 + math.exp(-(-1.5 + 0.5 * 3 + 2.0 * 1)))
    assert rule.confidence({"margin": 3.0, "retrieval": 1.0, "support": 99.0}) == pytest.approx(expected)


def test_without_numbers_an_answer_must_be_likelier_than_none() -> None:
    rule = Rule()
    assert rule.confidence({"margin": 0.0}) == 0.5 == rule.threshold
    assert rule.confidence({"margin": 2.0}) == pytest.approx(1 / (1 + math.exp(-2)))
    assert rule.confidence({"margin": -0.01}) < rule.threshold


def test_what_was_measured_of_each_word_lies_beside_the_numbers(tmp_path: Path) -> None:
    write(tmp_path, NUMBERS | {"measured": {"likely": [120, 0.63]}})
    assert load_rule(tmp_path).measured == {"likely": Measured(120, 0.63)}
    assert load_rule(write(tmp_path, NUMBERS).parent).measured == {}
    write(tmp_path, NUMBERS | {"measured": {"likely": [120, 1.63]}})
    with pytest.raises(ModelError, match="a share is not between 0 and 1"):
        load_rule(tmp_path)
    write(tmp_path, NUMBERS | {"measured": {"likely": [math.inf, 0.63]}})
    with pytest.raises(ModelError, match="cannot be used"):
        load_rule(tmp_path)


def test_a_margin_is_made_for_a_score() -> None:
    rule = Rule(-1.5, {"margin": 0.5, "retrieval": 2.0, "polar": 9.0})
    margin = rule.margin(0.7, 0.4)
    assert rule.score({"margin": margin, "retrieval": 0.4, "polar": 0.0}) == pytest.approx(0.7)
    assert Rule(weights={"retrieval": 1.0}).margin(0.7, 0.4) == pytest.approx(0.3)


@pytest.mark.parametrize("margin", [1e9, -1e9, float("inf"), float("-inf")])
def test_confidence_stays_between_nought_and_one(margin: float) -> None:
    assert Rule().confidence({"margin": margin}) == pytest.approx(float(margin > 0))


def test_a_rule_is_read_from_beside_the_weights(tmp_path: Path) -> None:
    write(tmp_path, {**NUMBERS, "fitted_on": ["x"], "trials": 3})
    assert load_rule(tmp_path) == Rule(-1.5, {"margin": 0.5, "retrieval": 2.0}, 0.4)


def test_no_file_is_the_margin_alone(tmp_path: Path) -> None:
    assert load_rule(tmp_path) == load_rule(tmp_path / "nowhere") == Rule(0.0, {"margin": 1.0}, 0.5)


@pytest.mark.parametrize(
    "contents",
    ["", "{", "[]", "7", {}, {**NUMBERS, "weights": [1]}, {**NUMBERS, "bias": "high"}, {**NUMBERS, "threshold": None},
     {**NUMBERS, "weights": {"margin": "x"}}],
)  # fmt: skip
def test_a_file_that_cannot_be_used_is_a_model_error(tmp_path: Path, contents: object) -> None:
    path = write(tmp_path, contents)
    with pytest.raises(ModelError) as caught:
        load_rule(tmp_path)
    assert str(path) in str(caught.value)
    assert "fit it again or delete it" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_unknown_feature_is_named(tmp_path: Path) -> None:
    write(tmp_path, {**NUMBERS, "weights": {"margin": 1, "length": 2}})
    with pytest.raises(ModelError, match="has a weight for 'length'; the features are margin, retrieval"):
        load_rule(tmp_path)


def test_the_packaged_reader_has_a_rule_that_can_be_used() -> None:
    rule = load_rule(MODEL_FOLDER)
    assert set(rule.weights) <= set(FEATURES)
    assert 0 < rule.threshold < 1
    assert rule.weights["margin"] > 0
