"""The limit: what a scorer of the person's real rows attains at each parity.

No data set made of these rows can be expected to teach more. Two scorers are moved towards parity
step by step, on held-out real rows: one sees the sensitive attribute and its groups' score
quantiles are moved onto their barycentre; one never sees it (`FairBlind`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from fairgen_core.config import TrainConfig
from fairgen_core.data.prepared import PreparedTable
from fairgen_core.evaluation.parts import HeldOut, model_figures
from fairgen_core.fairness.fair_scores import Barycentre
from fairgen_core.fairness.label_evidence import LabelEvidence
from fairgen_core.fairness.label_head import fit_blind
from fairgen_core.fairness.trees import Floats
from fairgen_core.metrics.judges import IntArray, Question, Verdict
from fairgen_core.presets import COMPRESSION
from fairgen_core.runs.files import write_json
from fairgen_core.sharing import Shared
from fairgen_core.sweep_results import LimitKind, LimitPoint
from fairgen_core.sweeping.members import Workplace
from fairgen_core.synthesizers.labels import label_evidence
from fairgen_core.synthesizers.table_form import TableForm

STRENGTHS = tuple(round(float(t), 4) for t in np.linspace(0, 1, 11))
_UNAWARENESS = ("ftu", "ftu_flips")


def write_limits(place: Workplace, base: TrainConfig) -> None:
    """Keep the limit of a sweep on a table in ``limits.json``; nothing where it has no classes."""
    data: PreparedTable = place.data(base).table
    if data.target_kind in {"binary", "classes"}:
        found = limits(data, base, place.shared)
        write_json(place.folder / "limits.json", [p.model_dump(mode="json") for p in found])


def limits(data: PreparedTable, base: TrainConfig, shared: Shared) -> list[LimitPoint]:
    """Both scorers at every strength, judged on the held-out rows.

    Args:
        data: a table with a target of classes.
        base: decides preset and seed.
        shared: may hold what real rows say about the label.
    """
    seed, preset = base.seed, base.preset
    form = TableForm.fit(data)
    values = form.encoder.values(data.train)
    evidence = shared.part(
        "evidence",
        (preset, seed),
        lambda: label_evidence(form, values, data.train_groups, preset, seed),
    )
    question = shared.part("question", seed, lambda: Question(data, seed))
    held_out = HeldOut.of(data, question)
    order = _columns(data, values[:, -1])
    test = form.encoder.values(data.test.iloc[question.test_index])
    paths: dict[LimitKind, list[Path]] = {
        "seen": _seen(evidence, form, test, question.test.groups),
        "unseen": _unseen(evidence, form, test, COMPRESSION[preset].head_steps, seed),
    }
    found = []
    for kind, paths_of_kind in paths.items():
        for strength in STRENGTHS:
            own, *moved = (path.at(strength, order) for path in paths_of_kind)
            figures = model_figures(question, _verdict(own, moved), held_out, seed)
            if not moved:
                figures = {k: f for k, f in figures.items() if k not in _UNAWARENESS}
            found.append(LimitPoint(kind=kind, strength=strength, figures=figures))
    return found


class Path(NamedTuple):
    """A scorer's way to parity: its scores of rows without and with it, (n, m) each."""

    natural: Floats
    fair: Floats

    def at(self, strength: float, order: IntArray) -> Floats:
        """Scores at a strength, their columns in the order of the table's classes.

        Args:
            strength: 0..1.
            order: column of each class; of two classes only the second one's is kept, (n, 1).
        """
        scores = (1 - strength) * self.natural + strength * self.fair
        if len(order) > 2:
            return scores[:, order]
        return scores if order[1] == 1 else 1 - scores


def _columns(data: PreparedTable, codes: Floats) -> IntArray:
    """The label's code of each of the table's classes."""
    target = data.roles.target
    assert target is not None  # it has classes
    spelled = data.train[target].astype(object)
    first = [int(np.argmax((spelled == name).to_numpy())) for name in data.classes]
    return codes[first].astype(np.int64)


def _seen(evidence: LabelEvidence, form: TableForm, test: Floats, groups: IntArray) -> list[Path]:
    """The scorer that sees the sensitive attribute: on the rows as they are, then as each group.

    Where a sensitive number is seen, rows cannot be shown as of another group.
    """
    model, out_of_fold = evidence.view("aware")
    barycentre = Barycentre.fit(out_of_fold, evidence.groups, evidence.n_groups)
    features = form.features(test)

    def path(as_if: IntArray) -> Path:
        inputs = LabelEvidence.inputs("aware", features, form.sensitive(test, as_if))
        scores = model.scores(inputs)
        return Path(scores, barycentre.apply(scores, as_if))

    as_groups = range(evidence.n_groups) if not form.bands else range(0)
    return [path(groups), *(path(np.full_like(groups, a)) for a in as_groups)]


def _unseen(
    evidence: LabelEvidence, form: TableForm, test: Floats, n_steps: int, seed: int
) -> list[Path]:
    """The scorer that never sees it: the same whichever group a row is said to be of."""
    blind = evidence.shared.part(
        "fair blind", (n_steps, seed), lambda: fit_blind(evidence, n_steps, seed, lambda _: None)
    )
    features = form.features(test)
    scores = evidence.view("blind")[0].scores(features)
    fair = blind.apply(scores, evidence.view("group")[0].scores(features))
    return [Path(scores, fair)] * (1 + evidence.n_groups)


def _verdict(own: Floats, moved: Sequence[Floats]) -> Verdict:
    """What a scorer answers, as the judges' answers are kept."""

    def decide(scores: Floats) -> IntArray:
        if scores.shape[1] == 1:
            return (scores[:, 0] > 0.5).astype(np.int64)
        return scores.argmax(axis=1).astype(np.int64)

    decisions = decide(own)
    shifted = np.stack([decide(scores) for scores in moved] or [decisions] * 2)
    return Verdict("limit", own, decisions, shifted, None, 0)
