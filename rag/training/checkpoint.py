"""A training run on disk: tensors as safetensors, the place in the run as JSON; one atomic replace each. No pickle."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rag.errors import ModelError

if TYPE_CHECKING:
    import torch

NAME = "checkpoint.safetensors"


def save_checkpoint(folder: Path, tensors: Mapping[str, torch.Tensor], place: Mapping[str, Any]) -> None:
    """Write tensors and the place in the run into one file; a kill leaves the one before."""
    from safetensors.torch import save_file

    folder.mkdir(parents=True, exist_ok=True)
    fresh = folder / f"{NAME}.new"
    save_file({name: tensor.contiguous() for name, tensor in tensors.items()}, fresh, {"place": json.dumps(place)})
    os.replace(fresh, folder / NAME)  # noqa: PTH105


def load_checkpoint(folder: Path) -> tuple[dict[str, torch.Tensor], dict[str, Any]] | None:
    """Return what was saved, or None where nothing was. Raises ModelError when it cannot be read."""
    from safetensors import SafetensorError, safe_open

    path = folder / NAME
    if not path.is_file():
        return None
    try:
        with safe_open(path, "pt") as file:
            return {name: file.get_tensor(name) for name in file.keys()}, json.loads(file.metadata()["place"])  # noqa: SIM118
    except (SafetensorError, OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(f"{path} cannot be read ({error}); delete it to begin the run anew.") from error
