"""A finished training on pictures, small and real, for the tests of pages that show one."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from fairgen_core.image_api import ImageRun, train_images
from fairgen_core.image_results import ImageReport
from fairgen_core.runs.files import write_json
from fairgen_core.runs.store import RunStore

N_STEPS, N_IMAGES, SEED = 80, 400, 5


def train_digits(home: Path) -> ImageRun:
    """Digits, half on white; the groups take turns and nearly every step is clipped."""
    home.mkdir(parents=True, exist_ok=True)
    write_json(home / "demo.json", {"run": ""})
    return train_images(
        "digits",
        runs=home / "runs",
        groups="background",
        preset="instant",
        grouping="alternate",
        clip_norm=0.5,
        n_steps=N_STEPS,
        n_images=N_IMAGES,
        seed=SEED,
    )


def with_another_seed(home: Path, run_id: str, seed: int, shift: float) -> str:
    """A copy of a run as another seed could have left it: its shares moved by `shift`."""
    store = RunStore(home / "runs")
    other = run_id[:-6] + f"{seed:06d}"
    folder = store.folder / other
    shutil.copytree(store.path(run_id), folder)
    config = json.loads((folder / "config.json").read_text())
    write_json(folder / "config.json", {**config, "seed": seed})
    report = ImageReport.model_validate_json((folder / "report.json").read_bytes())
    first, second = (
        frequency.model_copy(
            update={
                "share": frequency.share.model_copy(
                    update={"value": (frequency.share.value or 0) + sign * shift}
                )
            }
        )
        for frequency, sign in zip(report.group_frequencies, (1, -1), strict=True)
    )
    moved = report.model_copy(update={"group_frequencies": (first, second)})
    write_json(folder / "report.json", moved.model_dump(mode="json"))
    return other
