"""Fit the network on a stage's examples: masked losses, a teacher for the embedding, resumable."""

import logging
import math
import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from models.training.batches import Batch, Encoded, epoch_batches, hidden, ordered_batches
from models.training.network import HeadShape, Network, learning_groups
from models.training.running_mean import RunningMean

logger = logging.getLogger(__name__)
SAVE_SECONDS = 180
HALF = torch.bfloat16
"""Matrix products run in bfloat16 where the processor has it; weights and losses stay float32."""


@dataclass(frozen=True)
class Stage:
    """How one stage is fitted; the fields are those of `settings.toml`.

    `start_share`: how far its end is moved back towards where the run began, or without a
    checkpoint to start from where the stage did. `is_optional`: it is fitted where `--stages` names
    it. `is_anew`: it begins at the original encoder, whatever was fitted before. `hidden_share`: of
    the pieces, shown as unknown. `mean_steps`: if not 0, the stage gives the running mean of its
    weights over about so many steps.
    """

    epochs: int
    batch: int
    rate: float
    layer_decay: float
    warm_up: float
    smoothing: float
    teacher_share: float
    teacher_weight: float
    post_share: float = 0.0
    until: float = 1.0
    respelt_share: float = 0.0
    rounded: bool = False
    start_share: float = 0.0
    is_optional: bool = False
    is_anew: bool = False
    hidden_share: float = 0.0
    mean_steps: int = 0
    head_weights: Mapping[str, float] | None = None


def load_fitted(network: Network, state: Path) -> dict[str, Any]:
    """Give `network` the weights that a stage kept in `state`; returns all that it kept."""
    kept: dict[str, Any] = torch.load(state, weights_only=True)
    network.load_state_dict(kept["network"])
    return kept


def was_rounded(state: Path) -> bool:
    """Whether a stage that kept `state` was fitted with rounded weights (`rounding.py`)."""
    kept: dict[str, Any] = torch.load(state, weights_only=True, mmap=True)
    return any(".parametrizations." in name for name in kept["network"])


def head_loss(logits: Tensor, batch: Batch, name: str, head: HeadShape, smoothing: float) -> Tensor:
    """Mean loss of one head over the rows that know it, weighted by row; 0 if none does."""
    target = batch.targets[name] * (1 - smoothing) + smoothing / (
        2 if head.many else len(head.labels)
    )
    if head.many:
        each = functional.binary_cross_entropy_with_logits(logits, target, reduction="none").sum(1)
    else:
        each = -(target * functional.log_softmax(logits, dim=1)).sum(1)
    share = batch.known[name] * batch.weight
    return (each * share).sum() / len(batch.rows)


def teacher_embeddings(
    network: Network, encoded: Sequence[Encoded], share: float, seed: int
) -> dict[int, Tensor]:
    """Embeddings, of a random `share` of the rows, of the encoder as it is before fitting."""
    rng = random.Random(seed)
    chosen = [row for row in range(len(encoded)) if rng.random() < share]
    picked = [encoded[row] for row in chosen]
    found: dict[int, Tensor] = {}
    network.eval()
    with torch.no_grad(), torch.autocast("cpu", HALF):
        for batch in ordered_batches(picked, {}, 64, with_post=False):
            embedding = network(batch.input_ids, batch.attention_mask)["embedding"].float()
            found |= {chosen[row]: e for row, e in zip(batch.rows, embedding, strict=True)}
    return found


def teacher_loss(embedding: Tensor, batch: Batch, teacher: Mapping[int, Tensor]) -> Tensor:
    """Mean cosine distance of the batch's embeddings to the teacher's, over the rows it has."""
    at = [i for i, row in enumerate(batch.rows) if row in teacher]
    if not at:
        return torch.zeros(())
    wanted = torch.stack([teacher[batch.rows[i]] for i in at])
    return (1 - (embedding[at] * wanted).sum(1)).mean()


def rate_at(step: int, steps: int, warm_up: float) -> float:
    """Linear warm-up to 1, then a half cosine to 0."""
    rise = max(1, round(steps * warm_up))
    if step < rise:
        return (step + 1) / rise
    return 0.5 * (1 + math.cos(math.pi * (step - rise) / max(1, steps - rise)))


class Fit:
    """One stage under way: network, optimiser and step, kept in one file by `save`."""

    def __init__(
        self,
        network: Network,
        stage: Stage,
        heads: Mapping[str, HeadShape],
        encoded: Sequence[Encoded],
        state: Path,
        seed: int,
    ) -> None:
        self.network, self.stage, self.heads = network, stage, heads
        self.encoded, self.state, self.seed = encoded, state, seed
        self.teacher: Mapping[int, Tensor] = {}
        groups = learning_groups(network, stage.rate, stage.layer_decay)
        self.optimiser = torch.optim.AdamW(groups, weight_decay=0.01, fused=True)
        self.rates = [float(group["lr"]) for group in self.optimiser.param_groups]
        self.steps = stage.epochs * math.ceil(len(encoded) / stage.batch)
        self.last = round(self.steps * stage.until)
        self.step = 0
        self.mean = RunningMean(network, stage.mean_steps) if stage.mean_steps else None

    def resume(self) -> None:
        """Go on where `state` was written, if it was."""
        if self.state.exists():
            kept = load_fitted(self.network, self.state)
            self.optimiser.load_state_dict(kept["optimiser"])
            self.step = kept["step"]
            if self.mean and "mean" in kept:
                self.mean.weights = kept["mean"]
            logger.info("resumed `%s` at step %d", self.state, self.step)

    def save(self) -> None:
        """Write `state` whole or not at all."""
        part = self.state.with_suffix(".part")
        kept: dict[str, Any] = {
            "network": self.network.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "step": self.step,
        }
        if self.mean and not self.is_done():
            kept["mean"] = self.mean.weights
        torch.save(kept, part)
        part.replace(self.state)

    def loss(self, batch: Batch) -> Tensor:
        """Sum of the heads' losses and the teacher's."""
        shown = hidden(batch.input_ids, self.stage.hidden_share, self.seed + self.step)
        with torch.autocast("cpu", HALF):
            answers = self.network(shown, batch.attention_mask)
        weights = self.stage.head_weights or {}
        total = self.stage.teacher_weight * teacher_loss(
            answers["embedding"].float(), batch, self.teacher
        )
        for name, head in self.heads.items():
            part = head_loss(answers[name].float(), batch, name, head, self.stage.smoothing)
            total = total + weights.get(name, 1.0) * part
        return total

    def take_step(self, batch: Batch) -> float:
        """One optimiser step; returns the loss."""
        scale = rate_at(self.step, self.steps, self.stage.warm_up)
        for group, rate in zip(self.optimiser.param_groups, self.rates, strict=True):
            group["lr"] = rate * scale
        loss = self.loss(batch)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        self.optimiser.step()
        self.optimiser.zero_grad()
        self.step += 1
        if self.mean:
            self.mean.take(self.network, self.step)
        return float(loss.detach())

    def epoch(self, number: int) -> None:
        """Run epoch `number`, from the step at which it stands."""
        stage = self.stage
        first = number * math.ceil(len(self.encoded) / stage.batch)
        batches = epoch_batches(
            self.encoded, self.heads, stage.batch, stage.post_share, self.seed + number
        )
        saved, recent = time.monotonic(), []
        for at, batch in enumerate(batches, start=first):
            if at < self.step:
                continue
            if self.is_done():
                return
            recent.append(self.take_step(batch))
            if self.step % 50 == 0:
                logger.info(
                    "step %d of %d, loss %.4f", self.step, self.steps, sum(recent) / len(recent)
                )
                recent = []
            if time.monotonic() - saved > SAVE_SECONDS:
                self.save()
                saved = time.monotonic()

    def is_done(self) -> bool:
        """Whether the steps that it should take are behind it."""
        return self.step >= self.last

    def run(self) -> None:
        """Fit what is left of the epochs, give the network the mean if one is wanted, save."""
        self.network.train()
        for number in range(self.stage.epochs):
            if self.step < (number + 1) * math.ceil(len(self.encoded) / self.stage.batch):
                self.epoch(number)
        if self.mean:
            self.mean.give(self.network)
        self.save()
