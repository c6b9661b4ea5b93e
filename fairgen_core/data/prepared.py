"""A table made ready for training and judging: rows divided, groups and target resolved.

`prepare` in `loading.py` makes it; synthesizers, metrics and the audit take it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from fairgen_core.config import RolesConfig
from fairgen_core.data.schema import Schema

TargetKind = Literal["binary", "classes", "number", "none"]


@dataclass(frozen=True)
class GroupRule:
    """How a row's group is read off: from values or bands of one or several columns, crossed.

    Attributes:
        columns: the sensitive columns.
        bands: inner cut points of the numeric ones (resolved: never empty for a number).
        names: the groups' names in a fixed order (largest first); crossed names are joined
            by ``" & "``, e.g. ``"Female & age: 40 or more"``.
        values: for each group, its value (or band label) in each of `columns`.
        merged: what makes up the last group, where small groups were put together: the values
            (or band labels) of each part. Its own `values` then repeat its name.
    """

    columns: tuple[str, ...]
    bands: dict[str, tuple[float, ...]]
    names: tuple[str, ...]
    values: tuple[tuple[str, ...], ...]
    merged: tuple[tuple[str, ...], ...] = ()

    @property
    def parts(self) -> tuple[tuple[str, ...], ...]:
        """The values of every part: the groups, with what was put together one by one."""
        return (*self.values[:-1], *self.merged) if self.merged else self.values

    @property
    def part_groups(self) -> tuple[int, ...]:
        """The group, 0..K-1, of every part."""
        last = len(self.values) - 1
        return tuple(min(place, last) for place in range(len(self.parts)))


@dataclass(frozen=True)
class PreparedTable:
    """Training and test rows in canonical form (`schema.Column`) with what is asked of them.

    Attributes:
        train: training rows, all columns of the schema, index 0..n-1.
        test: held-out real rows, likewise.
        schema: columns as found in the training rows.
        roles: what the person chose, with bands resolved.
        groups: how to read the group of a row.
        train_groups, test_groups: (n,) int64, 0..K-1; rows of a group unknown to `groups` were
            left out with a warning.
        target_kind: binary, classes, number or none.
        classes: the target's spellings; of a binary target (unfavourable, favourable).
        warnings: sentences for the person (small groups, rows left out, ...).
        about_rows: those of them that say which rows take no part, or in which group.
        name: the data set's display name, for files and titles.
        sha256: hash of the source file's bytes (or of the simulated table's rows).
        test_sha256: likewise of the second file; empty where the rows were divided.
    """

    train: pd.DataFrame
    test: pd.DataFrame
    schema: Schema
    roles: RolesConfig
    groups: GroupRule
    train_groups: npt.NDArray[np.int64]
    test_groups: npt.NDArray[np.int64]
    target_kind: TargetKind
    classes: tuple[str, ...]
    warnings: tuple[str, ...] = ()
    about_rows: tuple[str, ...] = ()
    name: str = ""
    sha256: str = ""
    test_sha256: str = ""

    @property
    def feature_names(self) -> tuple[str, ...]:
        """Modelled columns that are neither sensitive nor the target, in order."""
        apart = {*self.roles.sensitive, self.roles.target}
        return tuple(c.name for c in self.schema.modelled if c.name not in apart)
