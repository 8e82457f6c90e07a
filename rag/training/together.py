"""The loss over all windows of a question at once: the right one must win against the others, not only say yes itself.

A reader that learns each passage alone need not give comparable figures to two of them, yet the surest answer of all is
the one that is told. Clark and Gardner (2018), "shared normalization": one distribution over the tokens of all
passages. Here each is taken beside its own passage's null, as the margin is that ranks answers at run time.
What this module does not know: which windows are of one question.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch


def loss_together(
    logits: Sequence[torch.Tensor], targets: Sequence[torch.Tensor], groups: Sequence[Sequence[int]]
) -> torch.Tensor:
    """Return the mean, over groups and both ends, of -log P(any right token | all tokens of the group), in nats.

    logits: start and end, (n, tokens) each, tokens that can be no answer far below 0. targets: the right tokens, (n,)
    each, 0 where the window does not say. groups: rows of one question's windows. Those in which no window says, or
    that have one window only, have nothing to compare and are left out; 0 where all are.
    """
    import torch

    losses = []
    for scores, right in zip(logits, targets, strict=True):
        beside_null = scores[:, 1:] - scores[:, :1]
        for group in groups:
            rows = torch.tensor(group)
            telling = rows[right[rows] > 0]
            if len(telling) and len(rows) > 1:
                told = beside_null[telling, right[telling] - 1]
                losses.append(beside_null[rows].logsumexp((0, 1)) - told.logsumexp(0))
    return torch.stack(losses).mean() if losses else logits[0].new_zeros(())
