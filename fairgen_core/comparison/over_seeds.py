"""Runs over seeds: is B better than A, told from the runs that differ in their seed alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fairgen_core.comparison.differences import direction
from fairgen_core.comparison.results import ComparedOverSeeds, ComparedRun
from fairgen_core.comparison.seeds import MIN_SEEDS, paired_over_seeds
from fairgen_core.image_results import OWN_METRICS, ImageReport, every_figure
from fairgen_core.results import Measured, MetricInfo, Report
from fairgen_core.run_config import RunConfig
from fairgen_core.runs.other_seeds import same_but_seed
from fairgen_core.runs.pictures import image_report
from fairgen_core.runs.store import RunStore
from fairgen_core.words import say

TOLD = ("late_gap", "gap", "recognisable", "taught", "coverage", "latent_attacker", "content_kept")
"""Figures of pictures that are told over seeds, where the runs have them."""
TOLD_OF_TABLES = ("dp", "dp_any", "ftu", "equalized_odds", "auroc", "r2", "share_gap", "detector")
"""Likewise of tables; parity and usefulness judge by judge."""

AnyReport = Report | ImageReport
BySeed = dict[int, AnyReport]


def compared_over_seeds(
    store: RunStore,
    runs: Sequence[ComparedRun],
    configs: Sequence[RunConfig],
    reports: Sequence[AnyReport],
) -> tuple[ComparedOverSeeds, ...]:
    """Each run against the first, in every figure of `TOLD` or `TOLD_OF_TABLES` that both have.

    A run's other seeds are the finished, judged runs with the same settings on the same data
    beside it: in the list of runs, or in its exploration. Runs whose settings differ in the seed
    alone are not compared, nor one setting twice, and none on other data than the first.

    Args:
        store: where the runs lie.
        runs: the first is what the others are held against.
        configs, reports: of each of them.
    """
    by_seed = [_by_seed(store, run, report) for run, report in zip(runs, reports, strict=True)]
    pictures = isinstance(reports[0], ImageReport)
    known = {**OWN_METRICS} if pictures else {}
    infos = known | {k: info for r in reports for k, info in r.metrics.items()}
    found = []
    held: list[RunConfig] = []
    for i, run in enumerate(runs[1:], start=1):
        same = {"seed": configs[0].seed, "name": configs[0].name}
        settings = configs[i].model_copy(update=same)
        if settings == configs[0] or settings in held:  # B and C of one setting say the same
            continue
        if reports[i].data_sha256 != reports[0].data_sha256:  # not a question of settings alone
            continue
        held.append(settings)
        for key in TOLD if pictures else TOLD_OF_TABLES:
            for judge in _judges(reports[0], key):
                values = [_values(by_seed[j], key, judge) for j in (0, i)]
                if all(values):
                    found.append(_told(infos[key], judge, (runs[0], run), values))
    return tuple(found)


def too_few_seeds(found: Sequence[ComparedOverSeeds]) -> list[str]:
    """A sentence for each pair of runs of which no figure has seeds enough; figures need none."""
    enough = {(one.a, one.b) for one in found if one.answer.n_seeds >= MIN_SEEDS}
    seeds = {(one.a, one.b): one.answer.n_seeds for one in found}
    return [
        say("seeds.too_few", a=a, b=b, n=n) for (a, b), n in seeds.items() if (a, b) not in enough
    ]


def _by_seed(store: RunStore, run: ComparedRun, report: AnyReport) -> BySeed:
    """The reports of a run and of its other seeds; of two runs with a seed, the first one's."""
    found: BySeed = {run.seed: report}
    for other in same_but_seed(store, run.id):
        pictures = isinstance(report, ImageReport)
        theirs = image_report(store, other.run_id) if pictures else store.report(other.run_id)
        if theirs is not None and theirs.data_sha256 == report.data_sha256:
            found.setdefault(other.seed, theirs)
    return found


def _figures(report: AnyReport) -> Iterator[Measured]:
    yield from every_figure(report) if isinstance(report, ImageReport) else report.figures


def _judges(report: AnyReport, key: str) -> list[str]:
    return list(dict.fromkeys(m.judge for m in _figures(report) if m.metric == key))


def _values(by_seed: BySeed, key: str, judge: str) -> dict[int, float]:
    values = {}
    for seed, report in by_seed.items():
        mine = (m.synthetic for m in _figures(report) if (m.metric, m.judge) == (key, judge))
        figure = next(mine, None)
        if figure is not None and figure.value is not None and not figure.struck:
            values[seed] = figure.value
    return values


def _told(
    info: MetricInfo,
    judge: str,
    pair: tuple[ComparedRun, ComparedRun],
    values: Sequence[dict[int, float]],
) -> ComparedOverSeeds:
    seeds = sorted(values[0].keys() & values[1].keys())
    a, b = ([own[seed] for seed in seeds] for own in values)
    figure = f"{info.title} ({judge})" if judge else info.title
    letters = pair[0].letter, pair[1].letter
    answer = paired_over_seeds(a, b, letters, figure, info.range_of_differences)
    better, wins = direction(info), ""
    if answer.verdict != "cannot tell" and better in ("lower", "higher"):
        wins = pair[1 if answer.verdict == better else 0].letter
    return ComparedOverSeeds(
        a=pair[0].letter,
        b=pair[1].letter,
        info=info,
        judge=judge,
        seeds=tuple(seeds),
        a_values=tuple(a),
        b_values=tuple(b),
        answer=answer,
        better=wins,
    )
