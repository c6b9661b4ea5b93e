"""Generated pictures by group and class, real ones beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from dashboard import picture_reads, reads
from dashboard.components import escape, section, show_png
from dashboard.contact_sheet import N_COLUMNS, Pixels, contact_sheet
from dashboard.looks import beside, show_grid
from dashboard.text import say
from fairgen_core.errors import FairGenError
from fairgen_core.image_config import ImageTrainConfig
from fairgen_core.image_results import ImageReport
from fairgen_core.runs.pictures import RealPictures, grids

N_ROWS_ONE_CLASS = 6
"""Rows of pictures where one class is looked at; else each class has a row."""


def show_pictures(run_id: str, report: ImageReport) -> None:
    """Real and synthetic pictures of each group; of FLDGM one latent in every group's look too."""
    _latents(run_id, report)
    st.caption(say("sheets.caption"))
    chosen = ""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if report.classes:
            chosen = st.selectbox(
                report.class_column,
                ["", *report.classes],
                format_func=lambda name: name or say("sheets.every_class"),
                key="sheets.class",
                width=220,
            )
        page = st.number_input(say("sheets.page"), 1, 1000, key="sheets.page", width=160)
    n_each = N_COLUMNS * (1 if report.classes and not chosen else N_ROWS_ONE_CLASS)
    try:
        drawn = picture_reads.drawn_pictures(run_id, n_each, (int(page) - 1) * n_each)
    except FairGenError as error:
        st.error(escape(str(error)), icon=":material/error:")
        return
    real = _real(run_id, report, n_each)
    classes = (chosen,) if chosen else (report.classes or ("",))
    shares = {g.group: g for g in report.group_frequencies}
    for group in report.groups:
        section(escape(group))
        left, right = beside(f"sheets-{report.groups.index(group)}", 2)
        words = {"group": group, "column": report.class_column or report.group_column}
        with left:
            st.markdown(f"**{say('sheets.real')}**")
            if isinstance(real, str):
                st.caption(real)
            else:
                _sheet(real.images, group, classes, say("sheets.real_alt", **words))
        with right:
            n = round((shares[group].share.value or 0) * shares[group].share.n)
            st.markdown(f"**{say('sheets.synthetic', n=f'{n:,}')}**")
            _sheet(drawn, group, classes, say("sheets.synthetic_alt", **words))


def _latents(run_id: str, report: ImageReport) -> None:
    """The same latents in every group's look (FLDGM, figure 2)."""
    config, found = reads.store().config(run_id), grids(reads.store(), run_id)
    if not isinstance(config, ImageTrainConfig) or config.synthesizer != "fldgm" or not found:
        return
    section(say("sheets.latents"), say("sheets.latents_caption"))
    groups = ", ".join(report.groups)
    show_grid(
        found[max(found)],
        say("sheets.latents_rows", groups=escape(groups)),
        say("sheets.latents_alt", groups=groups),
    )


def _real(run_id: str, report: ImageReport, n_each: int) -> RealPictures | str:
    """Real pictures from the run's source, or why they cannot be shown."""
    config = reads.store().config(run_id)
    if not isinstance(config, ImageTrainConfig):
        return ""
    try:
        found = picture_reads.real_pictures(config, n_each)
    except FairGenError as error:
        return say("sheets.no_real", reason=escape(str(error)))
    if found.sha256 != report.data_sha256:
        return say("sheets.no_real", reason=say("sheets.changed"))
    return found


def _sheet(
    images: Mapping[tuple[str, str], Pixels], group: str, classes: Sequence[str], alt: str
) -> None:
    rows: list[tuple[str, Pixels]] = []
    for name in classes:
        found = images.get((group, name))
        if found is None or not len(found):
            continue
        pieces = [found[start:][:N_COLUMNS] for start in range(0, len(found), N_COLUMNS)]
        label = name if len(classes) > 1 else ""
        rows += [("" if place else label, piece) for place, piece in enumerate(pieces)]
    if not rows:
        st.caption(say("sheets.none"))
        return
    show_png(contact_sheet(rows), alt)
