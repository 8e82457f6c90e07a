"""BERT over packed tokens: what the packaged embedder and reader are, run with torch alone.

Texts are laid end to end and each attends to itself, so no time goes into padding; and no library of models is loaded,
which took longer than answering. A model of any other kind is run by the library it came from. The formula is that of
Devlin et al., NAACL 2019: layer(h) = N(m + W₂ gelu(W₁ m)), m = N(h + W₀ attention(h)), N layer normalisation.
What this module does not know: what the model is for.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rag.engine import MODEL_TURN, Precision, torch_dtype

if TYPE_CHECKING:
    from tokenizers import Tokenizer
    from torch import Tensor

WEIGHTS = "model.safetensors"
FEWEST_PLACES = 96  # positions that a model must know for a question and some text to fit in
ROUND, ROUND_SHORT = 64, 16  # tokens of a batch are filled up to a multiple; the second up to the first
_LAYER = "encoder.layer.{}."
_PLAIN = {"model_type": "bert", "hidden_act": "gelu", "position_embedding_type": "absolute", "is_decoder": False}


@dataclass(frozen=True, slots=True)
class _Affine:
    """weight and bias of a linear map, (out, in) and (out,), or of a normalisation, both (dim,)."""

    weight: Tensor
    bias: Tensor


class _Linear:
    """A linear map, with or without gelu after it.

    In bfloat16 the weight is laid out once as oneDNN wants it, and gelu is part of the multiplication: a sixth faster
    on two AVX512-BF16 cores; in float32 it was no faster. The operators are those of torch's own compiler.
    """

    def __init__(self, of: _Affine, *, gelu: bool = False) -> None:
        import torch

        self._weight, self._bias, self._gelu = of.weight, of.bias, gelu
        self.laid_out = of.weight.dtype == torch.bfloat16 and torch._C._has_mkldnn
        if self.laid_out:
            self._weight = torch.ops.mkldnn._reorder_linear_weight(of.weight, None)

    def __call__(self, state: Tensor) -> Tensor:
        import torch
        from torch.nn.functional import gelu, linear

        if self.laid_out:
            after, how = ("gelu", "none") if self._gelu else ("none", "")
            found: Tensor = torch.ops.mkldnn._linear_pointwise(state, self._weight, self._bias, after, [], how)
            return found
        found = linear(state, self._weight, self._bias)
        return gelu(found) if self._gelu else found


@dataclass(frozen=True, slots=True)
class _Layer:
    """One layer. query_key_value: the three maps in one, (3 × dim, dim). wide: with gelu."""

    query_key_value: _Linear
    mixed: _Linear
    after_attention: _Affine
    wide: _Linear
    narrow: _Linear
    after_wide: _Affine


class Encoder:
    """A BERT's hidden states. Use `load_encoder`."""

    def __init__(self, config: dict[str, Any], weights: dict[str, Tensor]) -> None:
        import torch

        def affine(*names: str) -> _Affine:
            return _Affine(*(torch.cat([weights[f"{name}.{part}"] for name in names]) for part in ("weight", "bias")))

        self.max_tokens = int(config["max_position_embeddings"])
        self.dim = int(config["hidden_size"])
        self._heads, self._eps = int(config["num_attention_heads"]), float(config["layer_norm_eps"])
        self._words, self._places, self._types = (
            weights[f"embeddings.{name}_embeddings.weight"] for name in ("word", "position", "token_type")
        )
        self._first = affine("embeddings.LayerNorm")
        self._layers = []
        for number in range(int(config["num_hidden_layers"])):
            at = _LAYER.format(number)
            self._layers.append(
                _Layer(
                    _Linear(affine(*(f"{at}attention.self.{name}" for name in ("query", "key", "value")))),
                    _Linear(affine(f"{at}attention.output.dense")),
                    affine(f"{at}attention.output.LayerNorm"),
                    _Linear(affine(f"{at}intermediate.dense"), gelu=True),
                    _Linear(affine(f"{at}output.dense")),
                    affine(f"{at}output.LayerNorm"),
                )
            )

    def hidden(self, ids: Sequence[Sequence[int]], types: Sequence[Sequence[int]] | None = None) -> tuple[Tensor, ...]:
        """Return the last hidden states, (tokens, dim) for each text; none may be empty or longer than max_tokens.

        ids: tokens, special ones included. types: 0 or 1 for each token; None: all 0. One batch runs at a time in a
        process, see `MODEL_TURN`.
        """
        import torch

        texts = len(ids)
        if filling := self._filling(sum(map(len, ids))):
            ids, types = [*ids, [0] * filling], types and [*types, [0] * filling]
        lengths = [len(one) for one in ids]
        with MODEL_TURN, torch.inference_mode():
            places = torch.cat([torch.arange(length) for length in lengths])
            kinds = torch.tensor([kind for one in types for kind in one]) if types else torch.zeros_like(places)
            found = self._words[torch.tensor([token for one in ids for token in one])]
            state = self._normal(found + self._places[places] + self._types[kinds], self._first)
            for layer in self._layers:
                mixed = layer.mixed(self._attention(layer.query_key_value(state), lengths))
                state = self._normal(mixed.add_(state), layer.after_attention)
                narrow = layer.narrow(layer.wide(state))
                state = self._normal(narrow.add_(state), layer.after_wide)
            return torch.split(state, lengths)[:texts]

    def _filling(self, tokens: int) -> int:
        """Return how many tokens of one more text, that nobody asked for, bring the number to one met before.

        oneDNN makes a program for each number of rows that it multiplies and keeps it: that takes time at a new one,
        and hundreds of MB after thousands of batches. Only bfloat16 goes through it.
        """
        if not self._layers or not self._layers[0].wide.laid_out:
            return 0
        return -tokens % (ROUND if tokens > ROUND else ROUND_SHORT)

    def _normal(self, state: Tensor, by: _Affine) -> Tensor:
        from torch.nn.functional import layer_norm

        return layer_norm(state, (self.dim,), by.weight, by.bias, self._eps)

    def _attention(self, query_key_value: Tensor, lengths: Sequence[int]) -> Tensor:
        """Return (tokens, dim): each text's tokens attend to the tokens of the same text."""
        import torch
        from torch.nn.functional import scaled_dot_product_attention

        parts = []
        for one in torch.split(query_key_value, list(lengths)):
            query, key, value = one.view(1, len(one), 3, self._heads, -1).permute(2, 0, 3, 1, 4)
            parts.append(scaled_dot_product_attention(query, key, value).transpose(1, 2).reshape(len(one), self.dim))
        return torch.cat(parts)


def load_encoder(folder: str, precision: Precision) -> tuple[Encoder, Tokenizer, dict[str, Tensor]] | None:
    """Return a model's encoder, its tokenizer, and the weights that are not the encoder's, by name.

    None where the folder holds no BERT in one file of weights with a tokenizer.json: its own library runs it then, and
    says what is wrong with it.
    """
    place = Path(folder)
    try:
        config = json.loads((place / "config.json").read_text("utf-8"))
        fits = all(config.get(key, wanted) == wanted for key, wanted in _PLAIN.items()) and "model_type" in config
    except (OSError, ValueError, AttributeError):
        return None
    places, files = config.get("max_position_embeddings", 0), (place / WEIGHTS, place / "tokenizer.json")
    if not fits or places < FEWEST_PLACES or not all(file.is_file() for file in files):
        return None
    from safetensors import SafetensorError
    from safetensors.torch import load_file
    from tokenizers import Tokenizer

    try:
        dtype = torch_dtype(precision)
        weights = {name.removeprefix("bert."): one for name, one in load_file(place / WEIGHTS).items()}
        weights = {name: one.to(dtype) if one.is_floating_point() else one for name, one in weights.items()}
        encoder = Encoder(config, weights)
        tokenizer = Tokenizer.from_file(str(place / "tokenizer.json"))
    except (KeyError, ValueError, TypeError, OSError, RuntimeError, SafetensorError):
        return None
    except Exception:  # the tokenizers' own errors have no class of their own
        return None
    tokenizer.no_padding()
    tokenizer.no_truncation()
    rest = {name: one for name, one in weights.items() if not name.startswith(("embeddings.", "encoder.", "pooler."))}
    return encoder, tokenizer, rest
