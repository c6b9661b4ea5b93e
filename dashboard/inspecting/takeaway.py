"""Take away: the rows, the evidence, the model, and more rows from it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import streamlit as st

from dashboard import downloads
from dashboard.components import escape, on_primary, section
from dashboard.downloads import PARQUET, file_stem, model_zip, rows_as, text_format
from dashboard.inspecting.drawing import Draw, start_draw
from dashboard.inspecting.evidence import show_evidence
from dashboard.reads import store
from dashboard.text import say
from fairgen_core.config import TrainConfig
from fairgen_core.errors import FairGenError
from fairgen_core.results import Report

_REFRESH_SECONDS = 1.0
_DOWNLOAD_ICON = ":material/download:"


@st.cache_resource
def _draws() -> dict[str, list[Draw]]:
    """The drawings of this server by run, so that a reload finds them again."""
    return {}


def csv_button(run_id: str, config: TrainConfig, key: str, primary: bool = False) -> None:
    """The download that most people want: rows as text, safe for spreadsheets."""
    form = text_format(store().file_format(run_id))
    download(
        say("inspect.download") if primary else say("take.csv_safe"),
        lambda: rows_as(store(), run_id, form, formula_safe=True),
        file_stem(config) + form.suffix,
        key,
        say("take.csv_safe_help"),
        primary,
    )


def report_button(report: Report, config: TrainConfig, key: str) -> None:
    """The report's download."""
    words = say("inspect.report")
    download(
        words, as_bytes(report.model_dump_json(indent=2)), f"{file_stem(config)}-report.json", key
    )


def show_takeaway(run_id: str, config: TrainConfig, report: Report | None) -> None:
    """Everything that can be downloaded, and more rows."""
    rows, evidence = st.columns(2)
    with rows.container(border=True, height="stretch"):
        _rows(run_id, config)
    with evidence.container(border=True, height="stretch"):
        _evidence(run_id, config, report)
    if report is not None:
        with st.container(border=True):
            show_evidence(run_id, file_stem(config))
    with st.container(border=True):
        section(say("take.draw"), say("take.draw_caption"))
        if downloads.has_model(store(), run_id):
            _draw_form(run_id, config)
            show_draws(run_id, file_stem(config), "rows")
        else:
            st.caption(say("take.model_gone"))


def download(
    label: str,
    content: Callable[[], bytes],
    name: str,
    key: str,
    help_text: str | None = None,
    primary: bool = False,
) -> None:
    """A download whose content is made when it is asked for."""
    st.download_button(
        on_primary(label) if primary else label,
        content,
        file_name=name,
        key=f"inspect.take.{key}",
        help=help_text,
        icon=_DOWNLOAD_ICON,
        type="primary" if primary else "secondary",
        on_click="ignore",
    )


def as_bytes(text: str) -> Callable[[], bytes]:
    """What gives a text's bytes when they are asked for."""
    return lambda: text.encode()


def _rows(run_id: str, config: TrainConfig) -> None:
    stem, original = file_stem(config), store().file_format(run_id)
    form = text_format(original)
    n_rows = config.n_rows or store().status(run_id).n_rows
    section(say("take.rows"), say("take.rows_caption", n=f"{n_rows:,}") if n_rows else "")
    if store().samples_path(run_id) is None:
        st.caption(say("rows.missing", reason=say("rows.gone")))
        return
    csv_button(run_id, config, "csv_safe")
    raw = f"{stem}-raw{form.suffix}"
    download(say("take.csv_raw"), lambda: rows_as(store(), run_id, form), raw, "csv_raw")
    if original.kind == "excel":
        words = say("take.original", suffix=original.suffix)
        name = stem + original.suffix
        download(words, lambda: rows_as(store(), run_id, original, True), name, "original")
    parquet = original if original.kind == "parquet" else PARQUET
    name = f"{stem}.parquet"
    download(say("take.parquet"), lambda: rows_as(store(), run_id, parquet), name, "parquet")


def _evidence(run_id: str, config: TrainConfig, report: Report | None) -> None:
    section(say("take.evidence"), say("take.evidence_caption"))
    stem = file_stem(config)
    if report is not None:
        report_button(report, config, "report")
    schema = store().schema(run_id)
    if schema is not None:
        words = say("take.schema")
        download(words, as_bytes(schema.model_dump_json(indent=2)), f"{stem}-schema.json", "schema")
    settings = config.model_dump_json(indent=2)
    download(say("take.config"), as_bytes(settings), f"{stem}-settings.json", "config")
    if downloads.has_model(store(), run_id):
        name = f"{stem}-model.zip"
        words = say("take.model")
        download(words, lambda: model_zip(store(), run_id), name, "model", say("take.model_help"))


def _draw_form(run_id: str, config: TrainConfig) -> None:
    usual = config.n_rows or store().status(run_id).n_rows or 1000
    with st.form("inspect.draw", border=False):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            n_rows = st.number_input(
                say("take.draw_n"), 1, 100_000_000, usual, key="inspect.draw.n", width=200
            )
            seed = st.number_input(
                say("take.draw_seed"), 0, 2**31 - 1, config.seed + 1, key="inspect.draw.seed",
                width=160,
            )  # fmt: skip
            pressed = st.form_submit_button(say("take.draw_button"), icon=":material/casino:")
        safe = st.checkbox(
            say("take.csv_safe"), True, key="inspect.draw.safe", help=say("take.csv_safe_help")
        )
    if pressed:
        try:
            draw = start_draw(store(), run_id, int(n_rows), int(seed), safe)
        except (FairGenError, OSError) as error:
            st.error(say("draw.rows.failed", reason=error), icon=":material/error:")
            return
        add_draw(run_id, draw)


def add_draw(run_id: str, draw: Draw) -> None:
    """Remember a drawing; one to the same file takes its place."""
    others = [d for d in _draws().get(run_id, []) if d.path != draw.path]
    _draws()[run_id] = [draw, *others]


def show_draws(run_id: str, stem: str, kind: Literal["rows", "pictures"]) -> None:
    """The drawings of a run; up to date while one is at work.

    Args:
        run_id: the run.
        stem: what the files' names begin with.
        kind: what is drawn.
    """
    at_work = any(draw.state == "drawing" for draw in _draws().get(run_id, []))
    refresh = _REFRESH_SECONDS if at_work else None
    st.fragment(_draw_lines, run_every=refresh)(run_id, stem, kind, at_work)


def _draw_lines(run_id: str, stem: str, kind: str, was_at_work: bool) -> None:
    """One line a drawing: at work, ready to download, or failed with the reason."""
    draws = _draws().get(run_id, [])
    states = [draw.state for draw in draws]
    if was_at_work and "drawing" not in states:
        st.rerun()
    for draw, state in zip(draws, states, strict=True):
        values = {"n": f"{draw.n_rows:,}", "seed": draw.seed}
        key = f"draw:{draw.path.name}"
        with st.container(horizontal=True, vertical_alignment="center"):
            if state == "drawing":
                st.caption(f":material/progress_activity: {say(f'draw.{kind}.drawing', **values)}")
            elif state == "done":
                name = f"{stem}-{draw.n_rows}{kind}-drawseed{draw.seed}{draw.path.suffix}"
                download(say(f"draw.{kind}.drawn", **values), draw.path.read_bytes, name, key)
            else:
                failed = say(f"draw.{kind}.failed", reason=escape(draw.reason))
                st.error(failed, icon=":material/error:")
            st.button(
                say("take.draw_forget"),
                key=f"inspect.forget:{draw.path.name}",
                type="tertiary",
                icon=":material/close:",
                on_click=_forget,
                args=(run_id, draw),
            )


def _forget(run_id: str, draw: Draw) -> None:
    draw.stop()
    _draws()[run_id] = [d for d in _draws().get(run_id, []) if d is not draw]
