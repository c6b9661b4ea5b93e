"""What was found in the pictures and done to them, and what a person may have done otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import pandas as pd
import streamlit as st

from dashboard.components import escape, section
from dashboard.picture_projects import PictureProject
from dashboard.pictures import sized
from dashboard.state import seed
from dashboard.text import say
from fairgen_core.data.images.image_set import ImageSet, Skipped
from fairgen_core.data.images.reading import MAX_SIZE, MIN_SIZE
from fairgen_core.image_config import ImageDataConfig
from fairgen_core.image_presets import IMAGE_PRESETS

PREVIEW_ROWS = 50
Colours = Literal["auto", "grey", "rgb"]
_COLOURS: tuple[Colours, ...] = ("auto", "grey", "rgb")


def found_card(project: PictureProject, images: ImageSet) -> PictureProject:
    """Show what was found; take another size, other colours, another number of pictures."""
    section(say("pictures.found"), say("pictures.many", n=f"{len(images):,}"))
    for note in images.notes:
        st.caption(f":material/info: {escape(note)}")
    most = sized(project).max_images
    asked = project.data.max_images or IMAGE_PRESETS[project.preset].max_images
    if len(images) == most != asked:
        st.caption(f":material/info: {say('pictures.drawn', n=f'{most:,}')}")
    left_out(images.skipped)
    known = [column for column in images.table.columns if column != "file"]
    if known:
        head = images.table.head(PREVIEW_ROWS)
        words = say("pictures.known", n=len(head))
        with st.expander(words, icon=":material/table:"):
            st.dataframe(head, hide_index=True, height=240, alt=words)
    return project.change(data=_wishes(project))


def left_out(skipped: Sequence[Skipped]) -> None:
    """List the files that are left out, each with the reason; nothing where there are none."""
    if not skipped:
        return
    words = say("pictures.left_out", n=f"{len(skipped):,}")
    with st.expander(words, icon=":material/warning:"):
        names = (say("pictures.left_out.file"), say("pictures.left_out.reason"))
        rows = [(one.file, one.reason) for one in skipped]
        frame = pd.DataFrame(rows, columns=list(names))
        st.dataframe(frame, hide_index=True, alt=words)


def _wishes(project: PictureProject) -> ImageDataConfig:
    data, usual = project.data, IMAGE_PRESETS[project.preset]
    left, middle, right = st.columns(3)
    with left:
        size = st.number_input(
            say("pictures.size"),
            min_value=MIN_SIZE,
            max_value=MAX_SIZE,
            value=None,
            step=4,
            key=seed(f"pictures.size:{project.id}", data.size),
            placeholder=str(usual.size),
            help=say("pictures.size_help"),
        )
    with middle:
        colour = st.selectbox(
            say("pictures.colour"),
            _COLOURS,
            format_func=lambda c: say(f"pictures.colour.{c}"),
            key=seed(f"pictures.colour:{project.id}", data.colour),
        )
    with right:
        most = st.number_input(
            say("pictures.max_images"),
            min_value=50,
            max_value=10_000_000,
            value=None,
            step=1000,
            key=seed(f"pictures.max_images:{project.id}", data.max_images),
            placeholder=f"{usual.max_images:,}" if usual.max_images else say("pictures.all"),
            help=say("pictures.max_images_help"),
        )
    return data.model_copy(update={"size": size, "colour": colour, "max_images": most})
