"""The folders of lessons' experiments: their results, and how long they take. Needs no torch.

Beside what every run's folder holds: ``lesson.json``, a `lesson_results.LessonResult` that grows
seed by seed, and ``previews/seed-<seed>-step-<step>.png`` of the lesson on pictures.
"""

from __future__ import annotations

import re
import statistics
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from fairgen_core.errors import FairGenError
from fairgen_core.lesson_config import FavouredGroupConfig, LessonConfig
from fairgen_core.lesson_results import FairLatentResult, FavouredGroupResult, parse_lesson
from fairgen_core.runs.estimate import START_SECONDS
from fairgen_core.runs.image_estimate import image_stage_seconds
from fairgen_core.runs.status import RunState
from fairgen_core.runs.store import RunStore

RESULT = "lesson.json"
_PICTURE = re.compile(r"seed-(\d+)-step-(\d+)\.png")
_N_DIGITS = 1_438
"""Training digits of 1,797."""
_WIRING_SECONDS, _WIRING_SECONDS_A_ROW = 3.0, 3e-4
_RECENT_RUNS = 5

Result = FavouredGroupResult | FairLatentResult
R = TypeVar("R", FavouredGroupResult, FairLatentResult)


@dataclass(frozen=True)
class LessonRun:
    """One run of a lesson's experiment.

    Attributes:
        id: the run.
        config: its setting and seeds.
        state: whether it waits, works or has ended.
        result: what is known so far; None before the first seed.
    """

    id: str
    config: LessonConfig
    state: RunState
    result: Result | None


def read_result(folder: Path) -> Result | None:
    """What a lesson's run has found so far; None where there is nothing (or it is damaged)."""
    try:
        return parse_lesson((folder / RESULT).read_bytes())
    except (OSError, ValidationError):
        return None


def lesson_runs(store: RunStore, lesson: type[LessonConfig]) -> list[LessonRun]:
    """Every run of one lesson, oldest first; those that cannot be read are left out."""
    task = lesson.model_fields["task"].default
    found = []
    for run in reversed(store.list()):
        if run.task != task:
            continue
        try:
            config, folder = store.config(run.id), store.path(run.id)
        except FairGenError:
            continue
        if isinstance(config, lesson):
            found.append(LessonRun(run.id, config, run.state, read_result(folder)))
    return found


def together(results: Iterable[R]) -> R | None:
    """Results of one setting as one: every seed once, the newest of each, in order."""
    found = list(results)
    if not found:
        return None
    seeds = {one.seed: one for result in found for one in result.seeds}
    return found[-1].model_copy(update={"seeds": tuple(seeds[s] for s in sorted(seeds))})


def picture_name(seed: int, step: int) -> str:
    """The file's name of a square of pictures, in ``previews``."""
    return f"seed-{seed}-step-{step:06d}.png"


def pictures(folder: Path, seed: int) -> dict[int, Path]:
    """A seed's squares of pictures from fixed noise, by training step."""
    found = {}
    for path in sorted((folder / "previews").glob(f"seed-{seed}-step-*.png")):
        match = _PICTURE.fullmatch(path.name)
        if match:
            found[int(match[2])] = path
    return found


def stage_seconds(config: LessonConfig, seeds: Iterable[int]) -> dict[str, float]:
    """Expected seconds of each stage on the reference machine: reading, then each seed."""
    if isinstance(config, FavouredGroupConfig):
        stages = image_stage_seconds(config.training(0), _N_DIGITS, 8, 1)
        read, each = stages["read"] + stages["judges"], stages["generator"]
    else:
        read = START_SECONDS + 1.0
        each = _WIRING_SECONDS + _WIRING_SECONDS_A_ROW * config.n_rows
    return {"read": read, **{seed_stage(seed): each for seed in seeds}}


def seed_stage(seed: int) -> str:
    """The name of a seed's stage in the run's progress."""
    return f"seed {seed}"


def expected_seconds(store: RunStore, config: LessonConfig) -> float:
    """Expected wall-clock seconds of a lesson's run, corrected by those that finished here."""
    ratios: list[float] = []
    for run in store.list():
        if run.task == config.task and run.state == "done" and len(ratios) < _RECENT_RUNS:
            try:
                status = store.status(run.id)
            except FairGenError:
                continue
            if status.seconds_taken and status.expected_seconds:
                ratios.append(status.seconds_taken / status.expected_seconds)
    total = sum(stage_seconds(config, config.seeds).values())
    return total * (statistics.median(ratios) if ratios else 1.0)
