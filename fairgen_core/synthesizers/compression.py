"""Stage 1 of FLDGM, fair compression: an autoencoder whose latent may not tell the group.

Loss of a batch: the columns' cross-entropies + kl_weight KL(q || N(0, I)) + alpha penalty(z, s).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch

from fairgen_core.config import CompressionConfig, PenaltyName
from fairgen_core.fairness.dependence import MAX_ROWS, PENALTIES
from fairgen_core.nn.mlp import seeded_init
from fairgen_core.nn.vae import CategoricalVAE, gaussian_kl
from fairgen_core.training import Observer, check_finite, stop_if_asked, torch_generator

_ADVICE = (
    "Try a smaller learning rate, a larger batch, or a smaller alpha under 'advanced'; "
    "another seed may do as well."
)
_REPORT_EVERY = 20
"""Steps between two looks at the loss and at the stop signal (about a tenth of a second)."""
MAX_GRAD_NORM = 2.0
WEIGHT_DECAY = 1e-4


@dataclass(frozen=True)
class CompressionTask:
    """What the autoencoder is to see and to leave out.

    Attributes:
        cardinalities: cells of each column of x.
        n_labels: cells of the label column, the last one of the codes; 0: none.
        n_groups: K.
        encoder_sees_group, decoder_sees_group: see `nn.vae.CategoricalVAE`.
        alpha: weight of the penalty; 0: none.
        penalty: its name.
    """

    cardinalities: tuple[int, ...]
    n_labels: int
    n_groups: int
    encoder_sees_group: bool
    decoder_sees_group: bool
    alpha: float
    penalty: PenaltyName


def build_vae(task: CompressionTask, knobs: CompressionConfig, seed: int) -> CategoricalVAE:
    """An untrained autoencoder; the same seed gives the same weights on every device."""
    assert knobs.latent_dims is not None
    assert knobs.width is not None
    with seeded_init(seed):
        return CategoricalVAE(
            task.cardinalities,
            task.n_labels,
            task.n_groups,
            knobs.latent_dims,
            knobs.width,
            encoder_sees_group=task.encoder_sees_group,
            decoder_sees_group=task.decoder_sees_group,
        )


def train_vae(
    task: CompressionTask,
    knobs: CompressionConfig,
    codes: torch.Tensor,
    groups: torch.Tensor,
    *,
    seed: int,
    observer: Observer,
    figures: Any = None,
    resume_from: Mapping[str, Any] | None = None,
) -> CategoricalVAE:
    """Train the autoencoder.

    Args:
        task: what it sees.
        knobs: sizes and schedule, without None.
        codes: (n, columns [+ label]) int64, on the device to train on.
        groups: (n,) int64, likewise.
        seed: of weights, batches and noise.
        observer: told the stage ``"compression"``; given a checkpoint an epoch.
        figures: function of the model that gives figures to show; called four times.
        resume_from: such a checkpoint.

    Raises:
        TrainingDivergedError: the loss is no longer finite.
        StoppedError: the person asked for a stop.
    """
    assert knobs.epochs is not None
    assert knobs.batch_size is not None
    assert knobs.learning_rate is not None
    assert knobs.kl_weight is not None
    # --- model, optimizer, schedule
    device, n = codes.device, len(codes)
    model = build_vae(task, knobs, seed).to(device)
    steps_an_epoch = max(1, n // knobs.batch_size)
    batch_size = min(knobs.batch_size, n)
    optimizer = torch.optim.AdamW(
        model.parameters(), lr=knobs.learning_rate, weight_decay=WEIGHT_DECAY
    )
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, max_lr=knobs.learning_rate, total_steps=knobs.epochs * steps_an_epoch + 1
    )
    first_epoch = 0
    if resume_from is not None:
        model.load_state_dict(resume_from["model"])
        optimizer.load_state_dict(resume_from["optimizer"])
        schedule.load_state_dict(resume_from["schedule"])
        first_epoch = int(resume_from["epoch"])
    look_at = {round(knobs.epochs * share) for share in (0.25, 0.5, 0.75, 1.0)}

    for epoch in range(first_epoch, knobs.epochs):
        # --- every epoch draws from its own seed, so that a resumed run goes on identically
        rng = torch_generator(seed * 100_003 + epoch, device)
        order = torch.randperm(n, generator=rng, device=device)
        for step in range(steps_an_epoch):
            rows = order[step * batch_size : (step + 1) * batch_size]
            losses = _losses(model, task, codes[rows], groups[rows], rng)
            loss = losses["reconstruction"] + knobs.kl_weight * losses["kl"]
            if "dependence" in losses:
                loss = loss + task.alpha * losses["dependence"]
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), MAX_GRAD_NORM)
            optimizer.step()
            schedule.step()
            # --- tell and ask
            if step % _REPORT_EVERY == 0:
                stop_if_asked(observer)
                check_finite("loss of the compression", loss.item(), _ADVICE)
                fraction = (epoch + step / steps_an_epoch) / knobs.epochs
                shown = {name: value.item() for name, value in losses.items()}
                observer.on_progress("compression", fraction, losses=shown)
        # --- end of the epoch
        seen = figures(model) if figures is not None and epoch + 1 in look_at else None
        observer.on_progress("compression", (epoch + 1) / knobs.epochs, figures=seen)
        observer.on_checkpoint(
            {
                "epoch": epoch + 1,
                "model": _copy(model.state_dict()),
                "optimizer": _copy(optimizer.state_dict()),
                "schedule": _copy(schedule.state_dict()),
            }
        )
    return model.eval()


def _losses(
    model: CategoricalVAE,
    task: CompressionTask,
    codes: torch.Tensor,
    groups: torch.Tensor,
    rng: torch.Generator,
) -> dict[str, torch.Tensor]:
    """The parts of a batch's loss, in nats a row."""
    mean, log_variance = model.encode(codes, groups)
    noise = torch.randn(mean.shape, generator=rng, device=mean.device)
    z = mean + (log_variance / 2).exp() * noise
    n_columns = len(task.cardinalities)
    logits = model.decode_x(z, groups)
    error = model.column_cross_entropy(logits, codes[:, :n_columns]).sum(dim=1)
    if task.n_labels:
        label_logits = model.decode_y(z)
        label_error = torch.nn.functional.cross_entropy(
            label_logits, codes[:, -1], reduction="none"
        )
        error = error + label_error
    losses = {"reconstruction": error.mean(), "kl": gaussian_kl(mean, log_variance).mean()}
    if task.alpha > 0:
        part = slice(MAX_ROWS)  # batches are in random order: their head is a random sample
        losses["dependence"] = PENALTIES[task.penalty](
            mean[part], log_variance[part], groups[part], task.n_groups
        )
    return losses


@torch.no_grad()
def sample_posterior(
    model: CategoricalVAE, codes: torch.Tensor, groups: torch.Tensor, rng: torch.Generator
) -> torch.Tensor:
    """One z ~ q(z | row) for each row, (n, latent_dims)."""
    parts = []
    for some, some_groups in zip(codes.split(65_536), groups.split(65_536), strict=True):
        mean, log_variance = model.encode(some, some_groups)
        noise = torch.randn(mean.shape, generator=rng, device=mean.device)
        parts.append(mean + (log_variance / 2).exp() * noise)
    return torch.cat(parts)


def _copy(state: Any) -> Any:
    """A deep copy of nested dicts and lists of tensors and plain values, without functions."""
    if isinstance(state, torch.Tensor):
        return state.detach().clone()
    if isinstance(state, dict):
        return {key: _copy(value) for key, value in state.items() if not callable(value)}
    if isinstance(state, list | tuple):
        return [_copy(value) for value in state]
    return state
