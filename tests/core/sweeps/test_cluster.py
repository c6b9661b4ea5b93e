"""A sweep on a real Ray head of this machine."""

from __future__ import annotations

import contextlib
import os
import signal
import socketserver
import time
from collections import Counter
from pathlib import Path
from threading import Thread

import psutil
import pytest

from fairgen_core.choices import train_config
from fairgen_core.config import DataConfig
from fairgen_core.data.loading import load_source
from fairgen_core.errors import ConfigError, RunError
from fairgen_core.runs.files import read_json
from fairgen_core.runs.sweeps import SweepStore
from fairgen_core.sweep_config import SweepConfig, parse_vary
from fairgen_core.sweeping import cluster, driver


def short_sweep(folder: Path) -> SweepConfig:
    """12 short runs: 3 seeds, each with one compression for 2 targets x 2 strengths."""
    path = folder / "applicants.csv"
    load_source(DataConfig(source="hiring")).frame.head(1000).to_csv(path, index=False)
    base = train_config(
        path,
        sensitive="gender",
        target="hired",
        positive="yes",
        preset="quick",
        settings={"compression.epochs": 2, "compression.width": 32, "generator.n_components": 4},
        evaluate=True,
    )
    return SweepConfig(
        base=base,
        vary=(parse_vary("fairness=dp,both"), parse_vary("strength=0.5,1")),
        seeds=(0, 1, 2),
    )


def listening_addresses() -> set[str]:
    """Where the processes that this one has started wait for connections."""
    found = set()
    for child in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.Error):
            connections = child.net_connections(kind="inet")
            found |= {c.laddr.ip for c in connections if c.status == psutil.CONN_LISTEN}
    return found


@pytest.mark.slow
def test_a_sweep_survives_the_loss_of_a_worker(tmp_path: Path) -> None:
    store = SweepStore(tmp_path / "sweeps")
    sweep_id = store.create(short_sweep(tmp_path), "command line", ray=cluster.LOCAL)
    folder = store.path(sweep_id)
    killed: list[int] = []
    heard_on: set[str] = set()

    def kill_one_worker() -> None:
        """The first worker that has finished one member and begun the next."""
        deadline = time.monotonic() + 500
        while time.monotonic() < deadline and not killed:
            time.sleep(0.05)
            heard_on.update(listening_addresses())
            statuses = [read_json(path) or {} for path in folder.glob("runs/*/status.json")]
            done = {s.get("pid") for s in statuses if s.get("state") == "done"}
            for status in statuses:
                pid = status.get("pid")
                if status.get("state") != "running" or pid not in done or pid == os.getpid():
                    continue
                if psutil.pid_exists(pid):
                    os.kill(pid, signal.SIGKILL)
                    killed.append(pid)
                    break

    killer = Thread(target=kill_one_worker, daemon=True)
    killer.start()
    status = driver.run(folder)
    killer.join()
    assert heard_on
    assert heard_on <= {"127.0.0.1", "::1", "::ffff:127.0.0.1"}
    assert killed, "no worker was killed: the test has shown nothing"
    assert (status.state, status.n_done, status.n_failed) == ("done", 12, 0)
    points = store.results(sweep_id).points
    assert [p.state for p in points] == ["done"] * 12
    assert all(p.figure("auroc", "gradient boosting") for p in points)
    # None twice: one folder a member, and as many folders as members.
    assert max(Counter(p.run for p in points).values()) == 1
    assert sorted(p.run for p in points) == sorted(store.runs(sweep_id).ids())
    pids = {(read_json(folder / "runs" / p.run / "status.json") or {}).get("pid") for p in points}
    assert os.getpid() not in pids
    assert len(pids) > 1


def test_a_cluster_that_does_not_answer_is_told(tmp_path: Path) -> None:
    store = SweepStore(tmp_path / "sweeps")
    sweep_id = store.create(short_sweep(tmp_path), "command line", ray="127.0.0.1:1")
    with pytest.raises(RunError, match=r"127\.0\.0\.1:1"):
        driver.run(store.path(sweep_id))
    assert store.status(sweep_id).state == "failed"


def test_what_is_no_cluster_is_told_at_once(tmp_path: Path) -> None:
    """Ray itself would wait for minutes."""

    class Answer(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            self.request.recv(1000)
            self.request.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    store = SweepStore(tmp_path / "sweeps")
    with socketserver.TCPServer(("127.0.0.1", 0), Answer) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        address = f"127.0.0.1:{server.server_address[1]}"
        sweep_id = store.create(short_sweep(tmp_path), "command line", ray=address)
        start = time.monotonic()
        with pytest.raises(RunError, match="no Ray cluster"):
            driver.run(store.path(sweep_id))
        server.shutdown()
    assert time.monotonic() - start < 30


def test_no_more_cpus_are_asked_for_than_a_node_has(monkeypatch: pytest.MonkeyPatch) -> None:
    def node(cpus: float, alive: bool = True) -> dict[str, object]:
        return {"Alive": alive, "Resources": {"CPU": cpus}}

    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    assert cluster._cpus([node(1), node(2), node(8, alive=False)], "a:1") == 2
    assert cluster._cpus([node(8)], "a:1") == 3
    with pytest.raises(RunError, match="must offer a CPU"):
        cluster._cpus([node(0), {"Alive": True, "Resources": {}}], "a:1")


@pytest.mark.parametrize("share", ["0", "-1", "half"])
def test_a_share_of_a_gpu_is_a_number(share: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(cluster.GPU_SHARE_VARIABLE, share)
    with pytest.raises(ConfigError, match=cluster.GPU_SHARE_VARIABLE):
        cluster.gpu_share()
    monkeypatch.setenv(cluster.GPU_SHARE_VARIABLE, "0.25")
    assert cluster.gpu_share() == 0.25
