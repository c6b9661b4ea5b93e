"""An exploration's results written by hand, with figures of the size that Adult gives."""

from __future__ import annotations

from fairgen_core.metrics.registry import METRICS
from fairgen_core.results import Figure
from fairgen_core.sweep_results import Figures, LimitPoint, Setting, SweepPoint, SweepResults

JUDGE = "gradient boosting"
STRENGTHS = (0.0, 0.25, 0.5, 0.75, 1.0)


def figures(dp_any: float, auroc: float, struck: str = "") -> Figures:
    flag = Figure(value=1.0 if struck else 0.0, reason=struck)
    return {
        JUDGE: {
            "dp_any": Figure(value=dp_any, n=1000, struck=bool(struck), reason=struck),
            "dp": Figure(value=dp_any / 3, n=1000, struck=bool(struck), reason=struck),
            "auroc": Figure(value=auroc, n=1000),
            "one_class": flag,
        }
    }


def point(
    settings: dict[str, Setting], seed: int, dp_any: float, auroc: float, struck: str = ""
) -> SweepPoint:
    name = "-".join(str(v).replace(".", "") for v in settings.values())
    return SweepPoint(
        member=f"{name}-seed-{seed}",
        run=f"20260101-000000-{name}-seed-{seed}",
        settings=settings,
        seed=seed,
        state="done",
        figures=figures(dp_any, auroc, struck),
    )


def results(n_seeds: int = 3, struck: bool = True) -> SweepResults:
    """Strengths by target: 'both' costs more usefulness than 'dp'; one setting may be struck."""
    points = []
    for target, cost in (("dp", 0.035), ("both", 0.045)):
        for strength in STRENGTHS:
            for seed in range(n_seeds):
                wobble = (seed - 1) * 0.004
                points.append(
                    point(
                        {"fairness": target, "strength": strength},
                        seed,
                        0.37 - 0.33 * strength + wobble,
                        0.92 - cost * strength**2 - wobble / 4,
                    )
                )
    if struck:
        alone: dict[str, Setting] = {"fairness": "ftu", "strength": 1.0}
        points.append(point(alone, 0, 0.01, 0.88, "0.4 % favourable, below 1 %."))
    limits = tuple(
        LimitPoint(
            kind=kind,
            strength=s,
            figures={
                "dp_any": Figure(value=0.38 - 0.35 * s),
                "auroc": Figure(value=0.927 - c * s**2),
            },
        )
        for kind, c in (("seen", 0.03), ("unseen", 0.04))
        for s in STRENGTHS
    )
    return SweepResults(
        points=tuple(points), real=figures(0.379, 0.927), limits=limits, metrics=METRICS
    )
