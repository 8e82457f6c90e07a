"""Passages and questions → unit vectors, by a sentence-transformers model.

The one place that builds the embedded text: title and date help to find a passage and are never quoted. What this
module does not know: what is done with the vectors.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from rag.engine import MODEL_TURN, PACKAGED_EMBEDDER, Precision, model_error, prepare, resolve_model, torch_dtype
from rag.types import HEADING, Passage

if TYPE_CHECKING:
    from collections.abc import Callable

    from rag.protocols import Vectors

HEADER_TOKENS = 48
TEMPLATE = f"{HEADING}\n{{text}}"
SPECIAL_TOKENS = 2


def embedded_text(passage: Passage, count_tokens: Callable[[str], int]) -> str:
    """Return what is embedded for a passage: its article's title, the day if known, then its text.

    The header takes at most HEADER_TOKENS tokens: the title's last words go first.
    """
    words = min(HEADER_TOKENS, len(passage.source.title.split()))
    while words and count_tokens(passage.source.heading(words)) > HEADER_TOKENS:
        words -= 1
    return f"{passage.source.heading(words)}\n{passage.text}".strip()  # TEMPLATE


def passage_tokens(wanted: int, max_tokens: int) -> int:
    """Return how many tokens a passage may have so that an embedder of max_tokens sees it whole, header and all."""
    return max(16, min(wanted, max_tokens - HEADER_TOKENS - SPECIAL_TOKENS))


class SentenceEmbedder:
    """A sentence-transformers model, by name or folder. Vectors are float32 whatever the model runs in.

    Raises ModelError when it cannot be loaded.
    """

    def __init__(self, model: str = PACKAGED_EMBEDDER, *, precision: Precision = "auto", batch_size: int = 32) -> None:
        prepare()
        place = resolve_model(model)
        try:
            from sentence_transformers import SentenceTransformer

            self._model = SentenceTransformer(place, device="cpu", model_kwargs={"dtype": torch_dtype(precision)})
        except Exception as error:  # a broken folder raises whatever its broken file leads to
            raise model_error("embedding model", model, error) from error
        self._name = model if model == PACKAGED_EMBEDDER or not Path(model).exists() else str(Path(model).resolve())
        self._batch_size = batch_size

    @property
    def name(self) -> str:
        """The model's name as configured; a folder by its full path."""
        return self._name

    @property
    def dim(self) -> int:
        """Length of a vector."""
        dim = self._model.get_embedding_dimension()
        assert dim is not None
        return int(dim)

    @property
    def max_tokens(self) -> int:
        """The most tokens of one text that the model sees, special tokens included."""
        return int(self._model.max_seq_length or 512)

    def count_tokens(self, text: str) -> int:
        """Return the number of tokens of the text, special tokens left out."""
        return len(self._model.tokenizer.tokenize(text))

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Return (n, dim) float32, unit rows."""
        return self._embed(list(texts))

    def embed_query(self, text: str) -> Vectors:
        """Return (dim,) float32, unit length."""
        return np.asarray(self._embed([text])[0], dtype=np.float32)

    def _embed(self, texts: list[str]) -> Vectors:
        if not texts:
            return np.zeros((0, self.dim), dtype=np.float32)
        size = self._batch_size
        parts = [self._encode(texts[first : first + size]) for first in range(0, len(texts), size)]
        vectors = np.concatenate(parts)
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.ascontiguousarray(vectors / np.maximum(norms, 1e-12), dtype=np.float32)

    def _encode(self, texts: list[str]) -> Vectors:
        with MODEL_TURN:
            tensor = self._model.encode(texts, batch_size=len(texts), convert_to_tensor=True, show_progress_bar=False)
        return np.asarray(tensor.float().numpy(), dtype=np.float32)
