"""Words inside and beside the charts: axis titles, series, spoken descriptions."""

from __future__ import annotations

TEXT: dict[str, str] = {
    "series.real": "Real",
    "series.synthetic": "Synthetic",
    "chart.n": "n {n}",
    "chart.count": "{n} of {total}",
    "chart.n_both": "n {real} real, {synthetic} synthetic",
    "chart.no_rows": "There is nothing to draw: {reason}",
    "chart.no_rows.groups": "no group was judged.",
    "chart.no_rows.curves": "no scores were kept for this classifier.",
    "chart.no_rows.columns": "no column was compared.",
    "chart.no_rows.shap": "no SHAP values were computed.",
    "chart.no_rows.proxies": "no column was tried as a proxy.",
    "chart.no_rows.cells": "there is only one sensitive column.",
    "chart.no_rows.events": "nothing was measured yet.",
    "chart.no_rows.differences": "no figure was measured in both runs.",
    "chart.no_rows.points": "no run of this exploration has both figures yet.",
    "chart.no_rows.seeds": "no run of this exploration has this figure yet.",
    "chart.not_estimable": "not estimable: {reason}",
    "chart.struck_short": "struck out",
    "chart.struck": "struck out: {reason}",
    # rates by group
    "rate.axis": "Share with {target}",
    "rate.axis_number.label": "Share above the median of {target}",
    "rate.axis_number.predicted": "Share predicted above the median of {target}",
    "rate.axis_any": "Share with the favourable value",
    "rate.axis_predicted": "Share decided favourably",
    "rate.key": "(dashed: overall rate)",
    "rate.key_real": "(dotted: that of the real ones)",
    "rate.overall": "overall rate",
    "rate.description": "Rates by group with 95 % intervals, dashed line at the overall "
    "rate. {items}",
    # disparity
    "disparity.axis": "← smaller · rate minus that of {group} (0 = equal) · larger →",
    "disparity.description": "How far each group's rate lies from that of {group}; "
    "larger bubbles are larger groups. {items}",
    # group frequencies
    "frequency.axis": "Share of the generated rows (tick: in the training rows, dashed: 1/{k})",
    "frequency.axis_real": "Share of the training rows (dashed: 1/{k})",
    "frequency.even": "even share 1/{k}",
    "frequency.description": "Share of each group in the generated rows with 95 % intervals, a "
    "tick at its share in the training rows, a dashed line at 1/{k}. {items}",
    "frequency.description_real": "Share of each group in the training rows, a dashed line at "
    "1/{k}. {items}",
    # intersections
    "cells.rate": "Rate",
    "cells.few": "too few",
    "cells.description": "Rate of the favourable value in each intersection of the sensitive "
    "columns, with the number of rows; hatched cells have too few rows. {items}",
    # scores
    "scores.axis": "Score of the model",
    "scores.axis_number": "Predicted {target}",
    "scores.share": "Share of rows at or below",
    "scores.largest": "largest distance {value}",
    "scores.here": "DP {value} at {threshold}",
    "scores.description": "Distribution of the scores by group, of a model trained on "
    "{rows} rows ({judge}). The largest distance between two groups is {largest}; at the "
    "threshold {threshold} the demographic parity difference is {here}.",
    # columns
    "columns.share": "Share",
    "columns.density": "Density",
    "columns.other": "{n} others",
    "columns.missing": "missing",
    "columns.missing_shares": "missing: {real} real, {synthetic} synthetic",
    "columns.distance": "distance {value}",
    "columns.description": "{column}: real rows beside synthetic rows, total variation distance "
    "{value}.",
    "columns.description_all": "{n} columns, real rows beside synthetic rows, farthest first.",
    # explanations
    "shap.axis": "Mean absolute SHAP value ({unit})",
    "shap.unit": "log-odds",
    "shap.unit_number": "units of {target}",
    "shap.sensitive": "{column} (sensitive)",
    "shap.description": "What moves the classifier's score, by column, when it is trained on real "
    "and on synthetic rows. {items}",
    "swarm.axis": "← moves the score down · SHAP value ({unit}) · moves it up →",
    "swarm.level": "Value of the column",
    "swarm.low": "low",
    "swarm.high": "high",
    "swarm.description": "SHAP values of {n} rows by column, of a classifier trained on {rows} "
    "rows. Each point is a row; its colour is the column's value from low to high.",
    "proxies.axis": "AUROC with which the column alone tells the group (0.5 = not at all)",
    "proxies.cut": "; the {shown} strongest of {total} columns",
    "proxies.description": "How well each column alone tells the group. {items}",
    # training
    "progress.time": "Seconds since the start",
    "progress.value": "Figure (axis from 0 to 1)",
    "progress.attacker_auroc": "attacker on the latent (AUROC)",
    "progress.preview_dp": "DP of the preview",
    "progress.preview_auroc": "AUROC of the preview",
    "progress.description": "Quality and parity figures of the previews over time. {items}",
    "loss.value": "Loss",
    "loss.description": "Training losses over time. {items}",
    "gradient.value": "Gradient norm before clipping (log)",
    "gradient.clip": "clip norm C = {value}",
    "gradient.clip_off": "clip norm C: off",
    "gradient.clipped": "Share of steps clipped",
    "gradient.description": "Gradient norm of each group's rows before clipping. {items}",
    # frontier and stability
    "frontier.axis": "{title} ({direction})",
    "frontier.seeds": "{n} seeds: {low} to {high}",
    "frontier.seed": "one seed",
    "frontier.real": "real data",
    "frontier.limit": "Limit of these real rows",
    "frontier.limit.seen": "group seen",
    "frontier.limit.unseen": "group unseen",
    "frontier.no_limit.pictures": "No limit is drawn: it is known of tables with a target only.",
    "frontier.no_limit.not yet": "No limit is drawn yet: it is computed when all runs have ended.",
    "frontier.no_limit.no target": "No limit is drawn: it says how well a target can be predicted "
    "at each parity, and no target was chosen.",
    "frontier.no_limit.not of a scorer": "No limit is drawn: it comes from scores of real rows, "
    "and {usefulness} against {disparity} cannot be had from scores.",
    "frontier.description": "{usefulness} against {disparity}, one point a setting, with the "
    "spread over seeds as crosses; the settings that no other one beats in both are joined by a "
    "step line. {items}",
    "frontier.item": "{setting}: {disparity_title} {disparity}, {usefulness_title} "
    "{usefulness}{best}.",
    "frontier.best": " (on the frontier)",
    "frontier.struck": " (struck out)",
    "stability.axis": "{title} ({direction})",
    "stability.mean": "mean {mean}, {n} seeds",
    "stability.one": "{mean}, one seed: no interval",
    "stability.description": "{title} of each setting, one point a seed, with the mean and its 95 "
    "% interval over seeds. {items}",
    # comparison
    "comparison.run": "Run",
    "differences.axis": "Minus {a}: ← smaller · larger → (dashed: no change)",
    "differences.description": "Each figure minus that of run {a}, with 95 % intervals. {items}",
    "group_changes.description": "{measure} by group, one lettered point a run. {items}",
    "measure.favourable": "Share decided favourably",
    "measure.true_positive": "True-positive rate",
    "measure.false_positive": "False-positive rate",
    "measure.accuracy": "Accuracy",
    "measure.share": "Share of what was generated",
    "verdict.better": "better",
    "verdict.worse": "worse",
    "verdict.higher": "higher",
    "verdict.lower": "lower",
    "verdict.unclear": "not clear",
    "verdict.none": "",
}
