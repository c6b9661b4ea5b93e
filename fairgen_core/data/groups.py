"""The groups that fairness is about: values or bands of the sensitive columns, crossed."""

from __future__ import annotations

import difflib
import itertools
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from fairgen_core.config import RolesConfig
from fairgen_core.data.prepared import GroupRule
from fairgen_core.data.schema import Column, Schema
from fairgen_core.errors import ConfigError, DataError

MISSING_GROUP = "(missing)"
"""The name of the group of rows whose sensitive value is missing."""
MIN_GROUP_ROWS = 10
"""A group with fewer training rows cannot be learned."""
SMALL_GROUP_ROWS = 100
"""Figures of a group with fewer rows are warned of."""
MAX_GROUPS = 50
MAX_BANDS_OF_VALUES = 6
"""A whole number with so few different values makes a group of each, where no bands are given."""

_ROLE_NAMES = {
    "roles.sensitive": "A sensitive column",
    "roles.target": "The target",
    "roles.explanatory": "An explanatory column",
}

BANDED_KINDS = frozenset({"integer", "decimal", "datetime"})


def close_match(wanted: str, known: Sequence[str]) -> str:
    """A sentence with the known spelling nearest to `wanted`, or with all of them."""
    lower = {k.lower().strip(): k for k in known}
    near = difflib.get_close_matches(wanted.lower().strip(), list(lower), n=1, cutoff=0.6)
    if near:
        return f"Did you mean '{lower[near[0]]}'?"
    shown = ", ".join(f"'{k}'" for k in known[:12])
    return f"There are: {shown}{' ...' if len(known) > 12 else ''}."


def find_column(schema: Schema, name: str, field: str) -> Column:
    """The column of that name, for a choice that takes part in the model.

    Raises:
        ConfigError: there is none of that name, or it is left out of the model.
    """
    if name not in schema.names:
        raise ConfigError(
            f"{_ROLE_NAMES[field]} must be a column of the table, and '{name}' is none. "
            f"{close_match(name, schema.names)}",
            field=field,
        )
    column = schema[name]
    if not column.modelled:
        raise ConfigError(
            f"{_ROLE_NAMES[field]} must be a column that takes part, and '{name}' is "
            f"{column.kind}. {column.reason} Choose another column, or correct its kind.",
            field=field,
        )
    return column


def band_index(series: pd.Series, cuts: Sequence[float]) -> npt.NDArray[np.int64]:
    """(n,) band of each value, 0..len(cuts); a value equal to a cut is above it; missing: -1.

    Args:
        series: numbers, or datetimes (then `cuts` are nanoseconds since 1970).
        cuts: inner cut points, ascending.
    """
    values = as_numbers(series)
    index = np.searchsorted(np.asarray(cuts, dtype=np.float64), values, side="right")
    return np.where(np.isnan(values), -1, index).astype(np.int64)


def as_numbers(series: pd.Series) -> npt.NDArray[np.float64]:
    """(n,) float64 of numbers or datetimes (nanoseconds since 1970), NaN where missing."""
    if pd.api.types.is_datetime64_any_dtype(series):
        nanoseconds = series.to_numpy(dtype="datetime64[ns]").astype(np.int64)
        return np.where(series.isna().to_numpy(), np.nan, nanoseconds.astype(np.float64))
    return series.to_numpy(dtype=np.float64, na_value=np.nan)


def band_labels(column: Column, cuts: Sequence[float]) -> tuple[str, ...]:
    """What the bands are called: ``under 26``, ``26 to 39``, ``40 or more``."""
    if column.kind == "datetime":
        days = [_day(c) for c in cuts]
        inner = [f"{a} to before {b}" for a, b in itertools.pairwise(days)]
        return (f"before {days[0]}", *inner, f"{days[-1]} or later")
    texts = [f"{c:.10g}" for c in cuts]
    inner = []
    for low, high in itertools.pairwise(cuts):
        if column.kind == "integer":
            first, last = int(np.ceil(low)), int(np.ceil(high)) - 1
            inner.append(f"{first}" if first == last else f"{first} to {last}")
        else:
            inner.append(f"{low:.10g} to under {high:.10g}")
    return (f"under {texts[0]}", *inner, f"{texts[-1]} or more")


def _day(nanoseconds: float) -> str:
    stamp = pd.Timestamp(int(nanoseconds))
    return stamp.strftime("%Y-%m-%d" if stamp == stamp.normalize() else "%Y-%m-%d %H:%M:%S")


def resolve_groups(
    train: pd.DataFrame, schema: Schema, roles: RolesConfig
) -> tuple[GroupRule, RolesConfig]:
    """Find the groups that occur among the training rows.

    Numbers and dates without given bands are cut at their median. Rows with a missing sensitive
    value are a group of their own, unless they are fewer than `MIN_GROUP_ROWS`.

    Returns:
        The rule, and the roles with every band spelled out.

    Raises:
        ConfigError: a sensitive column or a band is impossible.
        DataError: one group only, too small a group, or too many groups.
    """
    bands = _resolve_bands(train, schema, roles)
    labels = sensitive_labels(train, schema, roles.sensitive, bands)
    keys, counts = np.unique(_keys(labels), return_counts=True)
    found = [(_values_of(key, labels), int(n)) for key, n in zip(keys, counts, strict=True)]
    ranked = sorted(found, key=lambda item: (-item[1], item[0]))
    kept: list[tuple[str, ...]] = []
    for values, n in ranked:
        if n >= MIN_GROUP_ROWS:
            kept.append(values)
        elif MISSING_GROUP not in values:
            raise DataError(
                f"Every group must have {MIN_GROUP_ROWS} training rows or more, and "
                f"'{' & '.join(values)}' has {n}. Merge it with another group, choose other "
                "bands or fewer sensitive columns, or take its rows out of the file."
            )
    names = tuple(" & ".join(values) for values in kept)
    if len(kept) < 2:
        there_is = f"only '{names[0]}'" if names else "none"
        raise DataError(
            f"There must be two groups or more to compare, and in {' x '.join(roles.sensitive)} "
            f"there is {there_is}. Choose another sensitive column, or other bands."
        )
    if len(kept) > MAX_GROUPS:
        raise DataError(
            f"There may be {MAX_GROUPS} groups at most, and {' x '.join(roles.sensitive)} gives "
            f"{len(kept)}. Choose fewer sensitive columns, merge values, or cut numbers into bands."
        )
    rule = GroupRule(columns=roles.sensitive, bands=bands, names=names, values=tuple(kept))
    return rule, roles.model_copy(update={"bands": bands})


def assign_groups(frame: pd.DataFrame, rule: GroupRule, schema: Schema) -> npt.NDArray[np.int64]:
    """(n,) the group of each row, 0..K-1; -1 where the rule knows none."""
    labels = sensitive_labels(frame, schema, rule.columns, rule.bands)
    codes = {values: code for code, values in enumerate(rule.values)}
    keys, rows = np.unique(_keys(labels), return_inverse=True)
    known = np.array([codes.get(_values_of(key, labels), -1) for key in keys], dtype=np.int64)
    return known[rows]


def sensitive_labels(
    frame: pd.DataFrame,
    schema: Schema,
    columns: Sequence[str],
    bands: Mapping[str, tuple[float, ...]],
) -> list[pd.Categorical]:
    """For each sensitive column the rows' values or band labels; `MISSING_GROUP` where missing."""
    labels = []
    for name in columns:
        column = schema[name]
        if column.kind in BANDED_KINDS:
            named = [*band_labels(column, bands[name]), MISSING_GROUP]
            index = band_index(frame[name], bands[name])
        else:
            index, values = pd.factorize(frame[name], sort=True)
            named = [*(v for v in values if v != MISSING_GROUP), MISSING_GROUP]
        codes = np.where(index < 0, len(named) - 1, index)
        labels.append(pd.Categorical.from_codes(codes, categories=pd.Index(named, dtype=object)))
    return labels


def _keys(labels: list[pd.Categorical]) -> npt.NDArray[np.int64]:
    """(n,) one number for each row's combination of labels."""
    keys = np.zeros(len(labels[0]), dtype=np.int64)
    for label in labels:
        keys = keys * len(label.categories) + label.codes
    return keys


def _values_of(key: int, labels: list[pd.Categorical]) -> tuple[str, ...]:
    """The combination of labels that `_keys` numbered."""
    values = []
    for label in reversed(labels):
        key, code = divmod(int(key), len(label.categories))
        values.append(str(label.categories[code]))
    return tuple(reversed(values))


def _resolve_bands(
    train: pd.DataFrame, schema: Schema, roles: RolesConfig
) -> dict[str, tuple[float, ...]]:
    for name in roles.bands:
        if name not in roles.sensitive:
            raise ConfigError(
                f"Bands must belong to a sensitive column, and '{name}' is none. "
                f"{close_match(name, roles.sensitive)}",
                field=f"roles.bands.{name}",
            )
    resolved = {}
    for name in roles.sensitive:
        column = find_column(schema, name, "roles.sensitive")
        given = roles.bands.get(name, ())
        if column.kind not in BANDED_KINDS:
            if given:
                raise ConfigError(
                    f"Only numbers and dates are cut into bands, and '{name}' is {column.kind}. "
                    "Leave its bands out, or correct its kind.",
                    field=f"roles.bands.{name}",
                )
            continue
        if given:
            _check_cuts(name, given)
        resolved[name] = given or _default_cuts(train[name], column)
    return resolved


def _check_cuts(name: str, cuts: tuple[float, ...]) -> None:
    ascending = all(a < b for a, b in itertools.pairwise(cuts))
    if not ascending or not np.isfinite(cuts).all():
        raise ConfigError(
            f"The cut points of '{name}' must be finite and ascending, and they are "
            f"{', '.join(f'{c:g}' for c in cuts)}. Put them in order, each one once.",
            field=f"roles.bands.{name}",
        )


def _default_cuts(series: pd.Series, column: Column) -> tuple[float, ...]:
    values = as_numbers(series)
    values = values[~np.isnan(values)]
    distinct = np.unique(values)
    if len(distinct) < 2:
        found = f"{len(distinct)} value" if len(distinct) else "no value"
        raise DataError(
            f"There must be two groups or more to compare, and '{column.name}' has {found}. "
            "Choose another sensitive column."
        )
    if column.kind == "integer" and len(distinct) <= MAX_BANDS_OF_VALUES:
        return tuple(float(v) for v in distinct[1:])
    # The median as a value that occurs; where it is the smallest value, the next one.
    median = np.sort(values)[len(values) // 2]
    return (float(median if median > distinct[0] else distinct[1]),)
