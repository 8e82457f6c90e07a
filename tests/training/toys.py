"""Toy rows and a toy reader for the tests of this room."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rag.eval.rows import Row
from rag.reading.extractive import MODEL_FOLDER
from rag.training.recipe import Recipe

if TYPE_CHECKING:
    import torch

TOKENIZER_FILES = ("tokenizer.json", "tokenizer_config.json")
WORDS = ["the", "ferry", "left", "town", "early", "and", "nobody", "on", "board", "saw", "it", "turn", "near", "old"]
# A recipe that changes nothing: every row once, as it is.
CHANGING = ("neighbours", "swaps", "missed", "packed", "history", "lower", "unmarked", "typos", "keywords")
PLAIN = dict.fromkeys(CHANGING, 0.0)


def plain(**changes: object) -> Recipe:
    """Return a recipe that leaves rows as they are, but for the changes."""
    return Recipe(**{**PLAIN, **changes})


def quick(**changes: object) -> Recipe:
    """Return a plain recipe of 30 steps in which a tiny model learns toy rows, 28 a batch (they have 17 tokens)."""
    about = {"sets": {"toy": 1.0}, "max_tokens": 96, "stride": 16, "batch_tokens": 480, "steps": 30}
    return plain(**{**about, "learning_rate": 1e-2, "warmup": 0.1, **changes})


def weights(folder: str | Path) -> dict[str, torch.Tensor]:
    """Return the weights of a model's folder."""
    from safetensors.torch import load_file

    return load_file(Path(folder) / "model.safetensors")


def save_tiny(folder: Path, *, layers: int = 2, hidden: int = 32, seed: int = 7) -> Path:
    """Make a random BertForQuestionAnswering with the packaged tokenizer."""
    import torch
    from transformers import BertConfig, BertForQuestionAnswering

    folder.mkdir(parents=True, exist_ok=True)
    for name in TOKENIZER_FILES:
        shutil.copyfile(MODEL_FOLDER / name, folder / name)
    words = json.loads((MODEL_FOLDER / "config.json").read_text("utf-8"))["vocab_size"]
    torch.manual_seed(seed)
    config = BertConfig(
        vocab_size=words, hidden_size=hidden, num_hidden_layers=layers, num_attention_heads=2, intermediate_size=64
    )
    BertForQuestionAnswering(config).save_pretrained(folder)
    return folder


def toy_rows(count: int = 200, seed: int = 0) -> list[Row]:
    """Return rows whose answer is the one number of the context: what a tiny model learns in a few dozen steps."""
    rng = random.Random(seed)
    rows = []
    for n in range(count):
        words, number = rng.sample(WORDS, 8), str(rng.randrange(10, 100))
        words.insert(rng.randrange(9), number)
        context = " ".join(words)
        rows.append(Row(f"toy {n:04}", context, "how many were there?", (number,), (context.index(number),)))
    return rows


def write_rows(path: Path, rows: Sequence[Row]) -> Path:
    """Write rows as .jsonl."""
    lines = [
        {"id": row.row_id, "context": row.context, "question": row.question, "is_impossible": not row.answers,
         "answers": {"text": row.answers, "answer_start": row.starts}}
        for row in rows
    ]  # fmt: skip
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), "utf-8")
    return path
