"""Runs on pictures over seeds: is B better than A, where other seeds ran with both settings."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard.components import escape, section
from dashboard.text import say
from fairgen_core.comparison import ComparedOverSeeds, Comparison
from fairgen_core.numbers import number


def show_over_seeds(compared: Comparison) -> None:
    """The answer in words for each figure, and the values behind it."""
    if not compared.over_seeds:
        return
    section(say("seeds.title"), say("seeds.caption"))
    lines = [escape(one.answer.sentence) + _better(one) for one in compared.over_seeds]
    st.markdown("\n".join(f"- {line}" for line in lines))
    with st.expander(say("seeds.table"), icon=":material/table_rows:"):
        st.dataframe(seeds_frame(compared), hide_index=True, alt=say("seeds.table"))


def _better(one: ComparedOverSeeds) -> str:
    if not one.better:
        return ""
    words = say("seeds.better", letter=one.better, direction=say(f"figure.{one.info.better}"))
    return f" **{words}**"


def seeds_frame(compared: Comparison) -> pd.DataFrame:
    """A row for each figure, pair of runs and seed."""
    return pd.DataFrame(
        [
            {
                say("side.figure"): one.info.title,
                say("seeds.pair"): say("side.minus", b=one.b, a=one.a),
                say("table.seed"): seed,
                one.a: number(a),
                one.b: number(b),
                say("seeds.minus"): number(b - a),
            }
            for one in compared.over_seeds
            for seed, a, b in zip(one.seeds, one.a_values, one.b_values, strict=True)
        ]
    )
