"""Which table: a built-in one, or a person's own file."""

from __future__ import annotations

from typing import BinaryIO, cast

import streamlit as st

from dashboard.components import escape, on_primary
from dashboard.projects import Project
from dashboard.reads import projects, store
from dashboard.state import forget, go, recall, remember, seed
from dashboard.tables import open_data
from dashboard.text import say
from fairgen_core.config import DataConfig
from fairgen_core.data import public
from fairgen_core.data.catalogue import CATALOGUE, CatalogueEntry, Dial
from fairgen_core.errors import FairGenError
from fairgen_core.runs.uploads import PICTURE_ENDINGS

UPLOAD = "upload"
FILE_TYPES = ["csv", "tsv", "txt", "data", "parquet", "xlsx"]
MAX_UPLOAD_MB = 1024
_CHOICE = "source.choice"
_SEEN = "source.seen"


def source_form(project: Project) -> Project | None:
    """Let a person choose the table.

    Args:
        project: the one that is looked at.

    Returns:
        The project of the chosen table; None where a person's own file is still to come.
    """
    own = project.data.source not in CATALOGUE
    if recall(_SEEN, "") != project.id:  # Another table was opened, by the browser's back perhaps.
        remember(_SEEN, project.id)
        forget(_CHOICE)
    chosen = st.segmented_control(
        say("source.title"),
        [*CATALOGUE, UPLOAD],
        format_func=lambda key: say("source.upload") if key == UPLOAD else CATALOGUE[key].title,
        key=seed(_CHOICE, UPLOAD if own else project.data.source),
        required=True,
    )
    if chosen == UPLOAD:
        return _own_file(project if own else None)
    if chosen != project.data.source:
        return _other(CATALOGUE[chosen or project.data.source])
    return _catalogue_card(project)


def _other(entry: CatalogueEntry) -> Project | None:
    """Open another built-in table; one that is not on this machine yet is got on a click."""
    if entry.offline or public.is_here(entry.key):
        return _open(DataConfig(source=entry.key))
    _about(entry)
    st.caption(say("source.not_here"))
    if st.button(
        on_primary(say("source.get")), icon=":material/download:", key="source.get", type="primary"
    ):
        with st.spinner(say("source.getting")):
            return _open(DataConfig(source=entry.key))
    return None


def _open(data: DataConfig) -> Project | None:
    """Look at a table from here on; its sentence where it cannot be had."""
    try:
        project = open_data(data)
    except FairGenError as error:
        remember("source.refused", escape(str(error)))
        st.error(escape(str(error)), icon=":material/error:")
        return None
    go(project=project.id, run="")
    st.rerun()


def _catalogue_card(project: Project) -> Project:
    entry = CATALOGUE[project.data.source]
    _about(entry)
    if not entry.dials:
        return project
    options = {}
    for column, dial in zip(st.columns(len(entry.dials)), entry.dials, strict=True):
        with column:
            value = _dial(project, dial)
        if value != dial.default:
            options[dial.key] = value
    data = project.data.model_copy(update={"options": options})
    if data == project.data:
        return project
    return project.change(data=data, n_table_rows=None, n_table_columns=None)


def _about(entry: CatalogueEntry) -> None:
    st.markdown(entry.description)
    source = say("source.origin", source=escape(entry.source))
    st.caption(f"{source} · {say('source.licence', licence=escape(entry.licence))}")


def _dial(project: Project, dial: Dial) -> float:
    value = project.data.options.get(dial.key, dial.default)
    key = f"source.dial.{dial.key}"
    if dial.whole:
        return float(
            st.number_input(
                dial.title,
                int(dial.low),
                int(dial.high),
                key=seed(key, int(value)),
                help=dial.meaning,
            )
        )
    return st.slider(
        dial.title, dial.low, dial.high, step=0.25, key=seed(key, float(value)), help=dial.meaning
    )


def _own_file(project: Project | None) -> Project | None:
    left, right = st.columns(2)
    with left:
        file = st.file_uploader(
            say("source.file_label"),
            type=FILE_TYPES,
            key="source.file",
            help=say("source.file_help"),
            max_upload_size=MAX_UPLOAD_MB,
        )
    with right:
        test_file = st.file_uploader(
            say("source.test_label"),
            type=FILE_TYPES,
            key="source.test_file",
            help=say("source.test_help"),
            max_upload_size=MAX_UPLOAD_MB,
            disabled=project is None and file is None,
        )
    if file is not None and recall("source.taken", "") != file.file_id:
        data = _keep(cast("BinaryIO", file), file.name)
        if data is None:
            return None
        remember("source.taken", file.file_id)
        forget("source.test_taken")
        remember("source.refused", "")
        return _open(data)
    if project is not None:
        return _with_test_file(project, cast("BinaryIO | None", test_file))
    refused = recall("source.refused", "")
    if file is not None and refused:  # The page may be drawn again at any time: say it again.
        st.error(refused, icon=":material/error:")
    _earlier_files()
    return None


def _keep(file: BinaryIO, name: str) -> DataConfig | None:
    """Copy an uploaded file into the home folder; its sentence where it cannot be."""
    try:
        with st.spinner(say("source.saving")):
            path = store().save_upload(file, name)
    except FairGenError as error:
        st.error(escape(str(error)), icon=":material/error:")
        return None
    return DataConfig(source=str(path), display_name=name)


def _with_test_file(project: Project, file: BinaryIO | None) -> Project:
    if file is not None and recall("source.test_taken", "") != getattr(file, "file_id", ""):
        kept = _keep(file, file.name)
        if kept is not None:
            remember("source.test_taken", getattr(file, "file_id", ""))
            project = project.change(
                data=project.data.model_copy(update={"test_source": kept.source})
            )
    parts = [escape(project.data.display_name)]
    test = project.data.test_source
    if test is not None:
        names = {upload.path: upload.name for upload in store().uploads()}
        parts.append(say("source.test_is", name=escape(names.get(test, test))))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f":material/description: {' · '.join(parts)}", width="content")
        if test is not None and st.button(
            say("source.test_remove"), icon=":material/close:", type="tertiary"
        ):
            project = project.change(data=project.data.model_copy(update={"test_source": None}))
            projects().save(project)
            st.rerun()
    return project


def _earlier_files() -> None:
    earlier = {
        upload.path: upload
        for upload in store().uploads()
        if not upload.path.endswith(tuple(PICTURE_ENDINGS))
    }
    if earlier:
        path = st.selectbox(
            say("source.earlier"),
            list(earlier),
            index=None,
            format_func=lambda p: earlier[p].name,
            placeholder=say("source.earlier_placeholder"),
            key="source.earlier",
        )
        if path is not None:
            _open(DataConfig(source=path, display_name=earlier[path].name))
    st.caption(say("source.waiting"))
