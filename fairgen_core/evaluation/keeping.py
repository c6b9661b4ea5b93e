"""What is kept of the judges' answers, so that runs can be compared row by row."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
import pandas as pd

from fairgen_core.data.prepared import PreparedTable
from fairgen_core.judged import Answers, Judged
from fairgen_core.metrics.judges import Question, Verdict

TrainedOn = Literal["real", "synthetic"]


def judged_rows(
    data: PreparedTable, question: Question, verdicts: Mapping[TrainedOn, Sequence[Verdict]]
) -> Judged:
    """Every verdict's answers, with the held-out rows' groups, true decisions and hash.

    Args:
        data: where the held-out rows come from.
        question: what was asked, and of which of them.
        verdicts: by the rows that they learned from.
    """
    rows = data.test.iloc[question.test_index]
    digest = hashlib.sha256(pd.util.hash_pandas_object(rows, index=False).to_numpy().tobytes())
    n = len(rows)
    answers = tuple(
        Answers(
            judge=verdict.judge,
            trained_on=trained_on,
            scores=verdict.scores,
            decisions=verdict.decisions,
            shifted=verdict.shifted
            if verdict.shifted.shape[1] == n
            else np.empty((question.n_groups, 0), dtype=np.int64),
        )
        for trained_on, found in verdicts.items()
        for verdict in found
    )
    return Judged(
        rows_sha256=digest.hexdigest(),
        columns=data.groups.columns,
        group_names=data.groups.names,
        group_values=data.groups.values,
        outcome=question.outcome,
        several=question.kind == "classes",
        groups=question.test.groups,
        truth=question.labels(question.test),
        answers=answers,
    )
