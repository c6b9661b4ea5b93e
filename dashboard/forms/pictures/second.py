"""What the second of two runs side by side differs in."""

from __future__ import annotations

from typing import get_args

import streamlit as st

from dashboard.components import escape
from dashboard.forms.errors import FieldErrors, split_field
from dashboard.picture_projects import PictureProject, SecondRun
from dashboard.state import seed
from dashboard.text import say
from fairgen_core.config import GeneratorName
from fairgen_core.errors import ConfigError
from fairgen_core.image_config import (
    Grouping,
    ImageSynthesizerName,
    ImageTrainConfig,
    Objective,
)
from fairgen_core.settings_words import picture_words


def second_form(project: PictureProject, errors: FieldErrors) -> PictureProject:
    """Show what the second run differs in; the project with what was chosen.

    Args:
        project: seeds the fields; its own settings are the first run's.
        errors: keeps a place for a sentence about the second run.
    """
    with st.expander(say("train.two_title"), icon=":material/compare:"):
        st.caption(say("train.two_caption"))
        left, right = st.columns(2)
        with left:
            synthesizer = st.selectbox(
                say("second.synthesizer"),
                get_args(ImageSynthesizerName),
                index=None,
                format_func=lambda s: say(f"what.{s}"),
                placeholder=say("second.same"),
                key=seed(f"train.second.what:{project.id}", project.second.synthesizer),
            )
        second = project.second.model_copy(update={"synthesizer": synthesizer})
        if (synthesizer or project.synthesizer) == "fldgm":
            second = _fldgm(project.id, second)
        else:
            with right:
                objective = st.selectbox(
                    say("second.objective"),
                    get_args(Objective),
                    index=None,
                    format_func=lambda o: say(f"objective.{o}"),
                    placeholder=say("second.same"),
                    key=seed(f"train.second.objective:{project.id}", second.objective),
                )
            second = _gan(project.id, second.model_copy(update={"objective": objective}))
    errors.keep_place("second")
    return project.change(second=second)


def _gan(project_id: str, second: SecondRun) -> SecondRun:
    left, right = st.columns(2)
    with left:
        grouping = st.selectbox(
            say("second.grouping"),
            get_args(Grouping),
            index=None,
            format_func=lambda g: say(f"grouping.{g}"),
            placeholder=say("second.same"),
            key=seed(f"train.second.grouping:{project_id}", second.grouping),
        )
    with right:
        clip_norm = st.number_input(
            say("second.clip"),
            min_value=0.01,
            max_value=1e6,
            step=0.5,
            value=None,
            key=seed(f"train.second.clip:{project_id}", second.clip_norm),
            placeholder=say("pictures.clip_none"),
            help=say("second.clip_help"),
        )
    return second.model_copy(update={"grouping": grouping, "clip_norm": clip_norm})


def _fldgm(project_id: str, second: SecondRun) -> SecondRun:
    left, right = st.columns(2)
    with left:
        generator = st.selectbox(
            say("second.generator"),
            get_args(GeneratorName),
            index=None,
            format_func=lambda g: say(f"make.{g}"),
            placeholder=say("second.same"),
            key=seed(f"train.second.generator:{project_id}", second.generator),
        )
    with right:
        alpha = st.number_input(
            say("second.alpha"),
            min_value=0.0,
            max_value=1e4,
            step=1.0,
            value=None,
            key=seed(f"train.second.alpha:{project_id}", second.alpha),
            help=say("pictures.alpha_help"),
        )
    return second.model_copy(update={"generator": generator, "alpha": alpha})


def two_configs(project: PictureProject) -> tuple[ImageTrainConfig, ImageTrainConfig]:
    """The configurations of two runs side by side.

    Raises:
        ConfigError: one of them is impossible, or they are the same; `field` is ``second`` where
            the first is possible.
    """
    first = project.train_config()
    try:
        second = project.second_project().train_config()
    except ConfigError as error:
        raise ConfigError(split_field(error)[1], field="second") from error
    if first == second:
        raise ConfigError(say("second.alike"), field="second")
    return first, second


def pair_words(first: ImageTrainConfig, second: ImageTrainConfig) -> str:
    """What the two runs are, in one line."""
    names = [escape(", ".join(picture_words(config))) for config in (first, second)]
    return say("train.two_words", first=names[0], second=names[1])
