"""What a notebook and the command line do with pictures: train, draw, evaluate."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from fairgen_core.choices import with_settings
from fairgen_core.data.images.attributes import held_out_values
from fairgen_core.data.images.catalogue import IMAGE_CATALOGUE
from fairgen_core.data.images.division import found_division
from fairgen_core.data.images.image_set import ImageSet
from fairgen_core.data.images.prepared import (
    DEFAULT_SIZE,
    Codes,
    load_images,
    prepare_images,
    read_set,
)
from fairgen_core.data.images.reading import OnProgress, read_images
from fairgen_core.data.images.roles import in_tables
from fairgen_core.data.images.writing import told_labels, writer_for
from fairgen_core.errors import RunError
from fairgen_core.image_config import ImageTrainConfig
from fairgen_core.image_presets import fill_image_config
from fairgen_core.image_results import ImageReport
from fairgen_core.run_config import parse_run_config
from fairgen_core.runs import outputs
from fairgen_core.runs.files import plain_disk_errors
from fairgen_core.runs.pictures import image_report
from fairgen_core.runs.status import Owner, ProgressEvent
from fairgen_core.runs.store import RunStore

Echo = Callable[[ProgressEvent, float | None], None]


class ImageRun:
    """A training on pictures, on disk.

    Args:
        run_id: its id, as ``RunStore().ids()`` lists it.
        runs: the folder of runs; None: the home's.

    Raises:
        RunError: there is no such run, or it is about a table.
    """

    def __init__(self, run_id: str, runs: Path | str | None = None) -> None:
        self.store = RunStore(Path(runs) if runs is not None else None)
        self.id = run_id
        self.folder = self.store.path(run_id)
        config = self.store.config(run_id)
        if not isinstance(config, ImageTrainConfig):
            raise RunError(
                f"The run must be a training on pictures, and '{run_id}' is about a table. "
                "Choose another run."
            )
        self.config = config

    @property
    def report(self) -> ImageReport | None:
        """What was measured; None where nothing was (yet)."""
        return image_report(self.store, self.id)

    def write(
        self,
        out: Path | str,
        n_images: int | None = None,
        seed: int | None = None,
        echo: Callable[[float], None] | None = None,
    ) -> int:
        """Write pictures and their labels into a zip or npz; memory stays bounded.

        Args:
            out: a .zip or .npz file; there whole at the end, or not at all.
            n_images: how many; None: as many as the run was asked for.
            seed: None: the run's own, which gives the run's own pictures again.
            echo: told the share that is done.

        Returns:
            The number of pictures written.

        Raises:
            DataError: the file cannot be written.
            RunError: the run has no finished model.
        """
        out = Path(out)
        outputs.check_out(out, self.config)
        n = self.config.n_images if n_images is None else n_images
        drawing_seed = self.config.seed if seed is None else seed
        outputs.check_number("number of pictures", n, least=1)
        outputs.check_number("seed", drawing_seed, least=0)
        if not (self.folder / "model.json").is_file():
            raise RunError(
                f"The run must have finished its training, and '{self.id}' has no finished model "
                f"({self.store.status(self.id).state}). Resume it first."
            )
        from fairgen_core.image_models import ImageModel

        model = ImageModel.load(self.folder)
        groups = in_tables(self.config.sensitive or "", model.group_names)
        with (
            plain_disk_errors(out.absolute()),
            writer_for(out, groups, model.class_names, n) as writer,
        ):
            for drawn in model.iter_sample(n, drawing_seed):
                writer.append(drawn.images, drawn.groups, drawn.classes, drawn.told)
                if echo is not None:
                    echo(writer.n_written / n)
        return n


def image_config(data: Path | str, **choices: Any) -> ImageTrainConfig:
    """The configuration of a training on pictures.

    Args:
        data: a name of the picture catalogue, or the path of a zip, folder or npz.
        **choices: fields of `ImageTrainConfig`; those of its `data` and `gan` by their own names,
            or as ``settings`` by their dotted places: ``settings={"gan.width": 64}``.

    Raises:
        ConfigError: a choice is impossible, alone or with the others.
    """
    sections: dict[str, dict[str, Any]] = {"data": _source(data), "gan": {}}
    fields = {name: ImageTrainConfig.model_fields[name].annotation for name in sections}
    top: dict[str, Any] = {}
    settings = choices.pop("settings", None)
    for name, value in choices.items():
        for section, model in fields.items():
            if name in getattr(model, "model_fields", {}):
                sections[section][name] = value
                break
        else:
            top[name] = value
    entry = IMAGE_CATALOGUE.get(str(data))
    if entry is not None and top.get("synthesizer") == "cgan" and not top.get("class_column"):
        top["class_column"] = entry.class_column
    raw = with_settings({"task": "train-images", **top, **sections}, settings)
    config = parse_run_config(raw)
    assert isinstance(config, ImageTrainConfig)  # the task says so
    return config


def _source(data: Path | str) -> dict[str, Any]:
    if str(data) in IMAGE_CATALOGUE:
        return {"source": str(data)}
    path = Path(data).expanduser().absolute()
    return {"source": str(path), "display_name": path.name}


def with_division(
    config: ImageTrainConfig,
    images: ImageSet,
    choices: Mapping[str, Any],
    on_note: Callable[[str], None] | None = None,
) -> ImageTrainConfig:
    """The configuration with the column that divides its pictures, as the Data page chooses it.

    Args:
        config: made of `choices`.
        images: its pictures, as they were read.
        choices: where they name ``split_column``, even as None, nothing is changed.
        on_note: told of a column that was found.
    """
    settings = choices.get("settings") or {}
    if "split_column" in choices or "data.split_column" in settings:
        return config
    divided = found_division(config, images)
    column = divided.data.split_column
    if column is not None and on_note is not None and divided != config:
        test = ", ".join(f"'{value}'" for value in held_out_values(images.table[column]))
        on_note(f"Held out are the pictures of which their column '{column}' says {test}.")
    return divided


def train_images(
    data: Path | str,
    *,
    out: Path | str | None = None,
    runs: Path | str | None = None,
    owner: Owner = "notebook",
    echo: Echo | None = None,
    on_read: OnProgress | None = None,
    on_note: Callable[[str], None] | None = None,
    **choices: Any,
) -> ImageRun:
    """Train on pictures, draw synthetic ones and keep all as a run.

    Args:
        data: as in `image_config`.
        out: write the pictures to this zip or npz as well.
        runs: the folder of runs; None: the home's.
        owner: whose process this is.
        echo: told about progress.
        on_read: told the share of the pictures that is read, before the run is made.
        on_note: told what was decided because no choice said otherwise.
        **choices: as in `image_config`. Without `split_column` a column that tells training and
            test pictures apart divides them, where there is one; None: they are divided at random.

    Raises:
        FairGenError: the data or a choice cannot be used, or the training failed; in plain words.
    """
    config = image_config(data, **choices)
    if out is not None:
        outputs.check_out(Path(out), config)
    from fairgen_core.runs import image_worker, worker

    # Read before a folder is made.
    filled = fill_image_config(config)
    plain = read_set(filled.data, on_read)
    config = with_division(config, plain, choices, on_note)
    read = image_worker.read_image_input(config, read=plain)
    store = RunStore(Path(runs) if runs is not None else None)
    run_id = store.create(config, owner)
    worker.run(store.path(run_id), read, echo)
    run = ImageRun(run_id, store.folder)
    if out is not None:
        run.write(out)
    return run


def evaluate_images(
    real: Path | str,
    synthetic: Path | str,
    *,
    seed: int = 0,
    synthetic_attributes: Path | str | None = None,
    on_read: OnProgress | None = None,
    on_note: Callable[[str], None] | None = None,
    **choices: Any,
) -> ImageReport:
    """Judge generated pictures, whoever made them, beside held-out real ones.

    Args:
        real: a name of the picture catalogue, or a path.
        synthetic: a path of a zip, folder or npz; its pictures are brought to the real ones' size
            and colours.
        seed: of the judges.
        synthetic_attributes: a table that says what group and class each synthetic picture was
            asked to be (columns ``group`` and ``class``); None: inside the zip where there is one.
            Labels that a file of ours says were told by a judge are told anew.
        on_read: told the share that is read, of the real pictures and then of the synthetic ones.
        on_note: as in `train_images`.
        **choices: as in `train_images`: sensitive, class_column, groups, share, size, ...

    Raises:
        DataError, ConfigError: pictures or a choice cannot be used.
    """
    from fairgen_core import image_evaluation
    from fairgen_core.image_judges import fit_judges

    config = image_config(real, seed=seed, **choices)
    size = config.data.size or DEFAULT_SIZE
    sized = config.data.model_copy(update={"size": size})
    config = config.model_copy(update={"data": sized})
    plain = read_set(config.data, on_read)
    config = with_division(config, plain, choices, on_note)
    data = prepare_images(config, load_images(config, read=plain))
    beside = Path(synthetic_attributes) if synthetic_attributes is not None else None
    made = read_images(
        Path(synthetic),
        attributes=beside,
        attributes_name=beside.name if beside else "",
        size=size,
        colour="grey" if data.train.n_channels == 1 else "rgb",
        on_progress=on_read,
    )
    told = told_labels(Path(synthetic)) if beside is None else frozenset()
    report = image_evaluation.evaluate_images(
        data,
        made.images,
        fit_judges(data, seed),
        asked_classes=None
        if "class" in told
        else _asked(made, ("class", data.class_column), data.class_names),
        asked_groups=None
        if "group" in told
        else _asked(
            made, ("group", data.group_column), in_tables(data.group_column, data.group_names)
        ),
        seed=seed,
    )
    return report.model_copy(update={"warnings": (*report.warnings, *made.notes)})


def _asked(made: ImageSet, columns: tuple[str, ...], names: tuple[str, ...]) -> Codes | None:
    """Codes of the first of these columns that holds nothing but `names`, or None."""
    lookup = {name: code for code, name in enumerate(names)}
    for column in columns:
        if column in made.table.columns and made.table[column].isin(lookup).all():
            return made.table[column].map(lookup).to_numpy().astype(np.int64)
    return None
