"""Blind scores whose distribution is the same in every group: what `both` draws its labels by.

Scores are (n, m) in 0..1: m is 1 for a binary label (its probability) and for a number (its mean
rank), else the classes' probabilities.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import torch
from torch.nn import functional

from fairgen_core.fairness.trees import Floats
from fairgen_core.nn.mlp import mlp, seeded_init
from fairgen_core.training import check_finite

N_THRESHOLDS = 40
MAX_ROWS = 40_000
"""Rows that the blind head is fitted on at most (full batches)."""
WIDTH = 32
PEAK_RATE = 1e-2
PARITY_WEIGHT = 50.0
"""lambda: the parity term's weight, reached by a quadratic ramp over the middle of the steps."""
RAMP = (0.1, 0.6)
SMALL_GROUP = 30.0
"""A group of this many rows has half the say: its distribution is known too badly to be matched."""
N_LEVELS = 501
"""At which the head's answers and the natural scores are held against each other."""
MAX_GAIN = 2.0
"""Of the answers' certainty: where hardly anything is left with the proxies gone, more would make
what is left of the gap between the groups certain."""
_EDGE = 1e-4
MAX_TILT = 1.0
"""Log-odds: a larger correction than this would mean that the generated rows are another table."""
_TILT_STEPS = 4
_TILT_WIDTH = 0.5


class FairBlind:
    """A score from P(y | x) and P(s | x) alone, equally distributed in every group.

    A small network minimises cross-entropy + lambda G, where G is the mean over pooled quantiles
    q_k of the squared gaps of the groups' distribution functions at q_k (smoothed with a width that
    follows the distance of the quantiles). It never sees s, so its labels keep fairness through
    unawareness, and demographic parity holds over every threshold.

    What it loses in information makes its answers less certain than the natural scores P(y | x),
    and labels drawn by them are noise to a model that learns from them. So a single score is then
    moved onto the natural scores' quantiles, as a barycentre does with the groups' scores: one
    rising map for all rows, which keeps parity and unawareness, how often the label is positive,
    and how often it is decided for. Answers of several classes stay as they are: made as certain,
    they told the groups apart again.

    Attributes:
        levels: (2, up to N_LEVELS) log-odds at the same levels: the network's, rising, and the
            natural scores'; (2, 0) where answers stay as they are.
    """

    def __init__(self, n_scores: int, n_group_scores: int) -> None:
        self._sizes = (n_scores, n_group_scores)
        self.tilt: Floats = np.zeros((max(2, n_group_scores), n_scores))
        self.levels: Floats = np.empty((2, 0))
        self.network = mlp([2 * (n_scores + n_group_scores), WIDTH, WIDTH, n_scores])

    def fit(
        self,
        scores: Floats,
        group_scores: Floats,
        labels: Floats,
        groups: npt.NDArray[np.int64],
        *,
        n_groups: int,
        n_steps: int,
        seed: int,
        tick: Callable[[float], None],
    ) -> Self:
        """Train on out-of-fold scores of real rows.

        Args:
            scores: (n, m) P(y | x).
            group_scores: (n, K) P(s | x), or (n, 1) for two groups.
            labels: (n, m) what the scores should predict: 0/1, one-hot, or ranks.
            groups: (n,) 0..K-1.
            n_groups: K.
            n_steps: full-batch steps.
            seed: of the weights and the choice of rows.
            tick: called with the share done; may raise to stop.

        Raises:
            TrainingDivergedError: the loss is no longer finite.
        """
        # --- rows, network, schedule
        if len(groups) > MAX_ROWS:
            rows = np.random.default_rng([seed, 11]).permutation(len(groups))[:MAX_ROWS]
            scores, group_scores = scores[rows], group_scores[rows]
            labels, groups = labels[rows], groups[rows]
        inputs = _features(scores, group_scores)
        wanted = torch.from_numpy(labels.astype(np.float32))
        member = functional.one_hot(torch.from_numpy(groups), n_groups).float().T
        member = member[member.sum(dim=1) > 0]
        with seeded_init(seed):
            self.__init__(*self._sizes)  # type: ignore[misc]
        optimizer = torch.optim.Adam(self.network.parameters(), lr=PEAK_RATE)
        schedule = torch.optim.lr_scheduler.OneCycleLR(
            optimizer, max_lr=PEAK_RATE, total_steps=n_steps + 1
        )
        # --- full-batch steps: small batches collapse at a high weight of parity
        for step in range(n_steps):
            logits = self.network(inputs)
            ramp = min(max((step / n_steps - RAMP[0]) / (RAMP[1] - RAMP[0]), 0.0), 1.0)
            loss = _cross_entropy(logits, wanted)
            if ramp > 0:
                loss = loss + PARITY_WEIGHT * ramp**2 * parity_gap(logits, member)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
            schedule.step()
            if step % 10 == 0:
                check_finite("loss of the fair label head", loss.item(), "Try another seed.")
                tick(step / n_steps)
        # --- as certain as the natural scores
        if scores.shape[1] == 1:
            self.levels = _levels(self._log_odds(scores, group_scores)[:, 0], scores[:, 0])
        return self

    def settle(
        self,
        scores: Floats,
        group_scores: Floats,
        groups: npt.NDArray[np.int64],
        shares: Floats,
    ) -> None:
        """Bring the groups' rates of decisions together on generated rows.

        Parity was learned on real rows, and generated ones tell s from x a little differently. A
        model that is trained on them sees s and would learn the difference. So each score's
        log-odds get + sum over groups a of tilt_a P(s = a | x), the smallest tilt that makes the
        rates of scores above the threshold equal; the head stays blind.

        Args:
            scores, group_scores: (n, m) and (n, K) or (n, 1), of generated rows.
            groups: (n,) 0..K-1, every group present.
            shares: (K,) the groups' shares, which the overall rate is taken with.
        """
        self.tilt = np.zeros_like(self.tilt)
        log_odds = self._log_odds(scores, group_scores)
        for c in range(log_odds.shape[1]):
            decision = log_odds[:, c] - (0.0 if self._sizes[0] == 1 else _threshold(log_odds, c))
            self.tilt[:, c] = even_tilt(decision, _memberships(group_scores), groups, shares)

    def apply(self, scores: Floats, group_scores: Floats) -> Floats:
        """The fair scores of rows, (n, m)."""
        log_odds = self._log_odds(scores, group_scores) + _memberships(group_scores) @ self.tilt
        if log_odds.shape[1] == 1:
            return 1 / (1 + np.exp(-log_odds))
        power = np.exp(log_odds - log_odds.max(axis=1, keepdims=True))
        return power / power.sum(axis=1, keepdims=True)

    @torch.no_grad()
    def _log_odds(self, scores: Floats, group_scores: Floats) -> Floats:
        """The answers before the tilt, (n, m)."""
        found: Floats = self.network(_features(scores, group_scores)).double().numpy()
        own, natural = self.levels
        if not len(own):
            return found
        beyond = found - np.clip(found, own[0], own[-1])
        return np.interp(found, own, natural) + beyond

    def state(self) -> dict[str, npt.NDArray[Any]]:
        """Everything as arrays by name."""
        weights = {name: t.numpy() for name, t in self.network.state_dict().items()}
        sizes = np.array(self._sizes, dtype=np.int64)
        return {"sizes": sizes, "tilt": self.tilt, "levels": self.levels, **weights}

    @classmethod
    def from_state(cls, state: Mapping[str, npt.NDArray[Any]]) -> Self:
        """The inverse of `state`; older heads have no levels."""
        head = cls(*(int(size) for size in state["sizes"]))
        own = {"sizes", "tilt", "levels"}
        weights = {k: torch.from_numpy(v) for k, v in state.items() if k not in own}
        head.network.load_state_dict(weights)
        head.tilt = state["tilt"]
        head.levels = state.get("levels", head.levels)
        return head


def parity_gap(logits: torch.Tensor, member: torch.Tensor) -> torch.Tensor:
    """G: mean squared gap of the groups' smoothed distribution functions, over pairs of groups.

    Args:
        logits: (n, m).
        member: (K, n) 0/1, no empty group.

    Returns:
        A scalar; for two groups, the mean over thresholds of (F_1 - F_0)^2.
    """
    counts = member.sum(dim=1)
    shares = member / counts[:, None]
    say = counts / (counts + SMALL_GROUP)
    pairs = say.sum().square() - say.square().sum()
    levels = torch.linspace(0, 1, N_THRESHOLDS + 2)
    total = logits.new_zeros(())
    for column in logits.T:
        ordered = column.detach().sort().values
        q = ordered[(levels * (len(ordered) - 1)).long()]
        spread = q[round(0.9 * (N_THRESHOLDS + 1))] - q[round(0.1 * (N_THRESHOLDS + 1))]
        width = torch.maximum(0.35 * (q[2:] - q[:-2]), 0.004 * spread).clamp_min(1e-4)
        below = torch.sigmoid((q[1:-1] - column[:, None]) / width)
        cdf = shares @ below
        # sum over pairs a < b of say_a say_b (F_a - F_b)^2, without the loop over pairs
        squares = say.sum() * (say @ cdf.square()) - (say @ cdf).square()
        total = total + 2 * squares.mean() / pairs
    return total / logits.shape[1]


def _cross_entropy(logits: torch.Tensor, wanted: torch.Tensor) -> torch.Tensor:
    """Mean cross-entropy; for one column binary, else of a softmax. Ranks count as soft labels."""
    if logits.shape[1] == 1:
        return functional.binary_cross_entropy_with_logits(logits, wanted)
    return functional.cross_entropy(logits, wanted)


def _features(scores: Floats, group_scores: Floats) -> torch.Tensor:
    """Half log-odds and 2 p - 1 of both kinds of scores, (n, 2 (m + k)) float32."""
    p = np.clip(np.concatenate([scores, group_scores], axis=1), _EDGE, 1 - _EDGE)
    return torch.from_numpy(np.concatenate([_logit(p) / 2, 2 * p - 1], axis=1).astype(np.float32))


def _levels(log_odds: Floats, scores: Floats) -> Floats:
    """The log-odds at even levels and the scores' log-odds there, (2, up to N_LEVELS).

    Rows with one answer keep one answer: the mean of the scores over its levels. Scores that spread
    more than `MAX_GAIN` times as far as the log-odds are drawn together around their mean.
    """
    levels = np.linspace(0, 1, N_LEVELS)
    answers = np.quantile(log_odds, levels, method="inverted_cdf")
    natural = _logit(np.quantile(scores, levels))
    centre = _logit(scores.mean(keepdims=True))
    most = MAX_GAIN * answers.std() / max(float(natural.std()), 1e-12)
    natural = centre + (natural - centre) * min(1.0, most)
    own, place = np.unique(answers, return_inverse=True)
    mean = np.bincount(place, weights=1 / (1 + np.exp(-natural))) / np.bincount(place)
    return np.stack([own, _logit(mean)])


def _logit(p: Floats) -> Floats:
    """Log-odds of probabilities, kept away from 0 and 1."""
    p = np.clip(p, _EDGE, 1 - _EDGE)
    return np.log(p / (1 - p))


def even_tilt(
    decision: Floats,
    memberships: Floats,
    groups: npt.NDArray[np.int64],
    shares: Floats,
) -> Floats:
    """The tilt by P(s | x) that makes every group's rate of positive decisions the same.

    Newton steps on the groups' rates, their slopes smoothed over decisions within about half a
    unit of the threshold; the smallest tilt where several would do.

    Args:
        decision: (n,) log-odds; a decision is positive from 0 upwards.
        memberships: (n, K) P(s = a | x).
        groups: (n,) 0..K-1, every group present.
        shares: (K,) weights of the groups in the overall rate, which stays as it is.

    Returns:
        (K,), within +-`MAX_TILT`.
    """
    k = memberships.shape[1]
    of_group = [groups == g for g in range(k)]

    def rates(tilt: Floats) -> Floats:
        positive = decision + memberships @ tilt >= 0
        return np.array([positive[rows].mean() for rows in of_group])

    wanted = float(rates(np.zeros(k)) @ shares)
    tilt = np.zeros(k)
    for _ in range(_TILT_STEPS):
        height = decision + memberships @ tilt
        near = np.exp(-((height / _TILT_WIDTH) ** 2) / 2) / (_TILT_WIDTH * np.sqrt(2 * np.pi))
        slopes = np.stack([(near[r, None] * memberships[r]).mean(axis=0) for r in of_group])
        missing = wanted - rates(tilt)
        weight = np.sqrt(shares)
        step = np.linalg.lstsq(weight[:, None] * slopes, weight * missing, rcond=0.05)[0]
        tilt = np.clip(tilt + step, -MAX_TILT, MAX_TILT)
    return tilt


def _threshold(log_odds: Floats, column: int) -> float:
    """Where one class of several is decided for: as many rows lie above as choose the class."""
    chosen = float((log_odds.argmax(axis=1) == column).mean())
    return float(np.quantile(log_odds[:, column], 1 - chosen))


def _memberships(group_scores: Floats) -> Floats:
    """(n, K) P(s = a | x); of two groups only the second one's is kept."""
    if group_scores.shape[1] > 1:
        return group_scores
    return np.concatenate([1 - group_scores, group_scores], axis=1)
