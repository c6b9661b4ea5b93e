"""Sweeps as they are worked on: small real trainings on the built-in applicants."""

from __future__ import annotations

import os
from pathlib import Path

import pandas as pd
import pytest

from fairgen_core import api
from fairgen_core.choices import train_config
from fairgen_core.config import TrainConfig
from fairgen_core.errors import StoppedError
from fairgen_core.image_api import image_config
from fairgen_core.metrics.judges import Question, ask
from fairgen_core.metrics.usefulness import usefulness_figures
from fairgen_core.results import Report
from fairgen_core.runs import sweep_launcher, worker
from fairgen_core.runs.pictures import image_report
from fairgen_core.runs.status import ProgressEvent
from fairgen_core.runs.status_file import claimed
from fairgen_core.runs.store import RunStore
from fairgen_core.runs.sweeps import SweepStore, as_sweep
from fairgen_core.sharing import Shared
from fairgen_core.sweep_config import SweepConfig, parse_vary
from fairgen_core.sweep_results import frontier
from fairgen_core.sweeping import driver
from fairgen_core.sweeping.limits import STRENGTHS, limits
from fairgen_core.synthesizers.fldgm import FLDGM
from fairgen_core.training import SilentObserver

pytestmark = pytest.mark.slow

GB = "gradient boosting"


@pytest.fixture(scope="module")
def applicants(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """1,200 of the invented applicants as a file: enough for every figure, quick to train on."""
    from fairgen_core.config import DataConfig
    from fairgen_core.data.loading import load_source

    path = tmp_path_factory.mktemp("applicants") / "applicants.csv"
    load_source(DataConfig(source="hiring")).frame.head(1200).to_csv(path, index=False)
    return path


def base(path: Path, **changes: object) -> TrainConfig:
    settings = {"compression.epochs": 3, "compression.width": 32, "generator.n_components": 5}
    choices = {"sensitive": "gender", "target": "hired", "positive": "yes", "preset": "quick"}
    return train_config(path, settings=settings, evaluate=True, **{**choices, **changes})


def sweep(path: Path, *vary: str, seeds: tuple[int, ...] = (0,), **changes: object) -> SweepConfig:
    return SweepConfig(base=base(path, **changes), vary=tuple(map(parse_vary, vary)), seeds=seeds)


def take_up(store: SweepStore, sweep_id: str) -> Path:
    """Claim an ended sweep for this process."""
    status = sweep_launcher.take_up_again(store, sweep_id)
    store.set_status(sweep_id, as_sweep(claimed(status, os.getpid())))
    return store.path(sweep_id)


def test_fits_that_share_end_as_fits_of_their_own(applicants: Path) -> None:
    data = worker.read_input(base(applicants)).table
    shared = Shared()
    for choices in (
        {"fairness": "both", "strength": 0.5},
        {"fairness": "dp", "strength": 1.0},
        {"fairness": "ftu", "strength": 0.5},
        {"fairness": "none"},
        {"fairness": "both", "strength": 1.0},
        {"fairness": "both", "strength": 1.0, "generator": "lsgan",
         "settings": {"compression.epochs": 3, "compression.width": 32, "generator.n_steps": 60}},
        {"fairness": "both", "enforce": "both-ways", "alpha": 5.0},
    ):  # fmt: skip
        config = train_config(
            applicants,
            **{
                "sensitive": "gender", "target": "hired", "positive": "yes", "preset": "quick",
                "settings": {"compression.epochs": 3, "compression.width": 32,
                             "generator.n_components": 5},
                **choices,
            },
        )  # fmt: skip
        together = FLDGM(config).fit(data, SilentObserver(), shared=shared).sample(500, 3)
        alone = FLDGM(config).fit(data, SilentObserver()).sample(500, 3)
        pd.testing.assert_frame_equal(together, alone)


class Counting(SilentObserver):
    def __init__(self) -> None:
        self.stages: list[str] = []

    def on_progress(self, stage: str, *_: object, **__: object) -> None:
        self.stages.append(stage)


def test_what_is_shared_is_not_computed_again(applicants: Path) -> None:
    data = worker.read_input(base(applicants)).table
    shared = Shared()
    FLDGM(base(applicants, fairness="both")).fit(data, SilentObserver(), shared=shared)
    second = Counting()
    FLDGM(base(applicants, fairness="dp")).fit(data, second, shared=shared)
    assert set(second.stages) == {"labels"}
    third = Counting()
    FLDGM(base(applicants, fairness="dp", seed=1)).fit(data, third, shared=shared)
    assert {"compression", "generator"} <= set(third.stages)


@pytest.fixture(scope="module")
def done(applicants: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[SweepStore, str]:
    """A finished sweep of 2 targets x 2 strengths."""
    store = SweepStore(tmp_path_factory.mktemp("home") / "sweeps")
    config = sweep(applicants, "fairness=dp,both", "strength=0,1")
    sweep_id = store.create(config, "command line")
    driver.run(store.path(sweep_id))
    return store, sweep_id


def test_a_sweep_ends_with_every_member_done_and_told(done: tuple[SweepStore, str]) -> None:
    store, sweep_id = done
    status, results = store.status(sweep_id), store.results(sweep_id)
    assert (status.state, status.n_done, status.n_failed, status.fraction) == ("done", 4, 0, 1.0)
    assert [p.state for p in results.points] == ["done"] * 4
    assert not status.resumable
    assert status.seconds_of_full_runs == pytest.approx(4 * (status.full_run_seconds or 0))
    assert set(results.judges()) == {GB, "random forest"}
    assert len(frontier(results).points) == 4
    assert frontier(results).anchors
    events = store.progress(sweep_id)
    assert events[-1].figures["n_done"] == 4
    assert [e.overall for e in events] == sorted(e.overall for e in events)


def test_a_member_is_judged_as_a_run_of_its_own(
    done: tuple[SweepStore, str], applicants: Path, tmp_path: Path
) -> None:
    store, sweep_id = done
    runs = RunStore(tmp_path / "runs")
    config = base(applicants, fairness="both")
    run_id = runs.create(config, "command line")
    worker.run(runs.path(run_id))
    own = runs.report(run_id)
    point = store.results(sweep_id).points[3]
    member = store.runs(sweep_id).report(point.run)
    assert own is not None
    assert member is not None
    left_out = {"detector", "density", "coverage", "alpha_precision", "beta_recall", "dcr",
                "column_shapes", "pair_trends", "exact_copies", "authenticity"}  # fmt: skip
    compared = [m for m in own.figures if m.metric not in left_out]
    assert len(compared) > 25
    for measured in compared:
        assert member.find(measured.metric, measured.judge) == measured
    assert member.group_results == own.group_results
    assert member.columns == own.columns
    assert member.shap == own.shap
    assert "without the column 'hired'" in member.metrics["detector"].definition
    alone = api.Run(run_id, runs.folder)
    inside = api.Run(point.run, store.folder.parent / "runs")
    pd.testing.assert_frame_equal(inside.rows, alone.rows)
    pd.testing.assert_frame_equal(inside.sample(50, seed=5), alone.sample(50, seed=5))


def test_strength_0_is_the_same_whatever_the_target(done: tuple[SweepStore, str]) -> None:
    store, sweep_id = done
    dp, both = (store.results(sweep_id).points[i] for i in (0, 2))
    assert (dp.settings["strength"], both.settings["strength"]) == (0.0, 0.0)
    assert dp.figures == both.figures
    runs = store.runs(sweep_id)
    reports = [runs.report(p.run) for p in (dp, both)]
    assert all(isinstance(r, Report) for r in reports)
    assert (runs.path(both.run) / "judged.npz").exists()


def test_the_limit_has_no_use_for_the_group_where_it_is_unseen(
    done: tuple[SweepStore, str],
) -> None:
    store, sweep_id = done
    limits = store.results(sweep_id).limits
    seen, unseen = ([p for p in limits if p.kind == kind] for kind in ("seen", "unseen"))
    assert len(seen) == len(unseen) == 11
    assert all(p.figures["ftu"].value == 0 for p in unseen)
    disparity = [p.figures["dp_any"].value or 0 for p in seen]
    useful = [p.figures["auroc"].value or 0 for p in seen]
    assert disparity[-1] < 0.5 * disparity[0]
    assert useful[-1] <= useful[0]
    assert useful[0] > 0.7


def test_a_number_has_a_limit_too() -> None:
    config = train_config(
        "diabetes", sensitive="sex", target="progression", preset="quick", evaluate=True
    )
    data = worker.read_input(config).table
    found = limits(data, config, Shared())
    seen, unseen = ([p for p in found if p.kind == kind] for kind in ("seen", "unseen"))
    assert len(seen) == len(unseen) == len(STRENGTHS)
    # In the target's own unit, and as good as scikit-learn's trees on the same rows.
    question = Question(data, 0)
    plain = ask(question, GB, question.train, question.test, 0)
    known = usefulness_figures(question, plain, question.test, question.labels(question.test))
    for key in ("r2", "mae", "auroc"):
        reached, usual = seen[0].figures[key].value, known[key]
        assert usual.low is not None
        assert usual.high is not None
        assert reached is not None
        assert usual.low <= reached <= usual.high
    assert (unseen[-1].figures["dp_any"].value or 0) < (unseen[0].figures["dp_any"].value or 0)
    assert all(p.figures["ftu"].value == 0 for p in unseen)


def test_more_seeds_leave_what_is_done_alone(
    done: tuple[SweepStore, str], applicants: Path, tmp_path: Path
) -> None:
    store = SweepStore(tmp_path / "sweeps")
    sweep_id = store.create(sweep(applicants, "strength=0.5,1"), "command line")
    driver.run(store.path(sweep_id))
    before = {p.run: p for p in store.results(sweep_id).points}
    store.extend(sweep_id, 2)
    driver.run(take_up(store, sweep_id))
    after = {p.run: p for p in store.results(sweep_id).points}
    assert len(after) == 4
    assert {run: after[run] for run in before} == before
    assert {p.seed for p in after.values()} == {0, 1}


def test_a_stopped_sweep_goes_on_where_it_was(applicants: Path, tmp_path: Path) -> None:
    store = SweepStore(tmp_path / "sweeps")
    config = sweep(applicants, "fairness=dp,both", "strength=0.5,1")
    sweep_id = store.create(config, "command line")
    folder = store.path(sweep_id)

    def stop_after_two(event: ProgressEvent, _: float | None) -> None:
        if event.figures["n_done"] >= 1:
            (folder / "stop").touch()

    with pytest.raises(StoppedError):
        driver.run(folder, stop_after_two)
    status = store.status(sweep_id)
    assert (status.state, status.resumable) == ("stopped", True)
    assert status.message.startswith("The exploration was stopped")  # not the member's words
    assert 1 <= status.n_done < 4
    driver.run(take_up(store, sweep_id))
    assert store.status(sweep_id).n_done == 4
    # The second half took the shared stages from a model that was saved: the rows are the same.
    other = SweepStore(tmp_path / "other" / "sweeps")
    again = other.create(config, "command line")
    driver.run(other.path(again))
    for left, right in zip(
        store.results(sweep_id).points, other.results(again).points, strict=True
    ):
        pd.testing.assert_frame_equal(
            api.Run(left.run, tmp_path / "runs").rows,
            api.Run(right.run, tmp_path / "other" / "runs").rows,
        )


def test_a_member_that_fails_leaves_the_others_alone(applicants: Path, tmp_path: Path) -> None:
    store = SweepStore(tmp_path / "sweeps")
    # A folder where a member's file belongs: that member alone cannot have its rows.
    config = sweep(applicants, "fairness=dp,both", "strength=0.5,1")
    sweep_id = store.create(config, "command line")
    folder, second = store.path(sweep_id), store.members(sweep_id)[1]
    run = folder / "runs" / store.run_id(sweep_id, second)
    RunStore(folder / "runs").create(second.config, "notebook", run.name)
    (run / "samples.parquet" / "in the way").mkdir(parents=True)
    status = store.runs(sweep_id).status(run.name)
    store.runs(sweep_id).set_status(run.name, status.model_copy(update={"state": "failed"}))
    driver.run(folder)
    states = [p.state for p in store.results(sweep_id).points]
    assert states == ["done", "failed", "done", "done"]
    found = store.status(sweep_id)
    assert (found.state, found.n_done, found.n_failed) == ("done", 3, 1)
    assert found.resumable
    assert "1 of 4 members failed" in found.message
    # What was in the way is taken away, and a resume does the one that is left.
    (run / "samples.parquet" / "in the way").rmdir()
    (run / "samples.parquet").rmdir()
    driver.run(take_up(store, sweep_id))
    assert store.status(sweep_id).n_done == 4


@pytest.mark.slow
def test_members_on_pictures_are_runs_on_pictures(tmp_path: Path) -> None:
    store = SweepStore(tmp_path / "sweeps")
    picture = image_config(
        "digits", groups="background", preset="instant", n_images=300, settings={"gan.n_steps": 80}
    )
    config = SweepConfig(
        base=picture,
        vary=(parse_vary("grouping=mixed,alternate"), parse_vary("clip_norm=none,1")),
    )
    sweep_id = store.create(config, "command line")
    driver.run(store.path(sweep_id))
    results = store.results(sweep_id)
    assert [p.state for p in results.points] == ["done"] * 4
    assert results.task == "train-images"
    assert len(frontier(results, "recognisable", "late_gap", "").points) == 4
    assert image_report(store.runs(sweep_id), results.points[0].run) is not None
