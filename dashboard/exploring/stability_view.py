"""How far figures move from seed to seed, and whether one setting is better than another."""

from __future__ import annotations

import streamlit as st

from dashboard.components import escape, show_chart
from dashboard.exploring.selection import Settings, members_of, settings_of
from dashboard.state import seed
from dashboard.text import say
from fairgen_core import charts
from fairgen_core.comparison import paired_over_seeds
from fairgen_core.results import MetricInfo
from fairgen_core.stability import over_seeds
from fairgen_core.sweep_results import SweepResults

_FIRST = ("late_gap", "latent_attacker", "auroc")
"""The figure that is shown first: the first of these that there is."""


def show_stability(results: SweepResults, sweep_id: str, judge: str) -> None:
    """Show a figure of every setting over its seeds, and compare two settings in it."""
    st.caption(say("stable.caption"))
    keys = [key for key in results.choices(results.metrics) if key != "one_class"]
    if not keys:
        st.caption(say("explore.nothing_yet"))
        return
    key = f"stable.metric:{sweep_id}"
    metric = st.selectbox(
        say("stable.metric"),
        keys,
        key=seed(key, next((one for one in _FIRST if one in keys), keys[0])),
        format_func=lambda one: results.metrics[one].title,
        width=320,
    )
    info = results.metrics[metric]
    rows = over_seeds(results, metric, judge)
    show_chart(charts.stability_chart(rows, info), f"stable.chart:{metric}")
    if len(rows) > 1:
        with st.container(border=True):
            _better(results, sweep_id, metric, info, judge)


def _better(
    results: SweepResults, sweep_id: str, metric: str, info: MetricInfo, judge: str
) -> None:
    """'Is A better than B', answered with a paired interval."""
    settings = settings_of(results)
    names = [charts.setting_words(one) for one in settings]
    st.markdown(f"**{say('stable.better')}**")
    with st.container(horizontal=True):
        a = st.selectbox(
            say("stable.a"), range(len(names)), key=seed(f"stable.a:{sweep_id}", 0),
            format_func=lambda i: names[i],
        )  # fmt: skip
        b = st.selectbox(
            say("stable.b"), range(len(names)),
            key=seed(f"stable.b:{sweep_id}", len(names) - 1), format_func=lambda i: names[i],
        )  # fmt: skip
    if a == b:
        st.caption(say("stable.same"))
        return
    values = [_values(results, settings[i], metric, judge) for i in (a, b)]
    shared = sorted(values[0].keys() & values[1].keys())
    answer = paired_over_seeds(
        [values[0][one] for one in shared],
        [values[1][one] for one in shared],
        (names[a], names[b]),
        info.title,
        info.range_of_differences,
    )
    st.markdown(escape(answer.sentence))
    if answer.verdict != "cannot tell" and info.better != "closer":
        wins = names[b] if (answer.verdict == info.better) else names[a]
        st.markdown(say("stable.winner", name=escape(wins), direction=say(f"figure.{info.better}")))
    if len(shared) > 1:
        st.caption(say("stable.how", n=len(shared)))


def _values(results: SweepResults, settings: Settings, metric: str, judge: str) -> dict[int, float]:
    found = {}
    for point in members_of(results, settings):
        figure = point.figure(metric, judge)
        if figure is not None and figure.value is not None and not figure.struck:
            found[point.seed] = figure.value
    return found
