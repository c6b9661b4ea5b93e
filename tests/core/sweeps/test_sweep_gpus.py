"""Which GPU each process of a sweep may see."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

from fairgen_core.runs.sweep_plan import Group
from fairgen_core.sweeping import driver


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
