"""Groups with few pictures: put together as 'other' where a person wants it."""

from __future__ import annotations

import streamlit as st

from dashboard.forms.merging import merge_fields
from dashboard.picture_projects import PictureProject
from dashboard.text import say
from fairgen_core.data.images.image_set import ImageSet
from fairgen_core.data.images.prepared import FEW
from fairgen_core.data.images.roles import MIN_GROUP, is_number


def merge_below(project: PictureProject, images: ImageSet, column: str | None) -> int | None:
    """Offer to put small groups together, where there are some beside two larger ones.

    Args:
        project: whose choice is shown.
        images: its pictures.
        column: the attribute of the groups that is chosen.

    Returns:
        Groups of fewer pictures are put together; None: every group is its own.
    """
    if column is None or is_number(images.table[column]):
        return None
    sizes = images.table[column].value_counts().tolist()
    small = [n for n in sizes if n < FEW]
    if len(sizes) < 3 or not small:
        return None
    chosen = project.data.merge_below if column == project.sensitive else None
    below = merge_fields(
        f"{project.id}:{column}",
        chosen,
        lambda: _usual(sizes),
        least=MIN_GROUP,
        label=say("pictures.merge_below"),
        help_text=say("pictures.merge_help"),
    )
    if below is None:
        return None
    few = [n for n in sizes if n < below]
    if not few or (len(few) == 1 and few[0] >= MIN_GROUP):
        st.caption(say("pictures.merge_nothing"))
    return below


def _usual(sizes: list[int]) -> int:
    """A number of pictures below which groups too small to train on lie; else all small ones, two
    at least, but never the largest group.
    """
    *others, largest = sorted(sizes)
    if others[0] < MIN_GROUP:
        return MIN_GROUP
    most = max(others[1], *(n for n in others if n < FEW))
    return min(largest, (most // 10 + 1) * 10)
