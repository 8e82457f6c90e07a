"""Variations of a recipe: what is run, in which order, what is not run twice, and how results are set side by side."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from rag.errors import ConfigError
from rag.training.ablations import (
    ABLATIONS_FILE,
    Result,
    Variation,
    ablate,
    read_results,
    read_variations,
    table,
)
from rag.training.fit import Fitted
from rag.training.recipe import RECIPE_FILE, Recipe, load_recipe
from rag.training.train import Outcome

FILES = {"a": "data/a.jsonl.gz"}


class Trainer:
    """Stands for minutes of training: notes what was asked of it, and makes an empty reader's folder."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, int, float, str, list[str]]] = []

    def __call__(self, recipe: Recipe, folder: Path, init: str, teachers: Sequence[str]) -> Fitted:
        names = [Path(teacher).parent.name for teacher in teachers]
        self.asked.append((folder.name, recipe.seed, recipe.swaps, init, names))
        (folder / "model").mkdir(parents=True)
        return Fitted(folder / "model", Outcome(7, 1.5, 60.0), {FILES["a"]: {"has_f1": 60.0 + recipe.seed}})


def run(tmp_path: Path, variations: dict[str, Variation]) -> tuple[list[Result], Trainer]:
    trainer = Trainer()
    results = ablate(variations, tmp_path / "results.jsonl", tmp_path / "runs", recipe=str(RECIPE_FILE),
                     changes={"steps": "7", "swaps": "0.5"}, init="mini", train=trainer)  # fmt: skip
    return results, trainer


def test_first_seeds_come_first_and_changes_are_put_on_top(tmp_path: Path) -> None:
    variations = {"recipe": Variation(seeds=2), "none": Variation(set={"swaps": 0}), "again": Variation(init="none")}
    results, trainer = run(tmp_path, variations)
    made = str(tmp_path / "runs" / "none-0" / "model")
    assert trainer.asked == [
        ("recipe-0", 0, 0.5, "mini", []),
        ("none-0", 0, 0.0, "mini", []),
        ("again-0", 0, 0.5, made, []),
        ("recipe-1", 1, 0.5, "mini", []),
    ]
    assert results[0] == Result("recipe", 0, 7, 1.5, {"a": {"has_f1": 60.0}}, results[0].recipe)
    assert [(result.name, result.seed) for result in results] == [
        ("recipe", 0), ("none", 0), ("again", 0), ("recipe", 1),
    ]  # fmt: skip


def test_what_has_a_result_is_not_run_again(tmp_path: Path) -> None:
    first, _ = run(tmp_path, {"recipe": Variation()})
    results, trainer = run(tmp_path, {"recipe": Variation(seeds=2), "taught": Variation(teachers=("recipe-0",))})
    assert trainer.asked == [("recipe-1", 1, 0.5, "mini", []), ("taught-0", 0, 0.5, "mini", ["recipe-0"])]
    assert results[0] == first[0]
    assert len(results) == 3


def test_a_variation_of_a_run_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"there is no run 'nowhere' in .*runs; let it run before"):
        run(tmp_path, {"recipe": Variation(), "again": Variation(init="nowhere")})
    assert not (tmp_path / "runs").exists()  # and nothing was trained before


def test_results_of_another_recipe_are_not_taken_for_this_one(tmp_path: Path) -> None:
    run(tmp_path, {"recipe": Variation()})
    with pytest.raises(ConfigError, match=r"results.jsonl holds recipe-0 by another recipe; give another --out"):
        run(tmp_path, {"recipe": Variation(set={"typos": 0.5})})


def test_a_folder_that_is_not_there_is_named_before_anything_is_trained(tmp_path: Path) -> None:
    trainer = Trainer()
    with pytest.raises(ConfigError, match="must be a file in a folder that exists"):
        ablate({"recipe": Variation()}, tmp_path / "no" / "results.jsonl", tmp_path, recipe=str(RECIPE_FILE),
               changes={}, init="mini", train=trainer)  # fmt: skip
    assert not trainer.asked


def test_the_table_by_hand() -> None:
    def result(name: str, seed: int, f1: float, best: float, auroc: float) -> Result:
        dev = {"has_f1": 70.0, "best_f1": best, "auroc": auroc}
        return Result(name, seed, 7, 1.5, {"wiki": {"has_f1": f1}, "dev": dev})

    results = [
        result("recipe", 0, 76.0, 60.0, 0.7),  # score (76 + 60) / 2 = 68
        result("less", 0, 74.0, 59.0, 0.65),  # (74 + 59) / 2 = 66.5
        result("recipe", 1, 78.0, 62.0, 0.72),  # (78 + 62) / 2 = 70
    ]
    head, _, *rows = table(results, "recipe")
    assert head == (
        "| variation | seeds | wiki has_f1 | dev has_f1 | dev best_f1 | dev auroc | score | beside the base |"
    )
    assert rows == [
        "| recipe | 2 | 77.0 | 70.0 | 61.0 | 0.710 | 69.0 (68.0 to 70.0) | – |",
        "| less | 1 | 74.0 | 70.0 | 59.0 | 0.650 | 66.5 | -2.5 |",
    ]


def test_the_packaged_variations_change_what_the_recipe_has() -> None:
    variations = read_variations()
    assert next(iter(variations)) == "recipe"
    base = load_recipe()
    for name, variation in variations.items():
        varied = load_recipe(None, variation.changes)
        assert varied != base or not variation.set, f"{ABLATIONS_FILE}: {name} changes nothing"


def test_files_that_cannot_be_used_are_named(tmp_path: Path) -> None:
    results, variations = tmp_path / "results.jsonl", tmp_path / "variations.yaml"
    assert read_results(results) == []
    for bad in ('{"name": "a"}\n', "3\n", "{\n"):
        results.write_text(bad)
        with pytest.raises(ConfigError, match="no file of results"):
            read_results(results)
    variations.write_text("recipe: {seed: 2}\n")
    with pytest.raises(ConfigError, match="seeds"):
        read_variations(variations)
    variations.write_text("[]\n")
    with pytest.raises(ConfigError, match="must map names to variations"):
        read_variations(variations)
