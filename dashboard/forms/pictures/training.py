"""The training form of pictures: what is trained, what a step sees, how long it may take."""

from __future__ import annotations

from typing import Any, get_args

import streamlit as st

from dashboard.forms.errors import FieldErrors
from dashboard.forms.pictures.advanced import picture_knobs
from dashboard.picture_projects import PictureProject
from dashboard.reads import store
from dashboard.state import seed
from dashboard.text import explain, say
from fairgen_core.config import GeneratorName
from fairgen_core.errors import FairGenError
from fairgen_core.image_config import (
    GanConfig,
    Grouping,
    ImagePreset,
    ImageSynthesizerName,
    Objective,
)
from fairgen_core.image_presets import IMAGE_PRESETS
from fairgen_core.numbers import duration
from fairgen_core.runs.image_estimate import estimate_image_seconds


def picture_training_form(project: PictureProject, errors: FieldErrors) -> PictureProject:
    """Show the form and return the project with what was chosen in it.

    Args:
        project: seeds the widgets.
        errors: keeps places for sentences beside the fields.
    """
    left, right = st.columns(2)
    with left.container(border=True, height="stretch"):
        project = _what(project, errors)
        # Drawn above the advanced fields, filled after them: the expected times depend on them.
        how_long = st.container()
    with right.container(border=True, height="stretch"):
        if project.synthesizer == "fldgm":
            project = _latent(project, errors)
        else:
            project = project.change(gan=_groups(project, errors))
    with st.expander(say("advanced.title"), icon=":material/tune:"):
        st.caption(say("advanced.caption"))
        project = project.change(gan=picture_knobs(project, errors))
    with how_long:
        return project.change(**_how_long(project, errors))


def expected_picture_seconds(project: PictureProject) -> dict[ImagePreset, float]:
    """What each preset is expected to take for a project's choices; empty while they clash."""
    times: dict[ImagePreset, float] = {}
    for preset in get_args(ImagePreset):
        try:
            config = project.change(preset=preset).train_config()
        except FairGenError:
            return {}
        times[preset] = estimate_image_seconds(
            config, project.n_pictures, project.n_channels, store()
        ).seconds
    return times


def _what(project: PictureProject, errors: FieldErrors) -> PictureProject:
    names: tuple[ImageSynthesizerName, ...] = get_args(ImageSynthesizerName)
    synthesizer: ImageSynthesizerName = st.radio(
        say("what.title"),
        names,
        format_func=lambda s: say(f"what.{s}"),
        captions=[say(f"what.{s}.means") for s in names],
        key=seed(f"train.what:{project.id}", project.synthesizer),
        help=say("what.help"),
    )
    errors.keep_place("synthesizer", "class_column")
    if synthesizer == "fldgm":
        return project.change(synthesizer=synthesizer)
    picked = st.segmented_control(
        say("objective.title"),
        get_args(Objective),
        format_func=lambda o: say(f"objective.{o}"),
        key=seed(f"train.objective:{project.id}", project.gan.objective),
        required=True,
        help=say("objective.help"),
    )
    errors.keep_place("gan", "gan.objective")
    gan = project.gan.model_copy(update={"objective": picked or project.gan.objective})
    return project.change(synthesizer=synthesizer, gan=gan)


def _groups(project: PictureProject, errors: FieldErrors) -> GanConfig:
    """How the discriminator meets the groups, and how hard they may pull."""
    gan = project.gan
    names: tuple[Grouping, ...] = get_args(Grouping)
    grouping: Grouping = st.radio(
        say("grouping.title"),
        names,
        format_func=lambda g: say(f"grouping.{g}"),
        captions=[say(f"grouping.{g}.does") for g in names],
        key=seed(f"train.grouping:{project.id}", gan.grouping),
        help=say("grouping.help"),
    )
    errors.keep_place("gan.grouping")
    clip_on = st.toggle(
        say("clip.label"),
        key=seed(f"train.clip_on:{project.id}", gan.clip_norm is not None),
        help=explain("clip_norm"),
    )
    clip_norm = None
    if clip_on:
        clip_norm = st.number_input(
            say("clip.value"),
            min_value=0.01,
            max_value=1e6,
            step=0.5,
            key=seed(f"train.clip_norm:{project.id}", gan.clip_norm or 2.0),
            help=explain("gradient_norm"),
        )
    errors.keep_place("gan.clip_norm")
    first = gan.first_group if gan.first_group < len(project.groups) else 0
    if grouping == "alternate" and project.groups:
        first = st.selectbox(
            say("first.title"),
            range(len(project.groups)),
            format_func=lambda code: project.groups[code],
            key=seed(f"train.first:{project.id}:{len(project.groups)}", first),
            help=say("first.help"),
        )
        errors.keep_place("gan.first_group")
    return gan.model_copy(
        update={"grouping": grouping, "clip_norm": clip_norm, "first_group": first}
    )


def _latent(project: PictureProject, errors: FieldErrors) -> PictureProject:
    names: tuple[GeneratorName, ...] = get_args(GeneratorName)
    generator = st.radio(
        say("latent.title"),
        names,
        format_func=lambda g: say(f"make.{g}"),
        captions=[say(f"latent.{g}.means") for g in names],
        key=seed(f"train.latent:{project.id}", project.generator),
        help=f"{explain('latent')}\n\n{explain('gan')}",
    )
    errors.keep_place("generator")
    alpha = st.number_input(
        say("alpha.label"),
        min_value=0.0,
        max_value=1e4,
        step=1.0,
        value=None,
        key=seed(f"train.picture_alpha:{project.id}", project.alpha),
        placeholder=f"{IMAGE_PRESETS[project.preset].fldgm.alpha:g}",
        help=say("pictures.alpha_help"),
    )
    errors.keep_place("alpha", "alpha, generator")
    return project.change(generator=generator, alpha=alpha)


def _how_long(project: PictureProject, errors: FieldErrors) -> dict[str, Any]:
    times = expected_picture_seconds(project)

    def option(preset: ImagePreset) -> str:
        seconds = times.get(preset)
        name = say(f"preset.{preset}")
        return say("preset.option", preset=name, time=duration(seconds)) if seconds else name

    picked = st.segmented_control(
        say("preset.title"),
        get_args(ImagePreset),
        format_func=option,
        key=seed(f"train.preset:{project.id}", project.preset),
        required=True,
        help=say("pictures.preset_help"),
    )
    errors.keep_place("preset")
    preset: ImagePreset = picked or project.preset
    _too_large(project, preset)
    with st.container(horizontal=True):
        n_images = st.number_input(
            say("pictures.n_images"),
            min_value=1,
            max_value=10_000_000,
            step=1000,
            key=seed(f"train.n_images:{project.id}", project.n_images),
            help=say("pictures.n_images_help"),
        )
        chance = st.number_input(
            say("seed.label"),
            min_value=0,
            max_value=2**31 - 1,
            step=1,
            key=seed(f"train.seed:{project.id}", project.seed),
            help=explain("seed"),
        )
    errors.keep_place("n_images", "seed")
    name = st.text_input(
        say("name.label"),
        key=seed(f"train.name:{project.id}", project.name),
        placeholder=say("name.placeholder"),
        max_chars=80,
    )
    errors.keep_place("name")
    return {"preset": preset, "n_images": n_images, "seed": chance, "name": name.strip()}


def _too_large(project: PictureProject, preset: ImagePreset) -> None:
    """Say so where a dense GAN shall draw larger pictures than its preset is made for."""
    table = IMAGE_PRESETS[preset]
    dense = (project.gan.network or table.gan.network) == "dense"
    size = project.data.size or table.size
    if project.synthesizer != "fldgm" and dense and size > table.size:
        st.caption(say("pictures.too_large", size=size, usual=table.size))
