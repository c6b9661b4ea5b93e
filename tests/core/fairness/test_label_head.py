"""The fair label head on simulated rows whose truth is known."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch
from scipy.stats import ks_2samp, spearmanr

from fairgen_core.config import FairnessTarget
from fairgen_core.fairness.barycentre import Barycentre
from fairgen_core.fairness.fair_scores import MAX_GAIN, _levels, parity_gap
from fairgen_core.fairness.label_evidence import LabelEvidence
from fairgen_core.fairness.label_head import LabelHead

N = 2_400
TARGETS: tuple[FairnessTarget, ...] = ("none", "ftu", "dp", "both")


class Simulated:
    """x0: merit; x1: a proxy of the group; the label follows merit and the group itself."""

    def __init__(self, kind: str = "binary", n_groups: int = 2, n: int = N) -> None:
        rng = np.random.default_rng(0)
        self.groups = rng.integers(0, n_groups, n)
        merit = rng.normal(size=n)
        proxy = self.groups + rng.normal(size=n)
        self.values = np.column_stack([merit, proxy])
        self.sensitive = self.groups[:, None].astype(np.float64)
        raw = 1.5 * merit + 1.5 * self.groups - 0.5
        if kind == "number":
            self.labels = 100 + 10 * (raw + rng.normal(size=n))
        elif kind == "classes":
            self.labels = np.clip(np.round(raw + rng.normal(size=n)) + 1, 0, 3).astype(np.int64)
        else:
            self.labels = (rng.random(n) < 1 / (1 + np.exp(-raw))).astype(np.int64)
        self.evidence = LabelEvidence(
            self.values,
            self.sensitive,
            self.labels,
            self.groups,
            n_classes={"binary": 2, "classes": 4, "number": 0}[kind],
            n_groups=n_groups,
            n_iterations=20,
            seed=0,
        )

    def head(self, target: FairnessTarget, strength: float = 1.0) -> LabelHead:
        return LabelHead(target, strength).fit(self.evidence, n_steps=150, seed=0)

    def scores(self, head: LabelHead) -> np.ndarray:
        return head.scores(self.values, self.sensitive, self.groups)

    def draw(self, head: LabelHead, seed: int = 1) -> np.ndarray:
        rng = np.random.default_rng(seed)
        return head.draw(self.values, self.sensitive, self.groups, rng)

    def gap(self, labels: np.ndarray) -> float:
        """Largest gap between two groups' mean labels."""
        means = [labels[self.groups == g].mean() for g in np.unique(self.groups)]
        return float(max(means) - min(means))


@pytest.fixture(scope="module")
def binary() -> Simulated:
    return Simulated()


def test_without_fairness_the_bias_is_kept(binary: Simulated) -> None:
    labels = binary.draw(binary.head("none"))
    assert binary.gap(labels) == pytest.approx(binary.gap(binary.labels), abs=0.04)


@pytest.mark.parametrize("target", ["dp", "both"])
def test_parity_holds_over_every_threshold_and_merit_still_counts(
    binary: Simulated, target: FairnessTarget
) -> None:
    head = binary.head(target)
    scores = binary.scores(head)[:, 0]
    apart = ks_2samp(scores[binary.groups == 0], scores[binary.groups == 1]).statistic
    natural = binary.scores(binary.head("none"))[:, 0]
    before = ks_2samp(natural[binary.groups == 0], natural[binary.groups == 1]).statistic
    assert before > 0.25
    assert apart < 0.12
    assert binary.gap(binary.draw(head)) < 0.06
    assert spearmanr(scores, binary.values[:, 0]).statistic > 0.6


def test_fair_blind_labels_are_as_certain_as_natural_ones_and_as_often_decided_for() -> None:
    table = Simulated()
    rng = np.random.default_rng(3)
    table.values[:, 1] = table.groups + 0.3 * rng.normal(size=N)
    raw = table.values[:, 0] + 3 * table.groups - 2.5
    table.evidence = LabelEvidence(
        table.values,
        table.sensitive,
        (rng.random(N) < 1 / (1 + np.exp(-raw))).astype(np.int64),
        table.groups,
        n_classes=2,
        n_groups=2,
        n_iterations=20,
        seed=0,
    )
    blind = table.evidence.view("blind")[1][:, 0]
    head = table.head("both")
    fair = table.scores(head)[:, 0]
    for of in (np.mean, np.std, lambda scores: np.mean(scores > 0.5)):
        assert of(fair) == pytest.approx(of(blind), abs=0.03)
    # By themselves its answers are far less certain: too much is lost with the proxy.
    assert head.blind_ is not None
    own, natural = head.blind_.levels
    assert np.std(1 / (1 + np.exp(-own))) < 0.8 * np.std(1 / (1 + np.exp(-natural)))
    assert (np.diff(own) > 0).all()
    assert (np.diff(natural) >= 0).all()
    before, after = (
        ks_2samp(scores[table.groups == 0], scores[table.groups == 1]).statistic
        for scores in (blind, fair)
    )
    assert after < before / 3


def test_rows_with_one_answer_keep_one_answer() -> None:
    two = np.repeat([-1.0, 2.0], [250, 750])
    own, natural = _levels(two, np.linspace(0.1, 0.9, 1000))
    np.testing.assert_array_equal(own, [-1.0, 2.0])
    means = 1 / (1 + np.exp(-natural))
    np.testing.assert_allclose(means, [0.2, 0.6], atol=0.002)
    alone = _levels(np.full(10, 0.3), np.linspace(0, 1, 10))
    np.testing.assert_allclose(alone, [[0.3], [0.0]], atol=1e-9)
    with np.errstate(all="raise"):
        same = _levels(np.linspace(-1, 1, 1000), np.full(1000, 0.5))
    np.testing.assert_allclose(same[1], 0.0, atol=1e-9)


def test_what_is_hardly_certain_at_all_is_not_made_certain() -> None:
    scores = 1 / (1 + np.exp(-np.linspace(-3, 3, 1001)))
    own, natural = _levels(np.linspace(-0.1, 0.1, 1001), scores)
    assert natural.std() == pytest.approx(MAX_GAIN * own.std(), rel=0.01)
    own, natural = _levels(np.linspace(-1.5, 1.5, 1001), scores)
    np.testing.assert_allclose(natural, 2 * own, atol=0.01)
    own, natural = _levels(np.linspace(-6, 6, 1001), scores)
    np.testing.assert_allclose(natural, own / 2, atol=0.01)


@pytest.mark.parametrize("target", ["ftu", "both"])
def test_unaware_labels_do_not_change_with_the_group(
    binary: Simulated, target: FairnessTarget
) -> None:
    head = binary.head(target)
    other = 1 - binary.groups
    changed = head.scores(binary.values, other[:, None].astype(float), other)
    np.testing.assert_array_equal(changed, binary.scores(head))


@pytest.mark.parametrize("target", ["dp", "both"])
def test_strength_is_a_monotone_dial_from_natural_labels(
    binary: Simulated, target: FairnessTarget
) -> None:
    gaps = [
        binary.gap(binary.scores(binary.head(target, strength))[:, 0])
        for strength in (0.0, 0.25, 0.5, 0.75, 1.0)
    ]
    assert gaps == sorted(gaps, reverse=True)
    natural, none = binary.head(target, 0.0), binary.head("none")
    np.testing.assert_array_equal(binary.scores(natural), binary.scores(none))


@pytest.mark.parametrize("kind", ["binary", "classes", "number"])
@pytest.mark.parametrize("target", TARGETS)
def test_every_kind_of_label_in_three_groups(kind: str, target: FairnessTarget) -> None:
    table = Simulated(kind, n_groups=3, n=1500)
    head = table.head(target)
    labels = table.draw(head)
    assert np.isfinite(labels).all()
    if kind == "number":
        assert labels.min() >= table.labels.min()
        assert labels.max() <= table.labels.max()
    else:
        assert set(labels) <= set(table.labels)
    scale = table.labels.std()
    if target in {"dp", "both"}:
        assert table.gap(labels) < 0.35 * table.gap(table.labels)
    if target == "none":
        assert labels.mean() == pytest.approx(table.labels.mean(), abs=0.1 * scale)
        assert table.gap(labels) > 0.7 * table.gap(table.labels)


@pytest.mark.parametrize("kind", ["binary", "classes", "number"])
def test_a_saved_head_draws_the_same(kind: str) -> None:
    table = Simulated(kind, n=400)
    for target in TARGETS:
        head = table.head(target, 0.7)
        plain, arrays = head.state()
        again = LabelHead.from_state(json.loads(json.dumps(plain)), arrays)
        np.testing.assert_array_equal(table.draw(again), table.draw(head))


def test_evidence_is_shared_between_heads_and_repeats_with_its_seed(binary: Simulated) -> None:
    assert binary.evidence.view("blind") is binary.evidence.view("blind")
    again = Simulated()
    np.testing.assert_array_equal(again.evidence.view("blind")[1], binary.evidence.view("blind")[1])


def test_a_class_of_one_row_and_a_group_of_one_class_are_borne() -> None:
    table = Simulated("classes", n=200)
    labels = table.labels.copy()
    labels[labels == 3] = 0
    labels[7] = 3
    labels[table.groups == 1] = 2
    evidence = LabelEvidence(
        table.values,
        table.sensitive,
        labels,
        table.groups,
        n_classes=4,
        n_groups=2,
        n_iterations=10,
        seed=0,
    )
    for target in TARGETS:
        drawn = table.draw(LabelHead(target).fit(evidence, n_steps=30, seed=0))
        assert set(drawn) <= {0, 1, 2, 3}


def test_a_stop_comes_through_the_tick(binary: Simulated) -> None:
    def stop(_: float) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        LabelHead("both").fit(binary.evidence, n_steps=50, seed=0, tick=stop)


def test_the_barycentre_by_hand() -> None:
    # Group 0 (two thirds of the rows) scores 0 .. .2, group 1 scores .6 .. .8, both evenly.
    low, high = np.linspace(0, 0.2, 200), np.linspace(0.6, 0.8, 100)
    scores = np.concatenate([low, high])[:, None]
    groups = np.repeat([0, 1], [200, 100])
    fair = Barycentre.fit(scores, groups, 2).apply(
        np.array([[0.0], [0.1], [0.7], [0.8]]), np.array([0, 0, 1, 1])
    )
    np.testing.assert_allclose(fair[:, 0], [0.2, 0.3, 0.3, 0.4], atol=1e-3)


def test_the_barycentre_of_a_group_without_rows() -> None:
    scores, groups = np.linspace(0, 1, 90)[:, None], np.repeat([0, 2], 45)
    with_three, with_two = (
        Barycentre.fit(scores, g, int(g.max()) + 1) for g in (groups, groups // 2)
    )
    moved = [b.apply(scores, g) for b, g in ((with_three, groups), (with_two, groups // 2))]
    np.testing.assert_array_equal(*moved)
    absent = with_three.apply(np.array([[0.0], [1.0]]), np.array([1, 1]))
    np.testing.assert_allclose(absent[:, 0], [moved[0].min(), moved[0].max()])


def test_the_parity_gap_is_the_mean_square_over_pairs_of_groups() -> None:
    rng = torch.Generator().manual_seed(0)
    groups = torch.arange(90_000) % 3
    logits = torch.randn(90_000, 1, generator=rng) + 0.5 * (groups == 2)[:, None]
    member = torch.nn.functional.one_hot(groups).float().T
    levels = torch.arange(1, 41) / 41
    thresholds = logits[:, 0].quantile(levels)
    cdfs = [(logits[groups == g, 0][:, None] <= thresholds).float().mean(0) for g in range(3)]
    pairs = [(cdfs[a] - cdfs[b]).square().mean() for a, b in ((0, 1), (0, 2), (1, 2))]
    ours = parity_gap(logits, member)
    assert float(ours) == pytest.approx(float(sum(pairs)) / 3, rel=0.05)


def test_between_a_number_that_many_rows_share_and_the_next_lies_nothing() -> None:
    rng = np.random.default_rng(4)
    values = rng.normal(size=(N, 1))
    pay = np.where(rng.random(N) < 0.35, 0.0, np.exp(7 + 0.5 * values[:, 0] + rng.normal(size=N)))
    groups = rng.integers(0, 2, N)
    evidence = LabelEvidence(
        values, groups[:, None] * 1.0, pay, groups, n_classes=0, n_groups=2, n_iterations=20, seed=0
    )
    head = LabelHead("none").fit(evidence, n_steps=10, seed=0)
    drawn = head.draw(values, groups[:, None] * 1.0, groups, rng)
    assert not ((drawn > 0) & (drawn < pay[pay > 0].min())).any()
    assert np.mean(drawn == 0) == pytest.approx(np.mean(pay == 0), abs=0.02)
    assert len(np.unique(drawn[drawn > 0])) > 0.9 * np.sum(drawn > 0)
