"""The index of runs: the list that the folders give, kept up to date, never trusted."""

from __future__ import annotations

import json
import sys
import threading
import time
from pathlib import Path
from typing import NoReturn

import pytest

from fairgen_core.config import DataConfig, RolesConfig, TrainConfig
from fairgen_core.errors import RunError
from fairgen_core.runs import index
from fairgen_core.runs.files import write_json
from fairgen_core.runs.status import RunSummary
from fairgen_core.runs.store import RunStore
from tests.dashboard.report_builder import evaluation

N_MANY = 1000


def config(seed: int = 0, **changes: object) -> TrainConfig:
    return TrainConfig(
        data=DataConfig(source="hiring"),
        roles=RolesConfig(sensitive=("gender",), target="hired", positive="yes"),
        seed=seed,
        **changes,
    )


def finished(store: RunStore, seed: int = 0, report: str = "") -> str:
    run_id = store.create(config(seed), owner="notebook")
    status = store.status(run_id)
    ended = status.model_copy(update={"state": "done", "ended": status.created + 1.0})
    store.set_status(run_id, ended)
    if report:
        (store.path(run_id) / "report.json").write_text(report)
    return run_id


@pytest.fixture
def store() -> RunStore:
    return RunStore()


@pytest.fixture
def report() -> str:
    return evaluation().model_dump_json()


def as_another_process(store: RunStore) -> list[RunSummary]:
    """The list as a process gives it that has only the index file."""
    index._read.clear()
    return store.list()


def index_file(store: RunStore) -> Path:
    (path,) = store.folder.glob(".index*.json")
    return path


def test_the_list_shows_figures_and_tags(store: RunStore, report: str) -> None:
    run_id = finished(store, report=report)
    store.tag(run_id, ["for the board", " for  the\nboard ", "", "x" * 99])
    (run,) = store.list()
    assert run.figures == {
        "auroc": 0.878, "dp": 0.009, "dp_any": 0.058, "ftu": 0.003, "detector": 0.62,
    }  # fmt: skip
    assert run.tags == ("for the board", "x" * 40)


def test_struck_and_missing_figures_are_left_out(store: RunStore) -> None:
    finished(store, report=evaluation(struck=True).model_dump_json())
    (run,) = store.list()
    assert set(run.figures) == {"auroc", "detector"}


def test_a_report_of_pictures_gives_its_own_figures(store: RunStore) -> None:
    plain = {
        "figures": {"recognisable": {"value": 0.41}, "fid": {"value": 3.0}},
        "gap": {"value": 0.25},
    }
    finished(store, report=json.dumps(plain))
    (run,) = store.list()
    assert run.figures == {"gap": 0.25, "recognisable": 0.41}


@pytest.mark.parametrize(
    "report",
    ["", "[]", "null", '{"figures": 3}', '{"figures": [1, {"metric": "dp"}]}', "{broken",
     '{"figures": [{"metric": "dp", "synthetic": {"value": NaN}}]}'],
)  # fmt: skip
def test_a_report_that_says_nothing_gives_no_figures(store: RunStore, report: str) -> None:
    finished(store, report=report)
    assert [run.figures for run in store.list()] == [{}]
    assert [run.figures for run in as_another_process(store)] == [{}]


def test_another_process_reads_the_index_instead_of_the_folders(
    store: RunStore, report: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for seed in range(3):
        finished(store, seed, report)
    known = store.list()
    monkeypatch.setattr(store, "config", None)  # Reading a folder would now fail.
    assert as_another_process(store) == known


def test_every_change_of_a_run_is_seen(store: RunStore, report: str) -> None:
    run_id = finished(store)
    assert store.list()[0].figures == {}
    (store.path(run_id) / "report.json").write_text(report)
    store.rename(run_id, "A better name")
    store.tag(run_id, ["one"])
    for run in (store.list()[0], as_another_process(store)[0]):
        assert (run.name, run.tags, run.figures["dp"]) == ("A better name", ("one",), 0.009)
    store.set_status(run_id, store.status(run_id).model_copy(update={"state": "failed"}))
    assert as_another_process(store)[0].state == "failed"


def test_a_deleted_run_is_gone_and_comes_back(store: RunStore) -> None:
    kept, lost = finished(store, 0), finished(store, 1)
    store.list()
    store.delete(lost)
    assert [run.id for run in as_another_process(store)] == [kept]
    assert lost not in index_file(store).read_text()
    store.undelete(lost)
    assert {run.id for run in store.list()} == {kept, lost}


def test_a_waiting_run_is_read_anew_every_time(store: RunStore) -> None:
    run_id = store.create(config())
    store.list()
    folder = store.path(run_id)
    raw = json.loads((folder / "status.json").read_text())
    write_json(folder / "status.json", {**raw, "state": "done"})
    assert [run.state for run in store.list()] == ["done"]


@pytest.mark.parametrize("content", ["", "{broken", "[]", '{"version": 0, "entries": {}}'])
def test_a_damaged_index_is_made_anew(store: RunStore, content: str) -> None:
    finished(store)
    known = store.list()
    index_file(store).write_text(content)
    assert as_another_process(store) == known


def test_a_home_that_cannot_be_written_still_lists_its_runs(
    store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    finished(store)

    def full(self: Path, *_: object, **__: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    assert len(as_another_process(store)) == 1


def test_a_thousand_runs_are_listed_without_reading_them(store: RunStore, report: str) -> None:
    folder, template = store.folder, finished(store, report=report)
    for i in range(1, N_MANY):
        copy = folder / f"20260101-{i:06d}-hiring-both-mixture-{i:06x}"
        copy.mkdir()
        for name in ("config.json", "status.json", "report.json"):
            (copy / name).hardlink_to(folder / template / name)
    assert len(store.list()) == N_MANY
    start = time.perf_counter()
    found = as_another_process(store)
    seconds = time.perf_counter() - start
    assert len(found) == N_MANY
    assert found[-1].figures["dp"] == 0.009
    # Reading the reports takes 30 times as long; the bound leaves room for a busy machine.
    assert seconds < 1.0


def test_two_pages_may_list_at_once(store: RunStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """Threads of one process share the entries: one may learn of a run while another one saves."""
    first = finished(store)
    run, stamp = store.list()[0], index.stamp_of(store.path(first))
    assert stamp is not None
    known = [run.model_copy(update={"id": f"{first}-{number}"}) for number in range(3 * N_MANY)]
    shared = index.RunIndex(store.folder / "shared.json")
    for one in known[:N_MANY]:
        shared.keep(stamp, one)
    monkeypatch.setattr(index, "replaced_when_complete", _refused)
    over = threading.Event()

    def learn() -> None:
        while not over.is_set():
            for one in known[N_MANY:]:
                shared.keep(stamp, one)

    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    thread = threading.Thread(target=learn)
    thread.start()
    try:
        for _ in range(500):
            shared.save([one.id for one in known[:N_MANY]])
    finally:
        over.set()
        thread.join()
        sys.setswitchinterval(usual)


def _refused(_path: Path) -> NoReturn:
    raise RunError("The disk is full.")
