"""Training runs of a tiny model on toy rows: it learns, and where a run is stopped does not matter."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from pathlib import Path

import pytest
import torch

from rag.errors import ModelError
from rag.eval.reader import evaluate, predict
from rag.eval.rows import Row
from rag.reading.extractive import ExtractiveReader
from rag.training import train
from rag.training.checkpoint import NAME, load_checkpoint
from rag.training.mixture import Example, Mixture
from rag.training.recipe import Recipe
from rag.training.train import Outcome, Run
from rag.training.weights import load_model, save_model
from tests.training.toys import quick, toy_rows, weights

pytestmark = [
    pytest.mark.usefixtures("one_thread"),
]

ROWS = toy_rows()  # 8 batches an epoch


def make(recipe: Recipe, folder: Path, tiny: str, rows: Sequence[Row] = ROWS, **how: object) -> Run:
    return Run(recipe, Mixture({"toy": rows}, recipe), folder, init=tiny, **how)


def same(one: dict[str, torch.Tensor], other: dict[str, torch.Tensor]) -> bool:
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


def log(folder: Path, key: str) -> dict[int, object]:
    lines = [json.loads(line) for line in (folder / train.LOG_FILE).read_text("utf-8").splitlines()]
    return {line["step"]: line[key] for line in lines if key in line}


def right(folder: str | Path) -> float:
    """Share of new toy questions, 0..100, that a reader answers exactly when it is never silent."""
    return evaluate(list(predict(toy_rows(40, seed=9), ExtractiveReader(str(folder)))))["has_em"]


class Stop(Exception):
    """What a test stops a run with."""


def scores(given: Iterable[float], stop: type[BaseException] = Stop) -> Callable[[Path], float]:
    """Return a validation that gives these scores, one a look, and then stops the run."""
    left = iter(given)

    def validate(folder: Path) -> float:
        found = next(left, None)
        if found is None:
            raise stop
        return found

    return validate


@pytest.fixture
def every_step(monkeypatch: pytest.MonkeyPatch) -> None:
    """A checkpoint and a line of the log after every step."""
    monkeypatch.setattr(train, "SAVE_EVERY", -1.0)
    monkeypatch.setattr(train, "LOG_EVERY", 1)


FINISHED = ["log.jsonl", "model", "outcome.json"]


def test_a_run_learns(tiny: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(train, "LOG_EVERY", 1)
    assert right(tiny) < 50
    run = make(quick(), tmp_path / "run", tiny)
    outcome = run.run()
    assert outcome == Outcome(30, round(run.seconds, 1), None)
    losses = log(tmp_path / "run", "loss")
    assert list(losses) == list(range(1, 31))
    assert losses[1] == pytest.approx(math.log(10), abs=0.1)  # a guess among nine words and silence
    assert losses[30] < 0.05
    assert right(run.model_folder) == 100
    assert sorted(path.name for path in (tmp_path / "run").iterdir()) == FINISHED
    held = json.loads((tmp_path / "run" / train.OUTCOME_FILE).read_text("utf-8"))
    assert {**asdict(outcome), "begun": held["begun"]} == held


def test_a_finished_run_is_known_again_and_told_from_another(tiny: str, tmp_path: Path) -> None:
    run = make(quick(steps=2), tmp_path, tiny)
    assert run.finished() is None
    outcome = run.run()
    assert make(quick(steps=2), tmp_path, tiny).finished() == outcome
    with pytest.raises(ModelError, match="holds a run of another recipe or model"):
        make(quick(steps=3), tmp_path, tiny).finished()


@pytest.mark.parametrize(("epochs", "steps"), [(1.0, 8), (0.5, 4), (0.3, 3), (2.5, 20)])
def test_a_run_ends_after_its_epochs(tiny: str, tmp_path: Path, epochs: float, steps: int) -> None:
    assert make(quick(steps=0, epochs=epochs), tmp_path, tiny).run().steps == steps


def test_a_run_is_a_function_of_its_recipe_rows_and_first_weights(tiny: str, tmp_path: Path) -> None:
    runs = [make(quick(steps=9, seed=seed), tmp_path / name, tiny) for name, seed in (("a", 0), ("b", 0), ("c", 1))]
    for run in runs:
        run.run()
    one, again, other = (weights(run.model_folder) for run in runs)
    assert same(one, again)
    assert not same(one, other)


BUSY = {"neighbours": 0.5, "swaps": 0.5, "typos": 0.3, "lower": 0.3, "annotator": "random"}


@pytest.mark.usefixtures("every_step")
@pytest.mark.parametrize(
    "changes", [{}, {"average": 0.9, **BUSY}, {"layer_decay": 0.8, "steps": 0, "epochs": 3.2, "clip": 0.1}]
)
def test_a_run_that_was_stopped_ends_as_one_that_was_not(tiny: str, tmp_path: Path, changes: dict[str, object]) -> None:
    recipe = quick(**{"steps": 24, "evaluate": 7, "patience": 9, **changes})
    whole = make(recipe, tmp_path / "whole", tiny, validate=scores([1, 2, 3, 4, 5, 6, 7, 8, 9]))
    whole.run()
    cut = tmp_path / "cut"
    for given, stop, checkpoint in (([], KeyboardInterrupt, 6), ([1, 2], Stop, 20)):
        with pytest.raises(stop):
            make(recipe, cut, tiny, validate=scores(given, stop)).run()
        found = load_checkpoint(cut)
        assert found is not None
        assert found[1]["step"] == checkpoint  # one before the look in which it was stopped
    resumed = make(recipe, cut, tiny, validate=scores([3, 4, 5, 6, 7, 8, 9]))
    assert resumed.run().steps == whole.steps > 21
    assert resumed.seconds > found[1]["seconds"]
    assert same(weights(whole.model_folder), weights(resumed.model_folder))
    assert log(cut, "loss") == log(tmp_path / "whole", "loss")
    assert list(log(cut, "resumed")) == [6, 20]
    assert not (cut / NAME).exists()


@pytest.mark.usefixtures("every_step")
def test_what_a_checkpoint_holds_is_the_same_however_often_a_run_was_stopped(tiny: str, tmp_path: Path) -> None:
    recipe = quick(evaluate=4, average=0.9)
    found = []
    for name, stops in (("once", [3]), ("often", [0, 1, 1, 1])):
        for looks in stops:
            with pytest.raises(Stop):
                make(recipe, tmp_path / name, tiny, validate=scores([1.0, 2.0, 3.0][:looks])).run()
        found.append(load_checkpoint(tmp_path / name))
    (one, place), (other, other_place) = found
    assert place["step"] == other_place["step"] == 15
    assert same(one, other)  # weights in fp32, their running mean and what the optimizer remembers of them
    assert {value.dtype for value in one.values()} == {torch.float32}


def test_a_run_stopped_before_its_first_checkpoint_begins_anew(tiny: str, tmp_path: Path) -> None:
    recipe = quick(steps=6, evaluate=3)
    with pytest.raises(Stop):
        make(recipe, tmp_path / "cut", tiny, validate=scores([])).run()
    runs = [make(recipe, tmp_path / name, tiny, validate=scores([1, 2, 2])) for name in ("cut", "whole")]
    assert [run.run().steps for run in runs] == [6, 6]
    assert same(weights(runs[0].model_folder), weights(runs[1].model_folder))


def test_a_run_stopped_after_its_first_look_goes_on(tiny: str, tmp_path: Path) -> None:
    recipe = quick(steps=6, evaluate=2)
    with pytest.raises(Stop):
        make(recipe, tmp_path, tiny, validate=scores([1])).run()
    assert make(recipe, tmp_path, tiny, validate=scores([2, 3, 3])).run().steps == 6


def complaint(run: Run) -> str:
    with pytest.raises(ModelError) as caught:
        run.run()
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_finished_folder_is_refused(tiny: str, tmp_path: Path) -> None:
    first = make(quick(steps=2), tmp_path, tiny)
    first.run()
    kept = weights(first.model_folder)
    assert complaint(make(quick(steps=2), tmp_path, tiny)) == (
        f"{tmp_path} holds a finished run; give another --out, or delete it."
    )
    assert same(weights(first.model_folder), kept)


@pytest.mark.usefixtures("every_step")
@pytest.mark.parametrize("changes", [{"seed": 1}, {"sets": {"toy": 2.0}}, {"learning_rate": 2e-2}])
def test_a_folder_of_another_recipe_is_refused(tiny: str, tmp_path: Path, changes: dict[str, object]) -> None:
    with pytest.raises(Stop):
        make(quick(evaluate=3), tmp_path, tiny, validate=scores([])).run()
    message = complaint(make(quick(evaluate=3, **changes), tmp_path, tiny, validate=scores([])))
    assert message == f"{tmp_path} holds a run of another recipe or model; give another folder, or delete it."


@pytest.mark.parametrize(
    ("given", "patience", "steps", "kept"),
    [
        ([1, 3, 2, 1, 2, 1], 9, 12, 1),  # the best, not the last
        ([1, 2, 3, 4, 5, 6], 9, 12, 5),
        ([3, 2, 1], 2, 6, 0),  # patience: two looks without improvement
        ([1, 0, 2, 1, 2], 2, 10, 2),  # an improvement begins the count anew, an equal score is none
        ([2, 2], 1, 4, 0),
    ],
)
def test_the_best_by_validation_is_kept_and_patience_ends_a_run(
    tiny: str, tmp_path: Path, given: list[float], patience: int, steps: int, kept: int
) -> None:
    seen, score = [], scores(given)

    def validate(folder: Path) -> float:
        seen.append(weights(folder))
        return score(folder)

    run = make(quick(steps=12, evaluate=2, patience=patience), tmp_path, tiny, validate=validate)
    outcome = run.run()
    assert (outcome.steps, outcome.best, len(seen)) == (steps, max(given), len(given))
    assert [same(weights(run.model_folder), each) for each in seen] == [i == kept for i in range(len(seen))]
    assert sorted(path.name for path in tmp_path.iterdir()) == FINISHED
    assert set(log(tmp_path, "validation").values()) <= set(given)


@pytest.mark.usefixtures("every_step")
def test_what_was_best_before_a_stop_is_not_forgotten(tiny: str, tmp_path: Path) -> None:
    recipe = quick(evaluate=3, patience=2)
    first = make(recipe, tmp_path, tiny, validate=scores([3, 1]))
    with pytest.raises(Stop):
        first.run()
    kept = weights(first.model_folder)
    again = make(recipe, tmp_path, tiny, validate=scores([2]))
    outcome = again.run()
    assert (outcome.steps, outcome.best) == (9, 3)  # the second look without improvement ends it
    assert same(weights(again.model_folder), kept)


@pytest.mark.usefixtures("every_step")
def test_the_running_mean_by_hand(tiny: str, tmp_path: Path) -> None:
    places, kept = [], []

    def validate(folder: Path) -> float:
        found = load_checkpoint(folder.parent)  # as it was one step before
        if found:
            places.append(found[0])
        kept.append(weights(folder))
        return 1.0

    make(quick(steps=16, average=0.5, evaluate=1, patience=99), tmp_path, tiny, validate=validate).run()
    assert len(places) == len(kept) - 1 == 15
    name = "qa_outputs.weight"
    mean = weights(tiny)[name]
    for step, found in enumerate(places):
        share = min(0.5, (1 + step) / (10 + step))  # of the mean so far: 1/10, 2/11, 3/12, ...
        mean = share * mean + (1 - share) * found[f"model.{name}"]
        assert torch.allclose(found[f"average.{name}"], mean, atol=1e-6)
        assert torch.equal(kept[step][name], found[f"average.{name}"].to(torch.bfloat16))  # it is what is kept
        assert not torch.equal(kept[step][name], found[f"model.{name}"].to(torch.bfloat16))


class Empty(Mixture):
    """Rows of which none is ever drawn, as with a share of 0.001 of 200."""

    def epoch(self, number: int) -> list[Example]:
        if number > 3:
            raise TimeoutError("epochs without end")
        return super().epoch(number)


def test_nothing_to_learn_is_told(tiny: str, tmp_path: Path) -> None:
    recipe = quick(sets={"toy": 0.001})
    complaint(Run(recipe, Empty({"toy": ROWS}, recipe), tmp_path, init=tiny))


def test_embeddings_that_do_not_learn_stay_bit_for_bit(tiny: str, tmp_path: Path) -> None:
    first = tmp_path / "first"
    save_model(*load_model(tiny), first)  # in bf16, as every reader is kept
    run = make(quick(embeddings=0.0, weight_decay=0.1), tmp_path / "run", str(first))
    run.run()
    before, after = weights(first), weights(run.model_folder)
    same_names = {name for name in before if torch.equal(before[name], after[name])}
    assert same_names == {name for name in before if ".embeddings." in name}
    assert same_names
    assert right(run.model_folder) > 25  # by chance 11: it has learned all the same
