"""Generated pictures beside the real ones that they resemble most."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
import streamlit as st

from dashboard import reads
from dashboard.components import section
from dashboard.inspecting.pictures.figures import paired, show_cards
from dashboard.inspecting.pictures.tiles import STYLE, Tile, grid
from dashboard.text import say
from fairgen_core.image_results import ImageReport
from fairgen_core.runs.picture_evidence import Arrays, picture_evidence

A_ROW = 8
"""Pictures side by side."""
_FIGURES = ("exact_copies", "nearer_features", "authenticity", "nearer_to_training")
Which = Literal["closest", "spread"]


def show_nearest(run_id: str, report: ImageReport) -> None:
    """Whether training pictures were memorised: figures, and the pairs to look at."""
    found = report.lookalikes
    if found is None:
        st.caption(say("nearest.none"))
        return
    st.caption(
        say(
            "nearest.caption",
            n=f"{found.n_looked_at:,}",
            training=f"{found.n_training:,}",
            held_out=f"{found.n_held_out:,}",
            space=found.space,
        )
    )
    show_cards(report, paired(report, _FIGURES), "nearest.real")
    pairs = picture_evidence(reads.store(), run_id, "nearest")
    section(say("nearest.pairs"), say("nearest.pairs_caption"))
    if pairs is None:
        st.caption(say("nearest.gone"))
        return
    st.caption(say("real_shown"), help=say("real_shown_help"))
    which: Which = st.segmented_control(
        say("nearest.which"),
        ["closest", "spread"],
        default="closest",
        required=True,
        format_func=lambda name: say(f"nearest.{name}"),
        key="pictures.nearest.which",
    )
    st.caption(say("nearest.distances"))
    rows = _rows(pairs, which)
    table = _table(pairs, rows, found.usual_distance)
    st.html(STYLE)
    for start in range(0, len(rows), A_ROW):
        part = slice(start, start + A_ROW)
        st.html(_grid(pairs, rows[part], table.iloc[part]))
    if st.toggle(say("real_shown.data"), key="pictures.nearest.data"):
        st.dataframe(table, hide_index=True)


def _rows(pairs: Arrays, which: Which) -> npt.NDArray[np.int64]:
    """Which of the kept pictures: those drawn evenly come first, the closest of all after them."""
    n_spread = int(pairs["n_spread"])
    everything = np.arange(len(pairs["made"]))
    return everything[n_spread:] if which == "closest" else everything[:n_spread]


def _table(pairs: Arrays, rows: npt.NDArray[np.int64], usual: float) -> pd.DataFrame:
    """What is written under the pictures; distances in units of the usual one."""
    table = pd.DataFrame(
        {
            say("nearest.group"): pairs["group_names"][pairs["groups"][rows]],
            say("nearest.class"): pairs["class_names"][pairs["classes"][rows]]
            if "classes" in pairs
            else "",
        }
    )
    scale = usual if usual > 0 else 1.0
    table[say("nearest.to_training")] = (pairs["training_distance"][rows] / scale).round(3)
    table[say("nearest.to_held_out")] = (pairs["held_out_distance"][rows] / scale).round(3)
    table[say("nearest.copy")] = pairs["copied"][rows]
    return table


def _grid(pairs: Arrays, rows: npt.NDArray[np.int64], table: pd.DataFrame) -> str:
    tiles: dict[str, list[Tile]] = {"made": [], "training": [], "held_out": []}
    under = []
    for row, (group, label, near, far, copied) in zip(
        rows, table.itertuples(index=False), strict=True
    ):
        what = f"{label}, {group}" if label else group
        for key, some in tiles.items():
            some.append((pairs[key][row], say(f"nearest.alt.{key}", what=what)))
        distances = say("nearest.two", near=f"{near:.2f}", far=f"{far:.2f}")
        under.append([label, say("nearest.is_copy") if copied else distances])
    return grid([(say(f"nearest.row.{key}"), some) for key, some in tiles.items()], under)
