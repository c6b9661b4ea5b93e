"""What the looks at a generator of pictures saw, at a moment that a person chooses.

One training, or two side by side at the same moment.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st
from PIL import Image

from dashboard.components import escape, show_chart, show_png
from dashboard.looked_runs import PictureRun
from dashboard.moments import choose_moment, latent_moment_words
from dashboard.text import explain, say
from fairgen_core.image_results import LOOK_IMAGES
from fairgen_core.numbers import number, percent

GRID_PIXELS = 1000
"""Width to which small pictures are enlarged; a pixel becomes a square of whole pixels."""

STACK_BELOW = 1220
"""Window width in pixels below which two runs stand below each other."""


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
    # Half a page is narrow for a figure's name: smaller, and never cut.
    names = f".st-key-beside-{key} [data-testid=stMetricLabel]"
    whole = (
        f"{names} {{ height: auto; }} {names} p, {names} div {{ white-space: normal; "
        "overflow: visible; font-size: 0.72rem; }"
        # One row: a figure on a second row would lie under the pictures.
        "[class*=st-key-looks-figures] { flex-wrap: nowrap; }"
        "[class*=st-key-looks-figures] > div { min-width: 0; }"
    )
    st.html(f"<style>@media (max-width: {STACK_BELOW}px) {{ {columns} }} {whole}</style>")
    return st.container(key=f"beside-{key}").columns(n)


def clip_words(clip_norm: float | None) -> str:
    """The clip norm in words."""
    return say("looks.clip_off") if clip_norm is None else say("how.clip", value=f"{clip_norm:g}")


def show_looks(runs: Sequence[PictureRun]) -> None:
    """The moment, and what the looks saw until then: pictures, frequencies, norms, quality."""
    from fairgen_core import charts  # altair takes its time; most pages need none

    moment = choose_moment(runs)
    axes = Axes(
        end=max((run.epochs[-1] for run in runs if run.epochs), default=None),
        norms=charts.norm_range([r.seen.norms for r in runs], [r.clip_norm for r in runs]),
        clipped=any(run.clip_norm is not None for run in runs),
    )
    if len(runs) == 1:
        _single(runs[0], moment, axes)
        return
    if any(run.seen.trace for run in runs):
        st.caption(say("looks.one_draw"))
    for run, place in zip(runs, beside("looks", len(runs)), strict=True):
        with place:
            st.subheader(escape(run.name), anchor=False)
            look = run.look(moment)
            if look is not None:
                _figures(run, look, axes)
            _pictures(run, look, None if axes.end else moment)
            if look is not None:
                _shares(run, look, moment, axes)
                _norms(run, axes)
            _losses(run)


def _single(run: PictureRun, moment: float | None, axes: Axes) -> None:
    """One run has room for its pictures beside its charts."""
    look = run.look(moment)
    if look is None:
        _pictures(run, look, moment)
    else:
        _figures(run, look, axes)
        left, right = beside("single", 2)
        with left:
            _pictures(run, look, moment)
        with right:
            _shares(run, look, moment, axes)
        _norms(run, axes)
    _losses(run)


def _pictures(run: PictureRun, look: int | None, moment: float | None) -> None:
    """The pictures of a look."""
    if look is not None:
        point = run.seen.trace[look]
        if point.step in run.grids:
            epoch = number(point.epoch)
            alt = say("looks.grid_alt", name=run.name, epoch=epoch)
            show_grid(run.grids[point.step], say("looks.grid", epoch=epoch), alt)
    elif run.grids:
        _latents(run, moment)
    elif run.status.state == "running":
        st.caption(say("looks.none_yet"))


def _latents(run: PictureRun, moment: float | None) -> None:
    """FLDGM's latents of fixed noise in every group's look, as they decode at a moment."""
    look = run.latent_look(moment)
    words = {"name": run.name, "when": latent_moment_words(run.moments.get(look, 2.0))}
    part = "compression" if run.moments.get(look, 2.0) <= 1 else "generator"
    groups = ", ".join(run.seen.groups)
    rows = say("looks.latent_rows", groups=escape(groups)) if groups else say("looks.latent_grid")
    show_grid(
        run.grids[look],
        f"{say(f'looks.latent.{part}', **words)} {rows}",
        say("looks.latent_alt", **words),
    )


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
    with st.container(horizontal=True, key=f"looks-figures:{run.id}"):
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


def show_grid(path: Path, caption: str, alt: str) -> None:
    """A grid of pictures, enlarged without blur.

    Args:
        path: a PNG.
        caption, alt: words under it, and in its place.
    """
    try:
        content = _enlarged(str(path), path.stat().st_mtime_ns, GRID_PIXELS)
    except OSError:
        return  # The run was deleted while the page looked.
    show_png(content, alt, caption)
