"""A column that no synthetic row holds anything in is named, with the reason."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from fairgen_core.data.schema import Column
from fairgen_core.evaluation.parts import empty_columns
from tests.core.metrics.builders import hiring, prepared


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
