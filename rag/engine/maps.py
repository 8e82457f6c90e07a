"""The maps of a BERT layer, laid out as oneDNN wants them: in float32, or in bfloat16.

What this module does not know: how maps make a layer (encoder.py), and how they run on bytes (int8.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch
    from torch import Tensor


@dataclass(frozen=True, slots=True)
class Affine:
    """weight and bias of a linear map, (out, in) and (out,), or of a normalisation, both (dim,)."""

    weight: Tensor
    bias: Tensor

    def to(self, dtype: torch.dtype) -> Affine:
        """Return the same in another number format."""
        return Affine(self.weight.to(dtype), self.bias.to(dtype))


class Linear:
    """A linear map, (tokens, in) → (tokens, out), with or without gelu after it.

    In bfloat16 the weight is laid out once as oneDNN wants it, and gelu is part of the multiplication: a sixth faster
    on two AVX512-BF16 cores; in float32 it was no faster. The operators are those of torch's own compiler.
    """

    def __init__(self, of: Affine, dtype: torch.dtype, *, gelu: bool = False) -> None:
        import torch

        of = of.to(dtype)
        self._weight, self._bias, self._gelu = of.weight, of.bias, gelu
        self._laid_out = dtype == torch.bfloat16 and torch._C._has_mkldnn
        if self._laid_out:
            self._weight = torch.ops.mkldnn._reorder_linear_weight(of.weight, None)

    def __call__(self, state: Tensor) -> Tensor:
        """Return (tokens, out)."""
        import torch
        from torch.nn.functional import gelu, linear

        if self._laid_out:
            after, how = ("gelu", "none") if self._gelu else ("none", "")
            found: Tensor = torch.ops.mkldnn._linear_pointwise(state, self._weight, self._bias, after, [], how)
            return found
        found = linear(state, self._weight, self._bias)
        return gelu(found) if self._gelu else found


class FeedForward:
    """The two maps after attention, W₂ gelu(W₁ m)."""

    def __init__(self, wide: Affine, narrow: Affine, dtype: torch.dtype) -> None:
        self._wide, self._narrow = Linear(wide, dtype, gelu=True), Linear(narrow, dtype)

    def __call__(self, state: Tensor) -> Tensor:
        """Return (tokens, dim)."""
        return self._narrow(self._wide(state))
