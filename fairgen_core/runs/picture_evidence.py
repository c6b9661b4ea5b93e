"""The pictures that a judged training keeps for a page. They show real ones: no download does."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from fairgen_core.data.images.npz import read_arrays
from fairgen_core.errors import DataError
from fairgen_core.runs.store import RunStore

Arrays = dict[str, npt.NDArray[Any]]
EvidenceName = Literal["nearest", "shap"]

_PICTURES: dict[EvidenceName, tuple[str, ...]] = {
    "nearest": ("made", "training", "held_out"),
    "shap": ("pictures",),
}
_OTHERS: dict[EvidenceName, tuple[str, ...]] = {
    "nearest": ("training_distance", "held_out_distance", "copied", "groups"),
    "shap": ("real", "synthetic", "groups", "classes", "real_told", "synthetic_told"),
}


def picture_evidence(store: RunStore, run_id: str, name: EvidenceName) -> Arrays | None:
    """Generated pictures beside their nearest real ones, or heat maps over real ones.

    Args:
        store: where the run lies.
        run_id: a judged training on pictures.
        name: ``nearest`` (see `metrics.picture_lookalikes`) or ``shap`` (see
            `metrics.picture_explanations`).

    Returns:
        The arrays by name; None where the run keeps none, or none that can be read.
    """
    path = store.path(run_id) / f"{name}.npz"
    if not path.is_file():
        return None
    try:
        found = read_arrays(path)
    except DataError:
        return None
    return found if _is_whole(found, name) else None


def _is_whole(found: Arrays, name: EvidenceName) -> bool:
    """Whether a file, which may come from another machine, holds what a page will draw."""
    if not {*_PICTURES[name], *_OTHERS[name], "group_names", "class_names"} <= found.keys():
        return False
    lengths = {found[key].shape[:1] for key in (*_PICTURES[name], *_OTHERS[name])}
    return len(lengths) == 1 and all(
        found[key].ndim == 4 and found[key].dtype == np.uint8 for key in _PICTURES[name]
    )
