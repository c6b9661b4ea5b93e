"""Groups with few rows: counted, and put together as 'other' where a person wants it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import streamlit as st

from dashboard.components import escape
from dashboard.projects import Project
from dashboard.state import seed
from dashboard.tables import table_size, thin_groups
from dashboard.text import explain, say
from fairgen_core.config import MIN_GROUP_ROWS, RolesConfig
from fairgen_core.data.groups import (
    SMALL_GROUP_ROWS,
    Counted,
    assign_groups,
    count_groups,
    default_cuts,
    least_rows,
    resolve_groups,
)
from fairgen_core.data.reading import ReadTable
from fairgen_core.data.small_groups import suggested_size, told
from fairgen_core.errors import DataError, FairGenError


def group_counts(table: ReadTable, roles: RolesConfig) -> list[tuple[str, int]]:
    """Each group's name and its rows in the whole table, largest first.

    Raises:
        DataError: one group only, too small a group, or too many.
        ConfigError: a sensitive column or a band is impossible.
    """
    return list(_group_counts(table.sha256, repr(table.schema), roles.model_dump_json(), table))


@st.cache_data(max_entries=64, show_spinner=False)
def _group_counts(
    sha256: str, schema: str, roles: str, _table: ReadTable
) -> tuple[tuple[str, int], ...]:
    chosen = RolesConfig.model_validate_json(roles)
    rule, _ = resolve_groups(_table.frame, _table.schema, chosen)
    ids = assign_groups(_table.frame, rule, _table.schema)
    sizes = np.bincount(ids[ids >= 0], minlength=len(rule.names))
    return tuple((name, int(n)) for name, n in zip(rule.names, sizes, strict=True))


def usual_cuts(table: ReadTable, name: str) -> tuple[float, ...]:
    """Where a sensitive number or date is cut if nobody says; nowhere if it has one value."""
    return _usual_cuts(table.sha256, repr(table.schema), name, table)


@st.cache_data(max_entries=64, show_spinner=False)
def _usual_cuts(sha256: str, schema: str, name: str, _table: ReadTable) -> tuple[float, ...]:
    try:
        return default_cuts(_table.frame[name], _table.schema[name])
    except DataError:  # it is said beside the groups
        return ()


@st.cache_data(max_entries=64, show_spinner=False)
def _counted(sha256: str, schema: str, roles: str, _table: ReadTable) -> list[Counted]:
    return count_groups(_table.frame, _table.schema, RolesConfig.model_validate_json(roles))


@st.cache_data(max_entries=64, show_spinner=False)
def _told(sha256: str, schema: str, roles: str, share: float, _table: ReadTable) -> list[str]:
    chosen = RolesConfig.model_validate_json(roles)
    rule, _ = resolve_groups(_table.frame, _table.schema, chosen, share=share)
    counted = count_groups(_table.frame, _table.schema, chosen)
    return told(counted, rule, _table.schema, least_rows(chosen.merge_below, share))


def merge_form(project: Project, table: ReadTable) -> Project:
    """Offer to put small groups together, where there are some, and say which they are.

    Args:
        project: with a sensitive column chosen.
        table: its table.

    Returns:
        The project with what was chosen.
    """
    roles = project.change(merge_below=None).roles()
    asked = table.sha256, repr(table.schema)
    try:
        sizes = [n for _, n in _counted(*asked, roles.model_dump_json(), table)]
    except FairGenError:  # it is said beside the groups
        return project
    share = table_size(project)[0] / max(1, len(table.frame))
    small = [n for n in sizes if n < SMALL_GROUP_ROWS]
    offered = len(sizes) > 2 and (
        bool(small) or bool(thin_groups(project.data, roles, table_size(project)[0]))
    )
    if not offered and project.merge_below is None:
        return project
    least = least_rows(None, share)
    refused = [n for n in sizes if n < least]
    below = merge_fields(
        project.id,
        project.merge_below,
        lambda: suggested_size(sizes, refused or small, share),
        least=MIN_GROUP_ROWS,
        label=say("roles.merge_below"),
        help_text=explain("merge"),
    )
    project = project.change(merge_below=below)
    if below is None:
        return project
    try:
        sentences = _told(*asked, project.roles().model_dump_json(), share, table)
    except FairGenError:
        return project
    for sentence in sentences:
        st.caption(escape(sentence))
    return project


def merge_fields(
    place: str,
    chosen: int | None,
    usual: Callable[[], int],
    *,
    least: int,
    label: str,
    help_text: str,
) -> int | None:
    """A box that puts small groups together, and the size below which they are small.

    Args:
        place: whose choice it is, in the widgets' keys.
        chosen: what was chosen before; None: every group is its own.
        usual: the size that is proposed where the box is ticked.
        least: the smallest size.
        label: of the size.
        help_text: of the box.

    Returns:
        The size, or None where the box is not ticked.
    """
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if not st.checkbox(
            say("roles.merge"), key=seed(f"roles.merge:{place}", chosen is not None), help=help_text
        ):
            return None
        below = st.number_input(
            label,
            min_value=least,
            max_value=1_000_000,
            step=10,
            key=seed(f"roles.merge_below:{place}", chosen or usual()),
            width=220,
        )
    return int(below)
