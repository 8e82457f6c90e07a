"""Maps on bytes are the maps, up to their rounding: each against the same in float32."""

from __future__ import annotations

import pytest
import torch
from torch.nn.functional import gelu, linear

from rag.engine import int8, is_native
from rag.engine.int8 import Int8FeedForward, Int8Linear
from rag.engine.maps import Affine, FeedForward, Linear

pytestmark = pytest.mark.skipif(not is_native("int8"), reason="this processor does not multiply bytes")

DIM, WIDE = 96, 256
OUTSTANDING = 7  # a column forty times as large as the others, as BERT has them


@pytest.fixture
def state() -> torch.Tensor:
    found = torch.randn(200, DIM, generator=torch.Generator().manual_seed(1))
    found[:, OUTSTANDING] *= 40
    return found


def affine(rows: int, columns: int, seed: int) -> Affine:
    drawn = torch.Generator().manual_seed(seed)
    return Affine(torch.randn(rows, columns, generator=drawn) / columns**0.5, torch.randn(rows, generator=drawn))


def off(found: torch.Tensor, wanted: torch.Tensor) -> float:
    """Return the error's share of the size of what was wanted."""
    return float((found.float() - wanted).norm() / wanted.norm())


def test_a_linear_map_is_hardly_rounded_though_a_column_stands_out(state: torch.Tensor) -> None:
    of = affine(WIDE, DIM, 2)
    wanted = linear(state, of.weight, of.bias)
    assert off(Int8Linear(of, state, torch.float32)(state), wanted) < 0.015
    assert off(Int8Linear(of, state, torch.float32)(state.bfloat16()), wanted) < 0.02
    assert Int8Linear(of, state, torch.bfloat16)(state).dtype is torch.bfloat16


def test_what_goes_in_may_be_larger_than_what_was_seen(state: torch.Tensor) -> None:
    of = affine(WIDE, DIM, 3)
    beyond = state.clone()
    beyond[0] *= 3  # cut off, and only there
    found = Int8Linear(of, state, torch.float32)(beyond)
    wanted = linear(beyond, of.weight, of.bias)
    assert off(found[1:], wanted[1:]) < 0.015
    assert found.isfinite().all()


def test_nothing_but_zeros_was_seen() -> None:
    of, none = affine(WIDE, DIM, 4), torch.zeros(5, DIM)
    assert off(Int8Linear(of, none, torch.float32)(none), linear(none, of.weight, of.bias)) < 1e-5


def test_a_feed_forward_keeps_the_columns_that_carry_most(state: torch.Tensor) -> None:
    wide, narrow = affine(WIDE, DIM, 5), affine(DIM, WIDE, 6)
    wide.weight[3] *= 60
    between = gelu(linear(state, wide.weight, wide.bias))
    wanted = linear(between, narrow.weight, narrow.bias)
    assert between[:, 3].max() > 20 * between[:, 4].max()
    assert off(Int8FeedForward(wide, narrow, state)(state), wanted) < 0.02


def test_maps_that_are_not_rounded_are_the_maps(state: torch.Tensor) -> None:
    wide, narrow = affine(WIDE, DIM, 7), affine(DIM, WIDE, 8)
    wanted = linear(gelu(linear(state, wide.weight, wide.bias)), narrow.weight, narrow.bias)
    assert off(FeedForward(wide, narrow, torch.float32)(state), wanted) < 1e-6
    assert off(FeedForward(wide, narrow, torch.bfloat16)(state.bfloat16()), wanted) < 0.02
    assert off(Linear(wide, torch.bfloat16)(state.bfloat16()), linear(state, wide.weight, wide.bias)) < 0.02


def test_smoothing_is_what_makes_the_difference(state: torch.Tensor, monkeypatch: pytest.MonkeyPatch) -> None:
    of = affine(WIDE, DIM, 2)
    rounded = off(Int8Linear(of, state, torch.float32)(state), linear(state, of.weight, of.bias))
    monkeypatch.setattr(int8, "_smoothing", lambda weight, _: torch.ones(weight.shape[1]))
    assert off(Int8Linear(of, state, torch.float32)(state), linear(state, of.weight, of.bias)) > 1.5 * rounded
