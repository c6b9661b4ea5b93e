"""What every judge answered for every held-out row: so that two runs are compared row by row.

``judged.npz`` in a run folder. It holds scores and decisions, the rows' groups and true decisions,
and a hash of the rows; no column of theirs, so no row can be read from it. It stays in the folder.
"""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

JUDGED_FILE = "judged.npz"
_MAX_BYTES = 2**30
_DAMAGED = (OSError, ValueError, KeyError, IndexError, TypeError, AttributeError, EOFError,
            RecursionError, zlib.error, zipfile.BadZipFile)  # fmt: skip
"""What reading a damaged file may end in."""


@dataclass(frozen=True)
class Answers:
    """One judge's answers, trained on real or on synthetic rows.

    Attributes:
        judge: its name.
        trained_on: the rows it learned from.
        scores: (n, outcomes) probabilities or predicted numbers.
        decisions: (n,) class index; of binary and number targets 0 or 1.
        shifted: (K, n) decisions with the sensitive attribute set to each group; (K, 0) where not
            every row was shifted.
    """

    judge: str
    trained_on: Literal["real", "synthetic"]
    scores: FloatArray
    decisions: IntArray
    shifted: IntArray


@dataclass(frozen=True)
class Judged:
    """The held-out rows of an evaluation and every judge's answers for them.

    Attributes:
        rows_sha256: of the rows in their order; equal for the same rows of the same data only.
        columns: the sensitive columns.
        group_names, group_values: each group's name, and its value in each sensitive column.
        outcome: the shown outcome's place among the outcomes.
        several: whether the target has several outcomes that parity is asked for.
        groups: (n,) 0..K-1, -1 for none.
        truth: (n,) true decisions.
        answers: of every judge.
    """

    rows_sha256: str
    columns: tuple[str, ...]
    group_names: tuple[str, ...]
    group_values: tuple[tuple[str, ...], ...]
    outcome: int
    several: bool
    groups: IntArray
    truth: IntArray
    answers: tuple[Answers, ...]

    def find(self, judge: str, trained_on: str) -> Answers | None:
        """That judge's answers, or None."""
        fitting = (a for a in self.answers if (a.judge, a.trained_on) == (judge, trained_on))
        return next(fitting, None)

    def hits(self, decisions: IntArray, n_outcomes: int) -> BoolArray:
        """(..., outcomes): whether a decision is that outcome."""
        wanted = np.arange(n_outcomes) if self.several else np.array([1])
        return decisions[..., None] == wanted


def to_bytes(judged: Judged) -> bytes:
    """The content of ``judged.npz``."""
    about = {
        "version": 1,
        "rows_sha256": judged.rows_sha256,
        "columns": judged.columns,
        "group_names": judged.group_names,
        "group_values": judged.group_values,
        "outcome": judged.outcome,
        "several": judged.several,
        "answers": [(a.judge, a.trained_on) for a in judged.answers],
    }
    # Half precision would tie scores near 0 and 1, where most of them lie.
    arrays: dict[str, npt.NDArray[Any]] = {
        "groups": judged.groups.astype(np.int16),
        "truth": judged.truth.astype(np.int16),
    }
    for i, answers in enumerate(judged.answers):
        arrays[f"scores{i}"] = answers.scores.astype(np.float32)
        arrays[f"decisions{i}"] = answers.decisions.astype(np.int16)
        arrays[f"shifted{i}"] = answers.shifted.astype(np.int16)
    buffer = io.BytesIO()
    np.savez_compressed(buffer, about=np.array(json.dumps(about)), **arrays)  # type: ignore[arg-type]
    return buffer.getvalue()


def read_judged(path: Path) -> Judged | None:
    """What a run's folder keeps, or None where there is nothing or it cannot be read."""
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > _MAX_BYTES:
                return None
        with np.load(path, allow_pickle=False) as held:
            about = json.loads(str(held["about"]))
            answers = tuple(
                Answers(
                    judge,
                    trained_on,
                    held[f"scores{i}"].astype(np.float64),
                    held[f"decisions{i}"].astype(np.int64),
                    held[f"shifted{i}"].astype(np.int64),
                )
                for i, (judge, trained_on) in enumerate(about["answers"])
            )
            return _checked(
                Judged(
                    rows_sha256=about["rows_sha256"],
                    columns=tuple(about["columns"]),
                    group_names=tuple(about["group_names"]),
                    group_values=tuple(tuple(values) for values in about["group_values"]),
                    outcome=int(about["outcome"]),
                    several=bool(about["several"]),
                    groups=held["groups"].astype(np.int64),
                    truth=held["truth"].astype(np.int64),
                    answers=answers,
                )
            )
    except _DAMAGED:
        return None


def _checked(judged: Judged) -> Judged:
    """The same, where it fits together; a file that was damaged or edited may not.

    Raises:
        ValueError: it does not.
    """
    n, n_groups = len(judged.groups), len(judged.group_names)
    fits = judged.truth.shape == judged.groups.shape == (n,)
    fits = fits and bool(np.all((judged.groups >= -1) & (judged.groups < n_groups)))
    for one in judged.answers:
        n_outcomes = one.scores.shape[1]
        fits = fits and len(one.scores) == n and one.decisions.shape == (n,)
        fits = fits and one.shifted.ndim == 2 and one.shifted.shape[1] in {0, n}
        fits = fits and 0 <= judged.outcome < max(1, n_outcomes) and n_outcomes > 0
        fits = fits and bool(np.isfinite(one.scores).all())
    if not fits:
        raise ValueError("the answers must be of the same rows and groups, and they are not")
    return judged
