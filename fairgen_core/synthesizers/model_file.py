"""A fitted model as two files without pickles: ``model.json`` and ``model.safetensors``."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from fairgen_core.errors import RunError

Arrays = dict[str, npt.NDArray[Any]]
_VERSION = 1


def prefixed(prefix: str, arrays: Mapping[str, npt.NDArray[Any]]) -> Arrays:
    """The arrays under ``prefix.name``."""
    return {f"{prefix}.{name}": array for name, array in arrays.items()}


def part_of(prefix: str, arrays: Mapping[str, npt.NDArray[Any]]) -> Arrays:
    """The arrays that stand under a prefix, without it."""
    start = f"{prefix}."
    return {n.removeprefix(start): a for n, a in arrays.items() if n.startswith(start)}


def save_model(
    folder: Path, kind: str, plain: Mapping[str, Any], arrays: Mapping[str, npt.NDArray[Any]]
) -> None:
    """Write both files; each appears complete or not at all."""
    whole = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
    temporary = folder / "model.safetensors.part"
    save_file(whole, str(temporary))
    temporary.replace(folder / "model.safetensors")
    text = json.dumps({"version": _VERSION, "synthesizer": kind, **plain})
    temporary = folder / "model.json.part"
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(folder / "model.json")


def load_model(folder: Path, kind: str) -> tuple[dict[str, Any], Arrays]:
    """Read both files.

    Raises:
        RunError: a file is missing, damaged, or of another kind of model.
    """
    try:
        plain = json.loads((folder / "model.json").read_text(encoding="utf-8"))
        arrays = load_file(str(folder / "model.safetensors"))
    except (OSError, ValueError, SafetensorError) as error:
        raise RunError(
            "The run must hold a complete model (model.json and model.safetensors), and it could "
            f"not be read: {error}. Train the run again, or copy its folder again."
        ) from error
    if plain.get("version") != _VERSION or plain.get("synthesizer") != kind:
        raise RunError(
            f"The model must be a '{kind}' model of version {_VERSION}, and "
            f"'{plain.get('synthesizer')}' of version {plain.get('version')} was found. Open it "
            "with the FairGen that made it, or train it again."
        )
    return plain, arrays


@contextmanager
def rebuilding() -> Iterator[None]:
    """Around the code that puts a model together from what `load_model` gave.

    Raises:
        RunError: a part is missing or of another shape: the files are of another FairGen.
    """
    try:
        yield
    except (KeyError, IndexError, TypeError, ValueError, RuntimeError) as error:
        raise RunError(
            "The model's parts must be those that this FairGen writes, and they are not "
            f"({type(error).__name__}: {str(error)[:200]}). Open it with the FairGen that made it, "
            "or train the run again."
        ) from error
