"""Small prepared tables, made directly so that the figures' tests need no file."""

from __future__ import annotations

import numpy as np
import pandas as pd

from fairgen_core.config import RolesConfig
from fairgen_core.data.groups import assign_groups, resolve_groups
from fairgen_core.data.prepared import PreparedTable, TargetKind
from fairgen_core.data.schema import Column, Schema


def canonical(frame: pd.DataFrame) -> tuple[pd.DataFrame, Schema]:
    """Rows in canonical form with their schema; kinds by dtype."""
    out, columns = {}, []
    for name, values in frame.items():
        missing = float(values.isna().mean())
        if pd.api.types.is_datetime64_any_dtype(values):
            out[name] = values.astype("datetime64[ns]")
            columns.append(Column(name=name, kind="datetime", missing_share=missing))
        elif pd.api.types.is_integer_dtype(values):
            out[name] = values.astype("Int64")
            columns.append(Column(name=name, kind="integer", missing_share=missing))
        elif pd.api.types.is_float_dtype(values):
            out[name] = values.astype("float64")
            columns.append(Column(name=name, kind="decimal", missing_share=missing))
        else:
            text = values.map(lambda v: None if pd.isna(v) else str(v)).astype(object)
            out[name] = text
            spellings = tuple(text.value_counts().index)
            columns.append(
                Column(name=name, kind="category", categories=spellings, missing_share=missing)
            )
    return pd.DataFrame(out).reset_index(drop=True), Schema(columns=tuple(columns))


def prepared(
    train: pd.DataFrame,
    test: pd.DataFrame,
    sensitive: tuple[str, ...],
    target: str | None = None,
    positive: str | None = None,
    explanatory: tuple[str, ...] = (),
) -> PreparedTable:
    """A `PreparedTable` from plain frames."""
    rows, schema = canonical(pd.concat([train, test]))
    first, last = rows.iloc[: len(train)], rows.iloc[len(train) :]
    first, last = first.reset_index(drop=True), last.reset_index(drop=True)
    roles = RolesConfig(
        sensitive=sensitive, target=target, positive=positive, explanatory=explanatory
    )
    rule, roles = resolve_groups(first, schema, roles)
    kind: TargetKind = "none"
    classes: tuple[str, ...] = ()
    if target is not None:
        classes = schema[target].categories
        kind = "number" if not classes else "binary" if len(classes) == 2 else "classes"
        if kind == "binary" and positive is not None:
            classes = (next(c for c in classes if c != positive), positive)
    return PreparedTable(
        train=first,
        test=last,
        schema=schema,
        roles=roles,
        groups=rule,
        train_groups=assign_groups(first, rule, schema),
        test_groups=assign_groups(last, rule, schema),
        target_kind=kind,
        classes=classes,
        name="simulated",
        sha256="0" * 64,
    )


def hiring(
    n: int, seed: int, groups: tuple[str, ...] = ("a", "b"), bias: float = 1.5
) -> pd.DataFrame:
    """Simulated rows: the favourable answer depends on skill, and on the group by `bias`."""
    draw = np.random.default_rng(seed)
    group = draw.integers(0, len(groups), n)
    skill = draw.normal(size=n)
    proxy = group + draw.normal(scale=0.7, size=n)
    logit = 1.2 * skill - bias * group + 0.5 * bias * (len(groups) - 1)
    hired = draw.random(n) < 1 / (1 + np.exp(-logit))
    return pd.DataFrame(
        {
            "skill": skill.round(3),
            "proxy": proxy.round(3),
            "years": draw.poisson(4, n),
            "team": draw.choice(["red", "green", "blue"], n),
            "group": np.asarray(groups, dtype=object)[group],
            "hired": np.where(hired, "yes", "no"),
        }
    )
