"""Groups with few rows: put together as 'other' where a person asks for it, and who is left out."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from fairgen_core.config import MIN_GROUP_ROWS, RolesConfig
from fairgen_core.data.groups import (
    Counted,
    assign_parts,
    count_groups,
    group_name,
    least_rows,
    resolve_groups,
)
from fairgen_core.data.prepared import GroupRule
from fairgen_core.data.schema import Schema

_N_NAMED = 6


def in_known_groups(
    frame: pd.DataFrame,
    schema: Schema,
    roles: RolesConfig,
    warnings: list[str],
    *,
    share: float = 1.0,
    rule: GroupRule | None = None,
) -> tuple[pd.DataFrame, npt.NDArray[np.int64], GroupRule]:
    """The rows of groups that are large enough, their groups, and the rule of these.

    Left out are rows whose missing sensitive value makes too small a group, and groups that are
    too small even together; `warnings` is told.

    Args:
        frame: rows in canonical form.
        schema, roles: of the table.
        warnings: sentences are added to it.
        share: of these rows that will be training rows.
        rule: what was found among these rows already.
    """
    new = rule is None
    if rule is None:
        rule, _ = resolve_groups(frame, schema, roles, share=share)
    parts = assign_parts(frame, rule, schema)
    known = parts >= 0
    if roles.merge_below is not None and new:
        least = least_rows(roles.merge_below, share)
        warnings += told(count_groups(frame, schema, roles), rule, schema, least)
    elif not known.all():
        n = int((~known).sum())
        warnings.append(
            f"{n:,} rows with a missing sensitive value are left out: too few for a group."
            if roles.merge_below is None
            else f"{n:,} training rows are left out: too few for a group, together as well."
        )
    return frame[known], np.array(rule.part_groups, dtype=np.int64)[parts[known]], rule


def told(counted: list[Counted], rule: GroupRule, schema: Schema, least: int) -> list[str]:
    """Which groups were put together, and which rows are left out, in plain sentences.

    Args:
        counted: every group as it stands in the table, with its rows.
        rule: what was made of them.
        schema: of the table.
        least: groups with fewer rows were to be put together.
    """
    known = set(rule.parts)
    merged = [item for item in counted if item[0] in set(rule.merged)]
    out = [item for item in counted if item[0] not in known]
    sentences = []
    if merged:
        n = sum(n for _, n in merged)
        sentences.append(
            f"Groups with fewer than {least:,} rows are put together as '{rule.names[-1]}' "
            f"({n:,} rows): {_named(merged, rule, schema)}."
        )
    if out:
        n = sum(n for _, n in out)
        were = "row is" if n == 1 else "rows are"
        sentences.append(
            f"{n:,} {were} left out ({_named(out, rule, schema)}): groups with fewer than "
            f"{least:,} rows are put together, and together these have too few as well."
        )
    return sentences


def _named(counted: list[Counted], rule: GroupRule, schema: Schema) -> str:
    named = [(group_name(values, rule.columns, schema), n) for values, n in counted[:_N_NAMED]]
    shown = [f"'{name}' with {n:,}" for name, n in named]
    more = [f"{len(counted) - _N_NAMED:,} more"] if len(counted) > _N_NAMED else []
    return ", ".join([*shown, *more])


def suggested_size(sizes: list[int], flagged: list[int], share: float) -> int:
    """A number of rows below which groups might be put together, so that `flagged` ones are.

    Args:
        sizes: rows of every group.
        flagged: rows of those that are too small for something.
        share: of the rows that will be training rows.

    Returns:
        A round number where it leaves two groups as they are.
    """
    least = least_rows(MIN_GROUP_ROWS, share)
    wanted = -(-(max(flagged, default=0) + 1) // 10) * 10
    second = sorted(sizes, reverse=True)[1] if len(sizes) > 1 else least
    return max(least, min(wanted, second))
