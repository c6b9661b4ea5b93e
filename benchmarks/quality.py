"""The quality lines: Adult by fairness target and by generator, each the mean of three seeds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from benchmarks.adult_quality import adult_table, measure
from benchmarks.judge import judge
from benchmarks.lines import Line
from benchmarks.speed import SMOKE, Sizes
from benchmarks.tables import adult as adult_files
from fairgen_core.config import (
    DataConfig,
    Enforcement,
    FairnessConfig,
    FairnessTarget,
    GeneratorConfig,
    GeneratorName,
    RolesConfig,
    TrainConfig,
)
from fairgen_core.data.loading import prepare
from fairgen_core.data.prepared import PreparedTable

_ROLES = RolesConfig(sensitive=("sex",), target="income", positive=">50K")
_SEEDS = 3


@dataclass(frozen=True)
class Bound:
    """A figure of `benchmarks.adult_quality` with what it must be and aims at."""

    figure: str
    must: float
    aim: float
    better: Literal["lower", "higher"] = "lower"


@dataclass(frozen=True)
class Case:
    """One way to train, and the bounds of its figures."""

    target: FairnessTarget
    bounds: tuple[Bound, ...]
    enforce: Enforcement = "labels"
    generator: GeneratorName = "mixture"

    @property
    def options(self) -> str:
        """The command line's options for this case."""
        return f"--fairness {self.target} --enforce {self.enforce} --generator {self.generator}"

    def config(self, seed: int, preset: str) -> TrainConfig:
        """The training's configuration."""
        return TrainConfig.model_validate(
            {
                "data": DataConfig(source="adult"),
                "roles": _ROLES,
                "fairness": FairnessConfig(target=self.target, enforce=self.enforce),
                "generator": GeneratorConfig(name=self.generator),
                "preset": preset,
                "seed": seed,
            }
        )


_NEURAL = (
    Bound("auroc", 0.893, 0.910, "higher"),
    Bound("dp off real", 0.03, 0.01),
    Bound("det", 0.66, 0.58),
)
CASES = (
    Case(
        "both",
        (
            Bound("auroc", 0.875, 0.885, "higher"),
            Bound("dp", 0.015, 0.008),
            Bound("any", 0.065, 0.045),
            Bound("ftu", 0.02, 0.003),
        ),
    ),
    Case(
        "dp",
        (
            Bound("auroc", 0.883, 0.893, "higher"),
            Bound("dp", 0.025, 0.010),
            Bound("any", 0.060, 0.035),
        ),
    ),
    Case("ftu", (Bound("auroc", 0.915, 0.922, "higher"), Bound("ftu", 0.003, 0.001))),
    Case("none", (Bound("det", 0.62, 0.55), Bound("marg", 0.012, 0.008))),
    Case(
        "dp",
        (
            Bound("attacker", 0.58, 0.53),
            Bound("auroc", 0.850, 0.865, "higher"),
            Bound("dp", 0.05, 0.03),
        ),
        enforce="latent",
    ),
    Case("none", _NEURAL, generator="lsgan"),
    Case("none", _NEURAL, generator="wgan-gp"),
    Case("none", _NEURAL, generator="diffusion"),
)
_NAMES = {
    "det": "detector",
    "marg": "marginal distance",
    "attacker": "attacker's AUROC on z",
    "dp off real": "dp, distance to that of real rows",
}


def adult(sizes: Sizes, folder: Path) -> Iterator[Line]:
    """Every figure of every case, with its spread over the seeds."""
    data = _table(sizes, folder)
    real = judge(data.test, data.train, sensitive="sex", target="income", positive=">50K")
    seeds = range(1 if sizes is SMOKE else _SEEDS)
    for case in CASES:
        detect = any(bound.figure == "det" for bound in case.bounds)
        results = [measure(data, case.config(seed, sizes.preset), detect) for seed in seeds]
        for result in results:
            result["dp off real"] = abs(result["dp"] - real["dp"])
        for bound in case.bounds:
            values = [result[bound.figure] for result in results]
            yield Line(
                f"Adult, {case.options}: {_NAMES.get(bound.figure, bound.figure)}",
                float(np.mean(values)),
                must=bound.must,
                aim=bound.aim,
                better=bound.better,
                command="python -m benchmarks.run --only quality",
                note=f"GB, {len(values)} seeds, {min(values):.3f} to {max(values):.3f}; "
                f"{sizes.preset}",
            )


def _table(sizes: Sizes, folder: Path) -> PreparedTable:
    if sizes is not SMOKE:
        return adult_table()
    files = adult_files(folder, sizes.train_rows)
    return prepare(DataConfig(source=str(files.train), test_source=str(files.test)), _ROLES)
