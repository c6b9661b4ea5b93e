"""How long a training will take, said before its worker has looked at the data itself."""

from __future__ import annotations

from dashboard import pictures, reads, tables
from fairgen_core.config import TrainConfig
from fairgen_core.errors import FairGenError
from fairgen_core.image_config import ImageTrainConfig
from fairgen_core.runs.estimate import estimate_seconds
from fairgen_core.runs.image_estimate import estimate_image_seconds


def expected_seconds(config: TrainConfig | ImageTrainConfig) -> float | None:
    """A training's expected seconds, as its form told them; None where its data is not known."""
    try:
        if isinstance(config, ImageTrainConfig):
            seen = reads.picture_projects().load(pictures.project_id(config.data))
            if seen is None:
                return None
            n, channels = seen.n_pictures, seen.n_channels
            return estimate_image_seconds(config, n, channels, reads.store()).seconds
        known = reads.projects().load(tables.project_id(config.data))
        if known is None or known.n_table_rows is None:
            return None
        n_rows, n_columns = tables.table_size(known)
        return estimate_seconds(config, n_rows, n_columns, reads.store()).seconds
    except FairGenError:
        return None
