"""How long a training will take, before it starts and stage by stage. Needs no torch.

Each stage's cost is counted in operations that grow with rows, columns and the preset's knobs,
times a coefficient measured on a reference machine (2 cores, no GPU). Finished runs of this
machine then correct the whole by the ratio of measured to expected seconds.
"""

from __future__ import annotations

import statistics
from typing import NamedTuple

from fairgen_core.config import TrainConfig
from fairgen_core.errors import FairGenError
from fairgen_core.image_config import ImageTrainConfig
from fairgen_core.presets import COMPRESSION, fill_compression, fill_generator
from fairgen_core.runs import machine
from fairgen_core.runs.names import choices_shown
from fairgen_core.runs.store import RunStore

# --- measured on the reference machine -----------------------------------------------------------
START_SECONDS = 3.0  # a worker's own start: Python, torch, scikit-learn
READ_SECONDS_A_CELL = 6e-7
SECONDS_A_FLOP = 1 / 60e9  # matrix products
SECONDS_A_STEP = 1.2e-3  # what a step of a small network costs besides its products
BOOSTING_SECONDS_AN_ITERATION = 6e-3  # of one model, however few the rows
BOOSTING_SECONDS_A_CELL = 9e-9  # one row, one column, one boosting iteration
MIXTURE_SECONDS = 0.5  # finding first centres
MIXTURE_SECONDS_A_TERM = 1.3e-9  # one row, one component, one entry of its covariance
DRAW_SECONDS = 0.4
DRAW_SECONDS_A_CELL = 1.1e-6
JUDGE_SECONDS = 3.0
JUDGE_SECONDS_A_ROW = 2.5e-4
GPU_SPEED_UP = 8.0

ONE_HOT_A_COLUMN = 20
"""Cells of the encoded row for each column: quantile bins of a number, spellings of a category."""
JUDGED_ROWS = 50_000
"""The judges draw at most about so many rows."""
MIXTURE_ROWS = 60_000
"""The mixture is fitted on at most about so many rows."""
_RECENT_RUNS = 10


class Estimate(NamedTuple):
    """Expected wall-clock seconds of a whole run, with the range to be told beside it."""

    seconds: float
    low: float
    high: float
    calibrated: bool
    """Whether finished runs of this machine stand behind it."""


def stage_seconds(
    config: TrainConfig, n_rows: int, n_columns: int, on_gpu: bool = False
) -> dict[str, float]:
    """Expected seconds of each stage (`training.STAGES`) on the reference machine.

    Args:
        config: the training.
        n_rows: training rows.
        n_columns: columns of the table.
        on_gpu: whether the networks train on a GPU.
    """
    n_rows, n_columns = max(1, n_rows), max(1, n_columns)
    networks = 1 / GPU_SPEED_UP if on_gpu else 1.0
    seconds = {
        "read": START_SECONDS + READ_SECONDS_A_CELL * n_rows * n_columns,
        "compression": networks * _compression_seconds(config, n_rows, n_columns),
        "labels": _label_seconds(config, n_rows, n_columns),
        "generator": networks * _generator_seconds(config, n_rows),
        "decode": DRAW_SECONDS + DRAW_SECONDS_A_CELL * (config.n_rows or n_rows) * n_columns,
    }
    if config.evaluate:
        seconds["evaluate"] = JUDGE_SECONDS + JUDGE_SECONDS_A_ROW * min(n_rows, JUDGED_ROWS)
    return seconds


def estimate_seconds(
    config: TrainConfig, n_rows: int, n_columns: int, store: RunStore | None = None
) -> Estimate:
    """Expected seconds of a training on this machine, from start to finished rows and report.

    Args:
        config: the training.
        n_rows: training rows.
        n_columns: columns of the table.
        store: whose finished runs correct the cost model; None: `RunStore()`.
    """
    expected = sum(stage_seconds(config, n_rows, n_columns, runs_on_gpu(config)).values())
    return corrected(expected, store or RunStore(), config)


def corrected(expected: float, store: RunStore, config: TrainConfig | ImageTrainConfig) -> Estimate:
    """What the cost model says, corrected by what finished runs of this machine took."""
    ratios = _measured_ratios(store, config)
    if ratios:
        expected *= statistics.median(ratios)
    spread = 1.3 if ratios else 2.0
    return Estimate(expected, expected / spread, expected * spread, bool(ratios))


def runs_on_gpu(config: TrainConfig | ImageTrainConfig) -> bool:
    """Whether a training of this configuration would use a GPU of this machine."""
    return config.device != "cpu" and machine.n_gpus() > 0


def _compression_seconds(config: TrainConfig, n_rows: int, n_columns: int) -> float:
    knobs = fill_compression(config.compression, config.preset, n_rows)
    width, batch = knobs.width or 1, knobs.batch_size or 1
    steps = (knobs.epochs or 1) * max(1, n_rows // batch)
    one_hot = ONE_HOT_A_COLUMN * n_columns
    # Forward and backward: three products of two operations a weight; encoder and decoder.
    flops = 6 * batch * (2 * one_hot * width + 4 * width * width)
    penalty = 2.0 if config.fairness.enforce != "labels" else 1.0
    return steps * penalty * (SECONDS_A_STEP + flops * SECONDS_A_FLOP)


def _label_seconds(config: TrainConfig, n_rows: int, n_columns: int) -> float:
    if config.roles.target is None:
        return 0.0
    preset = COMPRESSION[config.preset]
    fits = 4 * 2  # three folds and a refit, of the label's and of the group's model
    iteration = BOOSTING_SECONDS_AN_ITERATION + n_rows * n_columns * BOOSTING_SECONDS_A_CELL
    boosting = fits * preset.label_iterations * iteration
    head = preset.head_steps * (SECONDS_A_STEP + 6 * n_rows * 1300 * SECONDS_A_FLOP)
    return boosting + (head if config.fairness.target in {"dp", "both"} else 0.0)


def _generator_seconds(config: TrainConfig, n_rows: int) -> float:
    knobs = fill_generator(config.generator, config.preset)
    steps = knobs.n_steps or 1
    latent_dims = config.compression.latent_dims or COMPRESSION[config.preset].latent_dims
    if knobs.name == "mixture":
        terms = min(n_rows, MIXTURE_ROWS) * (knobs.n_components or 1) * latent_dims**2
        return MIXTURE_SECONDS + steps * terms * MIXTURE_SECONDS_A_TERM
    width, batch = knobs.width or 1, knobs.batch_size or 1
    passes = {"lsgan": 4, "wgan-gp": 2 + 4 * (knobs.n_critic_steps or 1), "diffusion": 3}
    flops = 6 * batch * 2 * width * width
    return steps * passes[knobs.name] * (SECONDS_A_STEP + flops * SECONDS_A_FLOP)


def _measured_ratios(store: RunStore, config: TrainConfig | ImageTrainConfig) -> list[float]:
    """Measured over expected seconds of the newest finished trainings, of like ones first."""
    like: list[float] = []
    other: list[float] = []
    wanted = (choices_shown(config)["generator"], config.preset)
    for summary in store.list():
        if summary.task != config.task or summary.state != "done":
            continue
        try:
            status = store.status(summary.id)
        except FairGenError:
            continue
        if status.seconds_taken and status.expected_seconds:
            same = (summary.generator, summary.preset) == wanted
            (like if same else other).append(status.seconds_taken / status.expected_seconds)
        if len(like) >= _RECENT_RUNS:
            break
    return (like or other)[:_RECENT_RUNS]
