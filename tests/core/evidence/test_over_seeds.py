"""Is one setting better than another over seeds: paired by seed, on pictures and on tables."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from fairgen_core.cli.evidence_commands import comparison_text
from fairgen_core.comparison import compare_runs, paired_over_seeds, too_few_seeds
from fairgen_core.errors import DataError
from fairgen_core.runs.files import write_json
from fairgen_core.runs.other_seeds import same_but_seed
from fairgen_core.runs.store import RunStore
from fairgen_core.words import say
from tests.core.evidence.conftest import Runs

pytestmark = pytest.mark.slow


def seeds_of(folder: Path, runs: Runs, late_gaps: dict[int, float], clip: float | None) -> str:
    """Copies of the training on pictures as other seeds could have left it; the first one's id."""
    ids = []
    for seed, late_gap in late_gaps.items():
        run_id = f"20260101-{seed:06d}-digits-gan-{'plain' if clip is None else 'clip'}-{seed:06d}"
        shutil.copytree(runs.store.path(runs.pictures), folder / run_id)
        config = json.loads((folder / run_id / "config.json").read_text())
        changed = {**config, "seed": seed, "gan": {**config["gan"], "clip_norm": clip}}
        write_json(folder / run_id / "config.json", changed)
        report = json.loads((folder / run_id / "report.json").read_text())
        write_json(folder / run_id / "report.json", {**report, "late_gap": late_gap})
        ids.append(run_id)
    return ids[0]


def test_pictures_are_compared_over_the_seeds_that_ran_with_both(
    runs: Runs, tmp_path: Path
) -> None:
    folder = tmp_path / "runs"
    a = seeds_of(folder, runs, {1: 0.1, 2: 0.2, 3: 0.3, 9: 0.9}, clip=2.0)
    b = seeds_of(folder, runs, {1: 0.31, 2: 0.4, 3: 0.5, 8: 0.0}, clip=None)
    found = compare_runs(RunStore(folder), [a, b]).over_seeds
    late = next(one for one in found if one.info.key == "late_gap")
    assert late.seeds == (1, 2, 3)  # the seeds that ran with one setting only do not pair
    assert (late.a_values, late.b_values) == ((0.1, 0.2, 0.3), (0.31, 0.4, 0.5))
    assert late.answer.verdict == "higher"
    assert late.better == "A"  # the lower gap
    # Student's interval of .21, .2, .2: mean .2033, standard error .00333, quantile 4.303
    assert late.answer.low == pytest.approx(0.61 / 3 - 4.30265 * 0.01 / 3, abs=1e-4)
    same = next(one for one in found if one.info.key == "gap")  # copies: no difference at all
    assert same.answer.verdict == "cannot tell"
    assert same.answer.sentence.startswith("With each of 3 seeds,")
    assert same.better == ""


def test_two_seeds_of_one_setting_are_not_two_settings(runs: Runs, tmp_path: Path) -> None:
    folder = tmp_path / "runs"
    first = seeds_of(folder, runs, {1: 0.1, 2: 0.2}, clip=2.0)
    second = next(path.name for path in folder.iterdir() if path.name != first)
    compared = compare_runs(RunStore(folder), [first, second])
    assert compared.over_seeds == ()
    alone = seeds_of(folder, runs, {1: 0.4}, clip=None)
    one_pair = compare_runs(RunStore(folder), [first, alone]).over_seeds
    assert all("one pair" in one.answer.sentence for one in one_pair)


def table_seeds(
    folder: Path, runs: Runs, target: str, values: dict[int, float], **changes: object
) -> str:
    """Copies of a training on a table as other seeds could have left it; the first one's id."""
    ids = []
    source = runs.store.path(runs.both if target == "both" else runs.none)
    for seed, value in values.items():
        end = f"{len(list(folder.glob('*'))):06d}" if folder.exists() else "000000"
        run_id = f"20260101-{seed:06d}-people-{target}-mixture-{end}"
        shutil.copytree(source, folder / run_id)
        config = json.loads((folder / run_id / "config.json").read_text())
        write_json(folder / run_id / "config.json", {**config, "seed": seed, "name": f"s{seed}"})
        report = json.loads((folder / run_id / "report.json").read_text())
        for one in report["figures"]:
            if (one["metric"], one["judge"]) == ("auroc", "gradient boosting"):
                one["synthetic"]["value"] = value
        write_json(folder / run_id / "report.json", {**report, **changes})
        ids.append(run_id)
    return ids[0]


def test_tables_are_compared_over_the_seeds_that_ran_with_both(runs: Runs, tmp_path: Path) -> None:
    folder = tmp_path / "runs"
    a = table_seeds(folder, runs, "none", {1: 0.8, 2: 0.81, 3: 0.82, 9: 0.1})
    b = table_seeds(folder, runs, "both", {1: 0.7, 2: 0.72, 3: 0.71, 8: 0.99})
    table_seeds(folder, runs, "both", {9: 0.5}, data_sha256="of other rows")
    compared = compare_runs(RunStore(folder), [a, b])
    found = compared.over_seeds
    assert {one.judge for one in found} == {"gradient boosting", "random forest", ""}
    (auroc,) = (o for o in found if (o.info.key, o.judge) == ("auroc", "gradient boosting"))
    assert auroc.seeds == (1, 2, 3)  # not 9: the other data's run is no seed of this setting
    assert (auroc.a_values, auroc.b_values) == ((0.8, 0.81, 0.82), (0.7, 0.72, 0.71))
    # Student's interval of -.1, -.09, -.11: mean -.1, standard error .01 / sqrt(3)
    half = 4.30265 * 0.01 / 3**0.5
    assert (auroc.answer.low, auroc.answer.high) == pytest.approx((-0.1 - half, -0.1 + half))
    assert (auroc.answer.verdict, auroc.better) == ("lower", "A")
    assert "(gradient boosting)" in auroc.answer.sentence
    copies = next(o for o in found if (o.info.key, o.judge) == ("auroc", "random forest"))
    assert copies.answer.n_seeds == 3
    # copies differ by the same amount in every seed, so nothing is uncertain about them
    assert copies.answer.low == pytest.approx(copies.answer.high)
    assert auroc.answer.sentence in comparison_text(compared)


def test_three_seeds_of_tables_may_not_tell_and_one_says_so_once(
    runs: Runs, tmp_path: Path
) -> None:
    folder = tmp_path / "runs"
    a = table_seeds(folder, runs, "none", {1: 0.8, 2: 0.7, 3: 0.75})
    b = table_seeds(folder, runs, "both", {1: 0.7, 2: 0.72, 3: 0.77})
    found = compare_runs(RunStore(folder), [a, b]).over_seeds
    auroc = next(o for o in found if (o.info.key, o.judge) == ("auroc", "gradient boosting"))
    assert auroc.answer.sentence.startswith("Cannot tell with 3 seeds")
    assert auroc.better == ""
    again = same_but_seed(RunStore(folder), b)[0].run_id
    both = compare_runs(RunStore(folder), [a, b, again]).over_seeds
    assert {one.b for one in both} == {"B"}  # C is B with another seed: the seeds are the same
    other = table_seeds(folder, runs, "none", {5: 0.8}, data_sha256="of other rows")
    assert compare_runs(RunStore(folder), [other, b]).over_seeds == ()
    alone = tmp_path / "alone"
    pair = [table_seeds(alone, runs, t, {1: 0.8}) for t in ("none", "both")]
    compared = compare_runs(RunStore(alone), pair)
    (sentence,) = too_few_seeds(compared.over_seeds)
    assert "and 1 did" in sentence
    assert comparison_text(compared).count("over seeds") == 1


def test_three_seeds_cannot_tell_a_small_difference() -> None:
    found = paired_over_seeds([0.1, 0.2, 0.3], [0.2, 0.4, 0.3], ("mixture", "lsgan"), "AUROC")
    assert found.mean_difference == pytest.approx(0.1)
    # Student's quantile for 2 degrees of freedom is 4.303; the standard error is .1 / sqrt(3)
    assert found.high == pytest.approx(0.1 + 4.30265 * 0.1 / 3**0.5, abs=1e-4)
    assert found.verdict == "cannot tell"
    assert found.sentence.startswith("Cannot tell with 3 seeds: AUROC of lsgan minus")


def test_an_interval_off_zero_can() -> None:
    up = paired_over_seeds([0.1, 0.2, 0.3, 0.4], [0.31, 0.4, 0.5, 0.6])
    assert up.verdict == "higher"
    assert 0 < up.low < up.mean_difference < up.high  # type: ignore[operator]
    assert paired_over_seeds([0.31, 0.4, 0.5], [0.1, 0.2, 0.3]).verdict == "lower"


def test_the_interval_ends_at_the_largest_difference_and_says_so() -> None:
    values = [0.1, 0.2], [0.9, 0.6]  # differences .8 and .4: half of it is 12.706 * .2
    assert paired_over_seeds(*values).high == pytest.approx(0.6 + 2.541, abs=1e-3)
    found = paired_over_seeds(*values, bounds=(-1.0, 1.0))
    assert (found.low, found.high, found.verdict) == (-1.0, 1.0, "cannot tell")
    assert found.sentence.endswith(say("seeds.cut"))
    assert say("seeds.cut") not in paired_over_seeds(*values).sentence


def test_one_seed_or_none_or_odd_pairs() -> None:
    assert paired_over_seeds([0.1], [0.9]).verdict == "cannot tell"
    assert "one pair" in paired_over_seeds([0.1], [0.9]).sentence
    assert paired_over_seeds([], []).mean_difference is None
    with pytest.raises(DataError, match="the same seeds"):
        paired_over_seeds([0.1, 0.2], [0.1])
    with pytest.raises(DataError, match="must have a value"):
        paired_over_seeds([0.1, float("nan")], [0.1, 0.2])
