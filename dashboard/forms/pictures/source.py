"""Which pictures: a built-in set, or a person's own."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import BinaryIO, cast

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.runtime.uploaded_file_manager import UploadedFile

from dashboard.components import escape, on_primary
from dashboard.forms.source import MAX_UPLOAD_MB, UPLOAD
from dashboard.picture_files import packed, sort_out
from dashboard.picture_projects import PictureProject
from dashboard.pictures import open_pictures, project_id, read
from dashboard.reads import picture_projects, store
from dashboard.state import forget, go, recall, remember, seed
from dashboard.text import say
from fairgen_core.data.images.catalogue import IMAGE_CATALOGUE, ImageEntry
from fairgen_core.errors import DataError, FairGenError, StoppedError
from fairgen_core.image_config import ImageDataConfig
from fairgen_core.runs.uploads import PICTURE_ENDINGS

TABLE_TYPES = ["csv", "tsv", "txt", "parquet"]
FILE_TYPES = ["zip", "npz", "png", "jpg", "jpeg", "webp", "bmp", "csv", "parquet"]
_CHOICE = "pictures.choice"
_SEEN = "pictures.seen"
_TAKEN = "pictures.taken"
_PROBLEM = "pictures.problem"


def picture_source_form(project: PictureProject) -> PictureProject | None:
    """Let a person choose the pictures.

    Args:
        project: the one that is looked at.

    Returns:
        The project of the chosen pictures; None where a person's own are still to come.
    """
    own = project.data.source not in IMAGE_CATALOGUE
    if (
        recall(_SEEN, "") != project.id
    ):  # Other pictures were opened, by the browser's back perhaps.
        remember(_SEEN, project.id)
        forget(_CHOICE)
    chosen = st.segmented_control(
        say("pictures.title"),
        [*IMAGE_CATALOGUE, UPLOAD],
        format_func=lambda key: (
            say("pictures.upload") if key == UPLOAD else IMAGE_CATALOGUE[key].title
        ),
        key=seed(_CHOICE, UPLOAD if own else project.data.source),
        required=True,
    )
    if chosen == UPLOAD:
        return _own_files(project if own else None)
    if chosen != project.data.source:
        return _other(chosen or project.data.source)
    entry = IMAGE_CATALOGUE[project.data.source]
    _about(entry)
    return _with_variance(project) if project.data.source == "colour-mnist-bias" else project


def _about(entry: ImageEntry) -> None:
    st.markdown(entry.description)
    source = say("source.origin", source=escape(entry.source))
    st.caption(f"{source} · {say('source.licence', licence=escape(entry.licence))}")


def _other(key: str) -> PictureProject | None:
    """Open another built-in set; one that is not on this machine yet is got on a click."""
    entry, data = IMAGE_CATALOGUE[key], ImageDataConfig(source=key)
    if entry.is_here:
        return _open(data)
    _about(entry)
    if entry.brought:
        return _to_be_brought(entry, data)
    st.caption(say("pictures.not_here"))
    if st.button(
        on_primary(say("source.get")),
        icon=":material/download:",
        key="pictures.get",
        type="primary",
    ):
        with st.spinner(say("pictures.getting")):
            return _open(data)
    return None


def _to_be_brought(entry: ImageEntry, data: ImageDataConfig) -> PictureProject | None:
    """Say what a person has to get themselves."""
    try:
        entry.load(data, 8, None)
    except DataError as error:
        st.caption(f":material/info: {escape(str(error))}")
    if st.button(say("pictures.look_again"), icon=":material/refresh:", key="pictures.look_again"):
        return _open(data)
    return None


def _with_variance(project: PictureProject) -> PictureProject:
    """The dial of Color MNIST's bias set."""
    value = st.slider(
        say("pictures.variance"),
        0.0,
        0.1,
        step=0.005,
        format="%.3f",
        key=seed("pictures.variance", project.data.colour_variance),
        help=say("pictures.variance_help"),
    )
    return project.change(data=project.data.model_copy(update={"colour_variance": value}))


def _open(data: ImageDataConfig) -> PictureProject | None:
    """Look at these pictures from here on; their sentence where they cannot be had."""
    try:
        project = open_pictures(data)
    except FairGenError as error:
        st.error(escape(str(error)), icon=":material/error:")
        return None
    go(project=project.id, run="")
    st.rerun()


def _own_files(project: PictureProject | None) -> PictureProject | None:
    left, right = st.columns(2)
    with left:
        files = st.file_uploader(
            say("pictures.files_label"),
            type=FILE_TYPES,
            accept_multiple_files=True,
            key="pictures.files",
            help=say("pictures.files_help"),
            max_upload_size=MAX_UPLOAD_MB,
        )
        place = st.empty()
    with right:
        table = st.file_uploader(
            say("pictures.table_label"),
            type=TABLE_TYPES,
            key="pictures.table",
            help=say("pictures.table_help"),
            max_upload_size=MAX_UPLOAD_MB,
            disabled=project is None and not files,
        )
        table_place = st.empty()
    ids = [*(file.file_id for file in files), "", table.file_id if table is not None else ""]
    if ids != recall(_TAKEN, ["", ""]):
        remember(_PROBLEM, ("", ""))
        _take(files, table, project, ids)
    where, sentence = recall(_PROBLEM, ("", ""))
    if where == "cancelled":
        _offer_again(place.container(), sentence)
        return None
    if sentence:
        (table_place if where == "table" else place).error(
            escape(sentence), icon=":material/error:"
        )
    if sentence and where == "files":
        return None
    if project is not None:
        return _own_card(project)
    _earlier_files()
    return None


def _offer_again(place: DeltaGenerator, sentence: str) -> None:
    """Say that nothing was read, and let it be read after all."""
    place.info(escape(sentence), icon=":material/info:")
    place.button(
        say("pictures.read_again"),
        icon=":material/refresh:",
        key="pictures.read_again",
        on_click=forget,
        args=(_TAKEN,),
    )


def _take(
    files: Sequence[UploadedFile],
    table: UploadedFile | None,
    project: PictureProject | None,
    ids: list[str],
) -> None:
    """Keep what was chosen and open it; the sentence of what cannot be used is remembered.

    What was chosen counts as taken (`ids`) only at the end: a reading that is left by a click
    elsewhere on the page begins anew.
    """
    if not files and (table is None or project is None):
        remember(_TAKEN, ids)
        return
    try:
        with st.spinner(say("pictures.saving")):
            data = _keep(files) if files else _without_table(project)
            if table is not None:
                data = _with_table(data, table)
    except FairGenError as error:
        remember(_TAKEN, ids)
        remember(_PROBLEM, ("files", str(error)))
        return
    try:
        opened = open_pictures(data)
    except StoppedError as error:
        remember(_TAKEN, ids)
        remember(_PROBLEM, ("cancelled", str(error)))
        return
    except FairGenError as error:
        remember(_TAKEN, ids)
        remember(_PROBLEM, ("table" if _readable_alone(data) else "files", str(error)))
        return
    remember(_TAKEN, ids)
    go(project=opened.id, run="")
    st.rerun()


def _without_table(project: PictureProject | None) -> ImageDataConfig:
    """The pictures of a project alone."""
    assert project is not None  # `_take` is left before otherwise
    data = project.data
    return ImageDataConfig(source=data.source, display_name=data.display_name)


def _keep(files: Sequence[UploadedFile]) -> ImageDataConfig:
    """Copy the chosen files into the home folder, as one archive.

    Raises:
        FairGenError: they do not go together, or cannot be kept.
    """
    chosen = sort_out([file.name for file in files])
    if chosen.archive is None:
        content = packed([(file.name, file.getvalue()) for file in files])
        name = say("pictures.many", n=f"{chosen.n_pictures:,}")
        path = store().save_upload(io.BytesIO(content), f"{name}.zip")
        return ImageDataConfig(source=str(path), display_name=name)
    archive = files[chosen.archive]
    path = store().save_upload(cast("BinaryIO", archive), archive.name)
    data = ImageDataConfig(source=str(path), display_name=archive.name)
    if chosen.table is None:
        return data
    return _with_table(data, files[chosen.table])


def _with_table(data: ImageDataConfig, table: UploadedFile) -> ImageDataConfig:
    kept = store().save_upload(cast("BinaryIO", table), table.name)
    named = {"attributes": str(kept), "attributes_name": table.name}
    return data.model_copy(update=named)


def _readable_alone(data: ImageDataConfig) -> bool:
    """Whether it is the table beside the pictures that cannot be used."""
    if data.attributes is None:
        return False
    alone = data.model_copy(update={"attributes": None})
    try:
        read(PictureProject(id=project_id(alone), data=alone))
    except FairGenError:
        return False
    return True


def _own_card(project: PictureProject) -> PictureProject:
    parts = [escape(project.data.display_name)]
    has_table = project.data.attributes is not None
    if has_table:
        parts.append(say("pictures.table_is", name=escape(project.data.attributes_name)))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f":material/image: {' · '.join(parts)}", width="content")
        if has_table and st.button(
            say("pictures.table_remove"), icon=":material/close:", type="tertiary"
        ):
            _open(_without_table(project))
    return project


def _earlier_files() -> None:
    earlier = {
        upload.path: upload
        for upload in store().uploads()
        if upload.path.endswith(tuple(PICTURE_ENDINGS))
    }
    if earlier:
        path = st.selectbox(
            say("pictures.earlier"),
            list(earlier),
            index=None,
            format_func=lambda p: earlier[p].name.removesuffix(".zip"),
            placeholder=say("source.earlier_placeholder"),
            key="pictures.earlier",
        )
        if path is not None:
            fresh = ImageDataConfig(source=path, display_name=earlier[path].name)
            known = picture_projects().load(project_id(fresh))
            _open(known.data if known else fresh)
    st.caption(say("pictures.waiting"))
