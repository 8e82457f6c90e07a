"""Question and passages → logits of every window, by a question-answering model. Two ways, one result.

A plain BERT, as the packaged reader is, runs packed (see rag.engine.encoder); any other model runs by its library. A
text longer than the model sees is read in windows that overlap by a stride; all windows hold the whole question.
What this module does not know: what a window's logits are used for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from rag.engine import MODEL_TURN, Precision, prepare, torch_dtype
from rag.engine.encoder import FEWEST_PLACES, Encoder, load_encoder

if TYPE_CHECKING:
    from tokenizers import Tokenizer
    from torch import Tensor
    from transformers import BatchEncoding

MAX_QUESTION_TOKENS = 64
SPECIAL = 3  # [CLS] question [SEP] text [SEP]


@dataclass(frozen=True, slots=True)
class Window:
    """Logits of one window and where its tokens stand: text number, (tokens,) logits, (tokens, 2) offsets."""

    text: int
    starts: NDArray[np.float32]
    ends: NDArray[np.float32]
    offsets: NDArray[np.int64]
    in_text: NDArray[np.bool_]


class Windows(Protocol):
    """A model that reads texts for a question. packed: whether it runs packed, and not by its library."""

    packed: bool

    def read(self, question: str, texts: Sequence[str]) -> Iterator[Window]:
        """Yield every window of every text, in batches of like length."""
        ...


def load_windows(folder: str, precision: Precision, *, max_tokens: int, stride: int, batch_size: int) -> Windows:
    """Load a model. Raises whatever a broken folder leads to, ValueError for a model that was not made for questions.

    max_tokens, stride: size and overlap of a window, in tokens.
    """
    found = load_encoder(folder, precision)
    if found is not None:
        encoder, tokenizer, rest = found
        if set(rest) == {"qa_outputs.weight", "qa_outputs.bias"} and _joins_as_bert(tokenizer):
            head = rest["qa_outputs.weight"], rest["qa_outputs.bias"]
            return _Packed(encoder, tokenizer, head, max_tokens, stride, batch_size)
    return _Library(folder, precision, max_tokens, stride, batch_size)


def _joins_as_bert(tokenizer: Tokenizer) -> bool:
    first, second = tokenizer.token_to_id("[CLS]"), tokenizer.token_to_id("[SEP]")
    if first is None or second is None:
        return False
    question, text = (tokenizer.encode(one, add_special_tokens=False).ids for one in ("Who?", "Nobody came."))
    joined = tokenizer.encode("Who?", "Nobody came.")
    types = [0] * (len(question) + 2) + [1] * (len(text) + 1)
    return (joined.ids, joined.type_ids) == ([first, *question, second, *text, second], types)


def _last(offsets: Sequence[tuple[int, int]], question: str) -> str:
    """Return the question's last MAX_QUESTION_TOKENS: passages keep their room, and what is asked comes last."""
    return question if len(offsets) <= MAX_QUESTION_TOKENS else question[offsets[-MAX_QUESTION_TOKENS][0] :]


class _Packed:
    """A plain BERT. Windows are cut from the tokens of the whole text."""

    packed = True

    def __init__(
        self, encoder: Encoder, tokenizer: Tokenizer, head: tuple[Tensor, Tensor], tokens: int, stride: int, size: int
    ) -> None:
        self._encoder, self._tokenizer, self._head = encoder, tokenizer, head
        self._max_tokens, self._stride, self._batch_size = min(tokens, encoder.max_tokens), stride, size
        self._first, self._end = tokenizer.encode("", add_special_tokens=True).ids

    def read(self, question: str, texts: Sequence[str]) -> Iterator[Window]:
        """Yield every window of every text, in batches of like length."""
        short = _last(self._tokenizer.encode(question, add_special_tokens=False).offsets, question)
        asked = self._tokenizer.encode(short, add_special_tokens=False).ids
        room = self._max_tokens - len(asked) - SPECIAL
        step = room - min(self._stride, room // 2)
        encoded = self._tokenizer.encode_batch(list(texts), add_special_tokens=False)
        parts = []
        for number, one in enumerate(encoded):
            begins = range(0, max(1, len(one.ids) - room + step), step) if len(one.ids) > room else (0,)
            parts += [(number, begin, min(begin + room, len(one.ids))) for begin in begins]
        parts.sort(key=lambda part: (part[1] - part[2], part[0], part[1]))
        for at in range(0, len(parts), self._batch_size):
            batch = parts[at : at + self._batch_size]
            before = [self._first, *asked, self._end]
            ids = [[*before, *encoded[number].ids[a:b], self._end] for number, a, b in batch]
            types = [[0] * len(before) + [1] * (b - a + 1) for _, a, b in batch]
            for (number, a, b), logits in zip(batch, self._logits(ids, types), strict=True):
                offsets = np.zeros((len(logits), 2), dtype=np.int64)
                offsets[len(before) : -1] = np.array(encoded[number].offsets[a:b], dtype=np.int64).reshape(-1, 2)
                inside = np.zeros(len(logits), dtype=bool)
                inside[len(before) : -1] = True
                yield Window(number, logits[:, 0], logits[:, 1], offsets, inside)

    def _logits(self, ids: Sequence[Sequence[int]], types: Sequence[Sequence[int]]) -> list[NDArray[np.float32]]:
        from torch.nn.functional import linear

        return [linear(state, *self._head).float().numpy() for state in self._encoder.hidden(ids, types)]


class _Library:
    """Any model of the kind AutoModelForQuestionAnswering."""

    packed = False

    def __init__(self, folder: str, precision: Precision, max_tokens: int, stride: int, batch_size: int) -> None:
        prepare()
        from transformers import AutoModelForQuestionAnswering, AutoTokenizer

        self._tokenizer: Any = AutoTokenizer.from_pretrained(folder)
        loaded, info = AutoModelForQuestionAnswering.from_pretrained(
            folder, dtype=torch_dtype(precision), output_loading_info=True
        )
        if info["missing_keys"]:  # transformers would draw them at random
            raise ValueError(f"no weights for {min(info['missing_keys'])}: not a question-answering model")
        if len(self._tokenizer) <= len(self._tokenizer.all_special_tokens):
            raise ValueError("its tokenizer has no words")
        self._model: Any = loaded.eval()
        self._max_tokens = min(max_tokens, int(getattr(self._model.config, "max_position_embeddings", max_tokens)))
        if self._max_tokens < FEWEST_PLACES:
            raise ValueError(f"it reads {self._max_tokens} tokens at once, and {FEWEST_PLACES} are needed")
        self._stride, self._batch_size = stride, batch_size

    def read(self, question: str, texts: Sequence[str]) -> Iterator[Window]:
        """Yield every window of every text, in batches of like length."""
        whole = self._tokenizer(question, add_special_tokens=False, return_offsets_mapping=True, verbose=False)
        short = _last(whole["offset_mapping"], question)
        asked = len(self._tokenizer(short, add_special_tokens=False)["input_ids"])
        room = self._max_tokens - asked - self._tokenizer.num_special_tokens_to_add(pair=True)
        encoded = self._tokenizer(
            [short] * len(texts),
            list(texts),
            truncation="only_second",
            max_length=self._max_tokens,
            stride=min(self._stride, room // 2),
            return_overflowing_tokens=True,
            return_offsets_mapping=True,
        )
        order = sorted(range(len(encoded["input_ids"])), key=lambda i: (-len(encoded["input_ids"][i]), i))
        for first in range(0, len(order), self._batch_size):
            yield from self._run(encoded, order[first : first + self._batch_size])

    def _run(self, encoded: BatchEncoding, batch: Sequence[int]) -> Iterator[Window]:
        import torch

        names = [name for name in self._tokenizer.model_input_names if name in encoded]
        padded = self._tokenizer.pad({name: [encoded[name][i] for i in batch] for name in names}, return_tensors="pt")
        with MODEL_TURN, torch.inference_mode():
            output = self._model(**padded)
        starts, ends = output.start_logits.float().numpy(), output.end_logits.float().numpy()
        left = self._tokenizer.padding_side == "left"
        for row, i in enumerate(batch):
            tokens = len(encoded["input_ids"][i])
            part = slice(starts.shape[1] - tokens, None) if left else slice(0, tokens)
            yield Window(
                text=encoded["overflow_to_sample_mapping"][i],
                starts=starts[row, part],
                ends=ends[row, part],
                offsets=np.array(encoded["offset_mapping"][i], dtype=np.int64),
                in_text=np.array([sequence == 1 for sequence in encoded.sequence_ids(i)], dtype=bool),
            )
