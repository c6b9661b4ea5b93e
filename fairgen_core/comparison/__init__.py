"""Two to four runs beside each other: settings that differ, figures, who gains and who loses.

Needs neither torch nor scikit-learn, so that a page may ask for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fairgen_core import settings_words
from fairgen_core.comparison.differences import of_distance
from fairgen_core.comparison.over_seeds import compared_over_seeds, too_few_seeds
from fairgen_core.comparison.pictures import picture_figures, picture_groups
from fairgen_core.comparison.results import (
    ComparedFigure,
    ComparedGroup,
    ComparedOverSeeds,
    ComparedRun,
    ComparedSetting,
    Comparison,
    Difference,
    SeedComparison,
)
from fairgen_core.comparison.seeds import MIN_SEEDS, paired_over_seeds
from fairgen_core.comparison.sentences import sentences
from fairgen_core.comparison.tables import N_DRAWS, TableComparison, TableSide
from fairgen_core.config import AuditConfig
from fairgen_core.errors import RunError
from fairgen_core.image_config import ImageTrainConfig
from fairgen_core.image_results import ImageReport
from fairgen_core.judged import JUDGED_FILE, read_judged
from fairgen_core.results import Report
from fairgen_core.run_config import RunConfig
from fairgen_core.runs.names import data_name, title
from fairgen_core.runs.pictures import image_report
from fairgen_core.runs.store import RunStore
from fairgen_core.words import say

MAX_RUNS = 4
LETTERS = "ABCD"

__all__ = [
    "MIN_SEEDS",
    "ComparedFigure",
    "ComparedGroup",
    "ComparedOverSeeds",
    "ComparedRun",
    "ComparedSetting",
    "Comparison",
    "Difference",
    "SeedComparison",
    "compare_runs",
    "of_distance",
    "paired_over_seeds",
    "too_few_seeds",
]


def compare_runs(store: RunStore, run_ids: Sequence[str]) -> Comparison:
    """Hold two to four finished, judged runs against the first of them.

    Args:
        store: where the runs lie.
        run_ids: the first one is what the others are compared with.

    Raises:
        RunError: there are too few or too many, one is no training or was not judged, or some are
            about tables and some about pictures.
    """
    ids = list(dict.fromkeys(run_ids))
    if not 2 <= len(ids) <= MAX_RUNS:
        raise RunError(
            f"Two to {MAX_RUNS} different runs can be compared, and {len(ids)} "
            f"{'was' if len(ids) == 1 else 'were'} named. Choose others."
        )
    configs = [store.config(run_id) for run_id in ids]
    reports = [_report(store, *pair) for pair in zip(ids, configs, strict=True)]
    names = [c.name or title(c) for c in configs]
    runs = tuple(
        ComparedRun(
            letter=LETTERS[i],
            id=run_id,
            name=names[i],
            data=data_name(configs[i]),
            seed=configs[i].seed,
            headline=reports[i].headline,
        )
        for i, run_id in enumerate(ids)
    )
    notes = [] if len({r.data_sha256 for r in reports}) == 1 else [say("compare.other_data")]
    tables = [report for report in reports if isinstance(report, Report)]
    pictures = [report for report in reports if isinstance(report, ImageReport)]
    if tables and pictures:
        raise RunError(
            "Runs on tables can be compared with each other and runs on pictures too, and some of "
            "these are of one kind and some of the other. Choose runs of one kind."
        )
    if tables:
        judged = [read_judged(store.path(run_id) / JUDGED_FILE) for run_id in ids]
        compared = TableComparison([TableSide(*pair) for pair in zip(tables, judged, strict=True)])
        figures, groups = compared.figures(), compared.groups()
        n_rows = f"{len(judged[0].groups):,}" if judged[0] is not None else ""
        notes.append(
            say("compare.paired", n=n_rows, draws=N_DRAWS)
            if compared.same_rows
            else say("compare.unpaired_rows")
        )
    else:
        figures, groups = picture_figures(pictures), picture_groups(pictures)
        notes.append(say("compare.pictures"))
    differ, n_same = _settings(configs)
    return Comparison(
        task="train" if tables else "train-images",
        runs=runs,
        settings=differ,
        same_settings=n_same,
        figures=figures,
        groups=groups,
        over_seeds=compared_over_seeds(store, runs, configs, reports),
        sentences=sentences(runs, figures, groups),
        notes=(*notes, say("compare.one_seed")),
    )


def _report(store: RunStore, run_id: str, config: RunConfig) -> Report | ImageReport:
    if isinstance(config, AuditConfig):
        raise RunError(
            f"Trainings can be compared, and '{run_id}' is an audit of real data. "
            "Choose another run."
        )
    pictures = isinstance(config, ImageTrainConfig)
    found = image_report(store, run_id) if pictures else store.report(run_id)
    if found is None:
        state = store.status(run_id).state
        raise RunError(
            f"A run must be finished and judged to be compared, and '{run_id}' has no report "
            f"({state}). Wait for it, or train it again with judging switched on."
        )
    return found


def _settings(configs: Sequence[RunConfig]) -> tuple[tuple[ComparedSetting, ...], int]:
    """The settings that differ, and how many do not."""
    held: list[dict[str, Any]] = [settings_words.settings(config) for config in configs]
    keys = dict.fromkeys(key for settings in held for key in settings)
    differ = [key for key in keys if any(s.get(key) != held[0].get(key) for s in held)]
    rows = tuple(
        ComparedSetting(
            key=key,
            label=settings_words.label(key),
            values=tuple(settings_words.shown(key, s.get(key)) for s in held),
        )
        for key in differ
    )
    return rows, len(keys) - len(differ)
