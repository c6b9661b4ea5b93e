"""Two to four runs side by side: what differs, what that changed, who gains and who loses."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from dashboard import reads
from dashboard.comparing.over_seeds import show_over_seeds
from dashboard.components import escape, section, show_chart
from dashboard.inspecting.cards import shown
from dashboard.looks import show_grid
from dashboard.state import MAX_COMPARED, go, place, remember
from dashboard.text import say
from fairgen_core.charts.comparison import difference_chart, group_change_chart, verdict
from fairgen_core.comparison import (
    ComparedFigure,
    ComparedGroup,
    Comparison,
    Difference,
    of_distance,
)
from fairgen_core.errors import FairGenError
from fairgen_core.figure_words import direction_words
from fairgen_core.numbers import number
from fairgen_core.runs.pictures import grids
from fairgen_core.runs.status import RunSummary

_MEASURES = ("favourable", "true_positive", "false_positive", "accuracy", "share")


def show_side_by_side() -> None:
    """Choose runs and compare them."""
    # Once for the whole page: of a thousand runs, each look at the list asks for all their files.
    runs = reads.store().list()
    chosen = _choose(runs)
    if len(chosen) < 2:
        st.caption(say("side.too_few"))
        st.button(
            say("side.to_runs"), icon=":material/table_rows:", key="side.to_runs",
            on_click=remember, args=("part", "runs"),
        )  # fmt: skip
        return
    try:
        with st.spinner(say("side.working")):
            compared = reads.comparison(tuple(chosen), runs)
    except FairGenError as error:
        st.error(escape(str(error)), icon=":material/error:")
        return
    _answer(compared)
    if compared.task == "train-images":
        show_over_seeds(compared)
    _settings(compared)
    if compared.task == "train-images":
        _pictures(compared)
    judge = _judge(compared)
    _figures(compared, judge)
    if compared.task == "train":
        show_over_seeds(compared, judge)
    _groups(compared, judge)
    st.caption("  \n".join(escape(note) for note in compared.notes))


def _choose(runs: Sequence[RunSummary]) -> list[str]:
    names = {
        run.id: f"{run.name} · {run.id[-6:]}"
        for run in runs
        if run.state == "done" and run.is_training
    }
    asked = [run_id for run_id in place().compared if _known(run_id, names)]
    _left_out([run_id for run_id in place().compared if run_id not in asked])
    key = f"side.runs:{','.join(asked)}"
    return st.multiselect(
        say("side.runs"),
        list(names),
        default=asked,
        format_func=lambda one: names[one],
        max_selections=MAX_COMPARED,
        key=key,
        placeholder=say("side.runs_placeholder"),
        help=say("side.runs_help"),
        on_change=lambda: go(runs=",".join(st.session_state[key])),
    )


def _left_out(gone: Sequence[str]) -> None:
    """Say which runs of a link are not compared, and why."""
    if gone:
        ids = ", ".join(f"'{run_id}'" for run_id in gone)
        st.warning(escape(say("side.gone", ids=ids)), icon=":material/warning:")
    n_asked = len(set(filter(None, str(st.query_params.get("runs", "")).split(","))))
    if n_asked > MAX_COMPARED:
        words = say("side.too_many", n=MAX_COMPARED, found=n_asked)
        st.warning(words, icon=":material/warning:")


def _known(run_id: str, names: dict[str, str]) -> bool:
    """Whether there is such a run; members of explorations are not in the list of runs."""
    if run_id not in names:
        try:
            names[run_id] = reads.store().config(run_id).name or run_id
        except FairGenError:
            return False
    return True


def _answer(compared: Comparison) -> None:
    """Which run is which letter, and what can be said."""
    with st.container(border=True):
        lines = [
            say(
                "side.run",
                letter=run.letter,
                name=escape(run.name),
                data=escape(run.data),
                seed=run.seed,
            )
            for run in compared.runs
        ]
        st.markdown("  \n".join(lines))
        st.markdown("\n".join(f"- {escape(sentence)}" for sentence in compared.sentences))


def _settings(compared: Comparison) -> None:
    section(say("side.settings"))
    if not compared.settings:
        st.caption(say("side.no_settings", n=compared.same_settings))
        return
    letters = [run.letter for run in compared.runs]
    rows = [
        {say("side.setting"): one.label, **dict(zip(letters, one.values, strict=True))}
        for one in compared.settings
    ]
    st.dataframe(pd.DataFrame(rows), hide_index=True, alt=say("side.settings"))
    st.caption(say("side.same_settings", n=compared.same_settings))


def _judge(compared: Comparison) -> str:
    known = list(dict.fromkeys(figure.judge for figure in compared.figures if figure.judge))
    if len(known) < 2:
        return known[0] if known else ""
    picked = st.segmented_control(
        say("inspect.judge"), known, default=known[0], required=True, key="side.judge",
        help=say("inspect.judge_help"),
    )  # fmt: skip
    return picked or known[0]


def _figures(compared: Comparison, judge: str) -> None:
    section(say("side.figures"), say("side.figures_caption"))
    found = [figure for figure in compared.figures if figure.judge in ("", judge)]
    drawn = [figure for figure in found if on_scale(figure)]
    show_chart(difference_chart(compared.runs, drawn), "side.differences", data_toggle=False)
    left_out = [figure.info.title for figure in found if figure not in drawn]
    if left_out:
        st.caption(say("side.off_scale", figures=escape(", ".join(dict.fromkeys(left_out)))))
    st.dataframe(figures_frame(compared, found), hide_index=True, alt=say("side.figures"))


def on_scale(figure: ComparedFigure) -> bool:
    """Whether a figure's differences lie within -1 and 1: one of 40 would flatten all others."""
    found = [d for d in figure.differences if d is not None]
    ends = [end for d in found for end in (d.value, d.low, d.high) if end is not None]
    return all(abs(end) <= 1 for end in ends)


def figures_frame(compared: Comparison, figures: Sequence[ComparedFigure]) -> pd.DataFrame:
    """Every figure as a row: the real data's, each run's, and each difference with its interval."""
    rows = []
    for figure in figures:
        real = figure.real.value if figure.real is not None else None
        row = {
            say("side.figure"): figure.info.title,
            say("side.better"): direction_words(figure.info),
            say("series.real"): number(real) if real is not None else "",
        }
        for run, value in zip(compared.runs, figure.figures, strict=True):
            row[run.letter] = shown(value).replace("~~", "")
        for run, difference in zip(compared.runs, figure.differences, strict=True):
            if difference is not None:
                column = say("side.difference", b=run.letter, a=compared.runs[0].letter)
                row[column] = difference_words(difference)
                if difference.value is not None and (distance := of_distance(figure.info)):
                    row[column] = f"{distance}: {row[column]}"
        rows.append(row)
    return pd.DataFrame(rows)


def difference_words(difference: Difference) -> str:
    """A difference with its interval and what that allows to be said."""
    if difference.value is None:
        return difference.reason
    words = number(difference.value)
    if difference.low is not None and difference.high is not None:
        words += f" ({number(difference.low)} … {number(difference.high)})"
    return f"{words} {verdict(difference)}".strip()


def _groups(compared: Comparison, judge: str) -> None:
    """Group by group, then the intersections: one chart a measure."""
    found = [group for group in compared.groups if group.judge in ("", judge)]
    if not found:
        return
    section(say("side.groups"), say("side.groups_caption"))
    measures = [m for m in _MEASURES if any(group.measure == m for group in found)]
    measure = measures[0]
    if len(measures) > 1:
        picked = st.segmented_control(
            say("side.measure"),
            measures,
            default=measures[0],
            required=True,
            format_func=lambda one: say(f"measure.{one}"),
            key="side.measure",
        )
        measure = picked or measures[0]
    shown_groups = [group for group in found if group.measure == measure]
    single = [group for group in shown_groups if len(group.columns) == 1]
    crossed = [group for group in shown_groups if len(group.columns) > 1]
    for groups, key in ((single, "single"), (crossed, "crossed")):
        if groups:
            _group_part(compared, groups, key)


def _group_part(compared: Comparison, groups: Sequence[ComparedGroup], key: str) -> None:
    title = say("side.groups")
    if key == "crossed":
        title = say("groups.intersections")
        st.markdown(f"**{title}**")
    show_chart(group_change_chart(compared.runs, groups), f"side.groups.{key}", data_toggle=False)
    rows = []
    for group in groups:
        real = group.real.value if group.real is not None else None
        row = {say("side.group"): group.group}
        if real is not None:
            row[say("series.real")] = number(real)
        for run, figure in zip(compared.runs, group.figures, strict=True):
            row[run.letter] = shown(figure).replace("~~", "")
        for run, difference in zip(compared.runs, group.differences, strict=True):
            if difference is not None:
                column = say("side.difference", b=run.letter, a=compared.runs[0].letter)
                row[column] = difference_words(difference)
        rows.append(row)
    st.dataframe(pd.DataFrame(rows), hide_index=True, alt=title)


def _pictures(compared: Comparison) -> None:
    """The newest look at every run's pictures; a place in the grid is the same noise."""
    section(say("side.pictures"), say("side.pictures_caption"))
    for cell, run in zip(st.columns(len(compared.runs)), compared.runs, strict=True):
        found = grids(reads.store(), run.id)
        with cell:
            if found:
                words = say("side.pictures_alt", letter=run.letter, name=run.name, seed=run.seed)
                show_grid(found[max(found)], f"{run.letter}: {escape(run.name)}", words)
            else:
                st.caption(say("side.no_pictures"))
