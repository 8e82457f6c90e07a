"""The maps of a BERT layer on bytes: 1.4 times as fast as in bfloat16, where the CPU multiplies bytes (VNNI).

Weights are bytes with a scale for each output, inputs are bytes with one scale for the map, found beforehand by looking
at the inputs that some texts lead to, so that no text's result depends on what else is in its batch. Two things keep it
close to the original: a column whose inputs are large and whose weights are small is scaled the one down and the other
up before rounding (Xiao et al., SmoothQuant, ICML 2023, with α = ½), and the few columns that carry most after gelu,
one or two of 1,536, are multiplied apart and unrounded (Dettmers et al., LLM.int8(), NeurIPS 2022).
What this module does not know: what the model is for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rag.engine.maps import Affine

if TYPE_CHECKING:
    import torch
    from torch import Tensor

UNROUNDED = 4  # columns after gelu; measured on passages: cosine .9968 without, .9992 with one, .9996 with four or more
_LEVELS = 255
_MIDDLE = 128  # bytes are cast from -128..127, four times as fast as from 0..255
_LEAST_GELU = -0.17  # gelu's minimum


class Int8Linear:
    """A linear map, (tokens, in) in any number format → (tokens, out) in `dtype`. seen: inputs, (n, in)."""

    def __init__(self, of: Affine, seen: Tensor, dtype: torch.dtype) -> None:
        smooth = _smoothing(of.weight, seen)
        self._into_bytes = _Bytes(seen / smooth, smooth)
        self._map = _ByteMap(of.weight * smooth, of.bias, self._into_bytes.scale, self._into_bytes.zero)
        self._dtype = dtype

    def __call__(self, state: Tensor) -> Tensor:
        """Return (tokens, out)."""
        return self._map(self._into_bytes(state.float()), self._dtype)


class Int8FeedForward:
    """The two maps after attention, W₂ gelu(W₁ m), float32 to float32. Between the two are bytes only."""

    def __init__(self, wide: Affine, narrow: Affine, seen: Tensor) -> None:
        import torch
        from torch.nn.functional import gelu, linear

        smooth = _smoothing(wide.weight, seen)
        self._into_bytes = _Bytes(seen / smooth, smooth)
        between = gelu(linear(seen, wide.weight, wide.bias)).amax(0)
        apart = between.topk(min(UNROUNDED, len(between) - 1)).indices
        together = torch.ones(len(between), dtype=torch.bool)
        together[apart] = False
        self._scale = (float(between[together].max().clamp(min=1e-3)) - _LEAST_GELU) / _LEVELS
        self._zero = round(-_LEAST_GELU / self._scale)
        self._wide = _ByteMap(wide.weight * smooth, wide.bias, self._into_bytes.scale, self._into_bytes.zero)
        self._narrow = _ByteMap(narrow.weight * together, narrow.bias, self._scale, self._zero)
        self._wide_apart = Affine(wide.weight[apart].clone(), wide.bias[apart].clone())
        self._narrow_apart = narrow.weight[:, apart].t().contiguous()

    def __call__(self, state: Tensor) -> Tensor:
        """Return (tokens, dim)."""
        import torch
        from torch.nn.functional import gelu, linear

        between = self._wide.into_bytes(self._into_bytes(state), self._scale, self._zero)
        apart = gelu(linear(state, self._wide_apart.weight, self._wide_apart.bias))
        return self._narrow(between, torch.float32).addmm_(apart, self._narrow_apart)


class _Bytes:
    """Rounds (n, in) float32 to bytes: input / smooth / scale + zero. like: inputs, smoothed already."""

    def __init__(self, like: Tensor, smooth: Tensor) -> None:
        import torch

        least, most = min(float(like.min()), 0.0), max(float(like.max()), 0.0)
        self.scale = max(most - least, 1e-6) / _LEVELS
        self.zero = round(-least / self.scale)
        self._factor = 1 / (smooth * self.scale)
        self._shift = torch.tensor([float(self.zero - _MIDDLE)])

    def __call__(self, state: Tensor) -> Tensor:
        import torch

        found = torch.addcmul(self._shift, state, self._factor)
        found = found.clamp_(-_MIDDLE, _LEVELS - _MIDDLE).round_().to(torch.int8)
        return found.view(torch.uint8).bitwise_xor_(_MIDDLE)


class _ByteMap:
    """A linear map from bytes, of a given scale and zero. The operators are those of torch's own compiler."""

    def __init__(self, weight: Tensor, bias: Tensor, scale: float, zero: int) -> None:
        import torch

        self._scales = weight.abs().amax(1).clamp(min=1e-9) / (_LEVELS // 2)
        rounded = (weight / self._scales[:, None]).round_().to(torch.int8)
        self._weight = torch.ops.onednn.qlinear_prepack(rounded, None)
        self._zeros = torch.zeros(len(bias), dtype=torch.int32)
        self._bias, self._scale, self._zero = bias, scale, zero

    def __call__(self, state: Tensor, dtype: torch.dtype) -> Tensor:
        return self._run(state, 1.0, 0, dtype, "none", "")

    def into_bytes(self, state: Tensor, scale: float, zero: int) -> Tensor:
        """Return gelu of the map, in bytes of a given scale and zero."""
        import torch

        return self._run(state, scale, zero, torch.uint8, "gelu", "none")

    def _run(self, state: Tensor, scale: float, zero: int, dtype: torch.dtype, after: str, how: str) -> Tensor:
        import torch

        weights = self._weight, self._scales, self._zeros, self._bias
        run = torch.ops.onednn.qlinear_pointwise
        found: Tensor = run(state, self._scale, self._zero, *weights, scale, zero, dtype, after, [], how)
        return found


def _smoothing(weight: Tensor, seen: Tensor) -> Tensor:
    """Return (in,), by what each input is divided and each column of the weight multiplied."""
    found: Tensor = (seen.abs().amax(0).clamp(min=1e-5) / weight.abs().amax(0).clamp(min=1e-5)).sqrt()
    return found
