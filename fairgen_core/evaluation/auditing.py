"""The audit: what the real rows say before anything is trained on them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.model_selection import StratifiedKFold, cross_val_predict

from fairgen_core.boosting import for_boosting
from fairgen_core.data.groups import parts_of
from fairgen_core.data.prepared import PreparedTable
from fairgen_core.evaluation.headline import GIVEN_AWAY, audit_headline
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
from fairgen_core.metrics.columns import N_BINS, make_cells
from fairgen_core.metrics.fairness import BoolArray, group_counts, parity_gap
from fairgen_core.metrics.features import Coder, subsample
from fairgen_core.metrics.intervals import MIN_ROWS, absent, share, too_few
from fairgen_core.metrics.judges import GRADIENT_BOOSTING, IntArray, Question, ask
from fairgen_core.metrics.representation import kl_to_uniform, share_gap
from fairgen_core.metrics.usefulness import auroc
from fairgen_core.numbers import number
from fairgen_core.results import Cell, Figure, Proxy, Report
from fairgen_core.training import Observer, SilentObserver

MAX_PROXY_ROWS = 10_000
_FINE_BINS, _BIN_ROWS = 100, 50
"""Bins of a number where it is asked whether it gives the target away, at most, and rows a bin: the
threshold between two rare outcomes lies in no wide bin."""
_NAMED = 5
"""Columns that one sentence names."""


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
    found = Findings(warnings=[*data.warnings, *size_warnings(data)])
    question = None if data.target_kind == "none" else Question(data, seed)
    if question is None:
        for key in TARGET_METRICS:
            found.add(key, no_target(), judge=GRADIENT_BOOSTING)
        found.add("data_parity", no_target())
    else:
        found.warnings += giveaway_warning(data, question, seed)
        _downstream(data, question, found, seed)
    steps.done()

    groups = np.concatenate([data.train_groups, data.test_groups])
    counts = np.bincount(groups[groups >= 0], minlength=len(data.groups.names))
    found.add("kl_uniform", kl_to_uniform(counts, seed))
    found.add("share_gap", share_gap(counts))
    found.add("proxy_auroc", group_auroc(data, seed))
    steps.done()

    proxies, cells = column_proxies(data, seed), intersections(data, question)
    steps.done()
    report = found.report("audit", data, question)
    report = report.model_copy(update={"proxies": proxies, "cells": cells})
    return report.model_copy(update={"headline": audit_headline(report, question)})


def _downstream(data: PreparedTable, question: Question, found: Findings, seed: int) -> None:
    """Train a model on the real rows; rates of the labels and of its decisions."""
    held_out = HeldOut.of(data, question)
    verdict = ask(question, GRADIENT_BOOSTING, question.train, held_out.rows, seed)
    for key, figure in model_figures(question, verdict, held_out, seed).items():
        found.add(key, figure, judge=GRADIENT_BOOSTING)
    hits, groups = _all_labels(question)
    found.add("data_parity", parity_gap(hits, groups, question.n_groups))
    found.rates["label_rate_real"] = label_rates(hits, groups, question)
    predicted = question.hits(verdict.decisions)
    found.rates["predicted_rate_real"] = label_rates(predicted, held_out.rows.groups, question)
    found.curves = score_curves(data, question, held_out, {"real": [verdict]})
    found.warnings += thinning_warning(len(data.train), (GRADIENT_BOOSTING,))


def _all_labels(question: Question) -> tuple[BoolArray, IntArray]:
    """True outcomes and groups of training and held-out rows together."""
    parts = (question.train, question.test)
    labels = np.concatenate([question.labels(rows) for rows in parts])
    return question.hits(labels), np.concatenate([rows.groups for rows in parts])


def group_auroc(data: PreparedTable, seed: int) -> Figure:
    """AUROC of gradient boosting that reads the group from all other columns, cross-validated."""
    coder = Coder(data.schema, data.feature_names)
    chosen, groups = _thinned(data.train_groups, seed)
    n_groups = len(np.unique(groups))
    if n_groups < 2:
        return absent(f"Two groups with {MIN_ROWS} or more training rows are needed")
    if not coder.names:
        return absent("There is no other column")
    codes = for_boosting(coder(data.train.iloc[chosen]))
    folds = StratifiedKFold(3, shuffle=True, random_state=seed)
    iterations = 100 if n_groups <= 3 else max(10, 300 // n_groups)
    model = HistGradientBoostingClassifier(max_iter=iterations, random_state=seed)
    scores = cross_val_predict(model, codes, groups, cv=folds, method="predict_proba")
    return auroc(groups[:, None] == np.arange(n_groups), scores)


def _thinned(labels: IntArray, seed: int) -> tuple[IntArray, IntArray]:
    """Places of at most `MAX_PROXY_ROWS` rows of estimable labels; codes without gaps.

    Args:
        labels: (n,) group or class of each row, -1 for none.
    """
    sizes = np.bincount(labels[labels >= 0])
    usable = np.flatnonzero(np.isin(labels, np.flatnonzero(sizes >= MIN_ROWS)))
    generator = np.random.default_rng([seed, 21])
    chosen = usable[subsample(len(usable), MAX_PROXY_ROWS, generator)]
    codes = np.unique(labels[chosen], return_inverse=True)[1]
    counts = np.bincount(codes, minlength=1)
    if counts.size and counts.min(initial=MIN_ROWS) < 3:  # too rare for three folds after thinning
        keep = counts[codes] >= 3
        chosen, codes = chosen[keep], np.unique(codes[keep], return_inverse=True)[1]
    return chosen, codes.astype(np.int64)


def column_proxies(data: PreparedTable, seed: int) -> tuple[Proxy, ...]:
    """How well each column alone predicts the group, strongest first."""
    chosen, groups = _thinned(data.train_groups, seed)
    return _each_alone(data, chosen, groups, seed)


def giveaway_warning(data: PreparedTable, question: Question, seed: int) -> list[str]:
    """A sentence that names the columns which alone predict the target almost perfectly.

    Of a number it is whether the target is above its median, as for every AUROC of it.
    """
    places, labels = _thinned(question.labels(question.train), seed)
    n_bins = min(_FINE_BINS, max(N_BINS, len(places) // _BIN_ROWS))
    found = _each_alone(data, question.train_index[places], labels, seed, n_bins)
    return _giveaways(
        [p for p in found if (p.auroc.value or 0.0) >= GIVEN_AWAY], question.target.name
    )


def _giveaways(columns: Sequence[Proxy], target: str) -> list[str]:
    if not columns:
        return []
    named = [f"'{p.column}' (AUROC {number(p.auroc.value)})" for p in columns[:_NAMED]]
    named += [f"{len(columns) - _NAMED} more"] if len(columns) > _NAMED else []
    if len(named) == 1:
        predicts = f"Column {named[0]} alone predicts '{target}' almost perfectly and may"
    else:
        names = f"{', '.join(named[:-1])} and {named[-1]}"
        predicts = f"Columns {names} each alone predict '{target}' almost perfectly and may"
    return [f"{predicts} give it away: leave out what is known only after the outcome."]


def _each_alone(
    data: PreparedTable, chosen: IntArray, labels: IntArray, seed: int, n_bins: int = N_BINS
) -> tuple[Proxy, ...]:
    """How well each column alone predicts the labels of some training rows, strongest first.

    A row is scored with the labels' frequencies in its cell (`columns.make_cells`), counted
    among the rows of the other half; AUROC one label against the rest, averaged.
    """
    n_labels = len(np.unique(labels))
    if n_labels < 2:
        return ()
    generator = np.random.default_rng([seed, 22])
    halves = generator.permutation(len(chosen)) % 2
    rows = data.train.iloc[chosen]
    proxies = []
    for name in data.feature_names:
        places = make_cells(data.schema[name], rows[name], n_bins).places(rows[name])
        scores = np.empty((len(chosen), n_labels))
        prior = np.bincount(labels, minlength=n_labels) / len(labels)
        for half in (0, 1):
            seen = halves != half
            table = np.tile(prior, (places.max() + 1, 1))  # one row of prior: empty cells
            np.add.at(table, (places[seen], labels[seen]), 1)
            table /= table.sum(axis=1, keepdims=True)
            scores[~seen] = table[places[~seen]]
        figure = auroc(labels[:, None] == np.arange(n_labels), scores)
        proxies.append(Proxy(column=name, auroc=figure))
    return tuple(sorted(proxies, key=lambda p: -(p.auroc.value or 0)))


def intersections(data: PreparedTable, question: Question | None) -> tuple[Cell, ...]:
    """Every combination of two or more sensitive columns' values, with n and the rate."""
    if len(data.groups.columns) < 2:
        return ()
    values = data.groups.parts
    of_train, of_test = parts_of(data)
    parts = np.concatenate([of_train, of_test])
    sizes = np.bincount(parts[parts >= 0], minlength=len(values))
    if question is None:
        rates = [no_target() for _ in sizes]
    else:
        hits, _ = _all_labels(question)
        asked = [of_train[question.train_index], of_test[question.test_index]]
        counts, rows = group_counts(hits, np.concatenate(asked), len(values))
        shown = zip(counts[question.outcome], rows[question.outcome], strict=True)
        rates = [share(int(c), int(n), "rows in this group") for c, n in shown]
    found = {
        v: Cell(values=v, n=int(n), rate=rate)
        for v, n, rate in zip(values, sizes, rates, strict=True)
    }
    axes = [dict.fromkeys(column) for column in zip(*values, strict=True)]
    return tuple(found.get(v, Cell(values=v, n=0, rate=too_few(0, "rows"))) for v in product(*axes))
