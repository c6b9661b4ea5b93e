"""The evaluation: synthetic rows judged against held-out real rows, beside the real rows."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from fairgen_core.data.groups import assign_groups
from fairgen_core.data.prepared import PreparedTable
from fairgen_core.errors import DataError, IncomputableMetricError
from fairgen_core.evaluation.headline import headline
from fairgen_core.evaluation.keeping import TrainedOn, judged_rows
from fairgen_core.evaluation.parts import (
    TARGET_METRICS,
    Findings,
    HeldOut,
    Steps,
    label_rates,
    model_figures,
    no_target,
    score_curves,
    size_warnings,
    thinning_warning,
)
from fairgen_core.judged import Judged
from fairgen_core.metrics.columns import compare_columns
from fairgen_core.metrics.explanations import explain
from fairgen_core.metrics.fairness import parity_gap
from fairgen_core.metrics.features import Coder, DistanceSpace, subsample
from fairgen_core.metrics.intervals import absent
from fairgen_core.metrics.judges import (
    GRADIENT_BOOSTING,
    RANDOM_FOREST,
    CodedRows,
    IntArray,
    Question,
    Verdict,
    ask,
)
from fairgen_core.metrics.privacy import (
    MAX_REFERENCE_ROWS,
    authenticity,
    closest_record_share,
    exact_copies,
)
from fairgen_core.metrics.quality import (
    alpha_precision_and_beta_recall,
    cloud_rows,
    density_and_coverage,
    detector,
    quality_report,
    radii,
)
from fairgen_core.metrics.representation import kl_to_uniform, share_gap
from fairgen_core.results import (
    Figure,
    Report,
)
from fairgen_core.training import Observer, SilentObserver

JUDGES = (GRADIENT_BOOSTING, RANDOM_FOREST)


def evaluate(
    data: PreparedTable,
    synthetic: pd.DataFrame,
    *,
    seed: int = 0,
    observer: Observer | None = None,
    keep: Callable[[Judged], None] | None = None,
) -> Report:
    """Judge synthetic rows: train on them, test on held-out real rows, beside the real ones.

    Args:
        data: real training and held-out rows, roles and groups.
        synthetic: rows in canonical form with at least the modelled columns of `data.schema`.
        seed: of the judges and of every draw.
        observer: told the stage ``evaluate``; asked for stops between the parts.
        keep: given what every judge answered row by row, where there is a target.

    Raises:
        DataError: `synthetic` lacks a column or has no rows.
        StoppedError: the observer asked for a stop.
    """
    _check(data, synthetic)
    synthetic = synthetic.reset_index(drop=True)
    groups = assign_groups(synthetic, data.groups, data.schema)
    downstream = () if data.target_kind == "none" else (3.0, 8.0, 1.0)
    steps = Steps(observer or SilentObserver(), (*downstream, 1, 3, 2, 3, 3))
    found = Findings(warnings=[*data.warnings, *size_warnings(data)])
    if (n_unknown := int((groups < 0).sum())) > 0:
        found.warnings.append(
            f"{n_unknown:,} of {len(groups):,} synthetic rows belong to none of the groups and "
            "take no part in the group figures."
        )
    found.warnings += [
        f"Group '{name}' does not occur among the synthetic rows."
        for a, name in enumerate(data.groups.names)
        if not (groups == a).any()
    ]
    question = None if data.target_kind == "none" else Question(data, seed)
    if question is None:
        for judge in JUDGES:
            for key in TARGET_METRICS:
                found.add(key, no_target(), no_target(), judge)
        found.add("data_parity", no_target(), no_target())
    else:
        verdicts = _downstream(data, question, synthetic, groups, found, steps, seed)
        if keep is not None:
            keep(judged_rows(data, question, verdicts))
    _representation(data, groups, found, seed)
    steps.done()
    _likeness(data, synthetic, found, steps, seed)
    report = found.report("evaluation", data, question, groups)
    return report.model_copy(update={"headline": headline(report, question)})


def _check(data: PreparedTable, synthetic: pd.DataFrame) -> None:
    missing = [c.name for c in data.schema.modelled if c.name not in synthetic.columns]
    if missing:
        raise DataError(
            "The synthetic table must have the columns of the real one, and it lacks: "
            f"{', '.join(missing[:10])}. Check that it was made from this data."
        )
    if len(synthetic) == 0:
        raise DataError("The synthetic table must have rows, and it has none. Draw some first.")


def _downstream(
    data: PreparedTable,
    question: Question,
    synthetic: pd.DataFrame,
    groups: IntArray,
    found: Findings,
    steps: Steps,
    seed: int,
) -> dict[TrainedOn, list[Verdict]]:
    """Train both judges on both tables: parity, usefulness, rates, curves, SHAP."""
    held_out = HeldOut.of(data, question)
    rows, _ = question.code(synthetic, groups, seed)
    verdicts: dict[TrainedOn, list[Verdict]] = {"real": [], "synthetic": []}
    for judge in JUDGES:
        real, real_figures, _ = _judge(question, judge, question.train, held_out, seed)
        fake, fake_figures, reason = _judge(question, judge, rows, held_out, seed)
        for key in real_figures | fake_figures:
            gone = absent(reason)
            found.add(key, real_figures.get(key), fake_figures.get(key, gone), judge)
        verdicts["real"] += [real] if real is not None else []
        verdicts["synthetic"] += [fake] if fake is not None else []
        steps.done()
    tables: tuple[tuple[TrainedOn, CodedRows], ...] = (
        ("real", question.train),
        ("synthetic", rows),
    )
    for key, table in tables:
        hits = question.hits(question.labels(table))
        found.rates[f"label_rate_{key}"] = label_rates(hits, table.groups, question)
        for verdict in verdicts[key][:1]:
            decided = question.hits(verdict.decisions)
            found.rates[f"predicted_rate_{key}"] = label_rates(
                decided, held_out.rows.groups, question
            )
    gaps = [
        parity_gap(question.hits(question.labels(t)), t.groups, question.n_groups)
        for t in (question.train, rows)
    ]
    found.add("data_parity", gaps[0], gaps[1])
    found.curves = score_curves(data, question, held_out, verdicts)
    if verdicts["real"] and verdicts["synthetic"]:
        found.shap = explain(
            question, verdicts["real"][0], verdicts["synthetic"][0], held_out.rows.features, seed
        )
    found.warnings += thinning_warning(max(len(data.train), len(synthetic)), JUDGES)
    steps.done()
    return verdicts


def _judge(
    question: Question, judge: str, rows: CodedRows, held_out: HeldOut, seed: int
) -> tuple[Verdict | None, dict[str, Figure], str]:
    """A verdict and its figures, or the reason why there is none."""
    try:
        verdict = ask(question, judge, rows, held_out.rows, seed)
    except IncomputableMetricError as error:
        return None, {}, str(error)
    return verdict, model_figures(question, verdict, held_out, seed), ""


def _representation(data: PreparedTable, groups: IntArray, found: Findings, seed: int) -> None:
    """Shares of the groups among training and among synthetic rows."""
    k = len(data.groups.names)
    real, fake = (np.bincount(g[g >= 0], minlength=k) for g in (data.train_groups, groups))
    found.add("kl_uniform", kl_to_uniform(real, seed), kl_to_uniform(fake, seed))
    found.add("share_gap", share_gap(real), share_gap(fake))


def _likeness(
    data: PreparedTable, synthetic: pd.DataFrame, found: Findings, steps: Steps, seed: int
) -> None:
    """Quality and privacy: synthetic, and beside it training rows, against held-out rows."""
    names = tuple(c.name for c in data.schema.modelled)
    coder = Coder(data.schema, names)
    generator = np.random.default_rng([seed, 23])
    train, test, fake = (
        coder(frame.iloc[subsample(len(frame), MAX_REFERENCE_ROWS, generator)])
        for frame in (data.train, data.test, synthetic)
    )

    found.add("detector", detector(test, train, seed), detector(test, fake, seed))
    steps.done()

    real = compare_columns(data.schema, data.train, data.test, data.train, seed)
    compared = compare_columns(data.schema, data.train, data.test, synthetic, seed)
    found.columns = compared.comparisons
    found.add("marginal_distance", real.mean_distance, compared.mean_distance)
    space = DistanceSpace(coder, train)
    seen, unseen, points = space(train), space(test), space(fake)
    at_most = cloud_rows(seen.shape[1])
    clouds = [c[subsample(len(c), at_most, generator)] for c in (unseen, seen, points)]
    reach = radii(clouds[0])
    keys = ("density", "coverage", "alpha_precision", "beta_recall")
    both = [
        (
            *density_and_coverage(clouds[0], cloud, reach),
            *alpha_precision_and_beta_recall(clouds[0], cloud, reach, seed),
        )
        for cloud in clouds[1:]
    ]
    for key, real_figure, figure in zip(keys, *both, strict=True):
        found.add(key, real_figure, figure)
    steps.done()

    first = tuple(filter(None, (*data.roles.sensitive, data.roles.target)))
    baseline = quality_report(data.schema, data.test, data.train, first, seed)
    report = quality_report(data.schema, data.test, synthetic, first, seed)
    found.add("column_shapes", baseline[0], report[0])
    found.add("pair_trends", baseline[1], report[1])
    steps.done()

    found.add("dcr", None, closest_record_share(seen, unseen, points, seed))
    found.add(
        "exact_copies",
        exact_copies(data.schema, data.train, data.test),
        exact_copies(data.schema, data.train, synthetic),
    )
    found.add("authenticity", authenticity(seen, unseen, seed), authenticity(seen, points, seed))
    steps.done()
