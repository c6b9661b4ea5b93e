"""Reports written by hand, with figures of the size that Adult gives: for charts and pages."""

from __future__ import annotations

import math
from itertools import pairwise

from fairgen_core.metrics.registry import METRICS
from fairgen_core.results import (
    Cell,
    ColumnComparison,
    Figure,
    GroupResult,
    Measured,
    Proxy,
    Report,
    ScoreCurve,
    ShapBar,
    ShapPoint,
)

JUDGES = ("gradient boosting", "random forest")
N_TRAIN, N_TEST = 32_561, 16_281
ONE_CLASS = "The model decides favourably for 0.4 % of the rows, below 1 %."


def figure(value: float | None, half: float = 0.01, n: int = N_TEST, **more: object) -> Figure:
    if value is None:
        return Figure(value=None, n=n, **more)
    return Figure(value=value, low=value - half, high=value + half, n=n, **more)


def logistic_curve(trained_on: str, judge: str, group: str, n: int, shift: float) -> ScoreCurve:
    """Scores whose logit is logistic with scale 1.5 around `shift`: a plausible distribution."""
    grid = tuple(i / 100 for i in range(101))

    def below(score: float) -> float:
        if score <= 0 or score >= 1:
            return float(score >= 1)
        return 1 / (1 + math.exp(-(math.log(score / (1 - score)) - shift) / 1.5))

    cdf = tuple(below(s) for s in grid)
    return ScoreCurve(trained_on=trained_on, judge=judge, group=group, n=n, grid=grid, cdf=cdf)


REAL = {
    "dp": 0.17, "dp_any": 0.379, "ftu": 0.031, "ftu_flips": 0.04, "equal_opportunity": 0.08,
    "equalized_odds": 0.08, "positive_rate": 0.2, "auroc": 0.927, "precision": 0.78,
    "recall": 0.65,
}  # fmt: skip
SYNTHETIC = {
    "dp": 0.009, "dp_any": 0.058, "ftu": 0.003, "ftu_flips": 0.006, "equal_opportunity": 0.21,
    "equalized_odds": 0.21, "positive_rate": 0.17, "auroc": 0.878, "precision": 0.71,
    "recall": 0.52,
}  # fmt: skip


def measured(struck: bool) -> list[Measured]:
    found = []
    for judge in JUDGES:
        for key, value in SYNTHETIC.items():
            more = {}
            if struck and key in {"dp", "dp_any", "ftu", "ftu_flips"}:
                more = {"struck": True, "reason": ONE_CLASS}
            found.append(
                Measured(
                    metric=key, judge=judge, real=figure(REAL[key]), synthetic=figure(value, **more)
                )
            )
        flag = Figure(value=float(struck), n=N_TEST, reason=ONE_CLASS if struck else "")
        found.append(Measured(metric="one_class", judge=judge, synthetic=flag))
        found.append(
            Measured(
                metric="conditional",
                judge=judge,
                real=figure(None, n=0, reason="No explanatory column was named."),
                synthetic=figure(None, n=0, reason="No explanatory column was named."),
            )
        )
    found += [
        Measured(metric="data_parity", real=figure(0.196), synthetic=figure(0.005)),
        Measured(metric="kl_uniform", real=figure(0.06), synthetic=figure(0.06)),
        Measured(metric="detector", real=figure(0.49), synthetic=figure(0.62)),
        Measured(metric="density", real=figure(0.99), synthetic=figure(0.93)),
        Measured(metric="coverage", real=figure(0.97), synthetic=figure(0.9)),
        Measured(
            metric="exact_copies", real=figure(0.012), synthetic=figure(0.0001, 0.0001, n=N_TRAIN)
        ),
        Measured(metric="dcr", synthetic=figure(0.503)),
        *(
            Measured(
                metric="bias_amplification", judge=j, real=figure(0.01), synthetic=figure(-0.02)
            )
            for j in JUDGES
        ),
    ]
    return found


def group(
    name: str, share: float, real: float, synthetic: float | None, small: bool = False
) -> GroupResult:
    n_train, n_test = round(N_TRAIN * share), round(N_TEST * share)
    few = f"{n_test} rows in this group; not estimable below 30"
    both = synthetic is not None

    def rate(value: float | None, n: int) -> Figure | None:
        if value is None:
            return None
        return figure(None, n=n, reason=few) if small else figure(value, 0.02, n)

    return GroupResult(
        group=name,
        n_train=n_train,
        n_test=n_test,
        n_synthetic=n_train if both else 0,
        share_train=figure(share, 0.005, N_TRAIN),
        share_synthetic=figure(share, 0.005, N_TRAIN) if both else None,
        label_rate_real=rate(real, n_train),
        label_rate_synthetic=rate(synthetic, n_train + 17),
        predicted_rate_real=rate(real * 0.85, n_test),
        predicted_rate_synthetic=rate(synthetic and synthetic * 0.8, n_test),
    )


def columns() -> list[ColumnComparison]:
    edges = tuple(float(17 + 5 * i) for i in range(13))
    age_real = (0.12, 0.13, 0.13, 0.13, 0.12, 0.1, 0.09, 0.07, 0.05, 0.03, 0.02, 0.01)
    age_synthetic = (0.11, 0.13, 0.14, 0.13, 0.12, 0.1, 0.09, 0.07, 0.05, 0.03, 0.02, 0.01)
    many = tuple(f"Occupation number {i}" for i in range(20))
    return [
        ColumnComparison(
            column="age", kind="integer", distance=figure(0.01), edges=edges,
            labels=tuple(f"{a:g} to {b:g}" for a, b in pairwise(edges)),
            real=age_real, synthetic=age_synthetic,
        ),
        ColumnComparison(
            column="occupation", kind="category", distance=figure(0.04), labels=many,
            real=tuple(0.05 for _ in many),
            synthetic=tuple(0.03 if i % 2 else 0.07 for i, _ in enumerate(many)),
            missing_real=0.057, missing_synthetic=0.061,
        ),
        ColumnComparison(
            column="capital-gain", kind="integer", distance=figure(0.002),
            edges=(0.0, 1.0, 5000.0, 99999.0), labels=("0", "1 to 4,999", "5,000 or more"),
            real=(0.92, 0.05, 0.03), synthetic=(0.918, 0.05, 0.032),
        ),
        ColumnComparison(
            column="all missing", kind="decimal", labels=(), real=(), synthetic=(),
            distance=figure(None, n=0, reason="every value is missing"),
            missing_real=1.0, missing_synthetic=1.0,
        ),
        ColumnComparison(
            column="since", kind="datetime", distance=figure(0.02),
            edges=(16_071.0, 16_801.0, 17_532.0, 18_262.0), labels=("2014", "2016", "2018"),
            real=(0.3, 0.4, 0.3), synthetic=(0.28, 0.42, 0.3),
        ),
    ]  # fmt: skip


def shap_points() -> list[ShapPoint]:
    points = []
    for trained_on, weight in (("real", 0.06), ("synthetic", 0.004)):
        for i in range(200):
            level = (i * 37 % 200) / 200
            points += [
                ShapPoint(column="age", trained_on=trained_on, shap=level**2 - 0.4, level=level),
                ShapPoint(
                    column="sex", trained_on=trained_on, shap=weight * (1 if i % 3 else -1),
                    level=None if i % 50 == 0 else float(i % 3 > 0),
                ),
            ]  # fmt: skip
    return points


def evaluation(
    groups: tuple[str, ...] = ("Male", "Female"), struck: bool = False, small: str = ""
) -> Report:
    """A judged run: demographic parity and unawareness enforced, `small` a group too small."""
    shares = [0.67, 0.33] if len(groups) == 2 else [1 / len(groups)] * len(groups)
    results = [
        group(name, share, 0.30 - 0.19 * i / max(1, len(groups) - 1), 0.24, small=name == small)
        for i, (name, share) in enumerate(zip(groups, shares, strict=True))
    ]
    curves = [
        logistic_curve(trained_on, judge, name, round(N_TEST * share), shift)
        for judge in JUDGES
        for i, (name, share) in enumerate(zip(groups, shares, strict=True))
        for trained_on, shift in (("real", -1.6 - 1.5 * i), ("synthetic", -2.0 - 0.1 * i))
    ]
    return Report(
        kind="evaluation",
        headline="Women's rate of predicted >50K rose from 0.08 to 0.17, men's fell from 0.26 to "
        "0.17: the gap went from 0.18 to 0.01. AUROC fell from 0.93 to 0.88.",
        data_name="adult",
        data_sha256="0" * 64,
        sensitive=("sex",),
        target="income",
        positive=">50K",
        target_kind="binary",
        groups=groups,
        n_train=N_TRAIN,
        n_test=N_TEST,
        n_synthetic=N_TRAIN,
        metrics=METRICS,
        figures=tuple(measured(struck)),
        group_results=tuple(results),
        curves=tuple(curves),
        columns=tuple(columns()),
        shap=(
            ShapBar(column="age", sensitive=False, real=0.8, synthetic=0.6),
            ShapBar(column="occupation", sensitive=False, real=0.5, synthetic=0.45),
            ShapBar(column="sex", sensitive=True, real=0.12, synthetic=0.01),
        ),
        shap_points=tuple(shap_points()),
        shap_n=200,
        proxies=(
            Proxy(column="relationship", auroc=figure(0.84)),
            Proxy(column="occupation", auroc=figure(0.77)),
            Proxy(column="age", auroc=figure(0.56)),
            Proxy(column="constant", auroc=figure(None, n=0, reason="only one value")),
        ),
        warnings=("The group 'Other' has 41 rows: its figures are uncertain.",),
    )


def audit() -> Report:
    """The real data of two crossed sensitive columns, one intersection too small."""
    names = ("Male & White", "Female & White", "Male & Black", "Female & Black")
    cells = [
        Cell(values=("Male", "White"), n=19_174, rate=figure(0.318)),
        Cell(values=("Male", "Black"), n=1_569, rate=figure(0.19)),
        Cell(values=("Female", "White"), n=8_642, rate=figure(0.119)),
        Cell(values=("Female", "Black"), n=1_555, rate=figure(0.058)),
        Cell(
            values=("Female", "Other"), n=12,
            rate=figure(None, n=12, reason="12 rows; not estimable below 30"),
        ),
    ]  # fmt: skip
    whole = evaluation()
    results = [group(n, 0.25, 0.3 - 0.06 * i, None) for i, n in enumerate(names)]
    return whole.model_copy(
        update={
            "kind": "audit",
            "headline": "Men of the group White have >50K in 32 % of the rows.",
            "sensitive": ("sex", "race"),
            "groups": names,
            "n_synthetic": 0,
            "figures": tuple(m.model_copy(update={"synthetic": None}) for m in whole.figures),
            "group_results": tuple(results),
            "curves": tuple(
                logistic_curve("real", JUDGES[0], n, 4000, -1.6 - 0.4 * i)
                for i, n in enumerate(names)
            ),
            "columns": (),
            "shap": (),
            "shap_points": (),
            "cells": tuple(cells),
        }
    )
