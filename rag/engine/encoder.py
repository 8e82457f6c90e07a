"""BERT over packed tokens: what the packaged embedder and reader are, run with torch alone.

Texts are laid end to end and each attends to itself, so no time goes into padding; and no library of models is loaded,
which took longer than answering. A model of any other kind is run by the library it came from. The formula is that of
Devlin et al., NAACL 2019: layer(h) = N(m + W₂ gelu(W₁ m)), m = N(h + W₀ attention(h)), N layer normalisation.
What this module does not know: what the model is for.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rag.engine import MODEL_TURN, Format, Precision, number_format, torch_dtype
from rag.engine.calibration import TEXTS
from rag.engine.int8 import Int8FeedForward, Int8Linear
from rag.engine.maps import Affine, FeedForward, Linear

if TYPE_CHECKING:
    from tokenizers import Tokenizer
    from torch import Tensor

WEIGHTS = "model.safetensors"
FEWEST_PLACES = 96  # positions that a model must know for a question and some text to fit in
ROUND, ROUND_SHORT = 64, 16  # tokens of a batch are filled up to a multiple; the second up to the first
EVEN = 32  # tokens of a text are filled up to a multiple for its attention
AGREES = 0.99  # least cosine of a token's last state in bytes with the same unrounded, in the mean over texts
_LAYER = "encoder.layer.{}."
_PLAIN = {"model_type": "bert", "hidden_act": "gelu", "position_embedding_type": "absolute", "is_decoder": False}
_Map = Callable[["Tensor"], "Tensor"]


@dataclass(frozen=True, slots=True)
class _Layer:
    """One layer. query_key_value: the three maps in one, (3 × dim, dim)."""

    query_key_value: _Map
    mixed: _Map
    after_attention: Affine
    feed_forward: _Map
    after_feed_forward: Affine


@dataclass(frozen=True, slots=True)
class _Seen:
    """What went into the maps of a layer while some texts were run, each (tokens, dim)."""

    query_key_value: Tensor
    mixed: Tensor
    feed_forward: Tensor


class Encoder:
    """A BERT's hidden states. Use `load_encoder`.

    weights: by name, float32. precision: see `rag.engine`. seen: for each layer; with it the maps run on bytes.
    """

    def __init__(
        self, config: dict[str, Any], weights: dict[str, Tensor], precision: Precision, seen: Sequence[_Seen] = ()
    ) -> None:
        import torch

        dtype = torch_dtype(precision)
        self.max_tokens = int(config["max_position_embeddings"])
        self.dim = int(config["hidden_size"])
        self.format: Format = "int8" if seen else "fp32" if dtype == torch.float32 else "bf16"
        self.dtype = torch.float32 if seen else dtype  # of the states
        self._heads, self._eps = int(config["num_attention_heads"]), float(config["layer_norm_eps"])
        self._words, self._places, self._types = (
            weights[f"embeddings.{name}_embeddings.weight"].to(dtype) for name in ("word", "position", "token_type")
        )

        def affine(*names: str) -> Affine:
            return Affine(*(torch.cat([weights[f"{name}.{part}"] for name in names]) for part in ("weight", "bias")))

        self._first = affine("embeddings.LayerNorm").to(self.dtype)
        self._layers = []
        for number in range(int(config["num_hidden_layers"])):
            at = _LAYER.format(number)
            query_key_value = affine(*(f"{at}attention.self.{name}" for name in ("query", "key", "value")))
            mixed, wide, narrow = (
                affine(f"{at}{name}.dense") for name in ("attention.output", "intermediate", "output")
            )
            maps: tuple[_Map, _Map, _Map]
            if seen:
                inputs = seen[number]
                maps = (
                    Int8Linear(query_key_value, inputs.query_key_value, dtype),
                    Int8Linear(mixed, inputs.mixed, torch.float32),
                    Int8FeedForward(wide, narrow, inputs.feed_forward),
                )
            else:
                maps = Linear(query_key_value, dtype), Linear(mixed, dtype), FeedForward(wide, narrow, dtype)
            after = (affine(f"{at}{name}.LayerNorm").to(self.dtype) for name in ("attention.output", "output"))
            self._layers.append(_Layer(maps[0], maps[1], next(after), maps[2], next(after)))

    def hidden(self, ids: Sequence[Sequence[int]], types: Sequence[Sequence[int]] | None = None) -> tuple[Tensor, ...]:
        """Return the last hidden states, (tokens, dim) for each text; none may be empty or longer than max_tokens.

        ids: tokens, special ones included. types: 0 or 1 for each token; None: all 0. One batch runs at a time in a
        process, see `MODEL_TURN`.
        """
        texts = len(ids)
        if filling := self._filling(sum(map(len, ids))):
            ids, types = [*ids, [0] * filling], types and [*types, [0] * filling]
        return self._run(ids, types)[:texts]

    def watched(
        self, ids: Sequence[Sequence[int]], types: Sequence[Sequence[int]]
    ) -> tuple[tuple[Tensor, ...], list[_Seen]]:
        """Return hidden states as `hidden` does, and what went into the maps of each layer, float32."""
        seen: list[_Seen] = []
        return self._run(ids, types, seen), seen

    def _run(
        self, ids: Sequence[Sequence[int]], types: Sequence[Sequence[int]] | None, seen: list[_Seen] | None = None
    ) -> tuple[Tensor, ...]:
        import torch

        lengths = [len(one) for one in ids]
        with MODEL_TURN, torch.inference_mode():
            places = torch.cat([torch.arange(length) for length in lengths])
            kinds = torch.tensor([kind for one in types for kind in one]) if types else torch.zeros_like(places)
            found = self._words[torch.tensor([token for one in ids for token in one])].to(self.dtype)
            state = self._normal(found.add_(self._places[places]).add_(self._types[kinds]), self._first)
            for layer in self._layers:
                before, attended = state, self._attention(layer.query_key_value(state), lengths)
                state = self._normal(layer.mixed(attended).add_(state), layer.after_attention)
                if seen is not None:
                    seen.append(_Seen(before.float(), attended.float(), state.float()))
                state = self._normal(layer.feed_forward(state).add_(state), layer.after_feed_forward)
            return torch.split(state, lengths)

    def _filling(self, tokens: int) -> int:
        """Return how many tokens of one more text, that nobody asked for, bring the number to one met before.

        oneDNN makes a program for each number of rows that it multiplies and keeps it: that takes time at a new one,
        and hundreds of MB after thousands of batches. float32 does not go through it.
        """
        return 0 if self.format == "fp32" else -tokens % (ROUND if tokens > ROUND else ROUND_SHORT)

    def _normal(self, state: Tensor, by: Affine) -> Tensor:
        from torch.nn.functional import layer_norm

        return layer_norm(state, (self.dim,), by.weight, by.bias, self._eps)

    def _attention(self, query_key_value: Tensor, lengths: Sequence[int]) -> Tensor:
        """Return (tokens, dim): each text's tokens attend to the tokens of the same text.

        A long text's is written out, since torch's scaled_dot_product_attention took one and a half times as long; and
        filled up to EVEN, since a softmax over 190 took twice as long as over 192.
        """
        import torch
        from torch.nn.functional import pad, scaled_dot_product_attention

        parts = []
        for one in torch.split(query_key_value, list(lengths)):
            tokens = len(one)
            if tokens <= EVEN:
                query, key, value = one.view(1, tokens, 3, self._heads, -1).permute(2, 0, 3, 1, 4)
                mixed = scaled_dot_product_attention(query, key, value)[0]
            else:
                filled = pad(one, (0, 0, 0, -tokens % EVEN)).view(-1, 3, self._heads, self.dim // self._heads)
                query, key, value = filled.permute(1, 2, 0, 3).contiguous()  # each (heads, filled, head_dim)
                scores = torch.bmm(query.mul_(query.shape[-1] ** -0.5), key.transpose(1, 2))
                scores[:, :, tokens:] = float("-inf")
                mixed = torch.bmm(scores.softmax(-1), value)
            parts.append(mixed.transpose(0, 1)[:tokens].reshape(tokens, self.dim))
        return torch.cat(parts)


def _in_bytes(
    plain: Encoder, config: dict[str, Any], weights: dict[str, Tensor], precision: Precision, tokenizer: Tokenizer
) -> Encoder:
    """Return the encoder on bytes, or the plain one where its states on some texts are not those of the plain one."""
    import torch

    encoded = [*(tokenizer.encode(text) for _, text in TEXTS), *(tokenizer.encode(*pair) for pair in TEXTS)]
    most = plain.max_tokens
    ids, types = [one.ids[:most] for one in encoded], [one.type_ids[:most] for one in encoded]
    wanted, seen = plain.watched(ids, types)
    quick = Encoder(config, weights, precision, seen)
    found = quick.hidden(ids, types)
    close = torch.cosine_similarity(torch.cat(wanted).float(), torch.cat(found).float(), dim=1)
    return quick if float(close.mean()) >= AGREES else plain


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
        weights = {name.removeprefix("bert."): one for name, one in load_file(place / WEIGHTS).items()}
        weights = {name: one.float() if one.is_floating_point() else one for name, one in weights.items()}
        encoder = Encoder(config, weights, precision)
        tokenizer = Tokenizer.from_file(str(place / "tokenizer.json"))
        tokenizer.no_padding()
        tokenizer.no_truncation()
        if number_format(precision) == "int8":
            with suppress(AttributeError, RuntimeError):  # a torch without these operators: it runs unrounded
                encoder = _in_bytes(encoder, config, weights, precision, tokenizer)
    except (KeyError, ValueError, TypeError, OSError, RuntimeError, SafetensorError):
        return None
    except Exception:  # the tokenizers' own errors have no class of their own
        return None
    inner = "embeddings.", "encoder.", "pooler."
    rest = {name: one.to(encoder.dtype) for name, one in weights.items() if not name.startswith(inner)}
    return encoder, tokenizer, rest
