"""Batches → a reader: AdamW with warm-up and decay, bf16 multiplication over fp32 weights, checkpoints and resume.

A run is a function of its recipe, its rows and its first weights: stopped at any moment and started again, it goes on
where it was. What this module does not know: where examples come from, or how a reader is scored.
"""

from __future__ import annotations

import json
import random
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tqdm import tqdm

from rag.engine import prepare, torch_dtype
from rag.errors import ModelError
from rag.training.checkpoint import NAME, load_checkpoint, save_checkpoint
from rag.training.features import Batch, batches, windows
from rag.training.mixture import Mixture
from rag.training.recipe import Recipe, as_dict
from rag.training.schedule import parameter_groups, rate_share
from rag.training.together import loss_together
from rag.training.weights import load_model, save_model

if TYPE_CHECKING:
    import torch

LOG_FILE = "log.jsonl"
OUTCOME_FILE = "outcome.json"  # there once a run has ended
SAVE_EVERY = 120.0  # seconds between checkpoints
LOG_EVERY = 20  # steps between lines of the log
STATE = ("step", "exp_avg", "exp_avg_sq")  # what AdamW keeps for each weight
ANOTHER = "a run of another recipe or model; give another folder, or delete it."
FORBIDDEN = -1e4  # logit of a token that can be no answer: e^-10000 is nothing, in bf16 too


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended: steps taken, seconds of running (earlier starts counted in), best validation score or None."""

    steps: int
    seconds: float
    best: float | None


def identity(recipe: Recipe, init: str, teachers: Sequence[str] = ()) -> str:
    """Return what a run is a function of, beside its rows: two of one identity on the same rows are one run."""
    return repr((sorted(as_dict(recipe).items()), Path(init).parts[-2:], [Path(name).parts[-2:] for name in teachers]))


class Run:
    """One training run, in one folder: its log, its checkpoint, and the reader that comes out (`model`)."""

    def __init__(
        self,
        recipe: Recipe,
        mixture: Mixture,
        folder: Path,
        *,
        init: str,
        teachers: Sequence[str] = (),
        validate: Callable[[Path], float] | None = None,
    ) -> None:
        import torch

        prepare()
        torch.manual_seed(recipe.seed)
        self._recipe, self._mixture, self._folder, self._validate = recipe, mixture, folder, validate
        self._model, self._tokenizer = load_model(init)
        self._teachers = [load_model(name)[0].eval().to(torch_dtype("auto")) for name in teachers]
        groups = parameter_groups(self._model, recipe.layer_decay, recipe.weight_decay, recipe.embeddings)
        self._optimizer = torch.optim.AdamW(groups, lr=recipe.learning_rate, fused=True)
        self._average = {name: p.detach().clone() for name, p in self._named()} if recipe.average else {}
        self._step, self._windows, self._seconds = 0, 0, 0.0
        self._best, self._waited, self._looked = float("-inf"), 0, 0
        self._begun = identity(recipe, init, teachers)

    @property
    def model_folder(self) -> Path:
        """Where the reader is when the run has ended."""
        return self._folder / "model"

    @property
    def steps(self) -> int:
        """Batches learned so far."""
        return self._step

    @property
    def seconds(self) -> float:
        """Seconds of running so far, earlier starts counted in."""
        return self._seconds

    def finished(self) -> Outcome | None:
        """Return how this very run ended, None when it has not. Raises ModelError for the end of another one."""
        path = self._folder / OUTCOME_FILE
        if not path.is_file():
            return None
        held = json.loads(path.read_text("utf-8"))
        if held.pop("begun", None) != self._begun:
            raise ModelError(f"{self._folder} holds {ANOTHER}")
        return Outcome(**held)

    def run(self) -> Outcome:
        """Train to the end of the recipe, or until validation has stopped improving.

        Raises ModelError when the folder holds a finished run, or one of another recipe.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        self._resume()
        self._model.train()
        begun = time.monotonic() - self._seconds
        saved, stopped = self._seconds, False
        with tqdm(initial=self._step, unit="step", desc=self._folder.name) as bar:
            for batch, progress, bar.total in self._remaining():
                loss = self._learn(batch, progress)
                self._step += 1
                self._windows += len(batch.ids)
                self._seconds = time.monotonic() - begun
                self._show(bar, loss)
                if self._recipe.evaluate and self._step % self._recipe.evaluate == 0:
                    stopped = self._worse()
                    saved = float("-inf")
                if stopped:
                    break
                if self._seconds - saved > SAVE_EVERY:
                    self._save()
                    saved = self._seconds
        if self._looked < self._step:
            self._worse()
        outcome = Outcome(self._step, round(self._seconds, 1), self._best if self._validate else None)
        (self._folder / OUTCOME_FILE).write_text(json.dumps({**asdict(outcome), "begun": self._begun}) + "\n", "utf-8")
        (self._folder / NAME).unlink(missing_ok=True)
        return outcome

    def _show(self, bar: Any, loss: float) -> None:
        rate = self._windows / self._seconds
        bar.set_postfix_str(f"loss {loss:.3f}, {rate:.0f} windows/s", refresh=False)
        bar.update(1)
        if self._step % LOG_EVERY == 0:
            self._log(of=bar.total, loss=round(loss, 4), windows_per_second=round(rate, 1))

    def _remaining(self) -> Iterator[tuple[Batch, float, int]]:
        """Yield every batch not yet learned, how far the run is (0..1) when it begins, and about how many there are."""
        step = 0
        for number in count():
            rng = random.Random(f"{self._recipe.seed}-windows-{number}")  # noqa: S311
            found = windows(self._mixture.epoch(number), self._tokenizer, self._recipe, rng)
            made = batches(found, self._recipe, rng)
            if not made:
                raise ModelError("The recipe draws no example from its sets; raise their shares or give more rows.")
            for i, batch in enumerate(made):
                total = self._recipe.steps or round(len(made) * self._recipe.epochs)
                progress = step / total if self._recipe.steps else (number + i / len(made)) / self._recipe.epochs
                if progress >= 1:
                    return
                if step >= self._step:
                    yield batch, progress, total
                step += 1

    def _learn(self, batch: Batch, progress: float) -> float:
        """Take one step and return the loss in nats."""
        import torch
        from torch.nn.functional import cross_entropy

        dtype = torch_dtype("auto")
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=dtype == torch.bfloat16):
            logits = _logits(self._model, batch)
        targets = [torch.from_numpy(batch.starts), torch.from_numpy(batch.ends)]
        loss = torch.stack([cross_entropy(x, y) for x, y in zip(logits, targets, strict=True)]).mean()
        if self._recipe.together:
            loss = loss + self._recipe.together * loss_together(logits, targets, batch.groups)
        if self._teachers:
            weight = self._recipe.teacher_weight
            loss = (1 - weight) * loss + weight * self._distance(logits, batch)
        self._optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self._model.parameters(), self._recipe.clip)
        share = rate_share(progress, self._recipe.warmup, self._recipe.decay)
        for group in self._optimizer.param_groups:
            group["lr"] = self._recipe.learning_rate * group["scale"] * share
        self._optimizer.step()
        if self._average:
            keep = min(self._recipe.average, (1 + self._step) / (10 + self._step))
            with torch.no_grad():
                torch._foreach_lerp_(list(self._average.values()), [p for _, p in self._named()], 1 - keep)
        return float(loss.detach())

    def _distance(self, logits: Sequence[torch.Tensor], batch: Batch) -> torch.Tensor:
        """Return the mean cross entropy with the teachers' mean distributions (Hinton et al. 2015, temperature 1)."""
        import torch

        with torch.inference_mode():
            taught = [_logits(teacher, batch) for teacher in self._teachers]
        losses = []
        for end in (0, 1):
            soft = torch.stack([one[end].softmax(-1) for one in taught]).mean(0).clone()
            losses.append(-(soft * logits[end].log_softmax(-1)).sum(-1).mean())
        return torch.stack(losses).mean()

    def _worse(self) -> bool:
        """Write the reader if it is the best so far; whether validation has not improved `patience` times."""
        latest, older = self._folder / "latest", self._folder / "older"
        self._looked = self._step
        self._write(latest)
        score = self._validate(latest) if self._validate else float(self._step)
        if self._validate:
            self._log(validation=round(score, 4))
        if score > self._best:
            self._best, self._waited = score, 0
            if self.model_folder.is_dir():
                self.model_folder.rename(older)  # a kill here leaves the best reader so far under one of two names
            latest.rename(self.model_folder)
            shutil.rmtree(older, ignore_errors=True)
        else:
            self._waited += 1
            shutil.rmtree(latest)
        return self._waited >= self._recipe.patience

    def _write(self, folder: Path) -> None:
        """Save the model, its running mean where there is one."""
        import torch

        kept = {name: p.detach().clone() for name, p in self._named()}
        with torch.no_grad():
            for name, p in self._named():
                p.copy_(self._average.get(name, p))
            save_model(self._model, self._tokenizer, folder)
            for name, p in self._named():
                p.copy_(kept[name])

    def _named(self) -> list[tuple[str, torch.Tensor]]:
        return list(self._model.named_parameters())

    def _save(self) -> None:
        tensors = {f"model.{name}": p.detach() for name, p in self._named()}
        tensors |= {f"average.{name}": value for name, value in self._average.items()}
        for name, p in self._named():
            tensors |= {f"{key}.{name}": self._optimizer.state[p][key] for key in STATE}
        place: dict[str, Any] = {"step": self._step, "windows": self._windows, "seconds": self._seconds}
        place |= {"best": self._best, "waited": self._waited, "looked": self._looked, "begun": self._begun}
        save_checkpoint(self._folder, tensors, place)

    def _resume(self) -> None:
        import torch

        if (self._folder / OUTCOME_FILE).is_file():
            raise ModelError(f"{self._folder} holds a finished run; give another --out, or delete it.")
        older = self._folder / "older"
        if older.is_dir() and not self.model_folder.is_dir():
            older.rename(self.model_folder)
        found = load_checkpoint(self._folder)
        if found is None:
            return
        tensors, place = found
        if place["begun"] != self._begun:
            raise ModelError(f"{self._folder} holds {ANOTHER}")
        self._step, self._windows, self._seconds = place["step"], place["windows"], place["seconds"]
        self._best, self._waited, self._looked = place["best"], place["waited"], place["looked"]
        with torch.no_grad():
            for name, p in self._named():
                p.copy_(tensors[f"model.{name}"])
                if self._average:
                    self._average[name].copy_(tensors[f"average.{name}"])
                self._optimizer.state[p] = {key: tensors[f"{key}.{name}"] for key in STATE}
        self._log(resumed=True)

    def _log(self, **about: object) -> None:
        with (self._folder / LOG_FILE).open("a", encoding="utf-8") as log:
            log.write(json.dumps({"step": self._step, "seconds": round(self._seconds, 1), **about}) + "\n")


def _logits(model: Any, batch: Batch) -> tuple[torch.Tensor, torch.Tensor]:
    """Return start and end logits, (n, tokens) float32 each; tokens that can be no answer are FORBIDDEN."""
    import torch

    names = {"input_ids": batch.ids, "attention_mask": batch.mask, "token_type_ids": batch.types}
    output = model(**{name: torch.from_numpy(value) for name, value in names.items()})
    barred = ~torch.from_numpy(batch.allowed)
    starts, ends = (x.float().masked_fill(barred, FORBIDDEN) for x in (output.start_logits, output.end_logits))
    return starts, ends
