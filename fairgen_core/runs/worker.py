"""Does what a run's folder asks for: a training or an audit. The only room that may use all others.

``python -m fairgen_core.runs.worker FOLDER`` is started by the launcher; the command line and
notebooks call `run` in their own process. Either way the folder tells everything.
"""

from __future__ import annotations

from typing import Protocol

import pandas as pd

_HAND_OVER_SECONDS = 30.0
_NICENESS = 5
_PACKAGES = ("torch", "numpy", "pandas", "scikit-learn")


class RowSink(Protocol):
    """Takes rows in canonical form, piece by piece."""

    def write(self, rows: pd.DataFrame) -> None: ...
