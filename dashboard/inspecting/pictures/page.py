"""A finished training on pictures: what it gained and lost, its pictures, what to take away."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from dashboard import picture_reads, reads
from dashboard.components import escape, explore_button
from dashboard.downloads import picture_stem
from dashboard.inspecting.evidence import report_download
from dashboard.inspecting.pictures.cards import summary_cards
from dashboard.inspecting.pictures.frequencies import show_frequencies
from dashboard.inspecting.pictures.heatmaps import show_heatmaps
from dashboard.inspecting.pictures.made import show_made
from dashboard.inspecting.pictures.nearest import show_nearest
from dashboard.inspecting.pictures.sheets import show_pictures
from dashboard.inspecting.pictures.takeaway import show_takeaway, zip_button
from dashboard.inspecting.pictures.usefulness import show_usefulness
from dashboard.looked_runs import picture_run
from dashboard.looks import show_grid, show_looks
from dashboard.picture_live import settings_line
from dashboard.text import say
from fairgen_core.image_config import ImageTrainConfig
from fairgen_core.image_results import ImageReport


def show_training(run_id: str, report: ImageReport) -> None:
    """The training as it went."""
    del report  # what the looks saw is read with the run
    run = picture_run(run_id)
    if run is not None:
        show_looks([run])


def _newest(run_id: str, report: ImageReport) -> None:
    """The last look at pictures from fixed noise: what all the figures are about."""
    run = picture_run(run_id)
    if run is None or not run.grids:
        return
    told = run.config.synthesizer == "fldgm"
    words = {"name": run.name, "groups": ", ".join(report.groups)}
    kind = "latents" if told else "noise"
    caption = say(f"picture_page.{kind}", **{k: escape(v) for k, v in words.items()})
    show_grid(run.grids[max(run.grids)], caption, say(f"picture_page.{kind}_alt", **words))


SECTIONS: dict[str, Callable[[str, ImageReport], None]] = {
    "frequencies": show_frequencies,
    "pictures": show_pictures,
    "usefulness": show_usefulness,
    "heatmaps": show_heatmaps,
    "nearest": show_nearest,
    "training": show_training,
    "takeaway": show_takeaway,
}
"""The sections in their order: the key of a name in the catalogue of words, and what draws it."""


def show_finished(run_id: str, config: ImageTrainConfig) -> None:
    """Draw the page of a finished run."""
    st.caption(escape(settings_line(config)))
    report = picture_reads.image_report(run_id)
    if report is None:
        st.caption(say("picture_page.not_judged"))
        with st.container(horizontal=True):
            zip_button(run_id, config, "top", primary=True)
            explore_button(run_id, "inspect.explore")
        show_made(config, reads.store().status(run_id), None)
        return
    with st.container(border=True):
        # A strip of latents needs more room than a square.
        shares = [1, 1] if config.synthesizer == "fldgm" else [2, 1]
        said, seen = st.columns(shares, gap="medium", vertical_alignment="center")
        with said:
            st.markdown(f"**{escape(report.headline)}**")
            with st.container(horizontal=True):
                zip_button(run_id, config, "top", primary=True)
                report_download(run_id, picture_stem(config), "top")
                explore_button(run_id, "inspect.explore")
        with seen:
            _newest(run_id, report)
    summary_cards(run_id, report)
    if report.warnings:
        words = say("inspect.warnings", n=len(report.warnings))
        with st.expander(words, icon=":material/warning:"):
            st.markdown("\n".join(f"- {escape(warning)}" for warning in report.warnings))
    section = st.segmented_control(
        say("inspect.section"),
        list(SECTIONS),
        default=next(iter(SECTIONS)),
        required=True,
        format_func=lambda name: say(f"picture_section.{name}"),
        key="view",
        bind="query-params",
        label_visibility="collapsed",
        width="stretch",
    )
    SECTIONS[section](run_id, report)
    show_made(config, reads.store().status(run_id), report)
