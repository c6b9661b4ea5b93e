"""The evaluation: synthetic rows judged against held-out real rows, beside the real rows."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from functools import partial

import numpy as np
import pandas as pd

from fairgen_core.data import thin_cells
from fairgen_core.data.groups import assign_groups
from fairgen_core.data.prepared import PreparedTable
from fairgen_core.errors import DataError, IncomputableMetricError
from fairgen_core.evaluation.headline import headline, parity_doubts
from fairgen_core.evaluation.keeping import TrainedOn, judged_rows
from fairgen_core.evaluation.parts import (
    TARGET_METRICS,
    Findings,
    HeldOut,
    Steps,
    empty_columns,
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
    Measured,
    Report,
    without_words,
)
from fairgen_core.sharing import Alone, Shared
from fairgen_core.training import Observer, SilentObserver

JUDGES = (GRADIENT_BOOSTING, RANDOM_FOREST)


def evaluate(
    data: PreparedTable,
    synthetic: pd.DataFrame,
    *,
    seed: int = 0,
    observer: Observer | None = None,
    keep: Callable[[Judged], None] | None = None,
    shared: Shared | None = None,
    same_rows: Hashable = None,
    parity_asked: bool = False,
) -> Report:
    """Judge synthetic rows: train on them, test on held-out real rows, beside the real ones.

    Tables of one sweep that differ in their labels only (`same_rows`) are likened to the real one
    without the label, once for all of them; the figures' definitions say so.

    Args:
        data: real training and held-out rows, roles and groups.
        synthetic: rows in canonical form with at least the modelled columns of `data.schema`.
        seed: of the judges and of every draw.
        observer: told the stage ``evaluate``; asked for stops between the parts.
        keep: given what every judge answered row by row, where there is a target.
        shared: what other evaluations against the same real rows have computed, and may use.
        same_rows: names what the synthetic rows are but for their labels; None: they are like no
            others.
        parity_asked: whether the rows were made so that the groups' rates are equal: then groups
            too small for that are named.

    Raises:
        DataError: `synthetic` lacks a column or has no rows.
        StoppedError: the observer asked for a stop.
    """
    _check(data, synthetic)
    synthetic = synthetic.reset_index(drop=True)
    groups = assign_groups(synthetic, data.groups, data.schema)
    downstream = () if data.target_kind == "none" else (3.0, 8.0, 1.0)
    steps = Steps(observer or SilentObserver(), (*downstream, 1, 3, 2, 3, 3))
    empty = empty_columns(data, synthetic)
    found = Findings(warnings=[*data.warnings, *size_warnings(data), *empty])
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
    thin = thin_cells.of_table(data) if parity_asked else ()
    found.warnings += [thin_cells.in_words(thin)] if thin else []
    parts = shared or Alone()
    question = None
    if data.target_kind != "none":
        question = parts.part("question", seed, lambda: Question(data, seed))
    if question is None:
        for judge in JUDGES:
            for key in TARGET_METRICS:
                found.add(key, no_target(), no_target(), judge)
        found.add("data_parity", no_target(), no_target())
    else:
        verdicts = _downstream(data, question, synthetic, groups, found, steps, seed, parts)
        if keep is not None:
            keep(judged_rows(data, question, verdicts))
    _representation(data, groups, found, seed)
    steps.done()
    without = None if same_rows is None else data.roles.target
    alike = parts.part(
        "likeness", (same_rows, seed), lambda: _likeness(data, synthetic, without, steps, seed)
    )
    found.figures += alike
    _columns(data, synthetic, found, seed, parts)
    report = found.report("evaluation", data, question, groups)
    if without is not None:
        report = _saying_without(report, without, [measured.metric for measured in alike])
    sentences = [headline(report, question), parity_doubts(report, thin) if parity_asked else ""]
    return report.model_copy(update={"headline": " ".join(filter(None, sentences))})


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
    parts: Shared,
) -> dict[TrainedOn, list[Verdict]]:
    """Train both judges on both tables: parity, usefulness, rates, curves, SHAP."""
    held_out = parts.part("held out", seed, lambda: HeldOut.of(data, question))
    rows, _ = question.code(synthetic, groups, seed)
    verdicts: dict[TrainedOn, list[Verdict]] = {"real": [], "synthetic": []}
    for judge in JUDGES:
        real, real_figures, _ = parts.part(
            f"real {judge}",
            seed,
            partial(_judge, question, judge, question.train, held_out, seed),
        )
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
            question,
            verdicts["real"][0],
            verdicts["synthetic"][0],
            held_out.rows.features,
            seed,
            parts,
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


def _columns(
    data: PreparedTable, synthetic: pd.DataFrame, found: Findings, seed: int, parts: Shared
) -> None:
    """Every column's distribution beside the real one."""
    real = parts.part(
        "real columns",
        seed,
        lambda: compare_columns(data.schema, data.train, data.test, data.train, seed),
    )
    compared = compare_columns(data.schema, data.train, data.test, synthetic, seed)
    found.columns = compared.comparisons
    found.add("marginal_distance", real.mean_distance, compared.mean_distance)


def _likeness(
    data: PreparedTable, synthetic: pd.DataFrame, without: str | None, steps: Steps, seed: int
) -> list[Measured]:
    """Quality and privacy: synthetic, and beside it training rows, against held-out rows.

    Args:
        without: a column that is left out.
    """
    columns = tuple(c for c in data.schema.columns if c.name != without)
    schema = data.schema.model_copy(update={"columns": columns})
    coder = Coder(schema, tuple(c.name for c in schema.modelled))
    generator = np.random.default_rng([seed, 23])
    train, test, fake = (
        coder(frame.iloc[subsample(len(frame), MAX_REFERENCE_ROWS, generator)])
        for frame in (data.train, data.test, synthetic)
    )
    found: list[Measured] = []

    def add(metric: str, real: Figure | None, fake: Figure) -> None:
        found.append(Measured(metric=metric, real=real, synthetic=fake))

    add("detector", detector(test, train, seed), detector(test, fake, seed))
    steps.done()

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
        add(key, real_figure, figure)
    steps.done()

    first = tuple(
        name for name in (*data.roles.sensitive, data.roles.target) if name and name != without
    )
    baseline = quality_report(schema, data.test, data.train, first, seed)
    report = quality_report(schema, data.test, synthetic, first, seed)
    add("column_shapes", baseline[0], report[0])
    add("pair_trends", baseline[1], report[1])
    steps.done()

    add("dcr", None, closest_record_share(seen, unseen, points, seed))
    add(
        "exact_copies",
        exact_copies(schema, data.train, data.test),
        exact_copies(schema, data.train, synthetic),
    )
    add("authenticity", authenticity(seen, unseen, seed), authenticity(seen, points, seed))
    steps.done()
    return found


def _saying_without(report: Report, column: str, metrics: Sequence[str]) -> Report:
    """The report with definitions that name the column which these figures leave out."""
    told = {
        key: info.model_copy(update={"definition": f"{info.definition} {without_words(column)}"})
        for key, info in report.metrics.items()
        if key in metrics
    }
    note = (
        f"Quality and privacy figures leave out the column '{column}': members of this sweep that "
        "differ in its values only share all other columns, and were likened to the real rows once."
    )
    return report.model_copy(
        update={"metrics": {**report.metrics, **told}, "warnings": (*report.warnings, note)}
    )
