"""Can a body this small say Yes or No? Trains a two-class head on yes/no rows and measures it beside the majority.

Rows are BoolQ's (Clark et al. 2019): {"id", "context", "question", "verdict": true or false}. This answers a question
about the method; the head is not part of the packaged reader. What this module does not know: spans.
"""

from __future__ import annotations

import json
import math
import random
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from rag.engine import model_error, prepare, resolve_model, torch_dtype
from rag.errors import ArticlesError
from rag.eval.rows import opened
from rag.training.schedule import rate_share

WARMUP = 0.1


@dataclass(frozen=True, slots=True)
class YesNo:
    """A question that its context answers with yes (True) or no."""

    question: str
    context: str
    verdict: bool


@dataclass(frozen=True, slots=True)
class Accuracy:
    """Shares, 0..1, over `rows`: right, its 95% interval (Wilson 1927), the larger class, and right when surest.

    surest: accuracy over the third of the rows of which the head is surest.
    """

    rows: int
    right: float
    low: float
    high: float
    majority: float
    surest: float


def read_yes_no(path: str | Path) -> list[YesNo]:
    """Return all rows of a .jsonl or .jsonl.gz file. Raises ArticlesError naming the line that cannot be used."""
    place = Path(path)
    rows = []
    try:
        with opened(place) as lines:
            for line in lines:
                rows.append(_row(json.loads(line)))
    except (OSError, EOFError, zlib.error, ValueError, KeyError, TypeError) as error:
        raise ArticlesError(f"{place}, line {len(rows) + 1}: not a yes/no row ({error!r}).") from error
    if not rows:
        raise ArticlesError(f"{place} holds no yes/no row.")
    return rows


def _row(raw: dict[str, Any]) -> YesNo:
    row = YesNo(raw["question"], raw["context"], raw["verdict"])
    if not isinstance(row.question, str) or not isinstance(row.context, str) or not isinstance(row.verdict, bool):
        raise TypeError("question and context must be texts, verdict true or false")
    return row


def try_verdicts(
    train: Sequence[YesNo],
    validation: Sequence[YesNo],
    *,
    init: str,
    epochs: int = 3,
    learning_rate: float = 5e-5,
    batch_size: int = 32,
    max_tokens: int = 192,
    seed: int = 0,
) -> Accuracy:
    """Train a head and its body on the one, measure on the other. Raises ModelError."""
    import torch

    prepare()
    torch.manual_seed(seed)
    model, tokenizer = _load(init)
    native = torch_dtype("auto") == torch.bfloat16
    optimizer = torch.optim.AdamW(model.parameters(), lr=learning_rate, weight_decay=0.01)
    rng = random.Random(seed)  # noqa: S311
    order = [i for _ in range(epochs) for i in rng.sample(range(len(train)), len(train))]
    steps = [order[first : first + batch_size] for first in range(0, len(order), batch_size)]
    model.train()
    for number, batch in enumerate(tqdm(steps, unit="step", desc="verdict")):
        rows = [train[i] for i in batch]
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=native):
            logits = model(**_encoded(rows, tokenizer, max_tokens)).logits
        loss = torch.nn.functional.cross_entropy(logits.float(), torch.tensor([int(row.verdict) for row in rows]))
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        for group in optimizer.param_groups:
            group["lr"] = learning_rate * rate_share(number / len(steps), WARMUP, 1.0)
        optimizer.step()
    model.eval()
    sure = []
    for first in range(0, len(validation), batch_size):
        with torch.inference_mode(), torch.autocast("cpu", dtype=torch.bfloat16, enabled=native):
            logits = model(**_encoded(validation[first : first + batch_size], tokenizer, max_tokens)).logits
        sure.append((logits[:, 1] - logits[:, 0]).float().numpy())
    return accuracy(np.concatenate(sure), np.array([row.verdict for row in validation]))


def accuracy(yes: NDArray[np.float32], verdicts: NDArray[np.bool_]) -> Accuracy:
    """Score logits of yes over no, (n,), against the verdicts, (n,)."""
    right = (yes > 0) == verdicts
    n, share = len(right), float(right.mean())
    z = 1.96
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    width = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    surest = np.argsort(-np.abs(yes), kind="stable")[: max(1, n // 3)]
    majority = float(max(verdicts.mean(), 1 - verdicts.mean()))
    return Accuracy(n, share, middle - width, middle + width, majority, float(right[surest].mean()))


def _load(name: str) -> tuple[Any, Any]:
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    try:
        folder = resolve_model(name)
        model = AutoModelForSequenceClassification.from_pretrained(
            folder, num_labels=2, dtype="float32", hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0
        )
        return model, AutoTokenizer.from_pretrained(folder)
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        raise model_error("reader", name, error) from error


def _encoded(rows: Sequence[YesNo], tokenizer: Any, max_tokens: int) -> Any:
    questions, contexts = [row.question for row in rows], [row.context for row in rows]
    return tokenizer(
        questions, contexts, truncation="only_second", max_length=max_tokens, padding=True, return_tensors="pt"
    )
