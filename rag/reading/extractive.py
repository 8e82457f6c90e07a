"""An extractive reader: any Hugging Face question-answering model, by name or folder. Implements the Reader promise.

A passage is read under its article's title and day, which tell what "the company" and "on Tuesday" are; no answer is
taken from there. A passage longer than the model sees is read in windows with a stride, the first alone under the
heading. Every window gives spans and a null score, the logits of the first token for "no answer here" (SQuAD 2.0's
rule); a passage's null score is the least of its windows'.
What this module does not know: when to abstain.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from rag.engine import MODEL_TURN, Precision, model_error, prepare, resolve_model, torch_dtype
from rag.reading.decode import best_spans, tidy
from rag.types import Hit, Passage, Reading, Span

if TYPE_CHECKING:
    from transformers import BatchEncoding

PACKAGED_READER = "packaged"
MODEL_FOLDER = Path(__file__).parent / "model"
MAX_QUESTION_TOKENS = 64
HEADING_WORDS = 32
FOLDED = 6  # raw spans fetched for each one kept, since several become one when widened to whole words


@dataclass(frozen=True, slots=True)
class _Window:
    """Logits of one window and where its tokens stand: passage number, (tokens,) logits, (tokens, 2) offsets."""

    passage: int
    starts: NDArray[np.float32]
    ends: NDArray[np.float32]
    offsets: NDArray[np.int64]
    in_passage: NDArray[np.bool_]


class ExtractiveReader:
    """Finds candidate spans with a model of the kind AutoModelForQuestionAnswering.

    max_tokens, stride: size and overlap of a window, in tokens. n_best: spans kept for each passage.
    Raises ModelError when the model cannot be loaded.
    """

    def __init__(
        self,
        model: str = PACKAGED_READER,
        *,
        precision: Precision = "auto",
        max_tokens: int = 384,
        stride: int = 128,
        max_answer_tokens: int = 30,
        n_best: int = 5,
        batch_size: int = 16,
    ) -> None:
        prepare()
        name = str(MODEL_FOLDER) if model == PACKAGED_READER else resolve_model(model)
        try:
            from transformers import AutoModelForQuestionAnswering, AutoTokenizer

            self._tokenizer: Any = AutoTokenizer.from_pretrained(name)
            loaded, info = AutoModelForQuestionAnswering.from_pretrained(
                name, dtype=torch_dtype(precision), output_loading_info=True
            )
            if info["missing_keys"]:  # transformers would draw them at random
                raise ValueError(f"no weights for {min(info['missing_keys'])}: not a question-answering model")
            if len(self._tokenizer) <= len(self._tokenizer.all_special_tokens):
                raise ValueError("its tokenizer has no words")
            self._model: Any = loaded.eval()
        except Exception as error:  # a broken folder raises whatever its broken file leads to
            raise model_error("reader", model, error) from error
        self._max_tokens = min(max_tokens, int(getattr(self._model.config, "max_position_embeddings", max_tokens)))
        self._stride = stride
        self._max_answer_tokens, self._n_best, self._batch_size = max_answer_tokens, n_best, batch_size

    def read(self, question: str, hits: Sequence[Hit]) -> Reading:
        """Return every hit's best spans, best margin first, ties by passage and place."""
        headings = [_heading(hit.passage) for hit in hits]
        texts = [heading + hit.passage.text for heading, hit in zip(headings, hits, strict=True)]
        found: dict[int, dict[tuple[int, int], float]] = {i: {} for i in range(len(hits))}
        null_scores = dict.fromkeys(found, float("inf"))
        for window in self._windows(self._short(question), texts):
            i = window.passage
            null_scores[i] = min(null_scores[i], float(window.starts[0]) + float(window.ends[0]))
            for score, start, end in self._spans(window, texts[i], len(headings[i])):
                found[i][start, end] = max(score, found[i].get((start, end), float("-inf")))
        spans = []
        for i, hit in enumerate(hits):
            best = sorted(found[i].items(), key=lambda item: (-item[1], item[0]))[: self._n_best]
            offset = hit.passage.start - len(headings[i])
            spans += [Span(hit, offset + a, offset + b, score, null_scores[i]) for (a, b), score in best]
        spans.sort(key=lambda span: (-span.margin, span.hit.passage.passage_id, span.start, span.end))
        return Reading(question, tuple(hits), tuple(spans), min(null_scores.values(), default=float("inf")))

    def _short(self, question: str) -> str:
        """Return the question's last MAX_QUESTION_TOKENS: passages keep their room, and what is asked comes last."""
        encoded = self._tokenizer(question, add_special_tokens=False, return_offsets_mapping=True, verbose=False)
        offsets = encoded["offset_mapping"]
        return question if len(offsets) <= MAX_QUESTION_TOKENS else question[offsets[-MAX_QUESTION_TOKENS][0] :]

    def _windows(self, question: str, texts: Sequence[str]) -> Iterator[_Window]:
        """Run the model over all windows of all passages, in batches of like length."""
        if not texts:
            return
        asked = len(self._tokenizer(question, add_special_tokens=False)["input_ids"])
        room = self._max_tokens - asked - self._tokenizer.num_special_tokens_to_add(pair=True)
        encoded = self._tokenizer(
            [question] * len(texts),
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

    def _run(self, encoded: BatchEncoding, batch: Sequence[int]) -> Iterator[_Window]:
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
            yield _Window(
                passage=encoded["overflow_to_sample_mapping"][i],
                starts=starts[row, part],
                ends=ends[row, part],
                offsets=np.array(encoded["offset_mapping"][i], dtype=np.int64),
                in_passage=np.array([sequence == 1 for sequence in encoded.sequence_ids(i)], dtype=bool),
            )

    def _spans(self, window: _Window, text: str, heading: int) -> Iterable[tuple[float, int, int]]:
        """Return (score, start, end) in characters of the text, tidied; none within its first `heading` characters."""
        breaks = np.array([i for i, character in enumerate(text) if character == "\n"], dtype=np.int64)
        groups = np.where(window.in_passage, np.searchsorted(breaks, window.offsets[:, 1] - 1), -1)
        groups[(window.offsets[:, 0] == window.offsets[:, 1]) | (window.offsets[:, 1] <= heading)] = -1
        for score, first, last in best_spans(
            window.starts, window.ends, groups, max_tokens=self._max_answer_tokens, n_best=self._n_best * FOLDED
        ):
            start, end = int(window.offsets[first, 0]), int(window.offsets[last, 1])
            yield score, *tidy(text, start, end)


def _heading(passage: Passage) -> str:
    heading = passage.source.heading(HEADING_WORDS)
    return f"{heading}\n" if heading else ""
