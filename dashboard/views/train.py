"""The Train page: what is asked of a training, how it is made, and the training as it goes."""

from __future__ import annotations

import streamlit as st

from dashboard import reads
from dashboard.components import escape, explore_button, on_primary
from dashboard.expected import expected_seconds
from dashboard.forms.errors import FieldErrors
from dashboard.forms.training import training_form
from dashboard.live import show_run
from dashboard.picture_live import show_picture_runs
from dashboard.picture_training import leave_run, new_picture_training, repeat_pictures
from dashboard.pictures import showing_pictures
from dashboard.projects import Project
from dashboard.run_list import show_run_problem, show_runs
from dashboard.sidebar import device_line
from dashboard.state import PLAN, Place, forget, go, place
from dashboard.tables import (
    current_project,
    display_name,
    parity_note,
    project_id,
    table_size,
    training_name,
)
from dashboard.text import say
from fairgen_core.config import TrainConfig
from fairgen_core.errors import FairGenError
from fairgen_core.image_config import ImageTrainConfig
from fairgen_core.numbers import duration
from fairgen_core.runs import launcher

_DATA_PAGE = "views/data.py"
_INSPECT_PAGE = "views/inspect.py"


def repeat(config: TrainConfig) -> None:
    """Fill the form with a run's settings, ready to be changed."""
    project = Project.of_training(project_id(config.data), config)
    if config.name == training_name(config):
        project = project.change(name="")
    known = reads.projects().load(project.id)
    if known is not None:
        project = project.change(
            n_table_rows=known.n_table_rows, n_table_columns=known.n_table_columns
        )
    reads.projects().save(project)
    forget("train.", "roles.")
    go(project=project.id, run="")


def main() -> None:
    """Draw the page: the chosen runs, or the form; below it all runs."""
    head = st.container(horizontal=True, vertical_alignment="center")
    run_ids, config = shown_runs()
    with head:
        st.title(say("train.title"), anchor=False, width="stretch")
        if config is not None:
            pictures = isinstance(config, ImageTrainConfig)
            st.button(
                say("train.new"),
                icon=":material/add:",
                key="train.new",
                on_click=leave_run if pictures else go,
                args=(config,) if pictures else (),
                kwargs={} if pictures else {"run": ""},
            )
    if config is None and showing_pictures():
        new_picture_training(_DATA_PAGE)
    elif config is None:
        _new_training()
    elif isinstance(config, ImageTrainConfig):
        go(run=run_ids[0], beside="".join(run_ids[1:]))
        show_picture_runs(run_ids, repeat_pictures, _INSPECT_PAGE)
    else:
        go(run=run_ids[0])
        show_run(run_ids[0], repeat, _INSPECT_PAGE)
    show_runs()


def shown_runs() -> tuple[list[str], TrainConfig | ImageTrainConfig | None]:
    """The trainings to be shown, and the settings of the first; none: the form is shown.

    The first is the URL's, else the one that this session started, while it works. A second one
    stands beside it where both are about pictures.
    """
    asked = Place.from_query(st.query_params).run
    here = place()
    try:
        run_id = asked or here.run
        config = reads.store().config(run_id) if run_id else None
        if not isinstance(config, TrainConfig | ImageTrainConfig):
            return [], None
        ids = [run_id]
        if isinstance(config, ImageTrainConfig) and _is_picture_run(here.beside):
            ids.append(here.beside)
        if asked or any(reads.store().status(one).active for one in ids):
            return ids, config
    except FairGenError as error:
        show_run_problem(run_id, error)
        go(run="", beside="")
    return [], None


def _is_picture_run(run_id: str) -> bool:
    """Whether there is such a run, and it is about pictures."""
    try:
        return bool(run_id) and isinstance(reads.store().config(run_id), ImageTrainConfig)
    except FairGenError:
        return False


def _new_training() -> None:
    try:
        project = current_project()
    except FairGenError as error:
        st.error(escape(str(error)), icon=":material/error:")
        st.page_link(_DATA_PAGE, label=say("train.to_data"), icon=":material/table:")
        return
    go(project=project.id)
    if project.sensitive:
        _form(project)
    else:
        st.caption(say("train.no_roles"))
        st.page_link(_DATA_PAGE, label=say("train.to_data"), icon=":material/table:")


def _form(project: Project) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(
            say(
                "train.caption",
                name=escape(display_name(project.data)),
                sensitive=escape(" × ".join(project.sensitive)),
                target=escape(project.target or say("train.no_target")),
            ),
            width="content",
        )
        st.page_link(_DATA_PAGE, label=say("train.change_data"), icon=":material/edit:")
    n_train_rows, n_columns = table_size(project)
    errors = FieldErrors()
    project = training_form(project, errors, n_train_rows, n_columns)
    reads.projects().save(project)
    config = errors.build(project.train_config)
    if note := parity_note(project):
        st.warning(escape(note), icon=":material/warning:")
        st.page_link(_DATA_PAGE, label=say("train.to_groups"), icon=":material/table:")
    with st.container(horizontal=True, vertical_alignment="center"):
        pressed = st.button(
            on_primary(say("train.button"), config is None),
            type="primary",
            icon=":material/play_arrow:",
            disabled=config is None,
            key="train.start",
        )
        explore_button(PLAN, "train.explore", disabled=config is None)
        expected = duration(expected_seconds(config)) if config is not None else ""
        if expected:
            words = {"device": escape(device_line()), "rows": f"{n_train_rows:,}"}
            st.caption(say("preset.caption", time=expected, **words), width="content")
    if pressed and config is not None:
        _start(config)


def _start(config: TrainConfig) -> None:
    try:
        name = config.name or training_name(config)
        run_id = reads.store().create(config.model_copy(update={"name": name}))
        go(run=run_id)
        launcher.start(reads.store(), run_id)
    except FairGenError as error:
        st.error(escape(str(error)), icon=":material/error:")
    else:
        st.rerun()


main()
