"""What the target column is: two classes, many, or a number; and which value is favourable."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from fairgen_core.config import RolesConfig
from fairgen_core.data import spelling
from fairgen_core.data.encoders import spell_column
from fairgen_core.data.groups import close_match
from fairgen_core.data.prepared import TargetKind
from fairgen_core.data.schema import Column, Schema
from fairgen_core.errors import ConfigError, DataError

MAX_CLASSES = 100
"""Most values that a target of classes may have."""


def target_as_classes(
    frame: pd.DataFrame, schema: Schema, roles: RolesConfig, decimal: str = "."
) -> tuple[pd.DataFrame, Schema]:
    """A number target with two values, or with a favourable value named, is one of classes.

    They are spelled as in the file, whose decimal mark is `decimal`.
    """
    if roles.target is None:
        return frame, schema
    column = schema[roles.target]
    if column.kind not in {"integer", "decimal"}:
        return frame, schema
    if column.n_distinct > 2 and roles.positive is None:
        return frame, schema
    if column.n_distinct > MAX_CLASSES:
        raise ConfigError(
            f"A favourable value belongs to a target of classes, and '{roles.target}' is a number "
            f"with {column.n_distinct:,} values, of which more is better. Leave it empty.",
            field="roles.positive",
        )
    texts = spell_column(frame[roles.target], column, decimal)
    words = pd.Series(texts.to_pylist(), index=frame.index, dtype=object)
    counts = words.value_counts()
    spelled = Column(
        name=column.name,
        kind="category",
        categories=tuple(counts.index),
        missing_share=column.missing_share,
        missing_marker=column.missing_marker,
        native_dtype=column.native_dtype,
        n_distinct=len(counts),
        examples=column.examples,
    )
    columns = tuple(spelled if c.name == column.name else c for c in schema.columns)
    return frame.assign(**{roles.target: words}), Schema(columns=columns)


def known_targets(
    train: pd.DataFrame, test: pd.DataFrame, target: Column, warnings: list[str]
) -> pd.DataFrame:
    """The test rows whose target value occurs in training; a few others are left out.

    Raises:
        DataError: more than one test row in twenty has an unknown target value.
    """
    if target.kind in {"integer", "decimal"}:
        return test
    values = test[target.name]
    known = values.isin(train[target.name].dropna().unique())
    if known.all():
        return test
    odd = str(values[~known].iloc[0])
    if (~known).mean() > 0.05:
        raise DataError(
            f"The test rows' values of '{target.name}' must be those of the training rows, and "
            f"'{odd}' is none. {close_match(odd, target.categories)} Correct the test file."
        )
    warnings.append(
        f"{int((~known).sum()):,} test rows with an unknown value of '{target.name}' "
        f"('{odd}') are left out."
    )
    return test[known]


@dataclass(frozen=True)
class Target:
    """The target as `PreparedTable` wants it."""

    kind: TargetKind
    classes: tuple[str, ...]
    positive: str | None


def resolve_target(train: pd.DataFrame, schema: Schema, roles: RolesConfig) -> Target:
    """Find the target's kind, its classes and the favourable one in the training rows.

    Raises:
        DataError: it has one value.
        ConfigError: it has too many, or the favourable value is none of them.
    """
    if roles.target is None:
        return Target("none", (), None)
    column = schema[roles.target]
    if column.n_distinct < 2:
        raise DataError(
            f"The target must have two values or more, and '{column.name}' has one in the "
            "training rows. Choose another target."
        )
    if column.kind in {"integer", "decimal"}:
        return Target("number", (), None)
    classes = column.categories
    if len(classes) > MAX_CLASSES:
        raise ConfigError(
            f"A target of classes may have {MAX_CLASSES} values, and '{column.name}' has "
            f"{len(classes):,}. Choose another target.",
            field="roles.target",
        )
    positive = _find_positive(roles.positive, classes, column.name)
    if len(classes) > 2:
        return Target("classes", classes, positive)
    if positive is None:
        raise ConfigError(
            f"The favourable value of '{column.name}' must be named, and none was. "
            f"Choose '{classes[0]}' or '{classes[1]}'.",
            field="roles.positive",
        )
    other = classes[1] if positive == classes[0] else classes[0]
    return Target("binary", (other, positive), positive)


def _find_positive(wanted: str | None, classes: tuple[str, ...], name: str) -> str | None:
    if wanted is None:
        return spelling.yes_of(classes)
    if wanted in classes:
        return wanted
    alike = [c for c in classes if c.strip().casefold() == wanted.strip().casefold()]
    if len(alike) == 1 and spelling.yes_of(classes) is not None:
        return alike[0]
    raise ConfigError(
        f"The favourable value must be a value of '{name}', and '{wanted}' is none. "
        f"{close_match(wanted, classes)}",
        field="roles.positive",
    )
