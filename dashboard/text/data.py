"""Words of the Data page."""

from __future__ import annotations

TEXT: dict[str, str] = {
    "data.title": "Data",
    "data.caption": "Choose a table or pictures, say what is known of them, and see what is in "
    "them before anything is trained. Your data stays on this machine.",
    # source
    "source.title": "Which table?",
    "source.upload": "Your file",
    "source.origin": "Source: {source}",
    "source.licence": "Licence: {licence}",
    "source.file_label": "A table: CSV, TSV, Parquet or Excel",
    "source.file_help": "Separator, encoding, decimal mark and the way missing values are written "
    "are found by themselves. The file is copied into FairGen's own folder on this machine and "
    "goes nowhere else.",
    "source.test_label": "A second file with the real test rows (optional)",
    "source.test_help": "The same columns. Without it, a part of the table is held out.",
    "source.test_is": "test rows from {name}",
    "source.test_remove": "Hold out a part of the table instead",
    "source.earlier": "Files that you brought before",
    "source.earlier_placeholder": "Choose one",
    "source.waiting": "Choose a file above, and its columns appear here.",
    "source.saving": "Keeping a copy of the file …",
    "source.reading": "Reading the table …",
    "source.get": "Get it",
    "source.getting": "Getting the table and checking it …",
    "source.gone": "'{id}' is not on this machine (any more). '{instead}' is shown instead.",
    "source.not_here": "This table is not on this machine yet. One click gets it from its public "
    "source and checks that not a byte differs.",
    # table
    "table.title": "What was found",
    "table.size": "{rows} rows, {columns} columns",
    "table.csv": "text file, separated by {separator}",
    "table.parquet": "Parquet",
    "table.excel": "Excel, sheet '{sheet}'",
    "table.encoding": "encoding {encoding}",
    "table.decimal": "decimal mark '{mark}'",
    "table.missing": "missing values written as {markers}",
    "table.complete": "no missing values",
    "table.missing_empty": "an empty cell",
    "table.comma": "commas",
    "table.tab": "tabs",
    "table.semicolon": "semicolons",
    "table.pipe": "bars",
    "table.blank": "blanks",
    "table.preview": "First {n} rows",
    "kind.category": "Category",
    "kind.integer": "Whole number",
    "kind.decimal": "Decimal number",
    "kind.boolean": "Yes or no",
    "kind.datetime": "Date or time",
    "kind.identifier": "Identifier (left out)",
    "kind.text": "Free text (left out)",
    "schema.title": "Columns: correct what was guessed",
    "schema.caption": "Change a column's kind where the guess is wrong. The synthetic table will "
    "have the same columns, spellings, decimals, ranges and missing shares.",
    "schema.column": "Column",
    "schema.kind": "Kind",
    "schema.examples": "Examples",
    "schema.distinct": "Different values",
    "schema.missing": "Missing",
    "schema.range": "Range",
    "schema.reason": "Note",
    "schema.reset": "Back to what was guessed",
    "schema.left_out": "Left out: {columns}",
    # roles
    "roles.title": "What are the columns to your question?",
    "roles.sensitive": "Sensitive attribute",
    "roles.sensitive_placeholder": "one to four",
    "roles.target": "Target",
    "roles.no_target": "None: groups and table only",
    "roles.positive": "Favourable value",
    "roles.no_positive": "No single one",
    "roles.higher": "Of a number, more counts as more favourable: rates are shares above the "
    "training rows' median.",
    "roles.explanatory": "Explanatory columns (optional)",
    "roles.test_share": "Rows held out as the real test",
    "roles.test_share_help": "Every figure of usefulness and fairness is measured on these rows. "
    "No model sees them while it learns.",
    "roles.test_file": "Judged on the second file's rows.",
    "roles.bands": "Cut points of '{column}'",
    "roles.bands_placeholder": "left empty: {cuts}",
    "roles.bands_bad": "Cut points must be numbers in rising order, separated by commas or blanks, "
    "such as '30, 50', and '{found}' is not. Correct it.",
    "roles.bands_outside": "Cut points must lie inside the column's range, {low} to {high}, and "
    "{found} does not. Correct it.",
    "roles.merge": "Put small groups together as 'other'",
    "roles.merge_below": "Groups with fewer rows than",
    "roles.groups": "Groups: {groups}",
    "roles.group_count": "{group} ({n} rows)",
    "roles.more_columns": "More choices",
    # audit
    "audit.title": "What is in your data",
    "audit.name": "{data}, audit",
    "audit.running": "Auditing the real rows",
    "audit.queued": "The audit waits for another one to end.",
    "audit.failed": "The audit could not be made. {reason}",
    "audit.again": "Try again",
    "audit.rates": "Rate of the favourable value by group",
    "audit.rates.read": "How often each group receives it in the data itself, with 95 % intervals. "
    "The farther apart the points, the larger the disparity that a model will learn.",
    "audit.groups": "Groups and their sizes",
    "audit.groups.read": "Each group's share of the training rows. A small group is learned "
    "less well, and its figures are less certain.",
    "audit.proxies": "Which columns give the group away",
    "audit.proxies.read": "How well each column alone predicts the group. At 0.5 it says nothing; "
    "towards 1 it stands for the group, even when the sensitive column is dropped.",
    "audit.cells": "Intersections",
    "audit.cells.read": "The same rate where the sensitive columns cross, with the number of rows. "
    "A disparity can hide here although each column alone shows none.",
    "audit.scores.read": "How the real model's scores are distributed in each group. The largest "
    "vertical distance is the worst gap that any decision threshold could show.",
    "audit.model": "A model trained on these real rows",
    "audit.model_caption": "{judge}, trained on {n_train} rows and judged on {n_test} held-out "
    "rows. These are the figures that training sets out to change.",
    "audit.scores": "Scores by group",
    "audit.warnings": "Read with care",
    "audit.stopped": "The audit was stopped.",
    "audit.continue": "Continue to training",
    "audit.need_roles": "Choose a sensitive column, and the audit of your data appears here.",
}
