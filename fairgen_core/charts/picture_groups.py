"""The groups of a set of pictures and their sizes."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import pandas as pd

from fairgen_core.charts.base import ROW_HEIGHT, Chart, finish, listed, two_lines
from fairgen_core.charts.palette import group_colours
from fairgen_core.numbers import percent
from fairgen_core.words import say


def group_sizes(sizes: Sequence[tuple[str, int]]) -> Chart:
    """How many pictures each group has: bars from 0, number and share in the label.

    Args:
        sizes: each group's name and its pictures, in the groups' order.
    """
    total = sum(n for _, n in sizes)
    colours = group_colours([name for name, _ in sizes])
    rows = [
        {
            "Group": name,
            "Pictures": n,
            "Share": n / total,
            "_label": f"{name}\n{n:,} ({percent(n / total)})",
            "_colour": colours[name],
        }
        for name, n in sizes
    ]
    base = alt.Chart(pd.DataFrame(rows)).encode(
        y=alt.Y("_label:N", sort=None, axis=two_lines()),
        x=alt.X(
            "Pictures:Q",
            title=say("pictures.sizes.axis"),
            axis=alt.Axis(tickCount=4, format=",d", tickMinStep=1),
        ),
        tooltip=[alt.Tooltip("Group:N"), alt.Tooltip("Pictures:Q", format=",d")],
    )
    bars = base.mark_bar(height=20).encode(color=alt.Color("_colour:N", scale=None))
    parts = [
        say("pictures.sizes.part", group=name, n=f"{n:,}", share=percent(n / total))
        for name, n in sizes
    ]
    description = say("pictures.sizes.words", parts=listed(parts))
    return finish(bars, description, height=ROW_HEIGHT * len(sizes))
