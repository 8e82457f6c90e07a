"""Readers as folders of weights: loaded to be trained, saved in bf16, averaged, made deeper.

What this module does not know: data.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rag.engine import model_error, resolve_model
from rag.errors import ModelError


def load_model(name: str) -> tuple[Any, Any]:
    """Return a question-answering model in fp32 without dropout, and its tokenizer.

    A model without a span head, such as an embedder, gets a random one. Raises ModelError when there is none to load.
    """
    import torch
    from transformers import AutoModelForQuestionAnswering, AutoTokenizer

    try:
        folder = resolve_model(name)
        model = AutoModelForQuestionAnswering.from_pretrained(
            folder, dtype=torch.float32, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0
        )
        tokenizer = AutoTokenizer.from_pretrained(folder)
        if len(tokenizer) <= len(tokenizer.all_special_tokens):
            raise ValueError("its tokenizer has no words")
        return model, tokenizer
    except Exception as error:  # a broken folder raises whatever its broken file leads to
        raise model_error("reader", name, error) from error


def save_model(model: Any, tokenizer: Any, folder: Path) -> None:
    """Write an ordinary Hugging Face folder with weights in bf16; the model itself stays as it is."""
    import torch

    copy.deepcopy(model).to(torch.bfloat16).save_pretrained(folder)
    if backend := getattr(tokenizer, "backend_tokenizer", None):  # else the last call's length goes into the file
        backend.no_truncation()
        backend.no_padding()
    tokenizer.save_pretrained(folder)


def merge(names: Sequence[str], folder: Path) -> None:
    """Write the mean of several models' weights (Wortsman et al. 2022, "Model soups").

    They must have been trained from the same first weights. Raises ModelError when their shapes differ.
    """
    import torch

    loaded = [load_model(name) for name in names]
    model, tokenizer = loaded[0]
    states = [other.state_dict() for other, _ in loaded]
    if any({k: v.shape for k, v in state.items()} != {k: v.shape for k, v in states[0].items()} for state in states):
        raise ModelError(f"{', '.join(names)} have weights of different shapes; give runs from the same first weights.")
    means = {
        name: torch.stack([state[name] for state in states]).mean(0) if value.is_floating_point() else value
        for name, value in states[0].items()
    }
    model.load_state_dict(means)
    save_model(model, tokenizer, folder)


def stack(name: str, folder: Path) -> None:
    """Write a model with every layer doubled: 6 layers become 12. It begins about as good as the one it is made of.

    A layer's copy keeps its attention and gates, and adds nothing to what passes through it until it is trained (Chen
    et al. 2016, "Net2Net"; Wu et al. 2024, "LLaMA Pro"). Raises ModelError when the model's layers are not BERT's.
    """
    from torch.nn import ModuleList

    model, tokenizer = load_model(name)
    try:
        layers = list(model.base_model.encoder.layer)
        model.base_model.encoder.layer = ModuleList(one for layer in layers for one in (layer, _silent(layer)))
    except AttributeError as error:
        raise ModelError(f"{name} is no BERT model; only its kind of layers can be doubled.") from error
    model.config.num_hidden_layers = 2 * len(layers)
    save_model(model, tokenizer, folder)


def _silent(layer: Any) -> Any:
    """Return a copy of a layer whose two sublayers add nothing to its input.

    Its norms undo themselves: the input's mean and deviation over the dimensions are nearly the same for every token,
    since a norm with weights g and offsets b put it out: mean(b), and the root of mean(g²) + var(b).
    """
    import torch

    made = copy.deepcopy(layer)
    norm = layer.output.LayerNorm
    with torch.no_grad():
        mean, deviation = norm.bias.mean(), (norm.weight.square().mean() + norm.bias.var(correction=0)).sqrt()
        for part in (made.attention.output, made.output):
            part.dense.weight.zero_()
            part.dense.bias.zero_()
            part.LayerNorm.weight.fill_(deviation)
            part.LayerNorm.bias.fill_(mean)
    return made
