"""An extractive reader: any Hugging Face question-answering model, by name or folder. Implements the Reader promise.

A passage is read under its article's title and day, which tell what "the company" and "on Tuesday" are; no answer is
taken from there. A passage longer than the model sees is read in windows with a stride, the first alone under the
heading. Every window gives spans and a null score, the logits of the first token for "no answer here" (SQuAD 2.0's
rule); a passage's null score is the least of its windows'.
What this module does not know: when to abstain.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from rag.engine import Precision, model_error, resolve_model
from rag.reading.decode import best_spans, tidy
from rag.reading.windows import Window, load_windows
from rag.types import Hit, Passage, Reading, Span

PACKAGED_READER = "packaged"
MODEL_FOLDER = Path(__file__).parent / "model"
HEADING_WORDS = 32
FOLDED = 6  # raw spans fetched for each one kept, since several become one when widened to whole words


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
        name = str(MODEL_FOLDER) if model == PACKAGED_READER else resolve_model(model)
        try:
            self._windows = load_windows(name, precision, max_tokens=max_tokens, stride=stride, batch_size=batch_size)
        except Exception as error:  # a broken folder raises whatever its broken file leads to
            raise model_error("reader", model, error) from error
        self._max_answer_tokens, self._n_best = max_answer_tokens, n_best

    @property
    def packed(self) -> bool:
        """Whether the model runs packed, with torch alone, and not by its library."""
        return self._windows.packed

    def read(self, question: str, hits: Sequence[Hit]) -> Reading:
        """Return every hit's best spans, best margin first, ties by passage and place."""
        headings = [read_under(hit.passage) for hit in hits]
        texts = [heading + hit.passage.text for heading, hit in zip(headings, hits, strict=True)]
        found: dict[int, dict[tuple[int, int], float]] = {i: {} for i in range(len(hits))}
        null_scores = dict.fromkeys(found, float("inf"))
        for window in self._windows.read(question, texts) if texts else ():
            i = window.text
            null_scores[i] = min(null_scores[i], float(window.starts[0]) + float(window.ends[0]))
            for score, start, end in self._spans(window, texts[i], len(headings[i])):
                found[i][start, end] = max(score, found[i].get((start, end), float("-inf")))
        spans = []
        for i, hit in enumerate(hits):
            best = sorted(found[i].items(), key=lambda item: (-item[1], item[0]))[: self._n_best]
            offset = hit.passage.start - len(headings[i])
            spans += [Span(hit, offset + a, offset + b, score, null_scores[i]) for (a, b), score in best]
        spans.sort(key=lambda span: span.order)
        return Reading(question, tuple(hits), tuple(spans), min(null_scores.values(), default=float("inf")))

    def _spans(self, window: Window, text: str, heading: int) -> Iterable[tuple[float, int, int]]:
        """Return (score, start, end) in characters of the text, tidied; none within its first `heading` characters."""
        breaks = np.array([i for i, character in enumerate(text) if character == "\n"], dtype=np.int64)
        groups = np.where(window.in_text, np.searchsorted(breaks, window.offsets[:, 1] - 1), -1)
        groups[(window.offsets[:, 0] == window.offsets[:, 1]) | (window.offsets[:, 1] <= heading)] = -1
        for score, first, last in best_spans(
            window.starts, window.ends, groups, max_tokens=self._max_answer_tokens, n_best=self._n_best * FOLDED
        ):
            start, end = int(window.offsets[first, 0]), int(window.offsets[last, 1])
            yield score, *tidy(text, start, end)


def read_under(passage: Passage) -> str:
    """Return the line that the passage is read under, with its line break; nothing where no title is known."""
    line = passage.source.heading(HEADING_WORDS)
    return f"{line}\n" if line else ""
