from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from fairgen_core.config import DataConfig, RolesConfig, TrainConfig
from fairgen_core.errors import ConfigError, RunError
from fairgen_core.results import Figure, Measured, Report
from fairgen_core.runs import point_cache
from fairgen_core.runs.files import write_json
from fairgen_core.runs.status import RunStatus
from fairgen_core.runs.status_file import plain
from fairgen_core.runs.store import RunStore
from fairgen_core.runs.sweeps import SweepStore
from fairgen_core.sweep_config import SweepConfig, parse_vary

CONFIG = SweepConfig(
    base=TrainConfig(
        data=DataConfig(source="hiring"),
        roles=RolesConfig(sensitive=("gender",), target="hired", positive="yes"),
    ),
    vary=(parse_vary("fairness=dp,both"), parse_vary("strength=0,1")),
    seeds=(0, 1),
)


@pytest.fixture
def store() -> SweepStore:
    return SweepStore()


def finish(store: SweepStore, sweep_id: str, number: int, auroc: float = 0.8) -> str:
    """Put a finished run where the member's run belongs."""
    member = store.members(sweep_id)[number]
    run_id = store.run_id(sweep_id, member)
    folder = store.path(sweep_id) / "runs" / run_id
    folder.mkdir()
    write_json(folder / "config.json", member.config.model_dump(mode="json"))
    write_json(folder / "status.json", plain(RunStatus(state="done", started=1.0, ended=4.0)))
    report = Report(
        kind="evaluation", headline="", sensitive=("gender",), target="hired", positive="yes",
        target_kind="binary", groups=("a", "b"), n_train=10, n_test=10,
        figures=(
            Measured(metric="auroc", judge="gradient boosting",
                     real=Figure(value=0.9, n=10), synthetic=Figure(value=auroc, n=10)),
            Measured(metric="detector", synthetic=Figure(value=0.6, n=10)),
        ),
    )  # fmt: skip
    (folder / "report.json").write_text(report.model_dump_json())
    return run_id


def test_a_new_sweep_waits_with_all_its_members(store: SweepStore) -> None:
    sweep_id = store.create(CONFIG)
    assert store.config(sweep_id) == CONFIG
    assert store.ids() == [sweep_id]
    status = store.status(sweep_id)
    assert (status.state, status.n_members, status.resumable) == ("queued", 8, False)
    (summary,) = store.list()
    assert summary.name == "hiring, 2 targets x 2 strengths, 2 seeds"
    assert (summary.varied, summary.n_seeds, summary.n_members) == (("fairness", "strength"), 2, 8)
    results = store.results(sweep_id)
    assert [p.state for p in results.points] == ["queued"] * 8
    assert results.points[0].settings == {"fairness": "dp", "strength": 0.0}


def test_results_are_read_from_the_members_reports_and_kept(
    store: SweepStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    sweep_id = store.create(CONFIG)
    run_id = finish(store, sweep_id, 3)
    results = store.results(sweep_id)
    point = results.points[3]
    assert (point.run, point.state, point.seconds) == (run_id, "done", 3.0)
    figure = point.figure("auroc", "gradient boosting")
    assert figure is not None
    assert figure.value == 0.8
    assert point.figure("detector", "gradient boosting") == Figure(value=0.6, n=10)
    assert results.real["gradient boosting"]["auroc"].value == 0.9
    # What was read is not read again, by this process or by another.
    monkeypatch.setattr(point_cache, "_figures", lambda *_: pytest.fail("read again"))
    assert store.results(sweep_id) == results
    point_cache._known.clear()
    assert store.results(sweep_id) == results


def test_a_report_that_changed_is_read_again(store: SweepStore) -> None:
    sweep_id = store.create(CONFIG)
    run_id = finish(store, sweep_id, 0)
    store.results(sweep_id)
    path = store.path(sweep_id) / "runs" / run_id / "report.json"
    raw = json.loads(path.read_text())
    raw["figures"][0]["synthetic"]["value"] = 0.75
    path.write_text(json.dumps(raw))
    os.utime(path)
    figure = store.results(sweep_id).points[0].figure("auroc", "gradient boosting")
    assert figure is not None
    assert figure.value == 0.75


def test_damaged_points_are_read_from_the_reports(store: SweepStore) -> None:
    sweep_id = store.create(CONFIG)
    finish(store, sweep_id, 0)
    store.results(sweep_id)
    point_cache._known.clear()
    (store.path(sweep_id) / "points.json").write_text("{")
    assert store.results(sweep_id).points[0].state == "done"


def test_a_member_is_found_like_any_run_but_goes_with_its_sweep(store: SweepStore) -> None:
    sweep_id = store.create(CONFIG)
    run_id = finish(store, sweep_id, 0)
    runs = RunStore()
    assert runs.status(run_id).state == "done"
    assert runs.path(run_id).parent == store.runs(sweep_id).folder
    assert runs.report(run_id) is not None
    assert runs.ids() == []
    assert store.runs(sweep_id).ids() == [run_id]
    with pytest.raises(RunError, match="Delete the exploration"):
        runs.delete(run_id)


def test_more_seeds_for_an_ended_sweep(store: SweepStore) -> None:
    sweep_id = store.create(CONFIG)
    with pytest.raises(RunError, match="queued"):
        store.extend(sweep_id, 3)
    status = store.status(sweep_id)
    store.set_status(sweep_id, status.model_copy(update={"state": "done", "n_done": 8}))
    with pytest.raises(ConfigError):
        store.extend(sweep_id, 2)
    store.extend(sweep_id, 3)
    assert store.config(sweep_id).seeds == (0, 1, 2)
    status = store.status(sweep_id)
    assert (status.state, status.n_members, status.resumable) == ("stopped", 12, True)


def test_a_deleted_sweep_comes_back_with_its_runs(store: SweepStore) -> None:
    sweep_id = store.create(CONFIG)
    run_id = finish(store, sweep_id, 0)
    store.delete(sweep_id)
    assert store.ids() == []
    with pytest.raises(RunError):
        RunStore().path(run_id)
    store.undelete(sweep_id)
    assert store.status(sweep_id).state == "stopped"
    assert RunStore().status(run_id).state == "done"


def test_a_running_sweep_whose_process_died_has_failed(store: SweepStore) -> None:
    sweep_id = store.create(CONFIG, owner="command line")
    assert store.status(sweep_id).state == "running"
    with pytest.raises(RunError, match="Stop it first"):
        store.delete(sweep_id)
    status = store.status(sweep_id)
    store.set_status(sweep_id, status.model_copy(update={"pid": 2**22 + 1}))
    found = store.status(sweep_id)
    assert (found.state, found.resumable) == ("failed", True)


def test_names_are_for_showing(store: SweepStore) -> None:
    sweep_id = store.create(CONFIG)
    store.rename(sweep_id, " how  much\nparity ")
    assert store.list()[0].name == "how much parity"


@pytest.mark.parametrize("name", ["../x", "", "20260101-000000-nobody"])
def test_other_names_are_no_sweeps(store: SweepStore, name: str) -> None:
    with pytest.raises(RunError):
        store.path(name)


def test_two_sweeps_of_one_second_do_not_share_it(store: SweepStore, tmp_path: Path) -> None:
    ids = [store.create(CONFIG) for _ in range(2)]
    assert ids[0][:15] != ids[1][:15]


def test_a_thousand_members_are_read_in_a_moment(store: SweepStore) -> None:
    config = CONFIG.model_copy(update={"seeds": tuple(range(250))})
    sweep_id = store.create(config)
    assert len(store.results(sweep_id).points) == 1000
