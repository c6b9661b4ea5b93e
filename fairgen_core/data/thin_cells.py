"""Groups that are too small for parity: few training rows of a group with some outcome."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from fairgen_core.config import FairnessConfig
from fairgen_core.data.groups import as_numbers
from fairgen_core.data.prepared import PreparedTable

MIN_CELL_ROWS = 30
"""Fewer training rows of a group with an outcome say too little about how often it occurs."""
_N_NAMED = 3


class ThinCell(NamedTuple):
    """A group, an outcome, and how many training rows have both."""

    group: str
    outcome: str
    n: int


def thin_cells(
    names: tuple[str, ...],
    groups: npt.NDArray[np.int64],
    target: pd.Series,
    positive: str | None,
    share: float = 1.0,
) -> tuple[ThinCell, ...]:
    """The cells of group and outcome with fewer than `MIN_CELL_ROWS` training rows, thinnest first.

    Outcomes are the target's classes, or the favourable one and all others; of a number, whether
    it is above the median.

    Args:
        names: the groups.
        groups: (n,) codes; -1 takes no part.
        target: (n,) its values.
        positive: the favourable value, where there is one.
        share: of these rows that will be training rows.
    """
    if pd.api.types.is_numeric_dtype(target):
        numbers = as_numbers(target)
        above = numbers > np.nanmedian(numbers)
        outcomes = np.where(np.isnan(numbers), -1, above).astype(np.int64)
        words = ["a number up to the median", "a number above the median"]
    else:
        outcomes, values = pd.factorize(target, sort=True)
        words = [f"'{value}'" for value in values]
        if positive is not None and positive in values and len(values) > 2:
            favourable = outcomes == list(values).index(positive)
            outcomes = np.where(outcomes < 0, -1, favourable)
            words = [f"another value than '{positive}'", f"'{positive}'"]
    known = (groups >= 0) & (outcomes >= 0)
    counts = np.zeros((len(names), len(words)), dtype=np.int64)
    np.add.at(counts, (groups[known], outcomes[known]), 1)
    cells = [
        ThinCell(name, word, round(int(n) * share))
        for name, row in zip(names, counts, strict=True)
        for word, n in zip(words, row, strict=True)
    ]
    return tuple(sorted((c for c in cells if c.n < MIN_CELL_ROWS), key=lambda c: c.n))


def asks_parity(fairness: FairnessConfig) -> bool:
    """Whether the groups' rates are to be made equal."""
    return fairness.target in {"dp", "both"} and fairness.strength > 0


def in_words(cells: tuple[ThinCell, ...]) -> str:
    """What thin cells mean for parity, in plain sentences; empty where there are none."""
    if not cells:
        return ""
    shown = "; ".join(f"{c.group} with {c.outcome}: {c.n:,}" for c in cells[:_N_NAMED])
    more = f"; and {len(cells) - _N_NAMED} more" if len(cells) > _N_NAMED else ""
    return (
        f"Parity needs {MIN_CELL_ROWS} training rows or more of each group with each outcome, and "
        f"some have fewer ({shown}{more}). Such groups cannot be matched reliably, and their gap "
        "may even grow. Put small groups together as 'other', cut fewer bands, choose fewer "
        "sensitive columns, or bring more rows."
    )


def of_table(table: PreparedTable) -> tuple[ThinCell, ...]:
    """The thin cells of a table's training rows; none without a target."""
    if table.roles.target is None:
        return ()
    target = table.train[table.roles.target]
    return thin_cells(table.groups.names, table.train_groups, target, table.roles.positive)
