"""What pages read, cached: tables by their source, reports by their file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from dashboard.picture_projects import PictureProjectStore
from dashboard.projects import ProjectStore
from fairgen_core.errors import FairGenError
from fairgen_core.results import Report
from fairgen_core.runs.samples import read_samples
from fairgen_core.runs.status import RunSummary
from fairgen_core.runs.store import RunStore, home
from fairgen_core.runs.sweeps import SweepStore

if TYPE_CHECKING:
    from fairgen_core.comparison import Comparison


def store() -> RunStore:
    """The runs of this home folder."""
    return RunStore()


def sweeps() -> SweepStore:
    """The explorations of this home folder."""
    return SweepStore()


def projects() -> ProjectStore:
    """The tables' projects of this home folder."""
    return ProjectStore(home())


def picture_projects() -> PictureProjectStore:
    """The pictures' projects of this home folder."""
    return PictureProjectStore(home())


def report(run_id: str) -> Report | None:
    """What was measured in a run; None where nothing was (yet)."""
    stamp = report_stamp(run_id)
    return _report(str(store().path(run_id) / "report.json"), run_id, stamp) if stamp else None


def report_stamp(run_id: str) -> int:
    """When a run's report was written, in nanoseconds; 0 where there is none."""
    try:
        return (store().path(run_id) / "report.json").stat().st_mtime_ns
    except OSError:
        return 0


@st.cache_resource(max_entries=64, show_spinner=False)
def _report(path: str, run_id: str, stamp: int) -> Report | None:
    """Parsed once for each version of the file; shared, which is safe as it is frozen."""
    return RunStore(Path(path).parents[1]).report(run_id)


def first_rows(run_id: str, n_rows: int) -> pd.DataFrame | None:
    """The first synthetic rows of a run; None where they are not there."""
    runs = store()
    path = runs.samples_path(run_id)
    if path is None or path.suffix != ".parquet":
        return None
    return _first_rows(str(runs.path(run_id)), n_rows, path.stat().st_mtime_ns)


@st.cache_data(max_entries=256, show_spinner=False)
def _first_rows(folder: str, n_rows: int, stamp: int) -> pd.DataFrame | None:
    runs = RunStore(Path(folder).parent)
    run_id = Path(folder).name
    path, schema = runs.samples_path(run_id), runs.schema(run_id)
    if path is None or schema is None:
        return None
    try:
        return read_samples(path, schema, n_rows)
    except FairGenError:
        return None


def comparison(run_ids: tuple[str, ...], runs: Sequence[RunSummary]) -> Comparison:
    """Some finished runs held against the first of them.

    Args:
        run_ids: the runs.
        runs: the list of all runs, as the page has read it already.

    Raises:
        RunError: they cannot be compared.
    """
    stamps = tuple(report_stamp(run_id) for run_id in run_ids)
    names = tuple(store().config(run_id).name for run_id in run_ids)
    # Finished runs beside them may be other seeds of the same settings.
    folders = {store().path(run_id).parent for run_id in run_ids}
    beside = {f: runs if f == store().folder else RunStore(f).list() for f in sorted(folders)}
    done = tuple(run.id for listed in beside.values() for run in listed if run.state == "done")
    return _comparison(str(store().folder), run_ids, stamps, names, done)


@st.cache_resource(max_entries=16, show_spinner=False)
def _comparison(
    folder: str,
    run_ids: tuple[str, ...],
    stamps: tuple[int, ...],
    names: tuple[str, ...],
    done: tuple[str, ...],
) -> Comparison:
    """Computed once for each version of the reports and set of finished runs; shared and frozen."""
    from fairgen_core.comparison import compare_runs  # loads scipy, which other pages need not

    return compare_runs(RunStore(Path(folder)), run_ids)
