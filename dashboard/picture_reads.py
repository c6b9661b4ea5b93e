"""What pages read of trainings on pictures, cached by the files that it is read from."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from dashboard.reads import store
from dashboard.text import say
from fairgen_core.image_config import ImageTrainConfig
from fairgen_core.image_results import ImageReport
from fairgen_core.runs import pictures
from fairgen_core.runs.store import RunStore


def image_report(run_id: str) -> ImageReport | None:
    """What was measured in a training on pictures; None where nothing was (yet)."""
    path = store().path(run_id) / "report.json"
    try:
        stamp = path.stat().st_mtime_ns
    except OSError:
        return None
    return _image_report(str(path), run_id, stamp)


@st.cache_resource(max_entries=32, show_spinner=False)
def _image_report(path: str, run_id: str, stamp: int) -> ImageReport | None:
    return pictures.image_report(RunStore(Path(path).parents[1]), run_id)


def other_seeds(run_id: str) -> list[pictures.SameButSeed]:
    """Finished runs that differ from this one in their seed alone."""
    done = tuple(r.id for r in store().list() if r.task == "train-images" and r.state == "done")
    return _other_seeds(str(store().folder), run_id, done)


@st.cache_resource(max_entries=8, show_spinner=False)
def _other_seeds(folder: str, run_id: str, done: tuple[str, ...]) -> list[pictures.SameButSeed]:
    """Looked for once for each set of finished runs."""
    return pictures.other_seeds(RunStore(Path(folder)), run_id)


def drawn_pictures(run_id: str, n_each: int, skip: int) -> dict[tuple[str, str], pictures.Pixels]:
    """Some of a run's generated pictures of every group and class.

    Raises:
        DataError: they are not there, or cannot be read.
    """
    path = store().path(run_id) / "images.npz"
    stamp = path.stat().st_mtime_ns if path.is_file() else 0
    return _drawn_pictures(str(store().folder), run_id, n_each, skip, stamp)


@st.cache_resource(max_entries=4, show_spinner=False)
def _drawn_pictures(
    folder: str, run_id: str, n_each: int, skip: int, stamp: int
) -> dict[tuple[str, str], pictures.Pixels]:
    return pictures.drawn_pictures(RunStore(Path(folder)), run_id, n_each, skip)


def real_pictures(config: ImageTrainConfig, n_each: int) -> pictures.RealPictures:
    """Some real training pictures of every group and class, read from the run's source again.

    Raises:
        DataError, ConfigError: the source is not there any more, or has changed beyond use.
    """
    path = Path(config.data.source)
    stamp = path.stat().st_mtime_ns if path.exists() else 0
    return _real_pictures(config.model_dump_json(), n_each, stamp)


@st.cache_resource(max_entries=2, show_spinner=say("sheets.reading"))
def _real_pictures(config: str, n_each: int, stamp: int) -> pictures.RealPictures:
    """Only what is shown is kept, not the whole set."""
    return pictures.real_pictures(ImageTrainConfig.model_validate_json(config), n_each)
