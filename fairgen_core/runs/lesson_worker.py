"""Does what the folder of a lesson's experiment asks for; `runs.worker` calls it."""

from __future__ import annotations

from pathlib import Path

from fairgen_core.data.images.writing import Pixels, as_png
from fairgen_core.lesson_config import FairLatentConfig, FavouredGroupConfig, LessonConfig
from fairgen_core.runs import machine
from fairgen_core.runs.files import plain_disk_errors, replaced_when_complete
from fairgen_core.runs.lessons import (
    RESULT,
    picture_name,
    read_result,
    seed_stage,
    stage_seconds,
)
from fairgen_core.runs.observer import FileObserver
from fairgen_core.studies.fair_latent_wirings import WiringStudy, lesson_table
from fairgen_core.studies.favoured_group import FavouredGroupStudy
from fairgen_core.training import stop_if_asked


def work(folder: Path, config: LessonConfig, observer: FileObserver) -> None:
    """Train seed by seed, all in this one process, and write each as soon as it is done.

    A stopped run goes on with the seeds that are missing.

    Args:
        folder: the run's folder.
        config: what is asked.
        observer: told everything; a seed is a stage.
    """
    result = read_result(folder)
    have = {one.seed for one in result.seeds} if result is not None else set()
    missing = [seed for seed in config.seeds if seed not in have]
    expected = stage_seconds(config, missing)
    observer.expect(expected)
    observer.note(
        device=machine.in_words(machine.n_threads()) if config.device == "cpu" else config.device,
        expected_seconds=None if have else sum(expected.values()),
    )
    observer.on_progress("read", 0.0)
    study = _study(folder, config)
    result = result or study.start()
    observer.on_progress("read", 1.0)
    for seed in missing:
        stop_if_asked(observer)
        stage = seed_stage(seed)
        found = study.run(seed, observer, stage)
        result = result.model_copy(update={"seeds": (*result.seeds, found)})
        with replaced_when_complete(folder / RESULT) as temporary:
            temporary.write_text(result.model_dump_json(), encoding="utf-8")
        observer.on_progress(stage, 1.0)


def _study(folder: Path, config: LessonConfig) -> FavouredGroupStudy | WiringStudy:
    if isinstance(config, FairLatentConfig):
        return WiringStudy(config, lesson_table(config))
    previews = folder / "previews"
    with plain_disk_errors(previews):
        previews.mkdir(exist_ok=True)

    def show(seed: int, step: int, grid: Pixels) -> None:
        with replaced_when_complete(previews / picture_name(seed, step)) as temporary:
            temporary.write_bytes(as_png(grid))

    assert isinstance(config, FavouredGroupConfig)
    return FavouredGroupStudy(config, show)
