"""What a sweep does about its members: which GPU they see, how they end."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

from fairgen_core.runs.status import RunStatus
from fairgen_core.runs.status_file import read_status, write_status
from fairgen_core.runs.sweep_plan import Group
from fairgen_core.sweeping import driver, members


def test_each_process_gets_one_of_the_gpus_that_this_one_may_use(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "3, GPU-5f21")
    both, seen = threading.Barrier(2, timeout=30), []

    def run(_command: list[str], *, env: dict[str, str], **_: Any) -> None:
        both.wait()  # so that two are at work at once
        seen.append(env["CUDA_VISIBLE_DEVICES"])

    monkeypatch.setattr(driver.subprocess, "run", run)
    groups = [Group(key=str(i), members=(), same_rows=False) for i in range(4)]
    driver._in_processes(tmp_path, groups, n_slots=2)
    assert sorted(seen) == ["3", "3", "GPU-5f21", "GPU-5f21"]


def test_a_member_that_could_not_begin_has_ended(tmp_path: Path) -> None:
    write_status(tmp_path, RunStatus(state="running", started=1.0))
    members._end_as_failed(tmp_path, "Its data is gone.")
    status = read_status(tmp_path)
    assert (status.state, status.message) == ("failed", "Its data is gone.")
    assert status.ended is not None
