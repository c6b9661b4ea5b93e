"""A new exploration: what to start from, what to vary, and what that will take."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

import streamlit as st

from dashboard import reads
from dashboard.components import escape, on_primary
from dashboard.pictures import current_pictures, noted, showing_pictures
from dashboard.sidebar import device_line
from dashboard.state import PLAN, go, keep, kept, place
from dashboard.tables import current_project, table_size, thin_groups
from dashboard.text import explain, say
from fairgen_core import charts
from fairgen_core.config import (
    Enforcement,
    FairnessTarget,
    GeneratorName,
    Preset,
    TrainConfig,
)
from fairgen_core.errors import FairGenError
from fairgen_core.image_config import Grouping, ImagePreset, ImageTrainConfig, Objective
from fairgen_core.image_presets import fill_image_config
from fairgen_core.numbers import duration
from fairgen_core.runs import launcher
from fairgen_core.runs.sweep_plan import asks_parity, estimate_sweep, same_words
from fairgen_core.sweep_config import (
    NUMBER_AXES,
    Axis,
    MemberConfig,
    SweepConfig,
    parse_sweep,
    parse_vary,
    seeds_from,
)

OPTIONS: dict[str, dict[str, tuple[str, ...]]] = {
    "train": {
        "fairness": get_args(FairnessTarget),
        "strength": ("0", "0.25", "0.5", "0.75", "0.9", "0.95", "1"),
        "generator": get_args(GeneratorName),
        "clip_norm": ("none", "0.5", "1", "2", "5", "10"),
        "enforce": get_args(Enforcement),
        "alpha": ("preset", "1", "10", "30", "100"),
        "representation": ("natural", "uniform"),
        "preset": get_args(Preset),
    },
    "no-target": {
        "generator": get_args(GeneratorName),
        "representation": ("natural", "uniform"),
        "clip_norm": ("none", "0.5", "1", "2", "5", "10"),
        "alpha": ("preset", "1", "10", "30", "100"),
        "preset": get_args(Preset),
    },
    "train-images": {
        "grouping": get_args(Grouping),
        "clip_norm": ("none", "0.5", "1", "2", "5", "10"),
        "objective": get_args(Objective),
        "share": ("0.1", "0.2", "0.35", "0.5"),
        "preset": get_args(ImagePreset),
    },
    "fldgm": {
        "generator": get_args(GeneratorName),
        "alpha": ("preset", "1", "10", "30", "100"),
        "share": ("0.1", "0.2", "0.35", "0.5"),
        "preset": get_args(ImagePreset),
    },
}
"""What is offered for each axis; of numbers, others can be typed."""

_FIRST = {
    "train": ("fairness", "strength", "generator", "clip_norm"),
    "no-target": ("generator", "representation"),
    "train-images": ("grouping", "clip_norm"),
    "fldgm": ("generator", "alpha"),
}
"""The axes that are shown at once; the others wait behind 'more'."""

_DEFAULTS: dict[str, dict[str, tuple[str, ...]]] = {
    "train": {"fairness": ("dp", "both"), "strength": ("0", "0.5", "0.75", "0.95", "1")},
    "no-target": {"representation": ("natural", "uniform")},
    "train-images": {"grouping": ("mixed", "alternate"), "clip_norm": ("none", "2")},
    "fldgm": {"alpha": ("preset", "10", "100")},
}
_COLUMNS = 2
_MAX_SEEDS = 20
_USUAL_ROWS = 10_000
"""Rows or pictures of a training that has not read them yet."""

Size = tuple[int, int]
"""Training rows and columns, or pictures and 1."""


def new_exploration() -> None:
    """Show the form, and start what was chosen."""
    found = _base()
    if found is None:
        return
    base, size = found
    with st.container(border=True):
        config = _what_to_vary(base)
        if config is not None:
            _notes(config, size)
            _start(config, size)


def form_kind(base: MemberConfig) -> str:
    """Which axes are offered for a training: a key of `OPTIONS`."""
    if isinstance(base, TrainConfig):
        return "train" if base.roles.target is not None else "no-target"
    return "fldgm" if base.synthesizer == "fldgm" else "train-images"


def _base() -> tuple[MemberConfig, Size] | None:
    """The training that an exploration starts from, and how much data it has."""
    runs = [run for run in reads.store().list() if run.is_training]
    names = {run.id: run.name for run in runs}
    asked = place().base
    if asked not in names and asked != PLAN and asked:
        try:
            names[asked] = reads.store().config(asked).name
        except FairGenError as error:
            st.error(escape(str(error)), icon=":material/error:")
            asked = PLAN
    options = [PLAN, *names]
    key = f"explore.base:{asked}"
    chosen = st.selectbox(
        say("explore.base"),
        options,
        index=options.index(asked or PLAN),
        format_func=lambda one: (
            say("explore.plan") if one == PLAN else f"{names[one]} · {one[-6:]}"
        ),
        key=key,
        on_change=lambda: go(base=st.session_state[key]),
        help=say("explore.base_help"),
    )
    try:
        if chosen != PLAN:
            config, status = reads.store().config(chosen), reads.store().status(chosen)
            if not isinstance(config, TrainConfig | ImageTrainConfig):
                return None
            return config, (status.n_rows or _USUAL_ROWS, status.n_columns or 1)
        return _planned()
    except FairGenError as error:
        st.error(escape(str(error)), icon=":material/error:")
        st.page_link("views/data.py", label=say("train.to_data"), icon=":material/table:")
        return None


def _planned() -> tuple[MemberConfig, Size]:
    """What is chosen on the Train page, for pictures or for a table.

    Raises:
        FairGenError: the data cannot be read, or a choice is missing or impossible.
    """
    if not showing_pictures():
        project = current_project()
        return project.train_config(), table_size(project)
    pictures = current_pictures()
    if not pictures.n_pictures:
        pictures = noted(pictures)
    config = pictures.train_config()
    data = fill_image_config(config).data
    n_pictures = min(pictures.n_pictures, data.max_images or pictures.n_pictures)
    return config, (max(1, round(n_pictures * (1 - data.test_share))), 1)


def _what_to_vary(base: MemberConfig) -> SweepConfig | None:
    """The small multi-selects; None, with the reason, where the choices are impossible."""
    kind = form_kind(base)
    words = {"train": "explore.vary", "no-target": "explore.vary_no_target"}
    st.caption(say(words.get(kind, "explore.vary_pictures")))
    chosen: dict[str, list[str]] = {}
    first = _FIRST[kind]
    rest = [name for name in OPTIONS[kind] if name not in first]
    if isinstance(base, ImageTrainConfig) and base.data.groups == "none":
        rest.remove("share")  # of groups that are made
    _axes(kind, first, chosen)
    with st.expander(say("explore.more_axes"), icon=":material/tune:"):
        _axes(kind, rest, chosen)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        n_seeds = keep(
            f"explore.n_seeds.{kind}",
            st.number_input(
                say("explore.n_seeds"), 1, _MAX_SEEDS, key=kept(f"explore.n_seeds.{kind}", 1),
                help=explain("seed"), width=160,
            ),
        )  # fmt: skip
        name = st.text_input(
            say("explore.name"), key="explore.new_name", placeholder=say("name.placeholder"),
            max_chars=80, width=360,
        )  # fmt: skip
    try:
        axes = [_axis(name, values) for name, values in chosen.items() if values]
        return parse_sweep(
            {
                "name": name.strip(),
                "base": base.model_dump(mode="json"),
                "vary": [axis.model_dump() for axis in axes],
                "seeds": list(seeds_from(base.seed, int(n_seeds))),
            }
        )
    except FairGenError as error:
        st.error(escape(str(error)), icon=":material/error:")
        return None


def _axes(kind: str, names: Sequence[str], chosen: dict[str, list[str]]) -> None:
    """A multi-select an axis, two in a row; `chosen` takes what was picked."""
    for start in range(0, len(names), _COLUMNS):
        row = names[start : start + _COLUMNS]
        for cell, name in zip(st.columns(_COLUMNS), row, strict=False):
            with cell:
                key = f"explore.axis.{kind}.{name}"
                picked = st.multiselect(
                    charts.axis_title(name),
                    OPTIONS[kind][name],
                    key=kept(key, list(_DEFAULTS[kind].get(name, ()))),
                    format_func=lambda value, name=name: _option_words(name, value),
                    accept_new_options=name in NUMBER_AXES,
                    placeholder=say("explore.not_varied"),
                    help=say("explore.axis_help") if name in NUMBER_AXES else None,
                )
                chosen[name] = keep(key, list(picked))


def _option_words(name: str, value: str) -> str:
    if value in {"none", "preset"} and name in NUMBER_AXES:
        return charts.value_words(name, None)
    return charts.value_words(name, value)


def _axis(name: str, values: Sequence[str]) -> Axis:
    """An axis of what was picked or typed.

    Raises:
        ConfigError: a typed value is no number.
    """
    if name in NUMBER_AXES:
        return parse_vary(f"{name}={','.join(values)}")
    return Axis(name=name, values=tuple(values))


def _notes(config: SweepConfig, size: Size) -> None:
    """What stands against the parity that members ask for."""
    if isinstance(config.base, TrainConfig) and asks_parity(config):
        note = thin_groups(config.base.data, config.base.roles, size[0])
        if note:
            st.warning(escape(note), icon=":material/warning:")


def _start(config: SweepConfig, size: Size) -> None:
    """What it will take, and the button."""
    with st.expander(say("advanced.title"), icon=":material/dns:"):
        ray = st.text_input(
            say("explore.ray"), key="explore.ray", placeholder=say("explore.ray_placeholder"),
            help=say("explore.ray_help"),
        )  # fmt: skip
    estimate = estimate_sweep(config, *size, reads.store())
    # Pictures share nothing but their judges: every member is a full run.
    shared = estimate.full_seconds > 1.05 * estimate.seconds
    with st.container(horizontal=True, vertical_alignment="center"):
        pressed = st.button(
            on_primary(say("explore.start")),
            type="primary",
            icon=":material/explore:",
            key="explore.start",
        )
        st.caption(
            say(
                "explore.expected" if shared else "explore.expected_full",
                n=estimate.n_members,
                time=duration(estimate.seconds),
                full=duration(estimate.full_seconds),
                device=escape(device_line()),
            ),
            width="content",
        )
    if estimate.n_same:
        st.caption(same_words(estimate))
    if not pressed:
        return
    try:
        sweep_id = reads.sweeps().create(config, ray=ray.strip())
        launcher.tick(reads.store())
    except FairGenError as error:
        st.error(escape(str(error)), icon=":material/error:")
        return
    go(sweep=sweep_id, base="")
    st.rerun()
