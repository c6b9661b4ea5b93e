"""The Train page where it is about pictures: the form, one run, or two side by side."""

from __future__ import annotations

from functools import partial

import streamlit as st

from dashboard import reads
from dashboard.components import escape, explore_button, on_primary
from dashboard.expected import expected_seconds
from dashboard.forms.errors import FieldErrors
from dashboard.forms.pictures.second import pair_words, second_form, two_configs
from dashboard.forms.pictures.training import picture_training_form
from dashboard.picture_projects import PictureProject
from dashboard.pictures import (
    current_pictures,
    display_name,
    noted,
    open_pictures,
    project_id,
    sized,
    training_name,
)
from dashboard.sidebar import device_line
from dashboard.state import PLAN, forget, go
from dashboard.text import say
from fairgen_core.errors import FairGenError
from fairgen_core.image_config import ImageTrainConfig
from fairgen_core.numbers import duration
from fairgen_core.runs import launcher


def repeat_pictures(config: ImageTrainConfig) -> None:
    """Fill the form with a run's settings, ready to be changed."""
    project = PictureProject.of_training(project_id(config.data), config)
    if config.name == training_name(config):
        project = project.change(name="")
    known = reads.picture_projects().load(project.id)
    if known is not None:
        project = project.change(second=known.second)
    reads.picture_projects().save(project)
    forget("train.", "pictures.")
    go(project=project.id, run="")


def leave_run(config: ImageTrainConfig) -> None:
    """Leave a run for the form of its pictures."""
    try:
        go(project=open_pictures(config.data).id, run="")
    except FairGenError:  # Its pictures are gone; the form says so.
        go(run="")


def new_picture_training(data_page: str) -> None:
    """Draw the form.

    Args:
        data_page: file of the page where pictures and groups are chosen.
    """
    to_data = partial(st.page_link, data_page, icon=":material/edit:")
    try:
        project = current_pictures()
    except FairGenError as error:
        st.error(escape(str(error)), icon=":material/error:")
        to_data(label=say("train.change_data"))
        return
    if project.data.groups == "none" and project.sensitive is None:
        st.caption(say("train.pictures_no_roles"))
        to_data(label=say("train.to_groups"))
        return
    if not project.groups:  # A run's settings, say, whose pictures no page has shown yet.
        try:
            project = noted(project)
        except FairGenError as error:
            st.error(escape(str(error)), icon=":material/error:")
            to_data(label=say("train.change_data"))
            return
    with st.container(horizontal=True, vertical_alignment="center"):
        words = say(
            "train.pictures_caption",
            name=escape(display_name(project.data)),
            groups=escape(
                ", ".join(project.groups[:4]) + (" …" if len(project.groups) > 4 else "")
            ),
            label=escape(project.class_column or say("train.no_target")),
        )
        st.caption(words, width="content")
        to_data(label=say("train.change_data"))
    _form(project)


def _form(project: PictureProject) -> None:
    errors = FieldErrors()
    project = picture_training_form(project, errors)
    project = second_form(project, errors)
    reads.picture_projects().save(project)
    config = errors.build(project.train_config)
    pair = None if config is None else errors.build(lambda: two_configs(project))
    with st.container(horizontal=True, vertical_alignment="center"):
        one = st.button(
            on_primary(say("train.button"), config is None),
            type="primary",
            icon=":material/play_arrow:",
            disabled=config is None,
            key="train.start",
        )
        two = st.button(
            say("train.two"),
            icon=":material/compare:",
            disabled=pair is None,
            key="train.start_two",
            help=say("train.two_caption"),
        )
        explore_button(PLAN, "train.explore", disabled=config is None)
    if pair is not None:
        st.caption(pair_words(*pair))
    data = sized(project)
    n_pictures = min(project.n_pictures, data.max_images or project.n_pictures)
    expected = duration(expected_seconds(config)) if config is not None else ""
    if expected:
        words = say(
            "pictures.preset_caption",
            time=expected,
            device=escape(device_line()),
            n=f"{round(n_pictures * (1 - data.test_share)):,}",
            size=data.size,
        )
        st.caption(words)
    if one and config is not None:
        _start(config)
    elif two and pair is not None:
        _start(*pair)


def _start(*configs: ImageTrainConfig) -> None:
    """Queue these trainings, start what can be started, and look at them."""
    runs = reads.store()
    try:
        ids = []
        for config in configs:
            # Of two, a name of the person's own is told apart by what sets them apart.
            name = training_name(config)
            if config.name:
                name = config.name if len(configs) == 1 else f"{config.name}: {name}"
            ids.append(runs.create(config.model_copy(update={"name": name})))
        go(run=ids[0], beside=ids[1] if len(ids) > 1 else "")
        for run_id in ids:
            launcher.start(runs, run_id)
    except FairGenError as error:
        st.error(escape(str(error)), icon=":material/error:")
    else:
        st.rerun()
