from __future__ import annotations

import pytest

from fairgen_core.metrics.registry import METRICS
from fairgen_core.results import Figure
from fairgen_core.sweep_results import (
    LimitPoint,
    SweepPoint,
    SweepResults,
    frontier,
    spread,
)

GB, RF = "gradient boosting", "random forest"


def point(
    target: str, seed: int, dp: float, auroc: float, one_class: str = "", judge: str = GB
) -> SweepPoint:
    flag = Figure(value=float(bool(one_class)), n=100, reason=one_class)
    return SweepPoint(
        member=f"{target}-{seed}",
        run=f"run-{target}-{seed}",
        settings={"fairness": target},
        seed=seed,
        state="done",
        figures={
            judge: {
                "dp_any": Figure(value=dp, n=100),
                "auroc": Figure(value=auroc, n=100),
                "one_class": flag,
            }
        },
    )


def test_a_setting_is_its_seeds_mean_and_spread() -> None:
    results = SweepResults(points=(point("both", 1, 0.1, 0.8), point("both", 0, 0.2, 0.9)))
    (found,) = frontier(results).points
    assert found.runs == ("run-both-0", "run-both-1")
    assert found.seeds == (0, 1)
    assert found.disparity.mean == pytest.approx(0.15)
    assert found.usefulness.mean == pytest.approx(0.85)
    assert found.usefulness.sd == pytest.approx(0.0707106781)
    assert (found.usefulness.low, found.usefulness.high, found.usefulness.n) == (0.8, 0.9, 2)
    assert found.best


def test_one_seed_has_no_deviation() -> None:
    assert spread([0.5]).sd is None


def test_the_step_line_joins_what_nothing_beats() -> None:
    results = SweepResults(
        metrics={key: METRICS[key] for key in ("dp_any", "auroc")},
        points=(
            point("a", 0, 0.30, 0.95),
            point("b", 0, 0.10, 0.90),
            point("c", 0, 0.20, 0.89),  # beaten by b in both
            point("d", 0, 0.10, 0.85),  # beaten by b in usefulness
            point("e", 0, 0.01, 0.50, one_class="The model answers one class"),
        ),
    )
    found = frontier(results)
    assert found.steps == ((0.10, 0.90), (0.30, 0.95))
    assert [p.best for p in found.points] == [True, True, False, False, False]
    assert found.points[-1].struck == "The model answers one class"


def test_settings_that_are_equal_in_both_are_both_unbeaten() -> None:
    # Labels of strength 0 are as they are, whatever the target: the same rows, the same figures.
    twins = (point("none", 0, 0.30, 0.95), point("dp", 0, 0.30, 0.95), point("both", 0, 0.1, 0.9))
    found = frontier(SweepResults(points=twins))
    assert [p.best for p in found.points] == [True, True, True]
    assert found.steps == ((0.1, 0.9), (0.30, 0.95))


def test_lower_errors_are_better_and_detectors_should_say_half() -> None:
    def with_figures(name: str, mae: float, detector: float) -> SweepPoint:
        base = point(name, 0, 0.1, 0.9)
        figures = {GB: {**base.figures[GB], "mae": Figure(value=mae, n=9)}}
        return base.model_copy(
            update={"figures": {**figures, "": {"detector": Figure(value=detector, n=9)}}}
        )

    results = SweepResults(
        metrics=METRICS, points=(with_figures("a", 2.0, 0.45), with_figures("b", 1.0, 0.6))
    )
    assert [p.best for p in frontier(results, "mae").points] == [False, True]
    assert [p.best for p in frontier(results, "detector").points] == [True, False]


def test_members_without_the_figure_are_left_out() -> None:
    waiting = SweepPoint(member="w", run="run-w", settings={"fairness": "dp"})
    results = SweepResults(points=(point("both", 0, 0.1, 0.8, judge=RF), waiting))
    assert frontier(results).points == ()
    assert len(frontier(results, judge=RF).points) == 1
    assert results.judges() == (RF,)
    assert results.choices(("mae", "auroc")) == ("auroc",)


def test_real_data_and_limits_are_drawn_on_the_same_axes() -> None:
    at = [("seen", 0, 0.3, 0.92), ("seen", 1, 0.03, 0.89), ("unseen", 1, 0.02, 0.88)]
    limit = [
        LimitPoint(
            kind=kind,
            strength=t,
            figures={"dp_any": Figure(value=x), "auroc": Figure(value=y)},
        )
        for kind, t, x, y in at
    ]
    real = {GB: {"dp_any": Figure(value=0.37), "auroc": Figure(value=0.93)}}
    found = frontier(SweepResults(real=real, limits=tuple(limit)))
    assert [(c.kind, c.points) for c in found.limits] == [
        ("seen", ((0.03, 0.89), (0.3, 0.92))),
        ("unseen", ((0.02, 0.88),)),
    ]
    assert [(a.disparity.value, a.usefulness.value) for a in found.anchors] == [(0.37, 0.93)]


def test_a_limit_never_gets_worse_with_more_disparity() -> None:
    mae = METRICS["mae"]
    limit = tuple(
        LimitPoint(kind="seen", strength=t, figures={"dp": Figure(value=x), "mae": Figure(value=y)})
        for t, x, y in ((1.0, 0.0, 9.0), (0.5, 0.1, 9.5), (0.0, 0.2, 8.0))
    )
    found = frontier(SweepResults(limits=limit, metrics={"mae": mae}), "mae", "dp")
    assert found.limits[0].points == ((0.0, 9.0), (0.2, 8.0))
    assert found.no_limit == ""


def test_no_limit_says_why() -> None:
    done = point("both", 0, 0.1, 0.8)
    limit = LimitPoint(kind="seen", strength=0, figures={"dp_any": Figure(value=0.3)})
    assert frontier(SweepResults(points=(done,))).no_limit == "not yet"
    assert frontier(SweepResults(points=(done,), limits=(limit,))).no_limit == "not of a scorer"
    assert frontier(SweepResults(task="train-images")).no_limit == "pictures"
    bare = done.model_copy(
        update={
            "figures": {"": {"pair_trends": Figure(value=0.9)}, GB: {"auroc": Figure(value=None)}}
        }
    )
    assert SweepResults(points=(bare,)).judges() == ()
    assert frontier(SweepResults(points=(bare,)), "pair_trends").no_limit == "no target"
