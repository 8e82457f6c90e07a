"""What a trained reader is made of and how good it is, as the README.md of its folder."""

from __future__ import annotations

import datetime
import os
import platform
from collections.abc import Mapping, Sequence
from pathlib import Path

from rag.training.recipe import Recipe, as_dict

FIGURES = ("rows", "f1", "best_f1", "fair_f1", "has_em", "has_f1", "no_em", "auroc", "ece")


def write_card(
    folder: Path,
    recipe: Recipe,
    *,
    init: str,
    teachers: Sequence[str],
    rows: Mapping[str, int],
    steps: int,
    seconds: float,
    validation: Mapping[str, Mapping[str, float]],
) -> None:
    """Write the card of a run. rows: of each set; validation: figures of each file, as `rag.eval reader` names them."""
    import torch

    taught = ", ".join(Path(name).name for name in teachers) or "none"
    made = (
        f"First weights: {Path(init).name}. Teachers: {taught}. {steps:,} steps in {seconds / 60:,.0f} minutes on "
        f"{_machine()}, torch {torch.__version__}, {datetime.date.today().isoformat()}."
    )
    lines = [
        "# A reader trained by `python -m rag.training train`",
        "",
        made,
        "",
        "| trained on | rows | times an epoch |",
        "|---|---:|---:|",
        *(f"| {name} | {count:,} | {recipe.sets[name]:g} |" for name, count in rows.items()),
        "",
        "Recipe: " + ", ".join(f"{k} {v}" for k, v in as_dict(recipe).items() if k != "sets") + ".",
    ]
    if validation:
        lines += ["", "| validation | " + " | ".join(FIGURES) + " |", "|---|" + "---:|" * len(FIGURES)]
        for path, found in validation.items():
            cells = [f"{found[name]:.4g}" if name in found else "–" for name in FIGURES]
            lines.append(f"| {Path(path).name.split('.')[0]} | " + " | ".join(cells) + " |")
    (folder / "README.md").write_text("\n".join(lines) + "\n", "utf-8")


def _machine() -> str:
    return f"{os.cpu_count()} {platform.machine()} cores, {platform.system()}"
