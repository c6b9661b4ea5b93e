"""Take away: the pictures with their labels, the evidence, the model, and any number later."""

from __future__ import annotations

import streamlit as st

from dashboard import downloads, reads
from dashboard.components import section
from dashboard.inspecting.drawing import Draw, start_picture_draw
from dashboard.inspecting.evidence import show_evidence
from dashboard.inspecting.takeaway import add_draw, as_bytes, download, show_draws
from dashboard.text import say
from fairgen_core.data.images.writing import WRITERS
from fairgen_core.errors import FairGenError
from fairgen_core.image_config import ImageTrainConfig
from fairgen_core.image_results import ImageReport


def zip_button(run_id: str, config: ImageTrainConfig, key: str, primary: bool = False) -> None:
    """The download that most people want: PNGs and a table of class and group."""
    _pictures_button(run_id, config, ".zip", key, primary)


def _pictures_button(
    run_id: str, config: ImageTrainConfig, suffix: str, key: str, primary: bool = False
) -> None:
    kind = suffix.removeprefix(".")
    download(
        say(f"picture_take.{kind}"),
        lambda: downloads.pictures_as(reads.store(), run_id, suffix),
        f"{downloads.picture_stem(config)}{suffix}",
        key,
        say(f"picture_take.{kind}_help"),
        primary,
    )


def report_button(report: ImageReport, config: ImageTrainConfig, key: str) -> None:
    """The report's download."""
    content = as_bytes(report.model_dump_json(indent=2))
    name = f"{downloads.picture_stem(config)}-report.json"
    download(say("inspect.report"), content, name, key)


def show_takeaway(run_id: str, report: ImageReport | None) -> None:
    """Everything that can be downloaded, and more pictures."""
    config = reads.store().config(run_id)
    if not isinstance(config, ImageTrainConfig):
        return
    pictures, evidence = st.columns(2)
    with pictures.container(border=True, height="stretch"):
        section(say("picture_take.pictures"), say("picture_take.caption", n=f"{config.n_images:,}"))
        if downloads.has_pictures(reads.store(), run_id):
            zip_button(run_id, config, "zip")
            _pictures_button(run_id, config, ".npz", "npz")
        else:
            st.caption(say("picture_take.gone"))
    with evidence.container(border=True, height="stretch"):
        _evidence(run_id, config, report)
    if report is not None:
        with st.container(border=True):
            show_evidence(run_id, downloads.picture_stem(config))
    with st.container(border=True):
        section(say("picture_take.draw"), say("picture_take.draw_caption"))
        if downloads.has_model(reads.store(), run_id):
            _draw_form(run_id, config)
            show_draws(run_id, downloads.picture_stem(config), "pictures")
        else:
            st.caption(say("picture_take.model_gone"))


def _evidence(run_id: str, config: ImageTrainConfig, report: ImageReport | None) -> None:
    section(say("take.evidence"), say("picture_take.evidence_caption"))
    stem = downloads.picture_stem(config)
    if report is not None:
        report_button(report, config, "report")
    settings = as_bytes(config.model_dump_json(indent=2))
    download(say("take.config"), settings, f"{stem}-settings.json", "config")
    if downloads.has_model(reads.store(), run_id):
        download(
            say("take.model"),
            lambda: downloads.model_zip(reads.store(), run_id, ("config.json",)),
            f"{stem}-model.zip",
            "model",
            say("picture_take.model_help"),
        )


def _draw_form(run_id: str, config: ImageTrainConfig) -> None:
    with (
        st.form("picture_draw", border=False),
        st.container(horizontal=True, vertical_alignment="bottom"),
    ):
        n = st.number_input(
            say("picture_take.draw_n"), 1, 10_000_000, config.n_images, key="picture_draw.n",
            width=200,
        )  # fmt: skip
        seed = st.number_input(
            say("take.draw_seed"), 0, 2**31 - 1, config.seed + 1, key="picture_draw.seed",
            width=160,
        )  # fmt: skip
        suffix = st.selectbox(
            say("picture_take.draw_as"),
            WRITERS,
            format_func=lambda end: end.removeprefix(".").upper(),
            key="picture_draw.as",
            width=120,
        )
        pressed = st.form_submit_button(say("take.draw_button"), icon=":material/casino:")
    if pressed:
        try:
            draw: Draw = start_picture_draw(reads.store(), run_id, int(n), int(seed), suffix)
        except (FairGenError, OSError) as error:
            st.error(say("draw.pictures.failed", reason=error), icon=":material/error:")
            return
        add_draw(run_id, draw)
