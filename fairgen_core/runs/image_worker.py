"""Does what the folder of a training on pictures asks for; `runs.worker` calls it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch

from fairgen_core.data.images.image_set import ImageSet
from fairgen_core.data.images.npz import read_arrays
from fairgen_core.data.images.prepared import PreparedImages, load_images, prepare_images
from fairgen_core.data.images.reading import OnProgress
from fairgen_core.data.images.writing import Pixels, as_png, write_npz
from fairgen_core.errors import ConfigError
from fairgen_core.image_config import ImageTrainConfig
from fairgen_core.image_evaluation import Trained, evaluate_images
from fairgen_core.image_judges import fit_judges
from fairgen_core.image_models import ImageModel
from fairgen_core.image_presets import fill_image_config
from fairgen_core.runs import machine
from fairgen_core.runs.estimate import corrected
from fairgen_core.runs.files import plain_disk_errors, replaced_when_complete, write_json
from fairgen_core.runs.image_estimate import image_stage_seconds
from fairgen_core.runs.observer import FileObserver
from fairgen_core.runs.store import RunStore
from fairgen_core.sharing import Alone, Shared
from fairgen_core.synthesizers.images.training import Looks, train_images
from fairgen_core.training import pick_device, stop_if_asked

MAX_SAMPLE_BYTES = 4 * 2**30
"""Of the pictures that a run keeps; any number can be drawn from its model into a zip."""


def read_image_input(
    config: ImageTrainConfig,
    on_progress: OnProgress | None = None,
    read: ImageSet | None = None,
) -> PreparedImages:
    """Read and divide a run's pictures.

    Args:
        config: the run's.
        on_progress: told the share that is read; whatever it raises ends the reading.
        read: the pictures as `read_set` gives them, where the caller has read them.

    Raises:
        DataError, ConfigError: they cannot be used as they are.
    """
    config = fill_image_config(config)
    data = prepare_images(config, load_images(config, on_progress, read))
    n_bytes = config.n_images * data.train.images[0].size
    if n_bytes > MAX_SAMPLE_BYTES:
        raise ConfigError(
            f"The pictures that a run keeps must fit into {MAX_SAMPLE_BYTES // 2**30} GiB, and "
            f"{config.n_images:,} of {data.train.size} pixels do not. Choose fewer, and draw more "
            "into a zip when the run is done.",
            field="n_images",
        )
    return data


def work(
    folder: Path,
    config: ImageTrainConfig,
    observer: FileObserver,
    data: PreparedImages | None,
    checkpoint: Mapping[str, Any] | None,
    shared: Shared | None = None,
) -> None:
    """Read, train judges and generator, draw, judge; what is finished before is not done again.

    Args:
        folder: the run's folder.
        config: what is asked.
        observer: told everything.
        data: the pictures, where the caller has read them already.
        checkpoint: what a stopped training left.
        shared: what members of a sweep on the same pictures have in common: the judges.
    """

    def reading(share: float) -> None:
        stop_if_asked(observer)
        observer.on_progress("read", share)

    reading(0.0)
    data = data or read_image_input(config, reading)
    observer.note(n_rows=len(data.train))
    if data.train.skipped:
        write_json(folder / "left_out.json", [vars(file) for file in data.train.skipped])
    _expect(observer, config, data)
    observer.on_progress("read", 1.0)
    if (folder / "model.json").exists():
        model = ImageModel.load(folder)
    else:
        model = _train(folder, config, data, observer, checkpoint, shared or Alone())
    if not (folder / "images.npz").exists():
        _draw(folder, config, model, observer)
    if config.evaluate and not (folder / "report.json").exists():
        held = read_arrays(folder / "images.npz")

        def keep(name: str, arrays: dict[str, Any]) -> None:
            with plain_disk_errors(folder / f"{name}.npz"):
                write_npz(folder / f"{name}.npz", arrays)

        report = evaluate_images(
            data,
            held["images"],
            model.judges,
            asked_classes=held.get("asked_classes"),
            asked_groups=held.get("asked_groups"),
            trained=Trained(model.trained.trace, model.trained.norms),
            more_figures=model.latent_figures(data, config.seed),
            seed=config.seed,
            observer=observer,
            keep=keep,
        )
        with replaced_when_complete(folder / "report.json") as temporary:
            temporary.write_text(report.model_dump_json(), encoding="utf-8")


def _expect(observer: FileObserver, config: ImageTrainConfig, data: PreparedImages) -> None:
    """Tell the observer how long each stage should take here."""
    device = pick_device(config.device)
    on_gpu = device.type == "cuda"
    n_classifiers = bool(data.class_names) + (data.read_groups is None)
    n_train, size, n_channels = len(data.train), data.train.size, data.train.n_channels
    stages = image_stage_seconds(config, n_train, size, n_channels, on_gpu, max(1, n_classifiers))
    total = sum(stages.values())
    speed = corrected(total, RunStore(observer.folder.parent), config).seconds / total
    observer.expect(stages, speed)
    if on_gpu:
        torch.cuda.set_device(observer.status.gpu or 0)
    name = torch.cuda.get_device_name() if on_gpu else ""
    # A resumed run did a part of its work before: it tells nothing about the whole.
    observer.note(
        device=name or machine.in_words(machine.threads_for(config)),
        expected_seconds=None if observer.resumed else total,
    )


def _train(
    folder: Path,
    config: ImageTrainConfig,
    data: PreparedImages,
    observer: FileObserver,
    checkpoint: Mapping[str, Any] | None,
    shared: Shared,
) -> ImageModel:
    previews = folder / "previews"
    with plain_disk_errors(previews):
        previews.mkdir(exist_ok=True)

    def show(step: int, grid: Pixels) -> None:
        with replaced_when_complete(previews / f"grid-{step:08d}.png") as temporary:
            temporary.write_bytes(as_png(grid))

    same = (config.data, config.sensitive, config.class_column, config.preset, config.seed)
    judges = shared.part("judges", same, lambda: fit_judges(data, config.seed, observer))
    looks = Looks(judges.groups_of, judges.recognisable_share(), show)
    trained = train_images(config, data, looks, observer, checkpoint)
    model = ImageModel(trained, judges, data.group_names, data.class_names)
    with plain_disk_errors(folder / "model.json"):
        model.save(folder, config)
    return model


def _draw(
    folder: Path, config: ImageTrainConfig, model: ImageModel, observer: FileObserver
) -> None:
    """Keep the pictures with the codes of their groups and classes."""
    observer.on_progress("decode", 0.0)
    found: dict[str, list[Any]] = {}
    n_drawn = 0
    for drawn in model.iter_sample(config.n_images, config.seed):
        stop_if_asked(observer)
        for name, values in vars(drawn).items():
            if values is not None:
                found.setdefault(name, []).append(values)
        n_drawn += len(drawn.images)
        observer.on_progress("decode", n_drawn / config.n_images)
    arrays = {name: np.concatenate(parts) for name, parts in found.items()}
    arrays["group_names"] = np.array(model.group_names)
    arrays["class_names"] = np.array(model.class_names, dtype=str)
    with plain_disk_errors(folder / "images.npz"):
        write_npz(folder / "images.npz", arrays)
