"""What pages read, cached: tables by their source, reports by their file."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from dashboard.picture_projects import PictureProjectStore
from dashboard.projects import ProjectStore
from fairgen_core.results import Report
from fairgen_core.runs.store import RunStore, home


def store() -> RunStore:
    """The runs of this home folder."""
    return RunStore()


def projects() -> ProjectStore:
    """The tables' projects of this home folder."""
    return ProjectStore(home())


def picture_projects() -> PictureProjectStore:
    """The pictures' projects of this home folder."""
    return PictureProjectStore(home())


def report(run_id: str) -> Report | None:
    """What was measured in a run; None where nothing was (yet)."""
    path = store().path(run_id) / "report.json"
    try:
        stamp = path.stat().st_mtime_ns
    except OSError:
        return None
    return _report(str(path), run_id, stamp)


@st.cache_resource(max_entries=32, show_spinner=False)
def _report(path: str, run_id: str, stamp: int) -> Report | None:
    """Parsed once for each version of the file; shared, which is safe as it is frozen."""
    return RunStore(Path(path).parents[1]).report(run_id)
