"""The fair label head: labels for generated rows, made fair on the real joint distribution.

| target | labels y' of a row (x', s') |
|---|---|
| none | from P(y given x', s') |
| ftu | from P(y given x'): s is unseen |
| dp | from P(y given x', s'), its group quantiles moved onto their barycentre |
| both | from a blind score of x' whose distribution is the same in every group |

`strength` t mixes the probabilities: (1 - t) natural + t fair, so every gap between groups shrinks
in proportion. A number is predicted by its mean rank; the fair rank then picks a conditional
distribution, P(y given rank), which is the same for every group.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import copy
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from fairgen_core.config import FairnessTarget
from fairgen_core.fairness.barycentre import Barycentre
from fairgen_core.fairness.fair_scores import FairBlind
from fairgen_core.fairness.label_draw import Cells, draw_binary, draw_classes, draw_levels
from fairgen_core.fairness.label_evidence import LabelEvidence, ScoreModel, View
from fairgen_core.fairness.trees import Floats

NEEDS: dict[FairnessTarget, tuple[View, ...]] = {
    "none": ("aware",),
    "ftu": ("blind",),
    "dp": ("aware",),
    "both": ("blind", "group"),
}
"""The views that each target reads; a strength below 1 reads 'aware' as well."""
N_KERNELS = 20
N_KERNEL_LEVELS = 101
MAX_TREES = 100
"""Of a model, whose leaves labels are balanced in."""


class LabelHead:
    """Draws labels of one fairness target at one strength.

    Args:
        target: what should hold.
        strength: 0 natural labels, 1 full enforcement.
    """

    def __init__(self, target: FairnessTarget, strength: float = 1.0) -> None:
        self.target: FairnessTarget = target if strength > 0 else "none"
        self.strength = strength

    def fit(
        self,
        evidence: LabelEvidence,
        *,
        n_steps: int,
        seed: int,
        tick: Callable[[float], None] = lambda _: None,
    ) -> Self:
        """Fit on real rows; `evidence` may be shared by heads of other targets and strengths.

        Args:
            evidence: what real rows say.
            n_steps: gradient steps of the blind head.
            seed: of the blind head's weights.
            tick: called with the share done; may raise to stop.
        """
        self.n_classes_ = evidence.n_classes
        views: tuple[View, ...] = NEEDS[self.target]
        if self.strength < 1 and "aware" not in views:
            views = (*views, "aware")
        self.models_: dict[View, ScoreModel] = {}
        scores: dict[View, Floats] = {}
        for view in views:
            self.models_[view], scores[view] = evidence.view(view)
        self.barycentre_ = self.blind_ = None
        if self.target == "dp":
            self.barycentre_ = Barycentre.fit(scores["aware"], evidence.groups, evidence.n_groups)
        if self.target == "both":
            blind = evidence.shared.part(
                "fair blind", (n_steps, seed), lambda: fit_blind(evidence, n_steps, seed, tick)
            )
            self.blind_ = copy(blind)  # `settle` gives each copy a tilt of its own
        self.kernels_ = self.kernel_places_ = np.empty(0)
        if self.n_classes_ == 0:
            self._fit_kernels(scores[views[0]][:, 0], evidence.labels)
        return self

    def settle(
        self, own: Mapping[View, Floats], groups: npt.NDArray[np.int64], shares: Floats
    ) -> None:
        """Fit the parity that was learned on real rows to generated ones.

        Args:
            own: `view_scores` of generated rows.
            groups: (n,) their groups; every group present.
            shares: (K,) the groups' shares.
        """
        if self.barycentre_ is not None:
            self.barycentre_ = self.barycentre_.settled(own["aware"], groups)
        if self.blind_ is not None:
            self.blind_.settle(own["blind"], own["group"], groups, shares)

    def view_scores(self, values: Floats, sensitive: Floats) -> dict[View, Floats]:
        """What the models of its views say of rows, (n, scores) each; arguments as in `scores`."""
        return {
            view: model.scores(LabelEvidence.inputs(view, values, sensitive))
            for view, model in self.models_.items()
        }

    def scores(self, values: Floats, sensitive: Floats, groups: npt.NDArray[np.int64]) -> Floats:
        """The probabilities (or mean ranks) that labels are drawn by, (n, m).

        Args:
            values: (n, p) features as in `LabelEvidence`.
            sensitive: (n, q) likewise.
            groups: (n,) 0..K-1.
        """
        return self.fair_scores(self.view_scores(values, sensitive), groups)

    def fair_scores(self, own: Mapping[View, Floats], groups: npt.NDArray[np.int64]) -> Floats:
        """As `scores`, from what the models of its views say of the rows."""
        if self.target == "none":
            return own["aware"]
        if self.target == "ftu":
            fair = own["blind"]
        elif self.barycentre_ is not None:
            fair = self.barycentre_.apply(own["aware"], groups)
        else:
            assert self.blind_ is not None  # the only target left is 'both'
            fair = self.blind_.apply(own["blind"], own["group"])
        if self.strength >= 1:
            return fair
        return (1 - self.strength) * own["aware"] + self.strength * fair

    def draw(
        self,
        values: Floats,
        sensitive: Floats,
        groups: npt.NDArray[np.int64],
        rng: np.random.Generator,
        own: Mapping[View, Floats] | None = None,
    ) -> Floats:
        """A label for each row, (n,): a class 0..C-1, or a number. Arguments as in `scores`;
        `own` is what `view_scores` says of them, where that is known.
        """
        if own is None:
            own = self.view_scores(values, sensitive)
        scores = self.fair_scores(own, groups)
        if self.n_classes_ == 0:
            order = np.lexsort((rng.random(len(groups)), scores[:, 0], groups))
            return self._numbers(scores[:, 0], order, rng)

        def cells_of(column: int) -> Cells:
            return self._cells(values, sensitive, groups, column)

        if scores.shape[1] == 1:
            return draw_binary(scores[:, 0], cells_of(0), rng).astype(np.float64)
        return draw_classes(scores, cells_of, rng).astype(np.float64)

    def _cells(
        self, values: Floats, sensitive: Floats, groups: npt.NDArray[np.int64], column: int
    ) -> Cells:
        """What labels are balanced in: a group, and a group in a leaf of the label's trees."""
        view: View = "blind" if "blind" in self.models_ else "aware"
        leaves = self.models_[view].leaves(
            LabelEvidence.inputs(view, values, sensitive), column, MAX_TREES
        )
        n_groups = int(groups.max(initial=0)) + 1
        return np.column_stack([groups, groups[:, None] + n_groups * (1 + leaves)])

    def _fit_kernels(self, ranks: Floats, numbers: Floats) -> None:
        """P(y | predicted rank): the quantiles of y among real rows of similar predicted rank."""
        order = np.argsort(ranks, kind="stable")
        n_kernels = max(1, min(N_KERNELS, len(ranks) // 50))
        parts = np.array_split(order, n_kernels)
        levels = np.linspace(0, 1, N_KERNEL_LEVELS)
        self.kernels_ = np.stack([_quantiles(numbers[part], levels) for part in parts])
        self.kernel_places_ = np.array([ranks[part].mean() for part in parts])

    def _numbers(
        self, ranks: Floats, order: npt.NDArray[np.int64], rng: np.random.Generator
    ) -> Floats:
        """Numbers by their ranks: one of the two nearest kernels, at an evenly spread level."""
        n_kernels, n_levels = len(self.kernels_), N_KERNEL_LEVELS
        place = np.interp(ranks, self.kernel_places_, np.arange(n_kernels))
        kernel = np.minimum(np.floor(place + rng.random(len(ranks))), n_kernels - 1)
        level = draw_levels(order, rng) * (n_levels - 1)
        low = np.floor(level).astype(np.int64)
        row = self.kernels_[kernel.astype(np.int64)]
        pick = np.arange(len(ranks))
        high = np.minimum(low + 1, n_levels - 1)
        below, above = row[pick, low], row[pick, high]
        # Between a number that rows share (0 of many) and the next one lies nothing.
        shared = (low > 0) & (below == row[pick, np.maximum(low - 1, 0)])
        last = n_levels - 1
        shared |= (high < last) & (above == row[pick, np.minimum(high + 1, last)])
        share = np.where(shared, np.round(level - low), level - low)
        return below + share * (above - below)

    def state(self) -> tuple[dict[str, Any], dict[str, npt.NDArray[Any]]]:
        """Plain values, and arrays by name."""
        plain = {"target": self.target, "strength": self.strength, "n_classes": self.n_classes_}
        arrays = {"kernels": self.kernels_, "kernel_places": self.kernel_places_}
        parts: dict[str, Any] = {str(view): model for view, model in self.models_.items()}
        parts |= {"barycentre": self.barycentre_, "fair_blind": self.blind_}
        for name, part in parts.items():
            if part is not None:
                arrays |= {f"{name}.{key}": array for key, array in part.state().items()}
        return {**plain, "views": list(self.models_)}, arrays

    @classmethod
    def from_state(cls, plain: Mapping[str, Any], arrays: Mapping[str, npt.NDArray[Any]]) -> Self:
        """The inverse of `state`."""

        def part(name: str) -> dict[str, npt.NDArray[Any]]:
            return {
                k.removeprefix(f"{name}."): v for k, v in arrays.items() if k.startswith(f"{name}.")
            }

        head = cls(plain["target"], plain["strength"])
        head.n_classes_ = plain["n_classes"]
        head.models_ = {view: ScoreModel.from_state(part(view)) for view in plain["views"]}
        head.barycentre_ = Barycentre.from_state(part("barycentre")) if part("barycentre") else None
        head.blind_ = FairBlind.from_state(part("fair_blind")) if part("fair_blind") else None
        head.kernels_, head.kernel_places_ = arrays["kernels"], arrays["kernel_places"]
        return head


def fit_blind(
    evidence: LabelEvidence, n_steps: int, seed: int, tick: Callable[[float], None]
) -> FairBlind:
    """The fair blind score of real rows; the strength plays no part in it."""
    scores, group_scores = evidence.view("blind")[1], evidence.view("group")[1]
    return FairBlind(scores.shape[1], group_scores.shape[1]).fit(
        scores,
        group_scores,
        _wanted(evidence),
        evidence.groups,
        n_groups=evidence.n_groups,
        n_steps=n_steps,
        seed=seed,
        tick=tick,
    )


def _quantiles(numbers: Floats, levels: Floats) -> Floats:
    """The quantiles, none of which lies between a number that rows share and the next one."""
    distinct, counts = np.unique(numbers, return_counts=True)
    ends = [np.quantile(numbers, levels, method=side) for side in ("lower", "higher")]
    beside = np.isin(ends, distinct[counts > 1]).any(axis=0)
    nearest = np.quantile(numbers, levels, method="closest_observation")
    found: Floats = np.where(beside, nearest, np.quantile(numbers, levels))
    return found


def _wanted(evidence: LabelEvidence) -> Floats:
    """What scores should predict: 0/1, one-hot rows, or ranks, (n, m)."""
    if evidence.n_classes == 0:
        return evidence.ranks[:, None]
    if evidence.n_classes == 2:
        return evidence.labels[:, None].astype(np.float64)
    return np.eye(evidence.n_classes)[evidence.labels]
