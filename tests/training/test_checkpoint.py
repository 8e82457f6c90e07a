"""A run on disk: what is saved comes back exactly, and nothing half-written is ever taken for a checkpoint."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
import torch

from rag.errors import ModelError
from rag.training.checkpoint import NAME, load_checkpoint, save_checkpoint

PLACE = {"step": 7, "seconds": 1.5, "best": -math.inf, "recipe": "[('seed', 0)] “é”", "nested": [1, None, True]}


def tensors(seed: int = 0) -> dict[str, torch.Tensor]:
    drawn = torch.Generator().manual_seed(seed)
    square = torch.randn(3, 4, generator=drawn)
    return {
        "model.weight": square,
        "turned": square.t(),  # not contiguous
        "step.weight": torch.tensor(7.0),  # of no dimension, as AdamW keeps it
        "small": torch.tensor([1e-38, -0.0, math.inf, 1 / 3]),
        "half": torch.tensor([1.5, 2.5], dtype=torch.bfloat16),
    }


def same(one: dict[str, torch.Tensor], other: dict[str, torch.Tensor]) -> bool:
    return one.keys() == other.keys() and all(
        torch.equal(one[name], other[name]) and one[name].dtype == other[name].dtype for name in one
    )


def test_what_is_saved_comes_back_exactly(tmp_path: Path) -> None:
    save_checkpoint(tmp_path / "run", tensors(), PLACE)  # the folder is made
    found = load_checkpoint(tmp_path / "run")
    assert found is not None
    assert same(found[0], tensors())
    assert found[1] == PLACE
    assert [path.name for path in (tmp_path / "run").iterdir()] == [NAME]


def test_where_nothing_was_saved_there_is_none(tmp_path: Path) -> None:
    assert load_checkpoint(tmp_path) is None
    assert load_checkpoint(tmp_path / "nowhere") is None


def test_the_later_one_replaces_the_earlier(tmp_path: Path) -> None:
    save_checkpoint(tmp_path, tensors(0), PLACE)
    save_checkpoint(tmp_path, tensors(1), {**PLACE, "step": 8})
    found = load_checkpoint(tmp_path)
    assert found is not None
    assert same(found[0], tensors(1))
    assert not same(found[0], tensors(0))
    assert found[1]["step"] == 8


def test_a_kill_while_writing_leaves_the_earlier_one(tmp_path: Path) -> None:
    save_checkpoint(tmp_path, tensors(0), PLACE)
    whole = (tmp_path / NAME).read_bytes()
    (tmp_path / f"{NAME}.new").write_bytes(whole[: len(whole) // 2])  # what a kill leaves
    found = load_checkpoint(tmp_path)
    assert found is not None
    assert same(found[0], tensors(0))
    save_checkpoint(tmp_path, tensors(1), {**PLACE, "step": 8})  # and it is in nobody's way
    after = load_checkpoint(tmp_path)
    assert after is not None
    assert same(after[0], tensors(1))
    assert [path.name for path in tmp_path.iterdir()] == [NAME]


def test_a_kill_while_writing_the_first_one_leaves_none(tmp_path: Path) -> None:
    (tmp_path / f"{NAME}.new").write_bytes(b"half")
    assert load_checkpoint(tmp_path) is None


@pytest.mark.parametrize("cut", [0, 4, 20, 0.5, -1])
def test_a_torn_file_is_one_clear_line(tmp_path: Path, cut: float) -> None:
    save_checkpoint(tmp_path, tensors(), PLACE)
    path = tmp_path / NAME
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * cut) if 0 < cut < 1 else int(cut)])
    with pytest.raises(ModelError) as caught:
        load_checkpoint(tmp_path)
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith(f"{path} cannot be read (")
    assert str(caught.value).endswith("; delete it to begin the run anew.")


def test_a_file_of_tensors_without_a_place_is_none_of_ours(tmp_path: Path) -> None:
    from safetensors.torch import save_file

    for about in (None, {"other": "1"}, {"place": "{oops"}):
        save_file(tensors() | {"turned": torch.zeros(1)}, tmp_path / NAME, about)
        with pytest.raises(ModelError, match="cannot be read"):
            load_checkpoint(tmp_path)
