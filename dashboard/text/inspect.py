"""Words of the Inspect page."""

from __future__ import annotations

TEXT: dict[str, str] = {
    "inspect.title": "Inspect and take away",
    "inspect.empty": "There is no finished run to inspect yet. Train on the data that is chosen, "
    "or choose other data first.",
    "inspect.coming": "There is no finished run to inspect yet, but a training is under way: "
    "its result is shown here when it is done.",
    "inspect.to_train": "Go to Train",
    "inspect.to_data": "Choose data",
    "inspect.to_run": "See this run on the Train page",
    "inspect.picker": "Run",
    "inspect.picker_placeholder": "choose a finished run",
    "inspect.picker_help": "Every finished training on this machine, newest first. Type to search.",
    "inspect.queued": "This run waits in the queue. What it makes can be inspected here when it "
    "is done.",
    "inspect.running": "This run is still at work. What it makes can be inspected here when it is "
    "done.",
    "inspect.failed": "This run failed, so there is nothing to inspect.",
    "inspect.stopped": "This run was stopped before it was done, so there is nothing to inspect.",
    "inspect.is_lesson": "This run is a lesson's experiment: the Lessons page shows it.",
    "inspect.to_lessons": "To the lessons",
    "inspect.is_audit": "This run is an audit of real data. It stands on the Data page.",
    "inspect.not_judged": "The rows of this run were not judged, because its settings "
    "say so. Train "
    "again with judging switched on to see figures here; the rows can be taken away as they are.",
    "inspect.judge": "Judged by",
    "inspect.judge_help": "The classifier that was trained on the synthetic rows and tested on "
    "held-out real rows; the figure of the same classifier trained on real rows stands beside it.",
    "inspect.section": "What to look at",
    "inspect.download": "Download CSV",
    "inspect.report": "Report (JSON)",
    "inspect.warnings": "What to keep in mind ({n})",
    "section.rows": "Rows",
    "section.columns": "Columns",
    "section.groups": "Groups",
    "section.parity": "Parity",
    "section.usefulness": "Usefulness",
    "section.shap": "SHAP",
    "section.quality": "Quality",
    "section.privacy": "Privacy",
    "section.takeaway": "Take away",
    # cards
    "card.real": "real rows: {value}",
    "card.count": "{count} of {n}",
    "card.target_none": "There is no target column in this run, so no model was trained: only the "
    "groups' frequencies, quality and privacy are judged.",
    "card.copies": "Copies of training rows",
    "card.copies.share": "{share} of the synthetic rows",
    "card.copies.means": "Synthetic rows that equal a training row in every modelled column. "
    "0 is ideal. Held-out real rows also equal training rows by chance, at the rate beside it.",
    "card.guard": "Rate of favourable decisions",
    "card.guard.means": "The share of held-out rows that the model decides favourably. A model "
    "that answers almost always the same has parity for free: below 1 % or above 99 % the parity "
    "figures are struck out.",
    "card.guard.fine": "parity is meaningful: the model uses both answers",
    # rows
    "rows.caption": "{n} synthetic rows. They load wherever the original did: same columns, order "
    "and spelling.",
    "rows.search": "Find in any column",
    "rows.search_placeholder": "a word or number",
    "rows.column": "Only where",
    "rows.any_column": "any column",
    "rows.values": "is one of",
    "rows.values_placeholder": "all values",
    "rows.range": "lies between",
    "rows.page": "Page",
    "rows.page_caption": "rows {first} to {last} of {n}",
    "rows.none_found": "No row fits. Take a condition away.",
    "rows.missing": "The rows of this run are not there: {reason}",
    "rows.gone": "its samples file was deleted or never written.",
    # columns
    "columns.caption": "Each column's real rows (grey) beside its synthetic rows (violet), the one "
    "farthest from the real data first. Distance is total variation: 0 is identical, 1 has nothing "
    "in common.",
    "columns.search": "Find a column",
    "columns.data": "Show the data behind these charts",
    "columns.empty": "No column was compared in this run.",
    # groups
    "groups.frequencies": "How often each group occurs",
    "groups.frequencies_caption": "The group is read from the column itself, so no classifier "
    "stands between. Intervals are 95 % Wilson intervals.",
    "groups.rates": "Rates by group",
    "groups.rates_of": "Rates of",
    "groups.rates.predicted": "decisions",
    "groups.rates.label": "labels in the rows",
    "groups.rates.predicted.means": "How a model trained on the rows decides about held-out real "
    "people of each group. Grey and hollow: trained on real rows. Coloured: trained on synthetic "
    "rows.",
    "groups.rates.label.means": "The favourable value as it stands in the rows. Grey and hollow: "
    "real rows. Coloured: synthetic rows.",
    "groups.disparity": "Disparity against a reference group",
    "groups.disparity_caption": "Grey: trained on real rows, or the rows themselves. Coloured: the "
    "same with synthetic rows. A bubble's area is the group's size; a cross is the reference.",
    "groups.reference": "Reference group",
    "groups.intersections": "Intersections",
    "groups.intersections_caption": "Real rows. Cells with too few rows are hatched: their rate is "
    "not estimable.",
    # parity
    "parity.scores": "Scores by group",
    "parity.scores_caption": "Where the curves lie on each other, no threshold can tell the groups "
    "apart. The bracket marks the largest distance: demographic parity over every threshold.",
    "parity.threshold": "Decision threshold",
    "parity.threshold_help": "Scores above it are decided favourably. Drag it to see what parity "
    "would be at another threshold.",
    "parity.here": "At threshold {threshold}: DP difference {real} with real rows, "
    "{synthetic} with "
    "synthetic rows (0 = parity).",
    "parity.trained.real": "Trained on real rows",
    "parity.trained.synthetic": "Trained on synthetic rows",
    "parity.figures": "All parity figures",
    "parity.no_curves": "This classifier kept no scores, so there is nothing to draw over the "
    "thresholds.",
    "parity.struck": "The parity figures are struck out. {reason}",
    # usefulness
    "usefulness.caption": "Each classifier is trained on the rows and tested on held-out real rows "
    "(n = {n}). Beside each figure: the same classifier trained on real "
    "rows, the best that can be had.",
    # shap
    "shap.caption": "What moves the decisions of the same classifier when it learns from real and "
    "from synthetic rows: mean absolute SHAP values, explained on {n} held-out rows. "
    "One-hot parts are summed; the sensitive column is marked.",
    "shap.none": "No SHAP values were computed for this run.",
    "shap.swarm": "Show row by row",
    "shap.swarm_of": "Classifier trained on",
    # quality and privacy
    "quality.caption": "How closely the synthetic rows follow the real ones. Beside each: what two "
    "samples of real rows reach.",
    "quality.none": "No quality figure was computed for this run.",
    "privacy.caption": "Whether rows of real people were copied or can be recognised. "
    "These figures "
    "can show a leak; they cannot prove that there is none.",
    "privacy.none": "No privacy figure was computed for this run.",
    # take away
    "take.rows": "Synthetic rows",
    "take.rows_caption": "{n} rows, written the way the original file was.",
    "take.csv_safe": "CSV, safe for spreadsheets",
    "take.csv_safe_help": "A text that a spreadsheet would run as a formula gets an apostrophe in "
    "front, so opening the file runs nothing.",
    "take.csv_raw": "CSV, exactly as generated",
    "take.original": "As the original ({suffix})",
    "take.parquet": "Parquet",
    "take.evidence": "Evidence and settings",
    "take.evidence_caption": "The report holds figures only, no row of anybody.",
    "take.schema": "Schema (JSON)",
    "take.config": "Settings (JSON)",
    "take.model": "Model (ZIP)",
    "take.model_help": "model.safetensors, model.json and the settings: enough to draw rows on "
    "another machine. A model can remember details of its training rows; treat it as you treat "
    "the data.",
    "take.model_gone": "The model is not there, so no more rows can be drawn.",
    # what others can check
    "evidence.title": "For others to check",
    "evidence.caption": "Written for a reader who was not there. No real row is in any of it "
    "unless you tick it.",
    "evidence.report": "Report",
    "evidence.report_help": "One HTML page with everything that was asked, done and measured. It "
    "needs no network and prints well.",
    "evidence.card.model": "Model card",
    "evidence.card.data": "Data card",
    "evidence.card_help": "Markdown, in the usual sections.",
    "evidence.samples": "With the synthetic data itself",
    "evidence.real": "With real data: the first rows, or some pictures",
    "evidence.real_warning": "The bundle will hold real data. Treat it as you treat the data "
    "itself, and do not pass it on to people who may not see the data.",
    "evidence.bundle": "Evidence bundle (ZIP)",
    "evidence.bundle_help": "Report, cards, figures and their data, settings, the command that "
    "does it again, and hashes of everything.",
    "evidence.verify": "Whoever has the bundle and the data checks it like this; with --rerun it "
    "is trained again and compared.",
    "take.draw": "Draw more rows",
    "take.draw_caption": "Any number of rows from the same model, without training again. The same "
    "seed gives the same rows.",
    "take.draw_n": "Rows",
    "take.draw_seed": "Seed",
    "take.draw_button": "Draw",
    "draw.rows.drawing": "Drawing {n} rows with seed {seed} …",
    "draw.rows.drawn": "{n} rows with seed {seed}",
    "draw.rows.failed": "The rows could not be drawn: {reason}",
    "take.draw_forget": "Dismiss",
    # how it was made
    "made.title": "How this was made",
    "made.settings": "Settings",
    "made.not_promised": "What the target does not promise",
    "made.command": "The same on the command line",
    "made.python": "The same in Python",
    "made.data": "Data",
    "made.rows": "{train} training rows, {test} held-out rows, {synthetic} synthetic rows",
    "made.sensitive": "Sensitive",
    "made.target": "Target",
    "made.fairness": "Fairness target",
    "made.enforce": "Enforced by",
    "made.generator": "Generator",
    "made.preset": "Preset",
    "made.seed": "Seed",
    "made.ran": "Ran on",
    "made.sha": "SHA-256 of the data",
}
