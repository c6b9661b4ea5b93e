"""The quality figures on Adult: ``python -m benchmarks.adult_quality [--seeds 3] [--target both]``.

Fits on the training rows, draws as many synthetic rows, and prints a line a seed and their mean:
what gradient boosting learns from them (`judge`), marginal distance and detector against real rows.
Adult is read from FAIRGEN_DATA, else from ``shared/data`` beside the repository.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
import torch
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score

from benchmarks.judge import detector_auroc, judge, marginal_distance
from benchmarks.tables import adult_folder
from fairgen_core.config import (
    CompressionConfig,
    DataConfig,
    FairnessConfig,
    GeneratorConfig,
    RolesConfig,
    TrainConfig,
)
from fairgen_core.data.loading import prepare
from fairgen_core.data.prepared import PreparedTable
from fairgen_core.synthesizers.compression import sample_posterior
from fairgen_core.synthesizers.fldgm import FLDGM
from fairgen_core.training import SilentObserver, torch_generator

_ROLES = RolesConfig(sensitive=("sex",), target="income", positive=">50K")
_FIGURES = ("auroc", "dp", "any", "ftu", "gap", "marg", "det", "attacker", "seconds")


def adult_table() -> PreparedTable:
    """Adult with its own division into training and test rows."""
    folder = adult_folder()
    source = DataConfig(source=str(folder / "train.csv"), test_source=str(folder / "test.csv"))
    return prepare(source, _ROLES)


def measure(data: PreparedTable, config: TrainConfig, detect: bool) -> dict[str, float]:
    """Fit, sample and judge once."""
    start = time.perf_counter()
    model = FLDGM(config).fit(data, SilentObserver())
    rows = model.sample(len(data.train), config.seed)
    seconds = time.perf_counter() - start
    figures = judge(data.test, rows, sensitive="sex", target="income", positive=">50K")
    figures["marg"] = marginal_distance(data.test, rows)
    figures["det"] = detector_auroc(data.train, rows) if detect else float("nan")
    figures["attacker"] = latent_attack(model, data)
    return {**figures, "seconds": seconds}


def latent_attack(model: FLDGM, data: PreparedTable) -> float:
    """AUROC of gradient boosting that reads the group from z, on the held-out rows."""

    def latents(frame: pd.DataFrame, groups: npt.NDArray[np.int64]) -> npt.NDArray[np.float32]:
        codes = torch.from_numpy(model.form_.encoder.encode(frame)).long()
        rng = torch_generator(0, codes.device)
        return sample_posterior(model.vae_, codes, torch.from_numpy(groups), rng).numpy()

    attacker = HistGradientBoostingClassifier(random_state=0)
    attacker.fit(latents(data.train, data.train_groups), data.train_groups)
    scores = attacker.predict_proba(latents(data.test, data.test_groups))[:, 1]
    return float(roc_auc_score(data.test_groups, scores))


def line(name: str, figures: dict[str, float]) -> str:
    """One row of the printed table."""
    return f"{name:<28}" + "".join(f"{figures[key]:>10.4f}" for key in _FIGURES)


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--target", default="none,ftu,dp,both", help="targets, with commas")
    parser.add_argument("--enforce", default="labels", choices=["labels", "latent", "both-ways"])
    parser.add_argument("--generator", default="mixture")
    parser.add_argument("--preset", default="balanced", choices=["quick", "balanced", "thorough"])
    parser.add_argument("--strength", type=float, default=1.0)
    parser.add_argument("--alpha", type=float)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--no-detector", action="store_true")
    chosen = parser.parse_args(arguments)
    data = adult_table()
    print(f"{'':<28}" + "".join(f"{key:>10}" for key in _FIGURES))
    for target in chosen.target.split(","):
        results = []
        for seed in range(chosen.seeds):
            config = TrainConfig(
                data=DataConfig(source="adult"),
                roles=_ROLES,
                fairness=FairnessConfig(
                    target=target,
                    enforce=chosen.enforce,
                    strength=chosen.strength,
                    alpha=chosen.alpha,
                ),
                generator=GeneratorConfig(name=chosen.generator),
                compression=CompressionConfig(),
                preset=chosen.preset,
                seed=seed,
            )
            results.append(measure(data, config, detect=not chosen.no_detector))
            print(line(f"{target} {chosen.enforce} seed {seed}", results[-1]), flush=True)
        mean = {key: float(np.mean([r[key] for r in results])) for key in _FIGURES}
        print(line(f"{target} {chosen.enforce} mean", mean), flush=True)


if __name__ == "__main__":
    main()
