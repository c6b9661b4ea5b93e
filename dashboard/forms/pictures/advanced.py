"""Every further knob of a training on pictures: an empty field means what the preset says."""

from __future__ import annotations

from typing import get_args

import streamlit as st

from dashboard.forms.advanced import Knob, number_field
from dashboard.forms.errors import FieldErrors
from dashboard.picture_projects import PictureProject
from dashboard.state import seed
from dashboard.text import say
from fairgen_core.image_config import GanConfig, NetworkName
from fairgen_core.image_presets import IMAGE_PRESETS, ImagePresetTable

_LENGTH = (
    Knob("n_steps", "n_steps", 1, 10_000_000, 100),
    Knob("n_epochs", "n_epochs", 1, 100_000, 1),
)
_GAN = (
    Knob("width", "width", 8, 1024, 16),
    Knob("noise_dims", "noise_dims", 2, 1024, 8),
    *_LENGTH,
    Knob("batch_size", "batch_size", 4, 65_536, 16),
    Knob("learning_rate", "learning_rate", 1e-6, 1.0, 1e-4),
    Knob("r1_weight", "r1_weight", 0.0, 100.0, 0.1),
    Knob("ema_decay", "ema_decay", 0.0, 0.9999, 0.01),
)
_A_ROW = 3


def picture_knobs(project: PictureProject, errors: FieldErrors) -> GanConfig:
    """Show the knobs and return the configuration with what was set.

    Args:
        project: seeds the fields.
        errors: keeps places for sentences beside the fields.
    """
    st.markdown(f"**{say('pictures.advanced')}**")
    preset = IMAGE_PRESETS[project.preset]
    knobs = _LENGTH if project.synthesizer == "fldgm" else _GAN
    values: dict[str, object] = {}
    if project.synthesizer != "fldgm":
        values["network"] = _network(project, errors, preset)
    for start in range(0, len(knobs), _A_ROW):
        for column, knob in zip(st.columns(_A_ROW), knobs[start : start + _A_ROW], strict=False):
            with column:
                values[knob.field] = number_field(
                    knob,
                    f"train.gan.{knob.field}:{project.id}",
                    say(f"knob.{knob.words}"),
                    say(f"knob.{knob.words}.help"),
                    getattr(project.gan, knob.field),
                    usual(project, preset, knob.field),
                )
                errors.keep_place(f"gan.{knob.field}")
    return project.gan.model_copy(update=values)


def usual(project: PictureProject, preset: ImagePresetTable, field: str) -> float | None:
    """What the preset says where a field is empty; None where another field says it."""
    if project.synthesizer == "fldgm":
        return preset.fldgm.n_steps if field == "n_steps" else None
    if field == "n_epochs":
        return preset.gan.n_steps if preset.gan_in_epochs else None
    if field == "n_steps" and preset.gan_in_epochs:
        return None
    return float(getattr(preset.gan, field))


def _network(
    project: PictureProject, errors: FieldErrors, preset: ImagePresetTable
) -> NetworkName | None:
    chosen: NetworkName | None = st.selectbox(
        say("knob.network"),
        get_args(NetworkName),
        index=None,
        format_func=lambda name: say(f"knob.network.{name}"),
        placeholder=say(f"knob.network.{preset.gan.network}"),
        key=seed(f"train.gan.network:{project.id}", project.gan.network),
        help=say("knob.network.help"),
    )
    errors.keep_place("gan.network")
    return chosen
