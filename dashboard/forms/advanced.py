"""Every further knob of a training: an empty field means what the preset says, which it shows."""

from __future__ import annotations

from typing import NamedTuple, get_args

import streamlit as st

from dashboard.forms.errors import FieldErrors
from dashboard.projects import Project
from dashboard.state import recall, seed
from dashboard.text import explain, say
from fairgen_core.config import (
    CompressionConfig,
    FairnessConfig,
    GeneratorConfig,
    PenaltyName,
    Preset,
)
from fairgen_core.presets import fill_alpha, fill_compression, fill_generator


class Knob(NamedTuple):
    """A number field: the config's field, the key of its words, its range and step."""

    field: str
    words: str
    least: float
    most: float
    step: float


_COMPRESSION = (
    Knob("latent_dims", "latent_dims", 2, 64, 1),
    Knob("width", "compression_width", 16, 1024, 16),
    Knob("epochs", "compression_epochs", 1, 1000, 1),
    Knob("kl_weight", "kl_weight", 0.0, 10.0, 0.05),
    Knob("learning_rate", "compression_rate", 1e-6, 1.0, 1e-3),
    Knob("batch_size", "compression_batch", 16, 65536, 64),
)
_NETWORK = (
    Knob("n_steps", "n_steps", 1, 1_000_000, 100),
    Knob("width", "generator_width", 16, 2048, 16),
    Knob("batch_size", "generator_batch", 16, 65536, 64),
    Knob("learning_rate", "generator_rate", 1e-6, 1.0, 1e-4),
)
_ADVERSARIAL = (*_NETWORK, Knob("n_critic_steps", "n_critic_steps", 1, 50, 1))
_GENERATOR = {
    "mixture": (
        Knob("n_components", "n_components", 1, 500, 1),
        Knob("n_steps", "n_steps", 1, 1_000_000, 10),
    ),
    "lsgan": _ADVERSARIAL,
    "wgan-gp": _ADVERSARIAL,
    "diffusion": (*_NETWORK, Knob("n_sampling_steps", "n_sampling_steps", 1, 1000, 5)),
}
_ALPHA = Knob("alpha", "alpha", 0.0, 1e4, 1.0)
_COLUMNS = 3


def preset_key(project: Project) -> str:
    """The key of the widget that chooses the preset."""
    return f"train.preset:{project.id}"


def advanced_form(
    project: Project,
    errors: FieldErrors,
    fairness: FairnessConfig,
    generator: GeneratorConfig,
    n_train_rows: int,
) -> tuple[FairnessConfig, CompressionConfig, GeneratorConfig]:
    """Show the knobs and return the configurations with what was set.

    Args:
        project: seeds the fields.
        errors: keeps places for sentences beside the fields.
        fairness: what was chosen for it above.
        generator: likewise.
        n_train_rows: the presets' compression depends on it.
    """
    # Empty where a busy browser answered before it knew the choice.
    chosen: Preset | None = recall(preset_key(project), project.preset)
    preset = chosen or project.preset
    st.markdown(f"**{say('advanced.fairness')}**")
    left, right = st.columns(2)
    with left:
        penalty: PenaltyName = st.selectbox(
            say("penalty.label"),
            get_args(PenaltyName),
            format_func=lambda p: say(f"penalty.{p}"),
            key=seed(f"train.penalty:{project.id}", fairness.penalty),
            help=say("penalty.help"),
        )
        errors.keep_place("fairness.penalty")
    with right:
        key = f"train.alpha:{project.id}"
        usual = fill_alpha(None, preset)
        alpha = number_field(
            _ALPHA, key, say("alpha.label"), explain("alpha"), fairness.alpha, usual
        )
        errors.keep_place("fairness.alpha")
    st.markdown(f"**{say('advanced.compression')}**")
    compression = _knobs(
        project,
        errors,
        "compression",
        _COMPRESSION,
        project.compression,
        fill_compression(CompressionConfig(), preset, n_train_rows),
    )
    st.markdown(f"**{say('advanced.generator')}**")
    shown = _knobs(
        project,
        errors,
        "generator",
        _GENERATOR[generator.name],
        generator,
        fill_generator(GeneratorConfig(name=generator.name), preset),
    )
    return (
        fairness.model_copy(update={"penalty": penalty, "alpha": alpha}),
        CompressionConfig.model_validate(compression),
        generator.model_copy(update=shown),
    )


def _knobs(
    project: Project,
    errors: FieldErrors,
    group: str,
    knobs: tuple[Knob, ...],
    chosen: CompressionConfig | GeneratorConfig,
    usual: CompressionConfig | GeneratorConfig,
) -> dict[str, float | int | None]:
    """Some knobs, three in a row; None where a field is empty."""
    values: dict[str, float | int | None] = {}
    kind = chosen.name if isinstance(chosen, GeneratorConfig) else ""
    for start in range(0, len(knobs), _COLUMNS):
        for column, knob in zip(
            st.columns(_COLUMNS), knobs[start : start + _COLUMNS], strict=False
        ):
            with column:
                values[knob.field] = number_field(
                    knob,
                    f"train.{group}.{kind}.{knob.field}:{project.id}",
                    say(f"field.{knob.words}"),
                    say(f"field.{knob.words}.help"),
                    getattr(chosen, knob.field),
                    getattr(usual, knob.field),
                )
                errors.keep_place(f"{group}.{knob.field}")
    return values


def number_field(
    knob: Knob,
    key: str,
    label: str,
    help_text: str,
    chosen: float | int | None,
    usual: float | int | None,
) -> float | int | None:
    """A number field that may stay empty; it then shows what the preset says."""
    return st.number_input(
        label,
        min_value=knob.least,
        max_value=knob.most,
        step=knob.step,
        value=None,
        format="%.6f" if isinstance(knob.step, float) and knob.step < 0.01 else None,
        key=seed(key, chosen),
        placeholder=say("advanced.empty", value=f"{usual:g}") if usual is not None else None,
        help=help_text,
    )
