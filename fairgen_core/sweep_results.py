"""What a sweep has found, as plain data, and the frontier that is drawn from it.

Needs neither torch nor scikit-learn: the page, the command line and the report draw the same
frontier from the same points.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from fairgen_core.results import Figure, MetricInfo

Setting = str | float | None
MemberState = Literal["queued", "running", "done", "failed", "stopped"]
Figures = dict[str, dict[str, Figure]]
"""By judge (``"gradient boosting"``, ``"random forest"``; empty: none), then by metric."""
LimitKind = Literal["seen", "unseen"]
NoLimit = Literal["", "pictures", "not yet", "no target", "not of a scorer"]

USEFULNESS = {"train": ("auroc", "accuracy", "balanced_accuracy", "f1", "precision", "recall", "r2",
                        "mae", "pair_trends", "detector"),
              "train-images": ("recognisable", "taught", "coverage", "density", "fid", "kid",
                               "content_kept")}  # fmt: skip
"""Metrics that the frontier's usefulness can be, by the task of the sweep's base; first: default.
Those that no member has a value of cannot be chosen."""
DISPARITY = {"train": ("dp_any", "dp", "ftu", "ftu_flips", "equalized_odds", "equal_opportunity",
                       "conditional", "data_parity", "share_gap", "kl_uniform"),
             "train-images": ("late_gap", "gap", "kl", "latent_attacker", "accuracy_gap", "dp",
                              "dp_any", "ftu")}  # fmt: skip
"""Likewise its disparity."""


class _Result(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SweepPoint(_Result):
    """One member: its settings, how far it is, and its figures."""

    member: str
    """`sweep_config.Member.key`."""
    run: str
    """The id of its run: `RunStore` finds it like any other, once the member was begun."""
    settings: dict[str, Setting] = Field(default_factory=dict)
    seed: int = 0
    state: MemberState = "queued"
    message: str = ""
    seconds: float | None = None
    """Wall-clock seconds that it took, shared stages not counted."""
    figures: Figures = Field(default_factory=dict)
    """What was measured of the synthetic rows or pictures; empty before the member is done."""

    def figure(self, metric: str, judge: str = "") -> Figure | None:
        """A figure by that judge, or by none where the metric needs none."""
        return find_figure(self.figures, metric, judge)

    def one_class(self, judge: str = "") -> str:
        """Why its parity figures prove nothing; empty where they do (METRICS: one-class flag)."""
        flag = self.figure("one_class", judge)
        return flag.reason if flag is not None and flag.value == 1 else ""


class LimitPoint(_Result):
    """What the best scorer of real rows attains on the held-out real rows at one strength."""

    kind: LimitKind
    """Whether it may look at the sensitive attribute."""
    strength: float
    figures: dict[str, Figure]


class SweepResults(_Result):
    """All that a sweep has found so far."""

    task: Literal["train", "train-images"] = "train"
    points: tuple[SweepPoint, ...] = ()
    real: Figures = Field(default_factory=dict)
    """The same figures of the person's real rows."""
    limits: tuple[LimitPoint, ...] = ()
    metrics: dict[str, MetricInfo] = Field(default_factory=dict)

    def judges(self) -> tuple[str, ...]:
        """The judges that gave figures, in the order of the reports."""
        names = dict.fromkeys(
            judge
            for point in self.points
            for judge, figures in point.figures.items()
            if judge and any(figure.value is not None for figure in figures.values())
        )
        return tuple(names)

    def choices(self, keys: Iterable[str]) -> tuple[str, ...]:
        """Those metrics that at least one member has a value of."""
        known = {
            metric
            for point in self.points
            for figures in point.figures.values()
            for metric, figure in figures.items()
            if figure.value is not None
        }
        return tuple(key for key in keys if key in known)


class Spread(_Result):
    """A figure over a setting's seeds. `low` and `high` are its smallest and largest value; with
    one seed all are that seed's value and `sd` is None.
    """

    mean: float
    sd: float | None
    low: float
    high: float
    n: int


class FrontierPoint(_Result):
    """One setting, over its seeds."""

    settings: dict[str, Setting]
    runs: tuple[str, ...]
    seeds: tuple[int, ...]
    disparity: Spread
    usefulness: Spread
    struck: str = ""
    """Why it proves nothing; such a point is shown struck out, and no step line passes it."""
    best: bool = False
    """Whether no other setting is both less disparate and more useful (by the means)."""


class Anchor(_Result):
    """A place to measure by: the real data."""

    name: str
    disparity: Figure
    usefulness: Figure


class LimitCurve(_Result):
    """Places that no data set made of these real rows can be expected to pass, by rising disparity.

    `points` are (disparity, usefulness).
    """

    kind: LimitKind
    points: tuple[tuple[float, float], ...]


class Frontier(_Result):
    """Usefulness against disparity, ready to be drawn."""

    usefulness: str
    disparity: str
    judge: str
    points: tuple[FrontierPoint, ...] = ()
    steps: tuple[tuple[float, float], ...] = ()
    """The best points (disparity, usefulness), by rising disparity: joined by a step line."""
    anchors: tuple[Anchor, ...] = ()
    limits: tuple[LimitCurve, ...] = ()
    no_limit: NoLimit = ""
    """Why there is no limit to be drawn; empty where there is one."""
    metrics: dict[str, MetricInfo] = Field(default_factory=dict)


def find_figure(figures: Figures, metric: str, judge: str = "") -> Figure | None:
    """A figure by that judge, or by none where the metric needs none."""
    by_judge = figures.get(judge, {}).get(metric)
    return by_judge if by_judge is not None else figures.get("", {}).get(metric)


def failures(results: SweepResults) -> dict[str, list[SweepPoint]]:
    """The members that failed, by their reason: what failed alike is told once."""
    found: dict[str, list[SweepPoint]] = {}
    for point in results.points:
        if point.state == "failed":
            found.setdefault(point.message, []).append(point)
    return found


def frontier(
    results: SweepResults,
    usefulness: str = "auroc",
    disparity: str = "dp_any",
    judge: str = "gradient boosting",
) -> Frontier:
    """The frontier of a sweep's finished members.

    Args:
        results: what was found.
        usefulness, disparity: keys of metrics; see `USEFULNESS`, `DISPARITY`.
        judge: the downstream model whose figures count.
    """
    by_setting: dict[tuple[tuple[str, Setting], ...], list[SweepPoint]] = {}
    for point in results.points:
        both = (point.figure(disparity, judge), point.figure(usefulness, judge))
        if all(figure is not None and figure.value is not None for figure in both):
            by_setting.setdefault(tuple(point.settings.items()), []).append(point)
    points = [_over_seeds(group, usefulness, disparity, judge) for group in by_setting.values()]
    up, down = results.metrics.get(usefulness), results.metrics.get(disparity)
    best = _best([(_cost(p.disparity.mean, down, "lower"), _cost(p.usefulness.mean, up, "higher"))
                  if not p.struck else None for p in points])  # fmt: skip
    points = [p.model_copy(update={"best": i in best}) for i, p in enumerate(points)]
    chosen = sorted({(p.disparity.mean, p.usefulness.mean) for p in points if p.best})
    limits = _curves(results.limits, usefulness, disparity, up)
    return Frontier(
        usefulness=usefulness,
        disparity=disparity,
        judge=judge,
        points=tuple(points),
        steps=tuple(chosen),
        anchors=_anchors(results.real, usefulness, disparity, judge),
        limits=limits,
        no_limit="" if limits else _no_limit(results),
        metrics={k: v for k, v in ((usefulness, up), (disparity, down)) if v is not None},
    )


def spread(values: Sequence[float]) -> Spread:
    """A figure's values over seeds, summed up."""
    return Spread(
        mean=statistics.fmean(values),
        sd=statistics.stdev(values) if len(values) > 1 else None,
        low=min(values),
        high=max(values),
        n=len(values),
    )


# --- inside ----------------------------------------------------------------------------------


def _over_seeds(
    points: Sequence[SweepPoint], usefulness: str, disparity: str, judge: str
) -> FrontierPoint:
    ordered = sorted(points, key=lambda p: p.seed)
    reasons = [p.one_class(judge) for p in ordered]
    reasons += [f.reason for p in ordered if (f := p.figure(disparity, judge)) and f.struck]
    return FrontierPoint(
        settings=ordered[0].settings,
        runs=tuple(p.run for p in ordered),
        seeds=tuple(p.seed for p in ordered),
        disparity=spread([_value(p, disparity, judge) for p in ordered]),
        usefulness=spread([_value(p, usefulness, judge) for p in ordered]),
        struck=next(filter(None, reasons), ""),
    )


def _value(point: SweepPoint, metric: str, judge: str) -> float:
    figure = point.figure(metric, judge)
    assert figure is not None  # `frontier` leaves such points out
    assert figure.value is not None
    return figure.value


def _cost(value: float, info: MetricInfo | None, better: str) -> float:
    """The smaller, the better."""
    better = info.better if info is not None else better
    if better == "closer" and info is not None and info.ideal is not None:
        return abs(value - info.ideal)
    return -value if better == "higher" else value


def _best(costs: Sequence[tuple[float, float] | None]) -> set[int]:
    """Places that no other place beats in one cost without losing in the other; all of those that
    are equal in both.
    """
    order = sorted((cost, i) for i, cost in enumerate(costs) if cost is not None)
    found: set[int] = set()
    last: tuple[float, float] | None = None
    for cost, i in order:
        if last is None or cost == last or cost[1] < last[1]:
            found.add(i)
            last = cost
    return found


def _anchors(real: Figures, usefulness: str, disparity: str, judge: str) -> tuple[Anchor, ...]:
    x, y = find_figure(real, disparity, judge), find_figure(real, usefulness, judge)
    if x is None or y is None or x.value is None or y.value is None:
        return ()
    return (Anchor(name="real data", disparity=x, usefulness=y),)


def _no_limit(results: SweepResults) -> NoLimit:
    if results.task == "train-images":
        return "pictures"
    if results.limits:
        return "not of a scorer"
    return "not yet" if results.choices(("auroc",)) else "no target"


def _curves(
    limits: Iterable[LimitPoint], usefulness: str, disparity: str, up: MetricInfo | None
) -> tuple[LimitCurve, ...]:
    """Of each kind the places that no other of its places beats: a limit never gets worse."""
    found: dict[LimitKind, list[tuple[float, float]]] = {}
    for limit in limits:
        x, y = limit.figures.get(disparity), limit.figures.get(usefulness)
        if x is not None and y is not None and x.value is not None and y.value is not None:
            found.setdefault(limit.kind, []).append((x.value, y.value))
    curves = []
    for kind, places in found.items():
        best: list[tuple[float, float]] = []
        for place in sorted(places, key=lambda at: (at[0], _cost(at[1], up, "higher"))):
            if not best or _cost(place[1], up, "higher") < _cost(best[-1][1], up, "higher"):
                best.append(place)
        curves.append(LimitCurve(kind=kind, points=tuple(best)))
    return tuple(curves)
