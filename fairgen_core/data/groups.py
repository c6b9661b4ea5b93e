"""The groups that fairness is about: values or bands of the sensitive columns, crossed."""

from __future__ import annotations

import difflib
import itertools
import math
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from fairgen_core.config import MIN_GROUP_ROWS, RolesConfig
from fairgen_core.data.prepared import GroupRule, PreparedTable
from fairgen_core.data.schema import Column, Schema
from fairgen_core.errors import ConfigError, DataError

MISSING_GROUP = "(missing)"
"""The name of the group of rows whose sensitive value is missing."""
OTHER_GROUP = "other"
"""The name of the group that small groups are put together as."""
SMALL_GROUP_ROWS = 100
"""Figures of a group with fewer rows are warned of."""
MAX_GROUPS = 50
_LONGEST_NAME = 24
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


Counted = tuple[tuple[str, ...], int]
"""A group's value (or band label) in each sensitive column, and its rows."""


def resolve_groups(
    train: pd.DataFrame,
    schema: Schema,
    roles: RolesConfig,
    *,
    share: float = 1.0,
    merged: tuple[tuple[str, ...], ...] | None = None,
) -> tuple[GroupRule, RolesConfig]:
    """Find the groups that occur among the training rows.

    Numbers and dates without given bands are cut at their median. Rows with a missing sensitive
    value are a group of their own, unless they are fewer than `MIN_GROUP_ROWS`. Where
    `roles.merge_below` is set, smaller groups are one group together, unless that is too small.

    Args:
        train: rows in canonical form.
        schema, roles: of the table.
        share: of these rows that will be training rows.
        merged: what is put together, where that was found among more rows already.

    Returns:
        The rule, and the roles with every band spelled out.

    Raises:
        ConfigError: a sensitive column or a band is impossible.
        DataError: one group only, too small a group, or too many groups.
    """
    bands = _resolve_bands(train, schema, roles)
    counted = count_groups(train, schema, roles)
    least = MIN_GROUP_ROWS
    if merged is None:
        least = least_rows(roles.merge_below, share)
        merged = tuple(v for v, n in counted if roles.merge_below is not None and n < least)
    apart = [(values, n) for values, n in counted if values not in set(merged)]
    if sum(n for _, n in counted) - sum(n for _, n in apart) < least:
        merged = ()
    kept = _large_enough(apart, roles.sensitive, schema)
    names = [group_name(values, roles.sensitive, schema) for values in kept]
    if merged:
        taken = OTHER_GROUP in {name.casefold() for name in names}
        names.append(f"{OTHER_GROUP} (put together)" if taken else OTHER_GROUP)
        kept.append((names[-1],) * len(roles.sensitive))
    if len(kept) < 2:
        there_is = f"only '{names[0]}'" if names else "none"
        fewer = "" if roles.merge_below is None else ", or put fewer groups together"
        raise DataError(
            f"There must be two groups or more to compare, and in {' x '.join(roles.sensitive)} "
            f"there is {there_is}. Choose another sensitive column, or other bands{fewer}."
        )
    if len(kept) > MAX_GROUPS:
        raise DataError(
            f"There may be {MAX_GROUPS} groups at most, and {' x '.join(roles.sensitive)} gives "
            f"{len(kept)}. Put small groups together as 'other', choose fewer sensitive columns, "
            "or cut numbers into bands."
        )
    rule = GroupRule(roles.sensitive, bands, tuple(names), tuple(kept), merged)
    return rule, roles.model_copy(update={"bands": bands})


def group_name(values: Sequence[str], columns: Sequence[str], schema: Schema) -> str:
    """What a group is called: its values, after their column's name where they do not say much.

    'yes', 'under 26' and '1' mean nothing alone in a sentence: ``retired: yes``.

    Args:
        values: the group's value (or band label) in each of `columns`.
        columns, schema: the sensitive columns, of that table.
    """
    named = []
    for value, name in zip(values, columns, strict=True):
        # Cut, so that a chart's label still shows the value after it.
        of = name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1].rstrip()}…"
        speaks = schema[name].kind == "category" and any(sign.isalpha() for sign in value)
        named.append(value if speaks else f"{of}: {value}")
    return " & ".join(named)


def least_rows(merge_below: int | None, share: float) -> int:
    """Groups with fewer rows are put together: fewer than asked, or too few training rows.

    Args:
        merge_below: as asked; None: only what could not be learned.
        share: of the rows that will be training rows.
    """
    return max(merge_below or 0, math.ceil(MIN_GROUP_ROWS / share - 1e-9))


def _large_enough(
    counted: list[Counted], columns: Sequence[str], schema: Schema
) -> list[tuple[str, ...]]:
    """The groups that can be learned; small ones of missing values are left out."""
    small = [(values, n) for values, n in counted if n < MIN_GROUP_ROWS]
    refused = [(values, n) for values, n in small if MISSING_GROUP not in values]
    if refused:
        values, n = refused[-1]
        more = f" ({len(refused) - 1:,} more have too few)" if len(refused) > 1 else ""
        raise DataError(
            f"Every group must have {MIN_GROUP_ROWS} training rows or more, and "
            f"'{group_name(values, columns, schema)}' has {n}{more}. Put small groups together as "
            "'other', take such rows out of the file, or choose other bands or fewer sensitive "
            "columns."
        )
    return [values for values, _ in counted[: len(counted) - len(small)]]


def assign_groups(frame: pd.DataFrame, rule: GroupRule, schema: Schema) -> npt.NDArray[np.int64]:
    """(n,) the group of each row, 0..K-1; -1 where the rule knows none."""
    parts = assign_parts(frame, rule, schema)
    return np.where(parts < 0, -1, np.array(rule.part_groups, dtype=np.int64)[parts])


def assign_parts(frame: pd.DataFrame, rule: GroupRule, schema: Schema) -> npt.NDArray[np.int64]:
    """(n,) the place in `rule.parts` of each row's values; -1 where the rule knows none."""
    labels = sensitive_labels(frame, schema, rule.columns, rule.bands)
    places = {values: place for place, values in enumerate(rule.parts)}
    keys, rows = np.unique(_keys(labels), return_inverse=True)
    known = np.array([places.get(_values_of(key, labels), -1) for key in keys], dtype=np.int64)
    return known[rows]


def parts_of(table: PreparedTable) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """The place in `GroupRule.parts` of every training row and of every test row."""
    if not table.groups.merged:
        return table.train_groups, table.test_groups
    rule, schema = table.groups, table.schema
    return assign_parts(table.train, rule, schema), assign_parts(table.test, rule, schema)


def count_groups(frame: pd.DataFrame, schema: Schema, roles: RolesConfig) -> list[Counted]:
    """Every group as it stands in these rows, however small, and its rows; largest first.

    Raises:
        ConfigError: a sensitive column or a band is impossible.
        DataError: a number or a date with one value only.
    """
    bands = _resolve_bands(frame, schema, roles)
    labels = sensitive_labels(frame, schema, roles.sensitive, bands)
    keys, counts = np.unique(_keys(labels), return_counts=True)
    found = [(_values_of(key, labels), int(n)) for key, n in zip(keys, counts, strict=True)]
    return sorted(found, key=lambda item: (-item[1], item[0]))


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
        resolved[name] = given or default_cuts(train[name], column)
    return resolved


def _check_cuts(name: str, cuts: tuple[float, ...]) -> None:
    ascending = all(a < b for a, b in itertools.pairwise(cuts))
    if not ascending or not np.isfinite(cuts).all():
        raise ConfigError(
            f"The cut points of '{name}' must be finite and ascending, and they are "
            f"{', '.join(f'{c:g}' for c in cuts)}. Put them in order, each one once.",
            field=f"roles.bands.{name}",
        )


def default_cuts(series: pd.Series, column: Column) -> tuple[float, ...]:
    """Where a number or date is cut if nobody says: at its median, or into its few values."""
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
