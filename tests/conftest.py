"""What every test shares: a home of its own, few threads, and the real data where it is at hand."""

from __future__ import annotations

import os

# Before numpy, torch or scikit-learn are loaded: small data is fastest on one thread.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from pathlib import Path

import pytest
from hypothesis import settings

# A busy machine makes no test wrong.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(autouse=True)
def fairgen_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of this test's own, so that no test sees another's runs or uploads."""
    home = tmp_path / "home"
    monkeypatch.setenv("FAIRGEN_HOME", str(home))
    return home


def data_folder() -> Path:
    """Where the real data sets lie: `FAIRGEN_DATA`, else ``shared/data`` beside the repository."""
    named = os.environ.get("FAIRGEN_DATA")
    return Path(named) if named else ROOT.parent / "shared" / "data"


def _need(*files: Path) -> None:
    missing = [file.name for file in files if not file.is_file()]
    if missing:
        pytest.skip(f"needs {', '.join(missing)} in the folder that FAIRGEN_DATA names")


@pytest.fixture(scope="session")
def adult_dir() -> Path:
    """The folder with Adult's ``train.csv`` and ``test.csv``; skips where it is absent."""
    folder = data_folder() / "adult"
    _need(folder / "train.csv", folder / "test.csv")
    return folder


@pytest.fixture(scope="session")
def german_path() -> Path:
    """German credit's CSV file; skips where it is absent."""
    path = data_folder() / "german_credit" / "german_credit.csv"
    _need(path)
    return path
