"""Runs over seeds: is B better than A, where other seeds ran with both settings."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from dashboard.components import escape, section
from dashboard.text import say
from fairgen_core.comparison import MIN_SEEDS, ComparedOverSeeds, Comparison, too_few_seeds
from fairgen_core.numbers import number


def show_over_seeds(compared: Comparison, judge: str = "") -> None:
    """The answer in words for each figure, and the values behind it.

    Args:
        compared: the comparison.
        judge: whose figures are shown, beside those that need none.
    """
    found = [one for one in compared.over_seeds if one.judge in ("", judge)]
    if not found:
        return
    section(say("seeds.title"), say("seeds.caption"))
    told = [one for one in found if one.answer.n_seeds >= MIN_SEEDS]
    lines = [escape(one.answer.sentence) + _better(one) for one in told]
    lines += map(escape, too_few_seeds(found))
    st.markdown("\n".join(f"- {line}" for line in lines))
    if not told:
        return
    with st.expander(say("seeds.table"), icon=":material/table_rows:"):
        st.dataframe(seeds_frame(told), hide_index=True, alt=say("seeds.table"))


def _better(one: ComparedOverSeeds) -> str:
    if not one.better:
        return ""
    words = say("seeds.better", letter=one.better, direction=say(f"figure.{one.info.better}"))
    return f" **{words}**"


def seeds_frame(found: Sequence[ComparedOverSeeds]) -> pd.DataFrame:
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
            for one in found
            for seed, a, b in zip(one.seeds, one.a_values, one.b_values, strict=True)
        ]
    )
