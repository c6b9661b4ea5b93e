"""What the looks at a generator of pictures saw, at a moment that a person chooses.

One training, or two side by side at the same moment.
"""

from __future__ import annotations

import io
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import streamlit as st
from PIL import Image

from dashboard.components import escape, show_chart, show_png
from dashboard.pictures import training_name
from dashboard.reads import store
from dashboard.state import forget, recall, remember
from dashboard.text import explain, say
from fairgen_core.image_config import ImageTrainConfig
from fairgen_core.image_results import LOOK_IMAGES
from fairgen_core.numbers import number, percent
from fairgen_core.runs.pictures import Seen, grids, image_report, planned_epochs, seen_so_far
from fairgen_core.runs.status import ProgressEvent, RunStatus

GRID_PIXELS = 1000
"""Width to which small pictures are enlarged; a pixel becomes a square of whole pixels."""

OWN_PIXELS = 600
"""Height of a grid with few columns."""

STACK_BELOW = 900
"""Window width in pixels below which two runs stand below each other."""

_PINNED = "looks.pinned"
_FOLLOWED = "looks.followed"
"""The last two moments that the slider was put at without a choice, and since when."""
_LATE_SECONDS = 3.0


@dataclass(frozen=True)
class PictureRun:
    """A training on pictures as its folder says it is now.

    Attributes:
        seen: what the looks at its generator saw.
        grids: pictures from fixed noise, by step.
        epochs: when it was and will be looked at; empty for FLDGM and before it has begun.
        real: recognisability of held-out real pictures, once that was measured.
    """

    id: str
    config: ImageTrainConfig
    status: RunStatus
    events: Sequence[ProgressEvent] = ()
    seen: Seen = field(default_factory=Seen)
    grids: dict[int, Path] = field(default_factory=dict)
    epochs: tuple[float, ...] = ()
    real: float | None = None

    @property
    def name(self) -> str:
        """What a person knows it by."""
        return self.config.name or training_name(self.config)

    @property
    def clip_norm(self) -> float | None:
        """C; None where nothing is clipped."""
        return self.config.gan.clip_norm

    def look(self, moment: float | None) -> int | None:
        """Number of the newest look at or before a moment; None before the first."""
        n_looks = len(self.seen.trace)
        if moment is None:
            return n_looks - 1 if n_looks else None
        past = [i for i, p in enumerate(self.seen.trace) if p.epoch <= moment * (1 + 1e-9)]
        return past[-1] if past else (0 if n_looks else None)


@dataclass(frozen=True)
class Axes:
    """What the charts of runs side by side share, so that they can be compared.

    Attributes:
        end: the last epoch of the longest training.
        norms: the lowest and highest gradient norm.
        clipped: whether one of them clips.
    """

    end: float | None
    norms: tuple[float, float] | None
    clipped: bool


def picture_run(run_id: str) -> PictureRun | None:
    """Read a training on pictures; None where the run is about a table.

    Raises:
        FairGenError: there is no such run.
    """
    runs = store()
    config, status = runs.config(run_id), runs.status(run_id)
    if not isinstance(config, ImageTrainConfig):
        return None
    if status.state == "queued":
        return PictureRun(run_id, config, status)
    events = runs.progress(run_id)
    report = image_report(runs, run_id) if status.state == "done" else None
    seen = seen_so_far(events)
    if report is not None:
        seen = Seen(report.groups, report.trace, report.norms)
    real = report.figures.get("recognisable_real") if report else None
    return PictureRun(
        run_id,
        config,
        status,
        events,
        seen,
        grids(runs, run_id),
        planned_epochs(config, status.n_rows) if status.n_rows else (),
        real.value if real else None,
    )


def beside(key: str, n: int) -> Sequence[AbstractContextManager[Any]]:
    """Places side by side; below each other where the window is narrow.

    Args:
        key: unique on the page.
        n: how many.
    """
    if n < 2:
        return [st.container()]
    # Streamlit's own columns stay side by side down to 640 pixels: too narrow for charts.
    columns = f".st-key-beside-{key} [data-testid=stColumn] {{ min-width: 100%; }}"
    st.html(f"<style>@media (max-width: {STACK_BELOW}px) {{ {columns} }}</style>")
    return st.container(key=f"beside-{key}").columns(n)


def clip_words(clip_norm: float | None) -> str:
    """The clip norm in words."""
    return say("looks.clip_off") if clip_norm is None else say("looks.clip", value=f"{clip_norm:g}")


def show_looks(runs: Sequence[PictureRun]) -> None:
    """The moment, and what the looks saw until then: pictures, frequencies, norms, quality."""
    from fairgen_core import charts  # altair takes its time; most pages need none

    moment = _moment(runs)
    axes = Axes(
        end=max((run.epochs[-1] for run in runs if run.epochs), default=None),
        norms=charts.norm_range([r.seen.norms for r in runs], [r.clip_norm for r in runs]),
        clipped=any(run.clip_norm is not None for run in runs),
    )
    if len(runs) == 1:
        _single(runs[0], moment, axes)
        return
    for run, place in zip(runs, beside("looks", len(runs)), strict=True):
        with place:
            st.subheader(escape(run.name), anchor=False)
            look = run.look(moment)
            if look is not None:
                _figures(run, look, axes)
            _pictures(run, look)
            if look is not None:
                _shares(run, look, moment, axes)
                _norms(run, axes)
            _losses(run)


def _single(run: PictureRun, moment: float | None, axes: Axes) -> None:
    """One run has room for its pictures beside its charts."""
    look = run.look(moment)
    if look is None:
        if run.grids:
            with beside("single", 2)[0]:
                _pictures(run, look)
        else:
            _pictures(run, look)
    else:
        _figures(run, look, axes)
        left, right = beside("single", 2)
        with left:
            _pictures(run, look)
        with right:
            _shares(run, look, moment, axes)
        _norms(run, axes)
    _losses(run)


def _moment(runs: Sequence[PictureRun]) -> float | None:
    """The moment that all runs are shown at; None: each one's newest look."""
    newest = max((run.seen.trace[-1].epoch for run in runs if run.seen.trace), default=None)
    # Every planned look is an option from the start: a slider that grew would be made anew, and
    # lost under the pointer, at every look.
    epochs = sorted({epoch for run in runs for epoch in run.epochs})
    if newest is None or len(epochs) < 2:
        return None
    key = "looks.moment:" + ":".join(run.id for run in runs)
    pinned: tuple[str, float] | None = recall(_PINNED, None)
    if pinned is not None and pinned[0] == key and pinned[1] < newest:
        moment = pinned[1]
    else:
        moment = newest
    followed: tuple[float, float, float] = recall(_FOLLOWED, (newest, newest, 0.0))
    if followed[1] != newest:
        followed = (followed[1], newest, time.monotonic())
    remember(_FOLLOWED, followed)
    st.session_state[key] = min(epochs, key=lambda epoch: abs(epoch - moment))
    st.select_slider(
        say("looks.moment"),
        epochs,
        format_func=number,
        key=key,
        help=say("looks.moment_help"),
        on_change=_pin,
        args=(key, followed),
    )
    return None if moment == newest else float(moment)


def _pin(key: str, followed: tuple[float, float, float]) -> None:
    """Stay at the moment that a person chose; at the end, follow the newest look again.

    A click elsewhere also sends the slider's place, and a slow browser's is the look before the
    newest, where we put it ourselves: that is nobody's choice.
    """
    before, newest, since = followed
    is_late = time.monotonic() - since < _LATE_SECONDS and recall(_PINNED, None) is None
    if st.session_state[key] == before and is_late:
        return
    if st.session_state[key] < newest:
        remember(_PINNED, (key, st.session_state[key]))
    else:
        forget(_PINNED)


def _pictures(run: PictureRun, look: int | None) -> None:
    """The pictures of a look; where there are no looks, the newest: FLDGM's, at the end."""
    if look is not None:
        point = run.seen.trace[look]
        if point.step in run.grids:
            epoch = number(point.epoch)
            alt = say("looks.grid_alt", name=run.name, epoch=epoch)
            show_grid(run.grids[point.step], say("looks.grid", epoch=epoch), alt)
    elif run.grids:
        newest = run.grids[max(run.grids)]
        # As many columns as there are groups: wide as the page, it would be higher than any screen.
        alt = say("looks.grid_end_alt", name=run.name)
        show_grid(newest, say("looks.grid_end"), alt, width="content")
    elif run.status.state == "running":
        st.caption(say("looks.none_yet"))


def _figures(run: PictureRun, look: int, axes: Axes) -> None:
    """The figures of one look, large."""
    point, norm = run.seen.trace[look], run.seen.norms[look]
    n = f"{LOOK_IMAGES:,}"
    cells = [("gap", "picture_gap", number(point.gap), say("looks.gap_ideal", n=n))]
    if point.recognisable is not None:
        value, words = number(point.recognisable), say("looks.recognised_ideal", n=n)
        cells.append(("recognised", "recognisability", value, words))
    if axes.clipped:
        words = clip_words(run.clip_norm)
        cells.append(("steps_clipped", "clipped_share", percent(norm.clipped_share), words))
    with st.container(horizontal=True):
        for title, term, value, words in cells:
            with st.container(border=True, height="stretch", width="stretch"):
                st.metric(say(f"looks.{title}"), value, help=explain(term))
                st.caption(words)


def _shares(run: PictureRun, look: int, moment: float | None, axes: Axes) -> None:
    """Group frequencies and recognisability over time."""
    from fairgen_core import charts

    seen, marked = run.seen, None if moment is None else run.seen.trace[look].epoch
    st.subheader(say("looks.frequencies"), anchor=False)
    show_chart(
        charts.frequencies_over_time(seen.trace, seen.groups, axes.end, marked),
        key=f"looks.frequencies:{run.id}",
    )
    if any(point.recognisable is not None for point in seen.trace):
        st.subheader(say("looks.quality"), anchor=False, help=explain("recognisability"))
        show_chart(
            charts.recognisable_over_time(seen.trace, run.real, axes.end, marked),
            key=f"looks.quality:{run.id}",
        )


def _norms(run: PictureRun, axes: Axes) -> None:
    """Each group's gradient norm, and how often it was clipped."""
    from fairgen_core import charts

    if not any(point.norms for point in run.seen.norms):
        return
    st.subheader(say("looks.norms"), anchor=False, help=explain("gradient_norm"))
    st.caption(say("looks.norms_means"))
    show_chart(
        charts.norms_over_time(
            run.seen.norms, run.seen.groups, run.clip_norm, axes.end, axes.norms, axes.clipped
        ),
        key=f"looks.norms:{run.id}",
    )


def _losses(run: PictureRun) -> None:
    from fairgen_core import charts

    if any(event.losses for event in run.events):
        with st.expander(say("live.losses"), icon=":material/show_chart:"):
            chart = charts.loss_lines(run.events)
            show_chart(chart, key=f"looks.losses:{run.id}", data_toggle=False)


@st.cache_data(max_entries=96, show_spinner=False)
def _enlarged(path: str, stamp: int, pixels: int) -> bytes:
    """A PNG with every pixel as a square, at most `pixels` wide or high; large ones as they are."""
    with Image.open(path) as picture:
        factor = max(1, pixels // max(picture.size))
        size = (picture.width * factor, picture.height * factor)
        out = io.BytesIO()
        picture.resize(size, Image.Resampling.NEAREST).save(out, "PNG")
    return out.getvalue()


def show_grid(
    path: Path, caption: str, alt: str, width: Literal["content", "stretch"] = "stretch"
) -> None:
    """A grid of pictures, enlarged without blur.

    Args:
        path: a PNG.
        caption, alt: words under it, and in its place.
        width: that of its place, or its own, which is smaller.
    """
    pixels = GRID_PIXELS if width == "stretch" else OWN_PIXELS
    try:
        content = _enlarged(str(path), path.stat().st_mtime_ns, pixels)
    except OSError:
        return  # The run was deleted while the page looked.
    show_png(content, alt, caption, width)
