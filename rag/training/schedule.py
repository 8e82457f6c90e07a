"""How fast a run learns: the learning rate over its course and over a model's depth. Pure but for the optimizer."""

from __future__ import annotations

import re
from typing import Any

_LAYER = re.compile(r"\.layer\.(\d+)\.")


def rate_share(progress: float, warmup: float, decay: float) -> float:
    """Return the learning rate's share of its peak: up over `warmup`, level, down to 0 over the last `decay`."""
    up = progress / warmup if warmup else 1.0
    down = (1 - progress) / decay if decay else 1.0
    return max(0.0, min(1.0, up + 1e-3, down))


def parameter_groups(
    model: Any, layer_decay: float, weight_decay: float, embeddings: float = 1.0
) -> list[dict[str, Any]]:
    """Return parameter groups: each layer's rate is layer_decay times that above it; no decay of biases and norms.

    embeddings: what their rate is multiplied by, too; at 0 they stay as they are, bit for bit.
    """
    layers = int(model.config.num_hidden_layers)
    groups: dict[tuple[float, float], list[Any]] = {}
    for name, parameter in model.named_parameters():
        found = _LAYER.search(name)
        depth = int(found.group(1)) + 1 if found else (0 if "embeddings" in name else layers + 1)
        scale = layer_decay ** (layers + 1 - depth) * (embeddings if depth == 0 else 1.0)
        decay = 0.0 if parameter.ndim < 2 else weight_decay
        groups.setdefault((scale, decay), []).append(parameter)
    return [{"params": params, "scale": scale, "weight_decay": decay} for (scale, decay), params in groups.items()]
