"""The protocol that every synthesizer of tables keeps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol, Self

import pandas as pd

from fairgen_core.config import TrainConfig
from fairgen_core.data.prepared import PreparedTable
from fairgen_core.sharing import Shared
from fairgen_core.training import Observer


class TableSynthesizer(Protocol):
    """Learns a table's distribution under a fairness target and draws rows from it."""

    def __init__(self, config: TrainConfig) -> None: ...

    def fit(
        self,
        data: PreparedTable,
        observer: Observer,
        resume_from: Mapping[str, Any] | None = None,
        shared: Shared | None = None,
    ) -> Self:
        """Train on `data.train`; go on from a checkpoint given to `observer.on_checkpoint`.

        A resumed fit ends in the same model as one that was never stopped, and so does one that
        takes parts from `shared`, which other fits on the same data and device filled.
        """

    def sample(self, n_rows: int, seed: int) -> pd.DataFrame:
        """Draw `n_rows` rows in canonical form: all columns of the schema, in its order.

        Memory grows with `n_rows` times the columns only; `iter_sample` bounds it.
        """

    def iter_sample(
        self, n_rows: int, seed: int, chunk_rows: int = 50_000
    ) -> Iterator[pd.DataFrame]:
        """The same rows as `sample`, in pieces."""

    def save(self, folder: Path) -> None:
        """Write ``model.safetensors`` (tensors) and ``model.json`` (the rest) into `folder`."""

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read what `save` wrote, on any machine; raises `RunError` if it cannot be read."""
