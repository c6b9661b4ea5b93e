"""Scores of every group moved onto one distribution: the map behind demographic parity that sees s.

Scores are (n, m) in 0..1: m is 1 for a binary label (its probability) and for a number (its mean
rank), else the classes' probabilities.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from fairgen_core.fairness.trees import Floats

N_LEVELS = 1001
N_LEVELS_A_TURN = 201
MAX_MOVES, MAX_TURNS = 96, 24
"""Of several classes: moves along directions, and turns through a whole basis, at most."""
_EDGE = 1e-4


@dataclass(frozen=True)
class Barycentre:
    """Every group's score quantiles moved onto their weighted mean (demographic parity).

    A score that stands at level u of its own group becomes sum over groups g of w_g Q_g(u).
    Probabilities of several classes are moved so along one direction after another, in turns of
    directions at right angles that leave their sum as it is; moved class by class and divided by
    their sums, sharp probabilities came out further apart than they had been.

    Source: Chzhen et al. 2020 (Wasserstein barycentre for fair regression); along directions,
    Bonneel et al. 2015 (sliced barycentres).

    Attributes:
        directions: (t, m) unit vectors; for one score it is 1.
        quantiles: (t, K, levels) Q_g of every group along each direction, rising.
        centre: (t, levels) their mean, weighted by the groups' shares.
    """

    directions: Floats
    quantiles: Floats
    centre: Floats

    @classmethod
    def fit(cls, scores: Floats, groups: npt.NDArray[np.int64], n_groups: int) -> Self:
        """Read the groups' quantiles off out-of-fold scores of real rows.

        A group without a row among them, as a tiny one in a thinned table, is taken to score as all
        rows do.
        """
        return cls._found(_directions(scores.shape[1]), scores, groups, n_groups, None)

    def settled(self, scores: Floats, groups: npt.NDArray[np.int64]) -> Self:
        """The same centre, reached from the groups' quantiles of generated rows."""
        n_groups = self.quantiles.shape[1]
        return self._found(self.directions, scores, groups, n_groups, self.centre)

    @classmethod
    def _found(
        cls,
        directions: Floats,
        scores: Floats,
        groups: npt.NDArray[np.int64],
        n_groups: int,
        centre: Floats | None,
    ) -> Self:
        """The quantiles along each direction, after the moves before it."""
        levels = np.linspace(0, 1, N_LEVELS if scores.shape[1] == 1 else N_LEVELS_A_TURN)
        weights = np.bincount(groups, minlength=n_groups) / len(groups)
        quantiles, centres = [], []
        for i, direction in enumerate(directions):
            heights = scores @ direction
            of_group = [heights[groups == g] for g in range(n_groups)]
            found = np.stack([np.quantile(h if len(h) else heights, levels) for h in of_group])
            wanted = weights @ found if centre is None else centre[i]
            scores = _moved(scores, groups, direction, found, wanted)
            quantiles.append(found)
            centres.append(wanted)
        return cls(directions, np.stack(quantiles), np.stack(centres))

    def apply(self, scores: Floats, groups: npt.NDArray[np.int64]) -> Floats:
        """The fair scores of rows, (n, m)."""
        for direction, quantiles, centre in zip(
            self.directions, self.quantiles, self.centre, strict=True
        ):
            scores = _moved(scores, groups, direction, quantiles, centre)
        if scores.shape[1] == 1:
            return scores
        scores = np.clip(scores, _EDGE, None)
        return scores / scores.sum(axis=1, keepdims=True)

    def state(self) -> dict[str, npt.NDArray[Any]]:
        """Everything as arrays by name."""
        return {
            "directions": self.directions,
            "quantiles": self.quantiles,
            "centre": self.centre,
        }

    @classmethod
    def from_state(cls, state: Mapping[str, npt.NDArray[Any]]) -> Self:
        """The inverse of `state`; older models were moved class by class."""
        if "directions" in state:
            return cls(state["directions"], state["quantiles"], state["centre"])
        quantiles = state["quantiles"].transpose(1, 0, 2)
        return cls(np.eye(len(quantiles)), quantiles, state["centre"])


def _directions(n_scores: int) -> Floats:
    """(t, n_scores) directions: turns of bases of all that keeps the sum of the scores."""
    if n_scores == 1:
        return np.ones((1, 1))
    rng = np.random.default_rng([n_scores, 5])
    n_turns = int(np.clip(MAX_MOVES // (n_scores - 1), 2, MAX_TURNS))
    turns = []
    for _ in range(n_turns):
        start = rng.normal(size=(n_scores, n_scores))
        start[:, 0] = 1.0
        turns.append(np.linalg.qr(start)[0][:, 1:].T)
    return np.concatenate(turns)


def _moved(
    scores: Floats,
    groups: npt.NDArray[np.int64],
    direction: Floats,
    quantiles: Floats,
    centre: Floats,
) -> Floats:
    """Scores moved along a direction, from their own group's quantiles to the centre's."""
    heights = scores @ direction
    wanted = heights.copy()
    for g in range(len(quantiles)):
        rows = groups == g
        wanted[rows] = np.interp(heights[rows], quantiles[g], centre)
    return scores + np.outer(wanted - heights, direction)
