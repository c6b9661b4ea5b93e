"""Figures of a fair latent of pictures: what it betrays of the group, and what it keeps."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from fairgen_core.metrics.intervals import MIN_ROWS, around, share, too_few
from fairgen_core.results import Figure

N_ITERATIONS = 60
MAX_ROWS = 20_000

Codes = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float32]


def latent_attacker(
    z: FloatArray, groups: Codes, held_out: FloatArray, held_out_groups: Codes, seed: int
) -> Figure:
    """Balanced accuracy of gradient boosting that guesses the group from z.

    Args:
        z, groups: (n, d) latents and (n,) groups 0..K-1 of real training pictures.
        held_out, held_out_groups: likewise of pictures that neither the compression nor the
            attacker was trained on.
        seed: of the attacker.

    Returns:
        The mean over groups of the share of their pictures that are told right: 1 / K is chance,
        whatever the groups' sizes.
    """
    from sklearn.ensemble import HistGradientBoostingClassifier  # heavy, and for FLDGM only

    n = len(held_out)
    if n < MIN_ROWS:
        return too_few(n, "pictures")
    sizes = np.bincount(groups)
    some = slice(MAX_ROWS)
    attacker = HistGradientBoostingClassifier(
        max_iter=N_ITERATIONS, early_stopping=False, random_state=seed
    ).fit(z[some], groups[some], sample_weight=(len(groups) / sizes)[groups][some])
    told = attacker.predict(held_out)
    counts = np.bincount(held_out_groups, minlength=len(sizes))
    present = counts > 0
    hits = np.bincount(held_out_groups[told == held_out_groups], minlength=len(sizes))
    recall = hits[present] / counts[present]
    variance = (recall * (1 - recall) / counts[present]).sum() / present.sum() ** 2
    return around(float(recall.mean()), float(np.sqrt(variance)), n, 0.0, 1.0)


def content_kept(classes: Codes) -> Figure:
    """Share of latents that are of one class in every group's look.

    Args:
        classes: (n, K) class that each of n latents is told to be in each of K looks.
    """
    same = (classes == classes[:, :1]).all(axis=1)
    return share(int(same.sum()), len(same), "latents")
