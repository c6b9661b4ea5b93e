from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairgen_core.config import AuditConfig, DataConfig, RolesConfig, TrainConfig
from fairgen_core.errors import DataError, RunError
from fairgen_core.runs import uploads
from fairgen_core.runs.status import RunStatus, process_lives, process_start
from fairgen_core.runs.store import RunStore, home


def train_config(**changes: object) -> TrainConfig:
    return TrainConfig(
        data=DataConfig(source="hiring"),
        roles=RolesConfig(sensitive=("sex",), target="hired", positive="yes"),
        **changes,
    )


@pytest.fixture
def store() -> RunStore:
    return RunStore()


def set_status(store: RunStore, run_id: str, **changes: object) -> None:
    store.set_status(run_id, store.status(run_id).model_copy(update=changes))


def dead_process() -> tuple[int, float]:
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    started = process_start(child.pid)
    assert started is not None
    child.kill()
    child.wait()
    return child.pid, started


def test_home_is_where_the_environment_says(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("FAIRGEN_HOME", str(tmp_path / "here"))
    assert home() == tmp_path / "here"
    monkeypatch.delenv("FAIRGEN_HOME")
    monkeypatch.chdir(tmp_path)
    assert home() == tmp_path / ".fairgen"


def test_a_new_run_waits_and_keeps_its_config(store: RunStore) -> None:
    config = train_config(seed=7)
    run_id = store.create(config)
    assert store.config(run_id) == config
    assert store.status(run_id).state == "queued"
    assert store.ids() == [run_id]
    assert "-hiring-both-mixture-" in run_id
    assert store.report(run_id) is None
    assert store.preview(run_id) is None
    assert store.samples_path(run_id) is None
    assert store.progress(run_id) == []
    assert store.log_tail(run_id) == ""


def test_an_audit_is_a_run_too(store: RunStore) -> None:
    run_id = store.create(
        AuditConfig(data=DataConfig(source="hiring"), roles=RolesConfig(sensitive=("sex",)))
    )
    assert [s.task for s in store.list()] == ["audit"]
    assert "-hiring-audit-" in run_id


@pytest.mark.parametrize(
    "run_id",
    ["", ".", "..", "../x", "/etc", "20261120-141502-../../etc", ".trash", "20261120-141502-a\n"],
)
def test_only_our_own_ids_become_paths(store: RunStore, run_id: str) -> None:
    store.create(train_config())
    for method in (store.path, store.status, store.delete, store.undelete, store.log_tail):
        with pytest.raises(RunError):
            method(run_id)


@given(st.text(max_size=60))
def test_no_text_is_a_run_that_was_never_made(run_id: str) -> None:
    with pytest.raises(RunError, match="There must be a run"):
        RunStore(Path("nowhere")).path(run_id)


@given(st.text(max_size=300))
def test_any_data_name_gives_a_usable_id(
    tmp_path_factory: pytest.TempPathFactory, name: str
) -> None:
    store = RunStore(tmp_path_factory.mktemp("runs"))
    config = train_config()
    config = config.model_copy(
        update={"data": config.data.model_copy(update={"display_name": name})}
    )
    try:
        name.encode()
    except UnicodeEncodeError:
        return
    run_id = store.create(config)
    assert store.path(run_id).parent == store.folder
    assert store.config(run_id) == config


def test_the_list_is_newest_first(store: RunStore) -> None:
    made = [store.create(train_config(seed=i)) for i in range(5)]
    assert [s.id for s in store.list()] == made[::-1]
    assert [s.seed for s in store.list()] == [4, 3, 2, 1, 0]


def test_a_thousand_runs_are_listed_at_once(store: RunStore) -> None:
    first = store.create(train_config())
    config = (store.path(first) / "config.json").read_text()
    status = json.dumps(RunStatus(state="done", created=1.0).model_dump())
    for i in range(1000):
        folder = store.folder / f"20250101-000000-many-{i:04d}"
        folder.mkdir()
        (folder / "config.json").write_text(config)
        (folder / "status.json").write_text(status)
    assert len(store.list()) == 1001
    start = time.perf_counter()
    assert len(RunStore().list()) == 1001
    assert time.perf_counter() - start < 0.5


def test_the_list_sees_a_change_of_an_ended_run(store: RunStore) -> None:
    run_id = store.create(train_config())
    set_status(store, run_id, state="done")
    assert store.list()[0].state == "done"
    set_status(store, run_id, state="failed", message="why")
    assert (store.list()[0].state, store.list()[0].message) == ("failed", "why")


def test_running_means_that_very_process_lives(store: RunStore) -> None:
    run_id = store.create(train_config(), owner="notebook")
    assert store.status(run_id).state == "running"
    pid, started = dead_process()
    set_status(store, run_id, pid=pid, pid_started=started, stage="generator")
    status = store.status(run_id)
    assert status.state == "failed"
    assert "killed from outside" in status.message
    assert "Latent generation" in status.message
    assert not status.resumable
    (store.path(run_id) / "checkpoint.pt").touch()
    assert store.status(run_id).resumable
    # A namesake with another start is another process.
    set_status(store, run_id, state="running", pid=os.getpid(), pid_started=1.0)
    assert store.status(run_id).state == "failed"


@pytest.mark.parametrize(
    ("log", "words"),
    [
        ("RuntimeError: CUDA out of memory. Tried ...", "not enough memory"),
        ("Traceback ...\nValueError: odd thing", "odd thing"),
        ("", "Close other programs if memory is short, then start it again."),
    ],
)
def test_a_dead_process_is_explained_by_its_log(store: RunStore, log: str, words: str) -> None:
    run_id = store.create(train_config(), owner="notebook")
    pid, started = dead_process()
    set_status(store, run_id, pid=pid, pid_started=started)
    (store.path(run_id) / "log.txt").write_text(log)
    assert words in store.status(run_id).message


def test_a_dead_process_that_was_asked_to_stop_has_stopped(store: RunStore) -> None:
    run_id = store.create(train_config(), owner="notebook")
    pid, started = dead_process()
    set_status(store, run_id, pid=pid, pid_started=started)
    (store.path(run_id) / "stop").touch()
    assert store.status(run_id).state == "stopped"


def test_time_left_is_counted_down(store: RunStore) -> None:
    run_id = store.create(train_config(), owner="notebook")
    set_status(store, run_id, seconds_left=100.0)
    path = store.path(run_id) / "status.json"
    content = json.loads(path.read_text())
    path.write_text(json.dumps({**content, "updated": time.time() - 40}))
    left = store.status(run_id).seconds_left
    assert left == pytest.approx(60.0, abs=2.0)


def test_damaged_files_are_told_not_raised(store: RunStore) -> None:
    run_id = store.create(train_config())
    (store.path(run_id) / "status.json").write_text("{half")
    assert store.status(run_id).state == "failed"
    (store.path(run_id) / "config.json").write_bytes(b"\xff\xfe")
    (summary,) = store.list()
    assert summary.state == "failed"
    assert "cannot be read" in summary.message
    (store.path(run_id) / "report.json").write_text("[]")
    assert store.report(run_id) is None


@pytest.mark.parametrize("name", ["status.json", "report.json", "meta.json", "config.json"])
@pytest.mark.parametrize("content", ["[" * 100_000, '{"a":' * 100_000, "NaN", '"x"', "[[1]]"])
def test_files_that_somebody_wrote_by_hand_stop_no_list(
    store: RunStore, name: str, content: str
) -> None:
    run_id = store.create(train_config(), owner="notebook")
    store.set_status(run_id, store.status(run_id).model_copy(update={"state": "done"}))
    (store.path(run_id) / name).write_text(content)
    (summary,) = store.list()
    assert (summary.tags, summary.figures) == ((), {})
    store.delete(run_id)
    store.undelete(run_id)
    assert store.ids() == [run_id]


@pytest.mark.parametrize("seconds", ["1e300", "NaN", "Infinity", "-1e18"])
def test_a_moment_that_no_calendar_has_is_damage(store: RunStore, seconds: str) -> None:
    run_id = store.create(train_config())
    path = store.path(run_id) / "status.json"
    path.write_text(f'{{"state": "done", "created": {seconds}}}')
    assert store.status(run_id).state == "failed"
    assert "damaged" in store.list()[0].message


@pytest.mark.parametrize(
    "figures", ['[{"metric": "dp", "synthetic": {"value": 1%s}}]' % ("0" * 400), '[{"metric": []}]']
)
def test_figures_that_no_report_has_are_left_out(store: RunStore, figures: str) -> None:
    run_id = store.create(train_config(), owner="notebook")
    store.set_status(run_id, store.status(run_id).model_copy(update={"state": "done"}))
    (store.path(run_id) / "report.json").write_text(f'{{"figures": {figures}}}')
    assert store.list()[0].figures == {}


def test_progress_goes_on_from_a_line_and_skips_damage(store: RunStore) -> None:
    run_id = store.create(train_config())
    lines = [
        json.dumps({"t": float(i), "stage": "read", "fraction": 0.0, "overall": 0.0})
        for i in range(3)
    ]
    text = f"{lines[0]}\nnot json\n{lines[1]}\n{lines[2]}"  # the last line is not complete yet
    (store.path(run_id) / "progress.jsonl").write_text(text)
    assert [e.t for e in store.progress(run_id)] == [0.0, 1.0]
    assert [e.t for e in store.progress(run_id, after_line=1)] == [1.0]


def test_a_name_is_shown_and_the_folder_stays(store: RunStore) -> None:
    run_id = store.create(train_config())
    assert store.list()[0].name == "hiring, FTU and DP, Gaussian mixture"
    store.rename(run_id, "  My\nfirst ../run  ")
    assert store.list()[0].name == "My first ../run"
    assert store.ids() == [run_id]


def test_delete_can_be_undone(store: RunStore) -> None:
    run_id = store.create(train_config())
    set_status(store, run_id, state="done")
    store.delete(run_id)
    assert store.list() == []
    with pytest.raises(RunError):
        store.status(run_id)
    store.undelete(run_id)
    assert store.status(run_id).state == "done"
    with pytest.raises(RunError, match="trash"):
        store.undelete(run_id)


def test_a_deleted_run_that_waited_does_not_start_when_it_comes_back(store: RunStore) -> None:
    run_id = store.create(train_config())
    store.delete(run_id)
    store.undelete(run_id)
    assert store.status(run_id).state == "stopped"


def test_a_running_run_is_not_deleted(store: RunStore) -> None:
    run_id = store.create(train_config(), owner="notebook")
    with pytest.raises(RunError, match="Stop it first"):
        store.delete(run_id)


def test_an_upload_lies_under_its_hash(store: RunStore) -> None:
    path = store.save_upload(b"a,b\n1,2\n", "../../etc/Pass wd.CSV")
    again = store.save_upload(io.BytesIO(b"a,b\n1,2\n"), "b.csv")
    assert path == again
    assert path.parent == home() / "uploads"
    assert path.suffix == ".csv"
    assert path.read_bytes() == b"a,b\n1,2\n"
    (upload,) = store.uploads()
    assert (upload.name, upload.n_bytes, upload.sha256) == ("b.csv", 8, path.stem)
    assert store.save_upload(b"PK\x05\x06" + bytes(18), "faces.ZIP").suffix == ".zip"
    assert store.save_upload(b"PK\x05\x06" + bytes(19), "faces.npz").suffix == ".npz"


@given(st.text(max_size=200))
def test_no_uploaded_name_becomes_a_path(
    tmp_path_factory: pytest.TempPathFactory, name: str
) -> None:
    folder = tmp_path_factory.mktemp("home")
    path = uploads.save(folder, b"x", name.encode("utf-8", "replace").decode())
    assert path.parent == folder
    assert {p.stem for p in folder.iterdir()} == {path.stem}


def test_an_empty_or_too_large_upload_is_refused_and_leaves_nothing(
    store: RunStore, tmp_path: Path
) -> None:
    with pytest.raises(DataError, match="0 bytes"):
        store.save_upload(b"", "nothing.csv")
    sparse = tmp_path / "two gigabytes.csv"
    with sparse.open("wb") as file:
        file.truncate(2 * 1024**3)
    with sparse.open("rb") as file, pytest.raises(DataError, match="at most 1 GB"):
        store.save_upload(file, sparse.name)
    assert list(store.uploads_folder.iterdir()) == []


def test_what_cannot_tell_its_size_is_refused_while_it_is_read(
    store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Stream(io.BytesIO):
        def seekable(self) -> bool:
            return False

    monkeypatch.setattr(uploads, "LARGEST_UPLOAD_BYTES", 10)
    with pytest.raises(DataError, match="must be at most"):
        store.save_upload(Stream(b"x" * 11), "stream.csv")
    assert list(store.uploads_folder.iterdir()) == []
    assert store.save_upload(Stream(b"x" * 10), "stream.csv").read_bytes() == b"x" * 10


def test_process_lives_only_with_its_own_start() -> None:
    started = process_start()
    assert process_lives(os.getpid(), started)
    assert not process_lives(os.getpid(), 0.0)
    assert not process_lives(None, started)
    assert not process_lives(-1, started)
