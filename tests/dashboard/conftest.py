"""What the dashboard's tests share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from fairgen_core.runs.files import write_json
from fairgen_core.runs.store import RunStore
from tests.e2e.harness import end_trainings


@pytest.fixture
def quiet_home(fairgen_home: Path) -> Iterator[Path]:
    """A home where the demo was started before; its workers are ended with the test."""
    fairgen_home.mkdir(parents=True)
    write_json(fairgen_home / "demo.json", {"run": ""})
    yield fairgen_home
    end_trainings(fairgen_home)


@pytest.fixture
def runs(quiet_home: Path) -> RunStore:
    return RunStore()
