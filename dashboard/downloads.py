"""What a person takes away from a run, as file names and bytes. No streamlit import."""

from __future__ import annotations

import io
import re
import tempfile
import zipfile
from pathlib import Path

from fairgen_core.config import AuditConfig, TrainConfig
from fairgen_core.data.formats import FileFormat
from fairgen_core.data.images.npz import read_arrays
from fairgen_core.data.images.roles import in_tables
from fairgen_core.data.images.writing import writer_for
from fairgen_core.data.writing import TableWriter
from fairgen_core.errors import RunError
from fairgen_core.image_config import ImageTrainConfig
from fairgen_core.runs.names import data_name, image_words, plain_letters
from fairgen_core.runs.samples import iter_samples
from fairgen_core.runs.store import RunStore

MODEL_FILES = ("model.safetensors", "model.json")
PARQUET = FileFormat(kind="parquet")


def file_stem(config: TrainConfig | AuditConfig) -> str:
    """A file's name without its end: data set, target, fairness, generator, seed.

    >>> # adult-income-both-mixture-seed0
    """
    parts = [Path(data_name(config)).stem, config.roles.target or "no-target"]
    if isinstance(config, TrainConfig):
        parts += [config.fairness.target, config.generator.name]
    else:
        parts.append("audit")
    parts.append(f"seed{config.seed}")
    return "-".join(_plain(part) for part in parts)


def picture_stem(config: ImageTrainConfig) -> str:
    """A file's name without its end: data set, groups, synthesizer and grouping, seed."""
    words = [word.replace(" ", "") for word in image_words(config)]
    groups = config.sensitive or config.data.groups
    parts = [Path(data_name(config)).stem, groups, *words, f"seed{config.seed}"]
    return "-".join(_plain(part) for part in parts)


def has_pictures(store: RunStore, run_id: str) -> bool:
    """Whether the run's own pictures are there."""
    return (store.path(run_id) / "images.npz").is_file()


def pictures_as(store: RunStore, run_id: str, suffix: str) -> bytes:
    """A run's generated pictures with their labels as the content of a file.

    Args:
        store: where the run lies.
        run_id: a finished run on pictures.
        suffix: ``.zip`` (PNGs and ``labels.csv``) or ``.npz``.

    Raises:
        DataError: they are not there, or cannot be read.
    """
    held = read_arrays(store.path(run_id) / "images.npz")
    images, groups, classes = held["images"], held["groups"], held.get("classes")
    told = [] if "asked_groups" in held else ["group"]
    told += [] if classes is None or "asked_classes" in held else ["class"]
    group_names, class_names = (tuple(map(str, held[k])) for k in ("group_names", "class_names"))
    config = store.config(run_id)
    column = config.sensitive if isinstance(config, ImageTrainConfig) else None
    group_names = in_tables(column or "", group_names)
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder) / f"pictures{suffix}"
        with writer_for(whole, group_names, class_names, len(images)) as writer:
            writer.append(images, groups, classes, told)
        return whole.read_bytes()


def _plain(text: str) -> str:
    """Text that every file system takes as part of a name."""
    return re.sub(r"[^a-zA-Z0-9.+]+", "_", plain_letters(text)).strip("._")[:40] or "data"


def text_format(original: FileFormat) -> FileFormat:
    """How text rows are written: as the original was if it was a text file, else plain CSV."""
    return original if original.kind == "csv" else FileFormat()


def rows_as(
    store: RunStore, run_id: str, file_format: FileFormat, formula_safe: bool = False
) -> bytes:
    """A run's synthetic rows as the content of a file, written piece by piece.

    Args:
        store: where the run lies.
        run_id: a finished run.
        file_format: how the rows are written.
        formula_safe: put an apostrophe before texts that a spreadsheet would run as a formula.

    Raises:
        RunError: there are no rows, or they cannot be read.
        DataError: they do not fit into that format, or the disk is full.
    """
    path, schema = store.samples_path(run_id), store.schema(run_id)
    if path is None or schema is None:
        raise RunError(
            f"The run '{run_id}' must have its rows to be taken away, and they are not there. "
            "Draw them again from its model."
        )
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder) / "rows"
        with TableWriter(whole, schema, file_format, formula_safe) as writer:
            for piece in iter_samples(path, schema):
                writer.append(piece)
        return whole.read_bytes()


def has_model(store: RunStore, run_id: str) -> bool:
    """Whether the run's model can be taken away, and more rows drawn from it."""
    return all((store.path(run_id) / name).is_file() for name in MODEL_FILES)


TABLE_FILES = ("config.json", "schema.json", "file_format.json")


def model_zip(store: RunStore, run_id: str, beside: tuple[str, ...] = TABLE_FILES) -> bytes:
    """The model and the settings that made it, as a ZIP file.

    Args:
        store: where the run lies.
        run_id: a run with a model.
        beside: the files of the run's folder that go with it.

    Raises:
        RunError: the model is not there.
    """
    folder = store.path(run_id)
    content = io.BytesIO()
    try:
        with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
            for name in (*MODEL_FILES, *beside):
                archive.write(folder / name, name)
    except FileNotFoundError as error:
        raise RunError(
            f"The run '{run_id}' must have its model to be taken away, and "
            f"'{Path(str(error.filename)).name}' is not there. Train it again."
        ) from error
    return content.getvalue()
