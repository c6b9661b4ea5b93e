"""The audit: what the real rows say before anything is trained on them."""

from __future__ import annotations

from itertools import product

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.model_selection import StratifiedKFold, cross_val_predict

from fairgen_core.data.prepared import PreparedTable
from fairgen_core.evaluation.headline import audit_headline
from fairgen_core.evaluation.parts import (
    TARGET_METRICS,
    HeldOut,
    Steps,
    group_results,
    label_rates,
    model_figures,
    no_target,
    positive_of,
    score_curves,
    size_warnings,
    thinning_warning,
)
from fairgen_core.metrics import METRICS
from fairgen_core.metrics.columns import make_cells
from fairgen_core.metrics.fairness import parity_gap
from fairgen_core.metrics.features import Coder, subsample
from fairgen_core.metrics.intervals import MIN_ROWS, absent, too_few
from fairgen_core.metrics.judges import GRADIENT_BOOSTING, IntArray, Question, ask
from fairgen_core.metrics.representation import kl_to_uniform, share_gap
from fairgen_core.metrics.usefulness import auroc
from fairgen_core.results import Cell, Figure, Measured, Proxy, Report, ScoreCurve
from fairgen_core.training import Observer, SilentObserver

MAX_PROXY_ROWS = 10_000


def audit(data: PreparedTable, *, seed: int = 0, observer: Observer | None = None) -> Report:
    """Look at the real rows: groups, rates, proxies, and a model trained on them.

    Group rates are of training and held-out rows together; the model is trained on the training
    rows and tested on the held-out ones.

    Args:
        data: rows, roles and groups.
        seed: of every draw.
        observer: told the stage ``evaluate``.

    Raises:
        StoppedError: the observer asked for a stop.
    """
    steps = Steps(observer or SilentObserver(), (3, 2, 2))
    groups = np.concatenate([data.train_groups, data.test_groups])
    figures: list[Measured] = []
    rates: dict[str, list[Figure]] = {}
    hits = None
    curves: tuple[ScoreCurve, ...] = ()
    warnings = [*data.warnings, *size_warnings(data)]
    question = None if data.target_kind == "none" else Question(data, seed)
    if question is None:
        figures += [_real(key, no_target(), GRADIENT_BOOSTING) for key in TARGET_METRICS]
        figures.append(_real("data_parity", no_target()))
    else:
        held_out = HeldOut.of(data, question)
        verdict = ask(question, GRADIENT_BOOSTING, question.train, held_out.rows, seed)
        figures += [
            _real(key, figure, GRADIENT_BOOSTING)
            for key, figure in model_figures(question, verdict, held_out, seed).items()
        ]
        labels = np.concatenate([question.labels(question.train), question.labels(question.test)])
        known_groups = np.concatenate([question.train.groups, question.test.groups])
        hits = question.hits(labels)
        figures.append(_real("data_parity", parity_gap(hits, known_groups, question.n_groups)))
        rates["label_rate_real"] = label_rates(hits, known_groups, question)
        predicted = question.hits(verdict.decisions)
        rates["predicted_rate_real"] = label_rates(predicted, held_out.rows.groups, question)
        curves = score_curves(data, question, held_out, {"real": [verdict]})
        warnings += thinning_warning(len(question.train.target), (GRADIENT_BOOSTING,))
    steps.done()

    counts = np.bincount(groups[groups >= 0], minlength=len(data.groups.names))
    figures.append(_real("kl_uniform", kl_to_uniform(counts, seed)))
    figures.append(_real("share_gap", share_gap(counts)))
    figures.append(_real("proxy_auroc", group_auroc(data, seed)))
    steps.done()
    proxies = column_proxies(data, seed)
    steps.done()

    results = group_results(data, rates=rates)
    report = Report(
        kind="audit",
        headline="",
        data_name=data.name,
        data_sha256=data.sha256,
        sensitive=data.groups.columns,
        target=data.roles.target,
        positive=positive_of(data, question),
        target_kind=data.target_kind,
        groups=data.groups.names,
        n_train=len(data.train),
        n_test=len(data.test),
        metrics=METRICS,
        figures=tuple(figures),
        group_results=results,
        curves=curves,
        proxies=proxies,
        cells=_cells(data, question),
        warnings=tuple(dict.fromkeys(warnings)),
    )
    return report.model_copy(update={"headline": audit_headline(report, question)})


def _real(metric: str, figure: Figure, judge: str = "") -> Measured:
    return Measured(metric=metric, judge=judge, real=figure)


def group_auroc(data: PreparedTable, seed: int) -> Figure:
    """AUROC of gradient boosting that reads the group from all other columns, cross-validated."""
    coder = Coder(data.schema, data.feature_names)
    chosen, groups = _proxy_rows(data, seed)
    n_groups = len(np.unique(groups))
    if n_groups < 2:
        return absent(f"Two groups with {MIN_ROWS} or more training rows are needed")
    if not coder.names:
        return absent("There is no other column")
    codes = coder(data.train.iloc[chosen])
    folds = StratifiedKFold(3, shuffle=True, random_state=seed)
    iterations = 100 if n_groups <= 3 else max(10, 300 // n_groups)
    model = HistGradientBoostingClassifier(max_iter=iterations, random_state=seed)
    scores = cross_val_predict(model, codes, groups, cv=folds, method="predict_proba")
    return auroc(groups[:, None] == np.arange(n_groups), scores)


def _proxy_rows(data: PreparedTable, seed: int) -> tuple[IntArray, IntArray]:
    """Places of at most `MAX_PROXY_ROWS` training rows of estimable groups; codes without gaps."""
    sizes = np.bincount(data.train_groups[data.train_groups >= 0])
    usable = np.flatnonzero(np.isin(data.train_groups, np.flatnonzero(sizes >= MIN_ROWS)))
    generator = np.random.default_rng([seed, 21])
    chosen = usable[subsample(len(usable), MAX_PROXY_ROWS, generator)]
    codes = np.unique(data.train_groups[chosen], return_inverse=True)[1]
    counts = np.bincount(codes, minlength=1)
    if counts.size and counts.min(initial=MIN_ROWS) < 3:  # too rare for three folds after thinning
        keep = counts[codes] >= 3
        chosen, codes = chosen[keep], np.unique(codes[keep], return_inverse=True)[1]
    return chosen, codes.astype(np.int64)


def column_proxies(data: PreparedTable, seed: int) -> tuple[Proxy, ...]:
    """How well each column alone predicts the group, strongest first.

    A row is scored with the groups' frequencies in its cell (`columns.make_cells`), counted
    among the rows of the other half; AUROC one group against the rest, averaged.
    """
    chosen, groups = _proxy_rows(data, seed)
    n_groups = len(np.unique(groups))
    if n_groups < 2:
        return ()
    generator = np.random.default_rng([seed, 22])
    halves = generator.permutation(len(chosen)) % 2
    rows = data.train.iloc[chosen]
    proxies = []
    for name in data.feature_names:
        places = make_cells(data.schema[name], rows[name]).places(rows[name])
        scores = np.empty((len(chosen), n_groups))
        prior = np.bincount(groups, minlength=n_groups) / len(groups)
        for half in (0, 1):
            seen = halves != half
            table = np.tile(prior, (places.max() + 1, 1))  # one row of prior: empty cells
            np.add.at(table, (places[seen], groups[seen]), 1)
            table /= table.sum(axis=1, keepdims=True)
            scores[~seen] = table[places[~seen]]
        figure = auroc(groups[:, None] == np.arange(n_groups), scores)
        proxies.append(Proxy(column=name, auroc=figure))
    return tuple(sorted(proxies, key=lambda p: -(p.auroc.value or 0)))


def _cells(data: PreparedTable, question: Question | None) -> tuple[Cell, ...]:
    """Every combination of two or more sensitive columns' values, with n and the rate."""
    if len(data.groups.columns) < 2:
        return ()
    groups = np.concatenate([data.train_groups, data.test_groups])
    sizes = dict(
        zip(
            data.groups.values,
            np.bincount(groups[groups >= 0], minlength=len(data.groups.names)),
            strict=True,
        )
    )
    rates: dict[tuple[str, ...], Figure] = {}
    if question is not None:
        labels = np.concatenate([question.labels(question.train), question.labels(question.test)])
        known = np.concatenate([question.train.groups, question.test.groups])
        figures = label_rates(question.hits(labels), known, question)
        rates = dict(zip(data.groups.values, figures, strict=True))
    axes = [
        dict.fromkeys(v[j] for v in data.groups.values) for j in range(len(data.groups.columns))
    ]
    return tuple(
        Cell(
            values=values,
            n=int(sizes.get(values, 0)),
            rate=rates.get(values, too_few(0, "rows") if question else no_target()),
        )
        for values in product(*axes)
    )
