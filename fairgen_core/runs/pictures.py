"""What the folder of a training on pictures holds besides what every run's does."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from fairgen_core.image_results import ImageReport
from fairgen_core.runs.store import RunStore


def image_report(store: RunStore, run_id: str) -> ImageReport | None:
    """What was measured, or None where nothing was (or it cannot be read)."""
    path = store.path(run_id) / "report.json"
    try:
        return ImageReport.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return None


def grids(store: RunStore, run_id: str) -> dict[int, Path]:
    """Pictures from fixed noise as PNG, by the training step that they were made after."""
    found = (store.path(run_id) / "previews").glob("grid-*.png")
    return {int(path.stem.removeprefix("grid-")): path for path in sorted(found)}
