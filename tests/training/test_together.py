"""The loss over all windows of a question, by hand, and what it teaches."""

from __future__ import annotations

import math
import random
from dataclasses import replace
from pathlib import Path
from statistics import mean

import pytest
import torch

from rag.eval.reader import predict
from rag.eval.rows import Row
from rag.reading.extractive import ExtractiveReader
from rag.training.mixture import Mixture
from rag.training.together import loss_together
from rag.training.train import FORBIDDEN, Run
from tests.training.toys import quick, toy_rows


def loss(starts: list[list[float]], right: list[int], groups: list[list[int]]) -> float:
    """The loss where both ends have the same logits and the same right tokens."""
    logits, targets = torch.tensor(starts), torch.tensor(right)
    return float(loss_together([logits, logits], [targets, targets], groups))


def test_the_share_of_the_right_token_among_those_of_all_windows() -> None:
    scores = [[0.0, 2.0, 1.0], [0.0, 0.0, 3.0]]
    everything = sum(math.exp(x) for x in (2, 1, 0, 3))
    assert loss(scores, [1, 0], [[0, 1]]) == pytest.approx(math.log(everything) - 2)


def test_each_window_is_taken_beside_its_own_null() -> None:
    one, other = [[0.0, 2.0, 1.0], [0.0, 0.0, 3.0]], [[5.0, 7.0, 6.0], [-4.0, -4.0, -1.0]]
    assert loss(one, [1, 0], [[0, 1]]) == pytest.approx(loss(other, [1, 0], [[0, 1]]))


def test_two_right_windows_share_the_probability() -> None:
    scores = [[0.0, 2.0], [0.0, 1.0], [0.0, 3.0]]
    right, everything = math.exp(2) + math.exp(1), math.exp(2) + math.exp(1) + math.exp(3)
    assert loss(scores, [1, 1, 0], [[0, 1, 2]]) == pytest.approx(math.log(everything / right))


def test_both_ends_and_all_groups_count_alike() -> None:
    starts, ends = torch.tensor([[0.0, 1.0], [0.0, 0.0]]), torch.tensor([[0.0, 3.0], [0.0, 0.0]])
    right = torch.tensor([1, 0])
    both = float(loss_together([starts, ends], [right, right], [[0, 1]]))
    assert both == pytest.approx((math.log1p(math.exp(-1)) + math.log1p(math.exp(-3))) / 2)
    twice = torch.cat([starts, ends])
    groups, targets = [[0, 1], [2, 3]], torch.tensor([1, 0, 1, 0])
    assert float(loss_together([twice, twice], [targets, targets], groups)) == pytest.approx(both)


def test_a_token_that_can_be_no_answer_counts_for_nothing() -> None:
    scores = [[0.0, 2.0, FORBIDDEN], [0.0, FORBIDDEN, 1.0]]
    assert loss(scores, [1, 0], [[0, 1]]) == pytest.approx(math.log1p(math.exp(-1)))


@pytest.mark.parametrize(("right", "groups"), [([0, 0], [[0, 1]]), ([1, 1], [[0], [1]]), ([1, 0], [])])
def test_nothing_to_compare_costs_nothing(right: list[int], groups: list[list[int]]) -> None:
    assert loss([[0.0, 2.0], [0.0, 1.0]], right, groups) == 0


def test_it_lifts_the_right_window_and_presses_the_misleading_one() -> None:
    logits = torch.tensor([[0.0, 1.0], [0.0, 2.0]], requires_grad=True)
    right = torch.tensor([1, 0])
    loss_together([logits], [right], [[0, 1]]).backward()
    assert logits.grad is not None
    (null, answer), (other_null, other) = (-logits.grad).tolist()
    assert answer > 0 > other
    assert null < 0 < other_null


@pytest.mark.usefixtures("one_thread")
def test_a_run_learns_to_prefer_the_passage_that_tells(tiny: str, tmp_path: Path) -> None:
    """Two passages a question, each with one number; after a few steps the right one is ahead by more."""
    rng = random.Random(0)
    rows = []
    for n, toy in enumerate(toy_rows(120)):
        other = toy.context.replace(toy.answers[0], str(rng.randrange(10, 100)))
        asked = replace(toy, question=f"how many were there on the {n}?")
        rows += [asked, Row(f"{toy.row_id} no", f"{other} perhaps", asked.question, ())]
    gaps = []
    for weight in (0.0, 3.0):
        recipe = quick(whole=("toy",), together=weight, steps=45)
        run = Run(recipe, Mixture({"toy": rows}, recipe), tmp_path / str(weight), init=tiny)
        run.run()
        margins = [p.margin for p in predict(rows, ExtractiveReader(str(run.model_folder)))]
        gaps.append(mean(telling - other for telling, other in zip(margins[::2], margins[1::2], strict=True)))
    assert gaps[1] > gaps[0] + 1
