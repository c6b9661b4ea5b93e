"""The limit: what a scorer of the person's real rows attains at each parity.

No data set made of these rows can be expected to teach more. Two scorers are moved towards parity
step by step, on held-out real rows: one sees the sensitive attribute and its groups' score
quantiles are moved onto their barycentre; one never sees it (`FairBlind`). Of a number both score
the rank; predicted is the mean number of training rows with such a score.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from sklearn.isotonic import IsotonicRegression

from fairgen_core.config import TrainConfig
from fairgen_core.data.cells import NumberCells
from fairgen_core.data.prepared import PreparedTable
from fairgen_core.evaluation.parts import HeldOut, model_figures
from fairgen_core.fairness.barycentre import Barycentre
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
_ROWS_A_LEVEL, _MAX_LEVELS = 30, 50
_NANOSECONDS_A_DAY = 86_400 * 10**9

Reading = Callable[[Floats], Floats]
"""From scores of the label's codes or ranks to what a judge's scores would be."""


def write_limits(place: Workplace, base: TrainConfig) -> None:
    """Keep the limit of a sweep on a table in ``limits.json``; nothing where it has no target."""
    data: PreparedTable = place.data(base).table
    if data.target_kind != "none":
        found = limits(data, base, place.shared)
        write_json(place.folder / "limits.json", [p.model_dump(mode="json") for p in found])


def limits(data: PreparedTable, base: TrainConfig, shared: Shared) -> list[LimitPoint]:
    """Both scorers at every strength, judged on the held-out rows.

    Args:
        data: a table with a target.
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
    order = _columns(data, values[:, -1]) if data.classes else None
    test = form.encoder.values(data.test.iloc[question.test_index])
    scorers: dict[LimitKind, Scorer] = {
        "seen": _seen(evidence, form, test, question.test.groups),
        "unseen": _unseen(evidence, form, test, COMPRESSION[preset].head_steps, seed),
    }
    found = []
    for kind, scorer in scorers.items():
        for strength in STRENGTHS:
            if order is not None:
                read: Reading = partial(_by_class, order=order)
            else:
                learned = scorer.learned.at(strength)[:, 0]
                read = numbers_by_score(learned, evidence.labels * _unit(form))
            own, *moved = (read(path.at(strength)) for path in (scorer.own, *scorer.moved))
            figures = model_figures(question, _verdict(own, moved, question), held_out, seed)
            if not moved:
                figures = {k: f for k, f in figures.items() if k not in _UNAWARENESS}
            found.append(LimitPoint(kind=kind, strength=strength, figures=figures))
    return found


@dataclass(frozen=True)
class Path:
    """A scorer's way to parity: its scores of rows without and with it, (n, m) each."""

    natural: Floats
    fair: Floats

    def at(self, strength: float) -> Floats:
        """Scores at a strength from 0 to 1."""
        return (1 - strength) * self.natural + strength * self.fair


@dataclass(frozen=True)
class Scorer:
    """One scorer: of the training rows (out of fold), of the held-out rows, and of these as each
    group (`moved`; empty where rows cannot be shown as of another).
    """

    learned: Path
    own: Path
    moved: Sequence[Path]


def numbers_by_score(scores: Floats, numbers: Floats) -> Reading:
    """The mean number of training rows by their score: rising, and straight between levels.

    Args:
        scores, numbers: (n,) of the training rows.
    """
    order = np.argsort(scores, kind="stable")
    levels = np.array_split(order, max(2, min(_MAX_LEVELS, len(order) // _ROWS_A_LEVEL)))
    places = np.array([scores[level].mean() for level in levels])
    means = np.array([numbers[level].mean() for level in levels])
    sizes = np.array([len(level) for level in levels])
    rising = IsotonicRegression().fit_transform(places, means, sample_weight=sizes)
    # A hair's rise keeps rows apart whose score differs where the means do not.
    hair = 1e-6 * max(float(np.ptp(numbers)), 1e-12)

    def read(found: Floats) -> Floats:
        return np.interp(found, places, rising) + hair * found

    return read


def _by_class(scores: Floats, order: IntArray) -> Floats:
    """Columns in the order of the table's classes; of two only the second one's is kept, (n, 1).

    Args:
        scores: by the label's codes.
        order: code of each of the table's classes.
    """
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


def _unit(form: TableForm) -> float:
    """What the label's numbers are multiplied by to be as judges see them (dates: days)."""
    assert form.target is not None
    cells = form.encoder.cells[form.target]
    assert isinstance(cells, NumberCells)
    return cells.unit / _NANOSECONDS_A_DAY if cells.kind == "datetime" else 1.0


def _seen(evidence: LabelEvidence, form: TableForm, test: Floats, groups: IntArray) -> Scorer:
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
    learned = Path(out_of_fold, barycentre.apply(out_of_fold, evidence.groups))
    return Scorer(learned, path(groups), [path(np.full_like(groups, a)) for a in as_groups])


def _unseen(
    evidence: LabelEvidence, form: TableForm, test: Floats, n_steps: int, seed: int
) -> Scorer:
    """The scorer that never sees it: the same whichever group a row is said to be of."""
    blind = evidence.shared.part(
        "fair blind", (n_steps, seed), lambda: fit_blind(evidence, n_steps, seed, lambda _: None)
    )
    features = form.features(test)
    (model, scores), (of_group, group_scores) = evidence.view("blind"), evidence.view("group")
    learned = Path(scores, blind.apply(scores, group_scores))
    own = model.scores(features)
    path = Path(own, blind.apply(own, of_group.scores(features)))
    return Scorer(learned, path, [path] * evidence.n_groups)


def _verdict(own: Floats, moved: Sequence[Floats], question: Question) -> Verdict:
    """What a scorer answers, as the judges' answers are kept."""

    def decide(scores: Floats) -> IntArray:
        if scores.shape[1] == 1:
            return (scores[:, 0] > question.median).astype(np.int64)
        return scores.argmax(axis=1).astype(np.int64)

    decisions = decide(own)
    shifted = np.stack([decide(scores) for scores in moved] or [decisions] * 2)
    return Verdict("limit", own, decisions, shifted, None, 0)
