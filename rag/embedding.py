"""Passages and questions → unit vectors, by a sentence-transformers model; a BERT runs packed (rag.engine.encoder).

The one place that builds the embedded text: title and date help to find a passage and are never quoted. What this
module does not know: what is done with the vectors.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np

from rag.engine import MODEL_TURN, PACKAGED_EMBEDDER, Precision, model_error, prepare, resolve_model, torch_dtype
from rag.engine.encoder import Encoder, load_encoder
from rag.types import HEADING, Passage, Source

if TYPE_CHECKING:
    from collections.abc import Callable

    from tokenizers import Tokenizer

    from rag.protocols import Vectors

HEADER_TOKENS = 48
TEMPLATE = f"{HEADING}\n{{text}}"
SPECIAL_TOKENS = 2


def heading_text(source: Source, count_tokens: Callable[[str], int]) -> str:
    """Return what stands above every passage of an article when it is embedded: its title, and the day if known.

    It takes at most HEADER_TOKENS tokens: the title's last words go first.
    """
    words = min(HEADER_TOKENS, len(source.title.split()))
    while words and count_tokens(source.heading(words)) > HEADER_TOKENS:
        words -= 1
    return source.heading(words)


def under(heading: str, passage: Passage) -> str:
    """Return what is embedded for a passage under its article's `heading_text`."""
    return f"{heading}\n{passage.text}".strip()  # TEMPLATE


def embedded_text(passage: Passage, count_tokens: Callable[[str], int]) -> str:
    """Return what is embedded for a passage: its article's heading, then its text."""
    return under(heading_text(passage.source, count_tokens), passage)


def passage_tokens(wanted: int, max_tokens: int) -> int:
    """Return how many tokens a passage may have so that an embedder of max_tokens sees it whole, header and all."""
    return max(16, min(wanted, max_tokens - HEADER_TOKENS - SPECIAL_TOKENS))


class SentenceEmbedder:
    """A sentence-transformers model, by name or folder. Vectors are float32 whatever the model runs in.

    Raises ModelError when it cannot be loaded.
    """

    def __init__(self, model: str = PACKAGED_EMBEDDER, *, precision: Precision = "auto", batch_size: int = 32) -> None:
        place = resolve_model(model)
        try:
            self._model: _Model = _load_packed(place, precision) or _Library(place, precision)
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
        return self._model.dim

    @property
    def max_tokens(self) -> int:
        """The most tokens of one text that the model sees, special tokens included."""
        return self._model.max_tokens

    @property
    def packed(self) -> bool:
        """Whether it runs packed, with torch alone, and not by its library."""
        return isinstance(self._model, _Packed)

    def count_tokens(self, text: str) -> int:
        """Return the number of tokens of the text, special tokens left out."""
        return self._model.count_tokens(text)

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
        parts = [self._model.encode(texts[first : first + size]) for first in range(0, len(texts), size)]
        vectors = np.concatenate(parts)
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.ascontiguousarray(vectors / np.maximum(norms, 1e-12), dtype=np.float32)


class _Model(Protocol):
    """How the embedder runs."""

    dim: int
    max_tokens: int

    def count_tokens(self, text: str) -> int: ...

    def encode(self, texts: list[str]) -> Vectors: ...


class _Packed:
    """A plain BERT whose text vector is the mean of its tokens', as the packaged embedder is."""

    def __init__(self, encoder: Encoder, tokenizer: Tokenizer, max_tokens: int) -> None:
        self._encoder, self._tokenizer = encoder, tokenizer
        self.dim, self.max_tokens = encoder.dim, max_tokens

    def count_tokens(self, text: str) -> int:
        return len(self._tokenizer.encode(text, add_special_tokens=False).ids)

    def encode(self, texts: list[str]) -> Vectors:
        encoded = self._tokenizer.encode_batch(texts)
        most = self.max_tokens
        ids = [
            one.ids if len(one.ids) <= most else [*one.ids[: most - 1], one.ids[-1]] for one in encoded
        ]  # [SEP] stays
        return np.stack([state.float().mean(0).numpy() for state in self._encoder.hidden(ids)])


def _load_packed(folder: str, precision: Precision) -> _Packed | None:
    """Return the model of a sentence-transformers folder, None where it is not of that kind."""
    place = Path(folder)
    try:
        modules = [one["type"].rsplit(".", 1)[-1] for one in json.loads((place / "modules.json").read_text("utf-8"))]
        pooling = json.loads((place / "1_Pooling" / "config.json").read_text("utf-8"))
        about = json.loads((place / "sentence_bert_config.json").read_text("utf-8"))
        whole = place / "config_sentence_transformers.json"
        prompt = json.loads(whole.read_text("utf-8")).get("default_prompt_name") if whole.exists() else None
        seen, other = int(about["max_seq_length"]), bool(about.get("do_lower_case") or prompt)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    used = {name for name, on in pooling.items() if name.startswith("pooling_mode") and on is True}
    if other or modules != ["Transformer", "Pooling", "Normalize"] or used != {"pooling_mode_mean_tokens"}:
        return None
    found = load_encoder(folder, precision)
    if found is None or len(found[1].encode("").ids) != SPECIAL_TOKENS:
        return None
    return _Packed(found[0], found[1], min(seen, found[0].max_tokens))


class _Library:
    """Any sentence-transformers model."""

    def __init__(self, folder: str, precision: Precision) -> None:
        prepare()
        from sentence_transformers import SentenceTransformer

        self._model = SentenceTransformer(folder, device="cpu", model_kwargs={"dtype": torch_dtype(precision)})
        dim = self._model.get_embedding_dimension()
        assert dim is not None
        self.dim, self.max_tokens = int(dim), int(self._model.max_seq_length or 512)

    def count_tokens(self, text: str) -> int:
        return len(self._model.tokenizer.tokenize(text))

    def encode(self, texts: list[str]) -> Vectors:
        with MODEL_TURN:
            tensor = self._model.encode(texts, batch_size=len(texts), convert_to_tensor=True, show_progress_bar=False)
        return np.asarray(tensor.float().numpy(), dtype=np.float32)
