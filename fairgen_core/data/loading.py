"""From a choice of data and roles to a `PreparedTable`: rows divided, groups, target resolved."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from fairgen_core.config import DataConfig, RolesConfig
from fairgen_core.data.catalogue import CATALOGUE
from fairgen_core.data.dates import dates_like
from fairgen_core.data.groups import (
    BANDED_KINDS,
    SMALL_GROUP_ROWS,
    as_numbers,
    assign_groups,
    find_column,
    resolve_groups,
)
from fairgen_core.data.prepared import PreparedTable
from fairgen_core.data.reading import ReadTable, read_table
from fairgen_core.data.schema import Schema
from fairgen_core.data.small_groups import in_known_groups
from fairgen_core.data.targets import known_targets, resolve_target, target_as_classes
from fairgen_core.errors import ConfigError, DataError

MIN_ROWS = 50
"""Fewer rows cannot be divided, learned from and judged."""


def load_source(config: DataConfig) -> ReadTable:
    """Read the table that a configuration names: a catalogue key or a file.

    Raises:
        DataError: the file is no usable table, or cannot be had.
        ConfigError: a correction of a kind is impossible, or an unknown dial was set.
    """
    entry = CATALOGUE.get(config.source)
    if entry is None:
        return read_table(config.source, config.display_name, config.kinds)
    return entry.load(config.options, config.kinds)


def load_test(config: DataConfig) -> ReadTable | None:
    """Read the second file as it is, or the catalogue's own test part; None where there is none."""
    if config.test_source is not None:
        return load_source(DataConfig(source=config.test_source, display_name="the test file"))
    entry = CATALOGUE.get(config.source)
    return entry.load_test(config.options, {}) if entry is not None and entry.load_test else None


def prepare(data: DataConfig, roles: RolesConfig, table: ReadTable | None = None) -> PreparedTable:
    """Divide the rows into training and test, and resolve groups and target.

    The test rows are those of `data.test_source`; without one, the catalogue's own test part; else
    a split stratified by group and target. Rows without a target value are left out.

    Args:
        data: which table, and how it is divided.
        roles: sensitive columns, target, favourable value.
        table: the table of `data.source`, where it was read already.

    Raises:
        DataError: the rows do not allow what is asked (too few, one group, ...).
        ConfigError: a choice names what is not there.
    """
    table = table if table is not None else load_source(data)
    schema, frame = table.schema, table.frame
    _check_roles(schema, roles)
    _check_size(frame, schema)
    frame, schema = target_as_classes(frame, schema, roles, table.file_format.decimal)
    second, test_sha256 = _read_test(data, schema)
    warnings: list[str] = []
    frame = _with_target(frame, roles, "", warnings)
    share = 1.0 if second is not None else 1 - data.test_share
    frame, strata, found = in_known_groups(frame, schema, roles, warnings, share=share)
    if second is None:
        in_test = _split(frame, strata, schema, roles, data)
        train, test = frame[~in_test], frame[in_test]
    else:
        train, test = frame, _with_target(second, roles, " of the test file", warnings)
        if roles.target is not None:
            test = known_targets(train, test, schema[roles.target], warnings)
        warnings += _unknown_categories(train, test, schema)
    train, test = train.reset_index(drop=True), test.reset_index(drop=True)
    schema = restate(schema, train)
    rule, roles = resolve_groups(train, schema, roles, merged=found.merged)
    # The division can leave too few training rows of a group that was just large enough before.
    train, train_groups, _ = in_known_groups(train, schema, roles, warnings, rule=rule)
    train = train.reset_index(drop=True)
    test_groups = assign_groups(test, rule, schema)
    if (test_groups < 0).any():
        n = int((test_groups < 0).sum())
        warnings.append(f"{n:,} test rows are of groups that the training rows do not have.")
        test = test[test_groups >= 0].reset_index(drop=True)
        test_groups = test_groups[test_groups >= 0]
    _check_parts(train, test)
    target = resolve_target(train, schema, roles)
    about_rows = tuple(warnings)
    warnings += _group_warnings(rule.names, train_groups, test_groups)
    return PreparedTable(
        train=train,
        test=test,
        schema=schema,
        roles=roles.model_copy(update={"positive": target.positive}),
        groups=rule,
        train_groups=train_groups,
        test_groups=test_groups,
        target_kind=target.kind,
        classes=target.classes,
        warnings=tuple(warnings),
        about_rows=about_rows,
        name=_display_name(data),
        sha256=table.sha256,
        test_sha256=test_sha256,
    )


def restate(schema: Schema, train: pd.DataFrame) -> Schema:
    """The schema with categories, ranges, counts and missing shares of these rows only."""
    columns = []
    for column in schema.columns:
        series = train[column.name]
        update: dict[str, object] = {"missing_share": float(series.isna().mean())}
        if column.kind in {"category", "boolean"}:
            counts = series.value_counts(sort=False)
            order = np.argsort(-counts.to_numpy(), kind="stable")
            update["categories"] = tuple(counts.index[order])
            update["n_distinct"] = len(counts)
        elif column.kind in BANDED_KINDS:
            present = series.dropna()
            values = as_numbers(present)
            update["minimum"] = float(values.min()) if len(values) else None
            update["maximum"] = float(values.max()) if len(values) else None
            update["n_distinct"] = int(present.nunique())
        columns.append(column.model_copy(update=update))
    return Schema(columns=tuple(columns))


def _check_roles(schema: Schema, roles: RolesConfig) -> None:
    for name in roles.sensitive:
        find_column(schema, name, "roles.sensitive")
    if len(set(roles.sensitive)) < len(roles.sensitive):
        raise ConfigError(
            "Each sensitive column may be chosen once, and one stands there twice. Take it out.",
            field="roles.sensitive",
        )
    for name in roles.explanatory:
        find_column(schema, name, "roles.explanatory")
    if roles.target is None:
        if roles.positive is not None:
            raise ConfigError(
                "A favourable value belongs to a target, and no target was chosen. Choose one.",
                field="roles.positive",
            )
        return
    target = find_column(schema, roles.target, "roles.target")
    if roles.target in roles.sensitive:
        raise ConfigError(
            f"The target must be another column than the sensitive ones, and '{roles.target}' is "
            "both. Choose another target.",
            field="roles.target",
        )
    if target.kind == "datetime":
        raise ConfigError(
            f"The target must be a category, a number or yes/no, and '{roles.target}' is a date. "
            "Choose another target.",
            field="roles.target",
        )


def _check_size(frame: pd.DataFrame, schema: Schema) -> None:
    if len(frame) < MIN_ROWS:
        raise DataError(
            f"There must be {MIN_ROWS} rows or more to learn from and judge, and there are "
            f"{len(frame)}. Bring more rows."
        )
    if len(schema.modelled) < 2:
        raise DataError(
            "Two columns or more must take part in the model, and "
            f"{len(schema.modelled)} does: the others are identifiers, free text or empty. "
            "Correct the columns' kinds, or bring more columns."
        )


def read_like(source: str | Path, schema: Schema, called: str = "the test file") -> pd.DataFrame:
    """Read a file that must have the columns of `schema`, as what they are there.

    Args:
        source: a path, or a catalogue key.
        schema: the columns and their kinds; the file may have them in another order.
        called: what to call the file in messages.

    Returns:
        Canonical rows with the schema's columns in its order. Values may be new.

    Raises:
        DataError: the file is no usable table, or its columns are others.
    """
    return _like(source, schema, called)[0]


def _like(source: str | Path, schema: Schema, called: str) -> tuple[pd.DataFrame, str]:
    """As `read_like`, with the file's hash."""
    wanted = {c.name: c.kind for c in schema.columns if c.modelled}
    config = DataConfig(source=str(source), display_name=called)
    look = load_source(config)
    missing = [n for n in schema.names if n not in look.schema.names]
    extra = [n for n in look.schema.names if n not in schema.names]
    if missing or extra:
        found = [f"'{n}' is missing" for n in missing[:3]]
        found += [f"'{n}' is one too many" for n in extra[:3]]
        raise DataError(
            f"The columns of {called} must be those of the training data, and "
            f"{', '.join(found)}. Bring a file with the same columns."
        )
    if any(look.schema[name].kind != kind for name, kind in wanted.items()):
        try:
            look = load_source(config.model_copy(update={"kinds": wanted}))
        except ConfigError as error:
            raise DataError(
                f"The columns of {called} must be of the training data's kinds. {error}"
            ) from error
    frame = look.frame[list(schema.names)]
    for column in schema.columns:
        if column.kind == "datetime":
            form = look.schema[column.name].datetime_format
            frame = frame.assign(**{column.name: dates_like(frame[column.name], form, column)})
    return frame, look.sha256


def _read_test(data: DataConfig, schema: Schema) -> tuple[pd.DataFrame | None, str]:
    """The second file's or the catalogue's own test rows and their hash; None: split instead."""
    if data.test_source is not None:
        return _like(data.test_source, schema, "the test file")
    entry = CATALOGUE.get(data.source)
    if entry is None or entry.load_test is None:
        return None, ""
    table = entry.load_test(data.options, {c.name: c.kind for c in schema.modelled})
    return table.frame[list(schema.names)], table.sha256


def _with_target(
    frame: pd.DataFrame, roles: RolesConfig, where: str, warnings: list[str]
) -> pd.DataFrame:
    if roles.target is None:
        return frame
    missing = frame[roles.target].isna()
    if missing.all():
        raise DataError(
            f"The target must have values, and '{roles.target}'{where} has none. Choose another."
        )
    if missing.any():
        warnings.append(
            f"{int(missing.sum()):,} rows{where} without a value of '{roles.target}' are left out."
        )
    return frame[~missing]


def _split(
    frame: pd.DataFrame,
    strata: npt.NDArray[np.int64],
    schema: Schema,
    roles: RolesConfig,
    data: DataConfig,
) -> npt.NDArray[np.bool_]:
    """(n,) whether a row is held out; each stratum of group x target gives its share.

    Strata are rounded so that the shares of all strata before, together, are right to one row.
    """
    if roles.target is not None:
        values = frame[roles.target]
        if schema[roles.target].kind in {"integer", "decimal"}:
            ranks = as_numbers(values).argsort(kind="stable").argsort(kind="stable")
            parts = ranks * 4 // len(frame)
        else:
            parts = pd.factorize(values, sort=True)[0]
        strata = strata * (int(parts.max()) + 1) + parts
    order = np.random.default_rng([data.split_seed, 7]).permutation(len(frame))
    order = order[np.argsort(strata[order], kind="stable")]
    due = np.floor(np.arange(1, len(frame) + 1) * data.test_share + 0.5)
    held_out = np.zeros(len(frame), dtype=bool)
    held_out[order[np.diff(due, prepend=0) > 0]] = True
    return held_out


def _unknown_categories(train: pd.DataFrame, test: pd.DataFrame, schema: Schema) -> list[str]:
    notes = []
    for column in schema.modelled:
        if column.kind in {"category", "boolean"}:
            known = set(train[column.name].dropna().unique())
            unknown = [v for v in test[column.name].dropna().unique() if v not in known]
            if unknown:
                shown = ", ".join(f"'{v}'" for v in unknown[:3])
                notes.append(
                    f"The test rows have values of '{column.name}' that the training rows lack: "
                    f"{shown}{' ...' if len(unknown) > 3 else ''}."
                )
    return notes


def _check_parts(train: pd.DataFrame, test: pd.DataFrame) -> None:
    for part, rows, least in (("training", train, 25), ("test", test, 10)):
        if len(rows) < least:
            raise DataError(
                f"There must be {least} {part} rows or more, and there are {len(rows)}. "
                "Bring more rows, or divide them differently."
            )


def _group_warnings(
    names: tuple[str, ...], train: npt.NDArray[np.int64], test: npt.NDArray[np.int64]
) -> list[str]:
    notes = []
    for code, name in enumerate(names):
        n_train, n_test = int((train == code).sum()), int((test == code).sum())
        if n_test == 0:
            notes.append(f"Group '{name}' has no test row: it cannot be judged.")
        elif min(n_train, n_test) < SMALL_GROUP_ROWS:
            notes.append(
                f"Group '{name}' is small ({n_train:,} training and {n_test:,} test rows): "
                "its figures are uncertain."
            )
    return notes


def _display_name(data: DataConfig) -> str:
    if data.display_name:
        return data.display_name
    if data.source in CATALOGUE:
        return CATALOGUE[data.source].title
    return data.source.replace("\\", "/").rsplit("/", 1)[-1]
