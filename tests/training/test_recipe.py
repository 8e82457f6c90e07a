"""recipe.yaml: every key has its default in the class, and every mistake is one ConfigError."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, fields
from pathlib import Path

import pytest
import yaml

from rag.errors import ConfigError
from rag.training.recipe import RECIPE_FILE, Recipe, as_dict, load_recipe


def write(folder: Path, text: str) -> Path:
    path = folder / "mine.yaml"
    path.write_text(text, "utf-8")
    return path


def complaint(path: Path | None = None, **changes: str) -> str:
    with pytest.raises(ConfigError) as caught:
        load_recipe(path, changes)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_the_packaged_file_spells_out_every_default_but_the_sets() -> None:
    written = yaml.safe_load(RECIPE_FILE.read_text("utf-8"))
    assert list(written) == [f.name for f in fields(Recipe)]
    sets = written.pop("sets")
    defaults = {f.name: getattr(Recipe(), f.name) for f in fields(Recipe) if f.name != "sets"}
    written["whole"] = tuple(written["whole"])  # YAML has none
    assert written == defaults
    assert {name: type(value) for name, value in written.items()} == {n: type(v) for n, v in defaults.items()}
    assert load_recipe() == Recipe(sets=sets)
    assert {type(share) for share in load_recipe().sets.values()} == {float}
    assert Recipe().sets == {}


def test_what_is_left_out_has_its_default_and_a_whole_number_will_do_for_a_share(tmp_path: Path) -> None:
    found = load_recipe(write(tmp_path, "epochs: 2\nsets: {a: 1, b: 0.5}\n"))
    assert found == Recipe(epochs=2.0, sets={"a": 1.0, "b": 0.5})
    assert type(found.epochs) is float
    assert type(found.sets["a"]) is float
    assert load_recipe(write(tmp_path, "# only a remark\n")) == Recipe()


def test_a_recipe_is_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        Recipe().seed = 3


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("batch_token: 3", "unknown key batch_token; did you mean batch_tokens?"),
        ("learning-rate: 0.1", "unknown key learning-rate; did you mean learning_rate?"),
        ("neighbors: 0.1", "unknown key neighbors; did you mean neighbours?"),
        ("sets: 3", "sets must be a list of 'name: value' lines, found 3 (int)"),
        ("sets: {a: much}", "sets.a must be a number, found 'much' (str)"),
        ("sets: {1: 1.0}", "sets must be a list of 'name: value' lines, found {1: 1.0} (dict)"),
        ("- seed", "the file must be a list of 'key: value' lines, found ['seed'] (list)"),
        ("seed: 1.0", "seed must be a whole number, found 1.0 (float)"),
        ("max_tokens: true", "max_tokens must be a whole number, found True (bool)"),
        ("annotator: best", "annotator must be one of random, majority, first, found 'best' (str)"),
        ("clip: null", "clip must be a number, found None (NoneType)"),
        ("{", "is not valid YAML"),
    ],
)
def test_an_unknown_key_or_a_wrong_type_names_file_and_key(tmp_path: Path, text: str, named: str) -> None:
    message = complaint(write(tmp_path, text))
    assert named in message
    assert str(tmp_path / "mine.yaml") in message


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    assert str(tmp_path / "none.yaml") in complaint(tmp_path / "none.yaml")


@pytest.mark.parametrize(
    ("key", "good", "bad", "limits"),
    [
        *((name, ("0", "1"), ("-0.01", "1.01", ".nan"), "between 0 and 1,") for name in (
            "neighbours", "swaps", "missed", "packed", "history", "lower", "unmarked", "typos", "keywords", "warmup",
            "decay", "layer_decay", "average", "teacher_weight", "weight_decay")),
        ("max_tokens", ("128", "512"), ("95", "513"), "between 96 and 512,"),
        ("stride", ("0", "96"), ("-1", "97"), "between 0 and 96,"),
        ("batch_tokens", ("192",), ("191", "0"), "between 192 and 1e+09,"),
        ("steps", ("0", "7"), ("-1",), "between 0 and 1e+09,"),
        ("evaluate", ("0", "7"), ("-1",), "between 0 and 1e+09,"),
        ("patience", ("1",), ("0",), "between 1 and 1e+09,"),
        ("epochs", ("0.1", "9"), ("0", "-1", ".inf"), "between 1e-09 and 1e+06,"),
        ("learning_rate", ("0.1",), ("0", "-0.1", ".nan"), "between 1e-09 and 1e+06,"),
        ("clip", ("5",), ("0",), "between 1e-09 and 1e+06,"),
        ("sets.qamr_wikinews", ("0", "100"), ("-1", "101", ".nan"), "between 0 and 100,"),
    ],
)  # fmt: skip
def test_a_value_out_of_range_names_key_and_limits(
    key: str, good: tuple[str, ...], bad: tuple[str, ...], limits: str
) -> None:
    for text in good:
        found = as_dict(load_recipe(None, {key: text}))
        value = found["sets"][key[5:]] if key.startswith("sets.") else found[key]
        assert value == float(text)
    for text in bad:
        message = complaint(**{key: text})
        assert f"the recipe's {key} must be {limits} found " in message


def test_changes_win_over_the_file_and_one_set_is_changed_alone(tmp_path: Path) -> None:
    path = write(tmp_path, "seed: 3\nsteps: 5\nsets: {a: 1.0, b: 2.0}\n")
    found = load_recipe(path, {"seed": "4", "annotator": "first", "sets.b": "0.5", "sets.c": "3", "clip": "2"})
    assert found == Recipe(seed=4, steps=5, annotator="first", clip=2.0, sets={"a": 1.0, "b": 0.5, "c": 3.0})
    assert load_recipe(path, {"sets": "{d: 1}"}).sets == {"d": 1.0}
    assert load_recipe(path) == Recipe(seed=3, steps=5, sets={"a": 1.0, "b": 2.0})  # the file is as it was
    assert load_recipe(write(tmp_path, "seed: 3"), {"sets.a": "1"}) == Recipe(seed=3, sets={"a": 1.0})


def test_a_change_that_is_no_yaml_or_of_the_wrong_type_is_told() -> None:
    assert "--set seed={ is no YAML value" in complaint(seed="{")
    assert "seed must be a whole number, found 'many' (str)" in complaint(seed="many")
    assert "seed must be a whole number, found None (NoneType)" in complaint(seed="")
    assert "unknown key sed; did you mean seed?" in complaint(sed="3")
    assert "sets.a must be a number, found 'x' (str)" in complaint(**{"sets.a": "x"})


def test_a_value_out_of_range_names_the_file(tmp_path: Path) -> None:
    assert str(tmp_path / "mine.yaml") in complaint(write(tmp_path, "warmup: 2.0"))


@pytest.mark.parametrize(("text", "key"), [("- seed", "seed"), ("sets:", "sets.a"), ("sets: 3", "sets.a")])
def test_a_file_of_another_form_is_told_with_changes_too(tmp_path: Path, text: str, key: str) -> None:
    assert "must be a list of" in complaint(write(tmp_path, text), **{key: "1"})


def test_a_change_that_looks_like_an_impossible_date_is_told() -> None:
    assert "seed" in complaint(seed="2025-13-45")


@pytest.mark.parametrize("text", ["1e-4", "1.e-4", "1.0e-4", "+1E-4", "0.0001"])
def test_a_rate_may_be_written_as_people_write_it(tmp_path: Path, text: str) -> None:
    assert load_recipe(None, {"learning_rate": text}).learning_rate == 0.0001
    assert load_recipe(write(tmp_path, f"learning_rate: {text}\nsets: {{a: {text}}}")) == Recipe(
        learning_rate=0.0001, sets={"a": 0.0001}
    )
