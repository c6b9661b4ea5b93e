"""Stage 4 of FLDGM: the fair label head, fitted on real rows."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from fairgen_core.config import Preset, TrainConfig
from fairgen_core.data.cells import NumberCells
from fairgen_core.fairness.label_evidence import LabelEvidence
from fairgen_core.fairness.label_head import LabelHead
from fairgen_core.presets import COMPRESSION
from fairgen_core.synthesizers.table_form import TableForm
from fairgen_core.training import Observer, stop_if_asked


def label_evidence(
    form: TableForm,
    values: npt.NDArray[np.float64],
    groups: npt.NDArray[np.int64],
    preset: Preset,
    seed: int,
) -> LabelEvidence:
    """What real rows say about the label: heads of several targets and strengths can share it.

    Args:
        form: which columns are features, label and sensitive; must have a label.
        values: (n, columns) of its encoder; rows without a label are left out.
        groups: (n,) 0..K-1.
        preset: decides the boosting iterations.
        seed: of folds and trees.
    """
    assert form.target is not None
    labels = values[:, -1]
    known = ~np.isnan(labels)
    is_number = isinstance(form.encoder.cells[form.target], NumberCells)
    labels = labels[known] if is_number else labels[known].astype(np.int64)
    return LabelEvidence(
        form.features(values)[known],
        form.sensitive(values, groups)[known],
        labels,
        groups[known],
        n_classes=0 if is_number else max(2, int(labels.max()) + 1),
        n_groups=form.n_groups,
        n_iterations=COMPRESSION[preset].label_iterations,
        seed=seed,
    )


def fit_label_head(evidence: LabelEvidence, config: TrainConfig, observer: Observer) -> LabelHead:
    """The head of the configuration's target and strength; tells the stage ``"labels"``."""

    def tick(share: float) -> None:
        stop_if_asked(observer)
        observer.on_progress("labels", 0.6 + 0.3 * share)

    observer.on_progress("labels", 0.0)
    evidence.tick = lambda: stop_if_asked(observer)
    return LabelHead(config.fairness.target, config.fairness.strength).fit(
        evidence, n_steps=COMPRESSION[config.preset].head_steps, seed=config.seed, tick=tick
    )
