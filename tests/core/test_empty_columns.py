"""Columns that hold nothing, or hardly anything, in the real or in the synthetic rows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from fairgen_core.data.schema import Column
from fairgen_core.evaluation import audit, evaluate
from fairgen_core.evaluation.parts import empty_columns
from tests.core.metrics.builders import canonical, hiring, prepared


def test_text_that_is_not_generated_is_named_and_fresh_identifiers_are_not() -> None:
    data = prepared(hiring(60, 0), hiring(40, 1), ("group",), "hired", "yes")
    note = Column(name="note", kind="text", reason="Left out: free text, 60 different values.")
    nothing = Column(name="nothing", kind="text", reason="Left out: all.", missing_share=1)
    named = Column(name="id", kind="identifier", reason="Left out: it names rows.")
    columns = (*data.schema.columns, note, nothing, named)
    data = replace(data, schema=data.schema.model_copy(update={"columns": columns}))
    synthetic = pd.DataFrame({"note": [None] * 3, "nothing": [None] * 3, "id": ["7", "8", "9"]})
    assert empty_columns(data, synthetic) == [
        "Column 'note' took no part in the training, and the synthetic rows hold nothing in it: "
        "free text, 60 different values."
    ]
    assert empty_columns(data, synthetic.assign(note=["a", None, None])) == []


@pytest.mark.parametrize("known", [0, 1, 2])
def test_a_column_with_hardly_any_value_stops_no_judge(known: int) -> None:
    frame = hiring(150, 0)
    frame["rare"] = np.where(np.arange(len(frame)) < known, 7.5, np.nan)
    data = prepared(frame, frame, ("group",), "hired", "yes")
    assert audit(data).find("auroc").real.value is not None
    report = evaluate(data, canonical(frame)[0])
    assert report.find("detector").synthetic.value is not None
