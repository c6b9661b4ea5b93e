"""The tables that are timed: Adult where it is at hand, and Adult repeated with noise."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.measure import ROOT

# Share of cells that the noise redraws from their column, so that no row is a plain copy.
_REDRAWN = 0.05


@dataclass(frozen=True)
class Files:
    """A training file, its test file, and what is asked of them."""

    train: Path
    test: Path
    n_rows: int

    @property
    def arguments(self) -> tuple[str, ...]:
        """The command line's options for this table."""
        return (
            *("--data", str(self.train), "--test", str(self.test)),
            *("--sensitive", "sex", "--target", "income", "--positive", ">50K"),
        )


def adult_folder() -> Path:
    """Where Adult lies: in `FAIRGEN_DATA`, else in ``shared/data`` beside the repository.

    Raises:
        FileNotFoundError: it is in neither.
    """
    named = os.environ.get("FAIRGEN_DATA")
    folder = (Path(named) if named else ROOT.parent / "shared" / "data") / "adult"
    if not (folder / "train.csv").is_file():
        raise FileNotFoundError(
            "The benchmarks need Adult as adult/train.csv and adult/test.csv in the folder that "
            "FAIRGEN_DATA names."
        )
    return folder


def adult(folder: Path, n_rows: int | None = None) -> Files:
    """Adult as it is, or its first `n_rows` training rows written into `folder`."""
    source = adult_folder()
    if n_rows is None:
        n_all = len(pd.read_csv(source / "train.csv", usecols=["sex"]))
        return Files(source / "train.csv", source / "test.csv", n_all)
    path = folder / f"adult-{n_rows}.csv"
    pd.read_csv(source / "train.csv", dtype=str, nrows=n_rows).to_csv(path, index=False)
    return Files(path, source / "test.csv", n_rows)


def repeated(folder: Path, n_rows: int, seed: int = 0) -> Files:
    """Adult drawn with replacement up to `n_rows` rows; noise: 5 % of the cells redrawn."""
    source = adult_folder()
    rng = np.random.default_rng(seed)
    rows = pd.read_csv(source / "train.csv", dtype=str, keep_default_na=False)
    drawn = rows.iloc[rng.integers(len(rows), size=n_rows)].reset_index(drop=True)
    for column in drawn.columns:
        changed = rng.random(n_rows) < _REDRAWN
        cells = rows[column].to_numpy()
        drawn.loc[changed, column] = cells[rng.integers(len(rows), size=int(changed.sum()))]
    path = folder / f"repeated-{n_rows}.csv"
    drawn.to_csv(path, index=False)
    return Files(path, source / "test.csv", n_rows)
