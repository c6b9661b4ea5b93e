"""Runs on pictures over seeds: is B better than A, told from the runs that differ in seed alone."""

from __future__ import annotations

from collections.abc import Sequence

from fairgen_core.comparison.differences import direction
from fairgen_core.comparison.results import ComparedOverSeeds, ComparedRun
from fairgen_core.comparison.seeds import paired_over_seeds
from fairgen_core.image_config import ImageTrainConfig
from fairgen_core.image_results import OWN_METRICS, ImageReport, every_figure
from fairgen_core.results import MetricInfo
from fairgen_core.run_config import RunConfig
from fairgen_core.runs.pictures import other_seeds
from fairgen_core.runs.store import RunStore

TOLD = ("late_gap", "gap", "recognisable", "taught", "coverage", "latent_attacker", "content_kept")
"""Figures that are told over seeds, where the runs have them."""

BySeed = dict[int, ImageReport]


def pictures_over_seeds(
    store: RunStore,
    runs: Sequence[ComparedRun],
    configs: Sequence[RunConfig],
    reports: Sequence[ImageReport],
) -> tuple[ComparedOverSeeds, ...]:
    """Each run against the first, in every figure of `TOLD` that both have.

    A run's other seeds are the finished, judged runs with the same settings beside it: in the list
    of runs, or in its exploration. Runs whose settings differ in the seed alone are not compared.

    Args:
        store: where the runs lie.
        runs: the first is what the others are held against.
        configs, reports: of each of them.
    """
    if not all(isinstance(config, ImageTrainConfig) for config in configs):
        return ()
    by_seed = [_by_seed(store, run, report) for run, report in zip(runs, reports, strict=True)]
    infos = {**OWN_METRICS, **{k: info for r in reports for k, info in r.metrics.items()}}
    found = []
    for i, run in enumerate(runs[1:], start=1):
        same = {"seed": configs[0].seed, "name": configs[0].name}
        if configs[i].model_copy(update=same) == configs[0]:
            continue
        for key in TOLD:
            values = [_values(by_seed[j], key) for j in (0, i)]
            if all(values):
                found.append(_told(infos[key], (runs[0], run), values))
    return tuple(found)


def _by_seed(store: RunStore, run: ComparedRun, report: ImageReport) -> BySeed:
    """The reports of a run and of its other seeds; of two runs with a seed, the first one's."""
    found: BySeed = {run.seed: report}
    for other in other_seeds(store, run.id):
        found.setdefault(other.seed, other.report)
    return found


def _values(by_seed: BySeed, key: str) -> dict[int, float]:
    values = {}
    for seed, report in by_seed.items():
        figure = next((m.synthetic for m in every_figure(report) if m.metric == key), None)
        if figure is not None and figure.value is not None and not figure.struck:
            values[seed] = figure.value
    return values


def _told(
    info: MetricInfo, pair: tuple[ComparedRun, ComparedRun], values: Sequence[dict[int, float]]
) -> ComparedOverSeeds:
    seeds = sorted(values[0].keys() & values[1].keys())
    a, b = ([own[seed] for seed in seeds] for own in values)
    answer = paired_over_seeds(a, b, (pair[0].letter, pair[1].letter), info.title)
    better, wins = direction(info), ""
    if answer.verdict != "cannot tell" and better in ("lower", "higher"):
        wins = pair[1 if answer.verdict == better else 0].letter
    return ComparedOverSeeds(
        a=pair[0].letter,
        b=pair[1].letter,
        info=info,
        seeds=tuple(seeds),
        a_values=tuple(a),
        b_values=tuple(b),
        answer=answer,
        better=wins,
    )
