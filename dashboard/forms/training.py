"""The training form: what should hold, how it is made, how long it may take."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

import streamlit as st

from dashboard.forms.advanced import advanced_form, preset_key
from dashboard.forms.errors import FieldErrors
from dashboard.projects import CLIPPING_GENERATORS, Project
from dashboard.reads import store
from dashboard.state import seed
from dashboard.text import explain, say
from fairgen_core.config import (
    Enforcement,
    FairnessConfig,
    FairnessTarget,
    GeneratorConfig,
    GeneratorName,
    Preset,
)
from fairgen_core.errors import FairGenError
from fairgen_core.numbers import duration
from fairgen_core.runs.estimate import estimate_seconds


def training_form(
    project: Project,
    errors: FieldErrors,
    n_train_rows: int,
    n_columns: int,
) -> Project:
    """Show the form and return the project with what was chosen in it.

    Args:
        project: seeds the widgets.
        errors: keeps places for sentences beside the fields.
        n_train_rows: rows to be learned from; as many are generated where no number is given.
        n_columns: columns of the table.
    """
    left, right = st.columns(2)
    with left.container(border=True, height="stretch"):
        fairness = _what_should_hold(project, errors)
    with right.container(border=True, height="stretch"):
        generator = _how_is_it_made(project, errors)
        # Drawn above the advanced fields, filled after them: the expected times depend on them.
        how_long = st.container()
    with st.expander(say("advanced.title"), icon=":material/tune:"):
        st.caption(say("advanced.caption"))
        fairness, compression, generator = advanced_form(
            project, errors, fairness, generator, n_train_rows
        )
    project = project.change(fairness=fairness, generator=generator, compression=compression)
    with how_long:
        times = expected_seconds(project, n_train_rows, n_columns)
        return project.change(**_how_long(project, errors, n_train_rows, times))


def expected_seconds(project: Project, n_train_rows: int, n_columns: int) -> dict[Preset, float]:
    """What each preset is expected to take for a project's choices; empty while they clash."""
    times: dict[Preset, float] = {}
    for preset in get_args(Preset):
        try:
            config = project.change(preset=preset).train_config()
        except FairGenError:
            return {}
        times[preset] = estimate_seconds(config, n_train_rows, n_columns, store()).seconds
    return times


def _what_should_hold(project: Project, errors: FieldErrors) -> FairnessConfig:
    chosen = project.fairness
    target: FairnessTarget = st.radio(
        say("hold.title"),
        get_args(FairnessTarget),
        format_func=lambda t: say(f"hold.{t}"),
        captions=[say(f"hold.{t}.does") for t in get_args(FairnessTarget)],
        key=seed(f"train.target:{project.id}", chosen.target),
        help="  \n".join([explain("ftu"), explain("dp")]),
    )
    st.caption(say("hold.not_promised", what=say(f"hold.{target}.not")))
    errors.keep_place("fairness.target", "roles.target")
    picked = st.segmented_control(
        say("enforce.title"),
        get_args(Enforcement),
        format_func=lambda e: say(f"enforce.{e}"),
        key=seed(f"train.enforce:{project.id}", chosen.enforce),
        required=True,
        disabled=target == "none",
        help=say("enforce.help"),
    )
    enforce: Enforcement = picked or chosen.enforce
    if target != "none":
        st.caption(say(f"enforce.{enforce}.means"))
    errors.keep_place("fairness.enforce")
    strength = st.slider(
        say("strength.label"),
        0.0,
        1.0,
        step=0.05,
        key=seed(f"train.strength:{project.id}", chosen.strength),
        disabled=target == "none" or enforce == "latent",
        help=explain("strength"),
    )
    if target != "none" and enforce == "latent":
        st.caption(say("strength.off"))
    errors.keep_place("fairness.strength")
    uniform = st.toggle(
        say("uniform.label"),
        key=seed(f"train.uniform:{project.id}", chosen.representation == "uniform"),
        help=explain("representation"),
    )
    errors.keep_place("fairness.representation")
    return chosen.model_copy(
        update={
            "target": target,
            "enforce": enforce,
            "strength": strength,
            "representation": "uniform" if uniform else "natural",
        }
    )


def _how_is_it_made(project: Project, errors: FieldErrors) -> GeneratorConfig:
    chosen = project.generator
    name: GeneratorName = st.radio(
        say("make.title"),
        get_args(GeneratorName),
        format_func=lambda g: say(f"make.{g}"),
        captions=[say(f"make.{g}.means") for g in get_args(GeneratorName)],
        key=seed(f"train.generator:{project.id}", chosen.name),
        help=f"{explain('latent')}\n\n{explain('gan')}",
    )
    errors.keep_place("generator.name")
    clips = name in CLIPPING_GENERATORS
    clip_on = st.toggle(
        say("clip.label"),
        key=seed(f"train.clip_on:{project.id}", chosen.clip_norm is not None),
        disabled=not clips,
        help=explain("clip_norm"),
    )
    clip_norm = chosen.clip_norm
    if not clips:
        st.caption(say("clip.off"))
    elif clip_on:
        clip_norm = st.number_input(
            say("clip.value"),
            min_value=0.01,
            max_value=1e6,
            step=0.5,
            key=seed(f"train.clip_norm:{project.id}", chosen.clip_norm or 2.0),
            help=explain("gradient_norm"),
        )
    else:
        clip_norm = None
    errors.keep_place("generator.clip_norm")
    if name != chosen.name:  # Another generator's numbers mean something else.
        chosen = GeneratorConfig(name=name)
    return chosen.model_copy(update={"clip_norm": clip_norm})


def _how_long(
    project: Project,
    errors: FieldErrors,
    n_train_rows: int,
    expected_seconds: Mapping[Preset, float],
) -> dict[str, Any]:
    def option(preset: Preset) -> str:
        seconds = expected_seconds.get(preset)
        name = say(f"preset.{preset}")
        return say("preset.option", preset=name, time=duration(seconds)) if seconds else name

    picked = st.segmented_control(
        say("preset.title"),
        get_args(Preset),
        format_func=option,
        key=seed(preset_key(project), project.preset),
        required=True,
        help=explain("preset"),
    )
    preset: Preset = picked or project.preset
    errors.keep_place("preset")
    with st.container(horizontal=True):
        n_rows = st.number_input(
            say("rows.label"),
            min_value=1,
            max_value=100_000_000,
            step=1000,
            value=None,
            key=seed(f"train.n_rows:{project.id}", project.n_rows),
            placeholder=f"{n_train_rows:,}",
            help=say("rows.help"),
        )
        chance = st.number_input(
            say("seed.label"),
            min_value=0,
            max_value=2**31 - 1,
            step=1,
            key=seed(f"train.seed:{project.id}", project.seed),
            help=explain("seed"),
        )
    errors.keep_place("n_rows", "seed")
    name = st.text_input(
        say("name.label"),
        key=seed(f"train.name:{project.id}", project.name),
        placeholder=say("name.placeholder"),
        max_chars=80,
    )
    errors.keep_place("name")
    return {"preset": preset, "n_rows": n_rows, "seed": chance, "name": name.strip()}
