"""Where a classifier looks: SHAP heat maps, real-trained above synthetic-trained."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from dashboard import reads
from dashboard.components import escape, section, show_chart
from dashboard.inspecting.pictures.tiles import (
    STYLE,
    Tile,
    colour_key,
    common_scale,
    grid,
    overlaid,
)
from dashboard.text import explain, say
from fairgen_core import charts
from fairgen_core.image_results import HeatMaps, ImageReport
from fairgen_core.numbers import number, percent
from fairgen_core.runs.picture_evidence import Arrays, picture_evidence


def show_heatmaps(run_id: str, report: ImageReport) -> None:
    """The heat maps of both classifiers over the same pictures, and the background's share."""
    found = report.heat_maps
    if found is None:
        words = escape(report.taught_reason) if report.taught_reason else say("maps.none")
        st.caption(words)
        return
    st.caption(
        say(
            "maps.caption",
            n=found.n_shown,
            column=escape(report.class_column),
            references=found.n_references,
        ),
        help=explain("heat_map"),
    )
    maps = picture_evidence(reads.store(), run_id, "shap")
    if maps is None:
        st.caption(say("maps.gone"))
    else:
        st.caption(say("real_shown"), help=say("real_shown_help"))
        _maps(maps, found)
    section(say("maps.background"))
    if found.background:
        st.caption(say("maps.background_caption"))
        areas = [
            say("maps.area", group=escape(part.group), share=percent(part.area.value))
            for part in found.background
            if part.area.value is not None
        ]
        st.markdown(" · ".join(areas))
        show_chart(charts.background_by_group(report), key="pictures.background")
    else:
        st.caption(say("maps.not_measurable", reason=escape(found.background_reason)))


def _maps(maps: Arrays, found: HeatMaps) -> None:
    scale = common_scale(maps["real"], maps["synthetic"])
    table = _table(maps)
    tiles: dict[str, list[Tile]] = {"picture": [], "real": [], "synthetic": []}
    under = []
    for i, (group, label, real, synthetic) in enumerate(table.iloc[:, :4].itertuples(index=False)):
        picture, what = maps["pictures"][i], f"{label}, {group}"
        tiles["picture"].append((picture, say("maps.alt.picture", what=what)))
        for name, told in (("real", real), ("synthetic", synthetic)):
            over = overlaid(picture, maps[name][i], scale)
            tiles[name].append((over, say(f"maps.alt.{name}", what=what, told=told)))
        under.append(
            [say("maps.is", label=label), say("maps.told", real=real, synthetic=synthetic)]
        )
    st.html(STYLE)
    st.html(grid([(say(f"maps.row.{name}"), some) for name, some in tiles.items()], under))
    st.html(
        colour_key(
            say("maps.against", value=number(-scale)),
            "0",
            say("maps.for", value=number(scale)),
        )
    )
    st.caption(say("maps.scale", n=found.n_references))
    if st.toggle(say("real_shown.data"), key="pictures.maps.data"):
        st.dataframe(table, hide_index=True)


def _table(maps: Arrays) -> pd.DataFrame:
    """Each picture's class and what both classifiers tell; what its map adds up to."""
    names = maps["class_names"]
    table = pd.DataFrame(
        {
            say("maps.group"): maps["group_names"][maps["groups"]],
            say("maps.class"): names[maps["classes"]],
            say("maps.real_told"): names[maps["real_told"]],
            say("maps.synthetic_told"): names[maps["synthetic_told"]],
        }
    )
    for name in ("real", "synthetic"):
        sums = maps[name].astype(np.float64).sum(axis=(1, 2))
        table[say(f"maps.{name}_sum")] = sums.round(2)
    return table
