"""What a run did, as a line on the command line and as Python: both run as they stand."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from fairgen_core.config import AuditConfig, Frozen, TrainConfig
from fairgen_core.data.images.catalogue import IMAGE_CATALOGUE
from fairgen_core.image_config import ImageTrainConfig
from fairgen_core.run_config import DataRunConfig

Options = list[tuple[str, object]]


def as_command(config: DataRunConfig, out: str | None = None) -> str:
    """The command that does the same again, one option a line.

    Args:
        config: of a run on data; every setting that is not as usual has its option.
        out: name of the file to write; None: none.
    """
    if isinstance(config, ImageTrainConfig):
        command, options = "train-images", _picture_options(config)
    elif isinstance(config, AuditConfig):
        command, options = "audit", [*_table_options(config), ("--seed", config.seed)]
    else:
        command, options = "train", _train_options(config)
    if out is not None and not isinstance(config, AuditConfig):
        options.append(("--out", out))
    lines = [_option(name, _word(value)) for name, value in options]
    if isinstance(config, TrainConfig) and config.evaluate:
        lines.append("--evaluate")
    if isinstance(config, ImageTrainConfig) and _divided_by_chance(config):
        lines.append("--random-split")
    return " \\\n    ".join([f"python -m fairgen_core {command}", *lines])


def as_python(config: DataRunConfig, out: str | None = None) -> str:
    """The Python that does the same again.

    Args:
        config: settings of a run on data.
        out: name of the file to write; None: none.
    """
    if isinstance(config, ImageTrainConfig):
        lines = ["from fairgen_core.image_api import train_images", ""]
        call, arguments = "run = train_images", _picture_arguments(config)
    elif isinstance(config, AuditConfig):
        lines = ["from fairgen_core import audit", ""]
        call, arguments = "report = audit", {**_table_arguments(config), "seed": config.seed}
    else:
        lines = ["from fairgen_core import train", ""]
        call, arguments = "run = train", _train_arguments(config)
    lines.append(f"{call}(")
    lines.append(f"    {config.data.source!r},")
    lines += [f"    {name}={value!r}," for name, value in arguments.items()]
    lines.append(")")
    if isinstance(config, AuditConfig):
        return "\n".join([*lines, "print(report.headline)"])
    lines += [f"run.write({out!r})"] if out is not None else []
    return "\n".join([*lines, 'print(run.report.headline if run.report else "not judged")'])


def _option(name: str, word: str) -> str:
    """An option with its value; a value that looks like an option is tied to its own."""
    return f"{name}{'=' if word.startswith('-') else ' '}{shlex.quote(word)}"


def _columns(name: str, columns: Iterable[str]) -> Options:
    """Columns, one option each; names that the command line would split or trim as JSON."""
    columns = list(columns)
    odd = any("," in c or c != c.strip() or c.startswith("[") for c in columns)
    return [(name, json.dumps([c]) if odd else c) for c in columns]


def _word(value: object) -> str:
    """A value as one word of a command, with every digit that it has."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:g}" if isinstance(value, float) and float(f"{value:g}") == value else str(value)


def _unusual(model: Frozen, without: Iterable[str] = ()) -> dict[str, Any]:
    """The fields of a section that are not as they come."""
    return {
        name: getattr(model, name)
        for name, field in type(model).model_fields.items()
        if name not in without
        and getattr(model, name) != field.get_default(call_default_factory=True)
    }


# --- tables ----------------------------------------------------------------------------------


def _table_options(config: TrainConfig | AuditConfig) -> Options:
    """What trainings and audits share."""
    data, roles = config.data, config.roles
    options: Options = [("--data", data.source)]
    unusual = _unusual(data)
    if data.test_source is not None:
        options.append(("--test", data.test_source))
    elif "test_share" in unusual:
        options.append(("--test-share", data.test_share))
    if data.split_seed:
        options.append(("--split-seed", data.split_seed))
    options += [("--kinds", f"{column}={kind}") for column, kind in data.kinds.items()]
    options += [("--option", f"{name}={_word(value)}") for name, value in data.options.items()]
    options += _columns("--sensitive", roles.sensitive)
    if roles.target is not None:
        options.append(("--target", roles.target))
    if roles.positive is not None:
        options.append(("--positive", roles.positive))
    options += [
        ("--bands", f"{column}={','.join(map(_word, cuts))}")
        for column, cuts in roles.bands.items()
    ]
    if roles.merge_below is not None:
        options.append(("--merge-below", roles.merge_below))
    return options + _columns("--explanatory", roles.explanatory)


def _train_options(config: TrainConfig) -> Options:
    fairness = config.fairness
    options = [*_table_options(config), ("--fairness", fairness.target)]
    given = {
        "--enforce": (fairness.enforce, "labels"),
        "--strength": (fairness.strength, 1.0),
        "--alpha": (fairness.alpha, None),
        "--penalty": (fairness.penalty, "distance-covariance"),
        "--representation": (fairness.representation, "natural"),
        "--generator": (config.generator.name, None),
        "--clip-norm": (config.generator.clip_norm, None),
        "--preset": (config.preset, None),
        "--device": (config.device, "auto"),
        "--rows": (config.n_rows, None),
        "--seed": (config.seed, None),
        "--name": (config.name, ""),
    }
    options += [(name, value) for name, (value, usual) in given.items() if value != usual]
    return [*options, *(("--set", f"{k}={_word(v)}") for k, v in _more(config).items())]


def _more(config: TrainConfig) -> dict[str, Any]:
    """Settings that have no option of their own, by their place in ``config.json``."""
    generator = _unusual(config.generator, without=("name", "clip_norm"))
    return {
        **{f"compression.{name}": value for name, value in _unusual(config.compression).items()},
        **{f"generator.{name}": value for name, value in generator.items()},
    }


def _table_arguments(config: TrainConfig | AuditConfig) -> dict[str, Any]:
    data, roles = config.data, config.roles
    unusual = _unusual(data, without=("source", "test_source", "display_name"))
    if data.test_source is not None:
        unusual.pop("test_share", None)
    arguments = {"sensitive": list(roles.sensitive), "target": roles.target}
    return {
        **arguments,
        **({"positive": roles.positive} if roles.positive is not None else {}),
        **({"test": data.test_source} if data.test_source is not None else {}),
        **unusual,
        **({"bands": _plain(roles.bands)} if roles.bands else {}),
        **({"merge_below": roles.merge_below} if roles.merge_below is not None else {}),
        **({"explanatory": list(roles.explanatory)} if roles.explanatory else {}),
    }


def _train_arguments(config: TrainConfig) -> dict[str, Any]:
    fairness = _unusual(config.fairness, without=("target",))
    top = _unusual(config, without=(
        "data", "roles", "fairness", "generator", "compression", "n_rows", "evaluate", "task",
        "preset", "seed",
    ))  # fmt: skip
    clip = config.generator.clip_norm
    more = _more(config)
    return {
        **_table_arguments(config),
        "fairness": config.fairness.target,
        **fairness,
        "generator": config.generator.name,
        **({"clip_norm": clip} if clip is not None else {}),
        "preset": config.preset,
        **({"rows": config.n_rows} if config.n_rows is not None else {}),
        "seed": config.seed,
        **top,
        "evaluate": config.evaluate,
        **({"settings": more} if more else {}),
    }


def _plain(bands: Mapping[str, tuple[float, ...]]) -> dict[str, list[float]]:
    return {column: list(cuts) for column, cuts in bands.items()}


# --- pictures --------------------------------------------------------------------------------

_PICTURE_OPTIONS = {
    "data.attributes": "--attributes",
    "sensitive": "--sensitive",
    "class_column": "--class",
    "data.bands": "--bands",
    "data.merge_below": "--merge-below",
    "data.groups": "--groups",
    "data.share": "--share",
    "data.size": "--size",
    "data.test_share": "--test-share",
    "data.split_column": "--split-column",
    "data.split_seed": "--split-seed",
    "synthesizer": "--synthesizer",
    "gan.objective": "--objective",
    "gan.grouping": "--grouping",
    "gan.clip_norm": "--clip-norm",
    "gan.first_group": "--first-group",
    "gan.n_epochs": "--epochs",
    "generator": "--generator",
    "alpha": "--alpha",
    "preset": "--preset",
    "n_images": "--images",
    "seed": "--seed",
    "device": "--device",
    "name": "--name",
}


def _picture_settings(config: ImageTrainConfig) -> dict[str, Any]:
    """Every unusual setting by its place, and those that one wants to see anyway."""
    data = _unusual(config.data, without=("source", "display_name"))
    found: dict[str, Any] = {f"data.{name}": value for name, value in data.items()}
    found |= _unusual(config, without=("data", "gan", "task", "preset", "n_images", "seed"))
    found |= {f"gan.{name}": value for name, value in _unusual(config.gan).items()}
    return {**found, "preset": config.preset, "n_images": config.n_images, "seed": config.seed}


def _picture_options(config: ImageTrainConfig) -> Options:
    settings = _picture_settings(config)
    if config.data.bands:
        settings["data.bands"] = ",".join(map(_word, config.data.bands))
    known = [(_PICTURE_OPTIONS[k], v) for k, v in settings.items() if k in _PICTURE_OPTIONS]
    more = [("--set", f"{k}={_word(v)}") for k, v in settings.items() if k not in _PICTURE_OPTIONS]
    return [("--data", config.data.source), *known, *more]


def _divided_by_chance(config: ImageTrainConfig) -> bool:
    """Whether chance must be named: a column that divides would be taken else."""
    return config.data.split_column is None and config.data.source not in IMAGE_CATALOGUE


def _picture_arguments(config: ImageTrainConfig) -> dict[str, Any]:
    chance = {"split_column": None} if _divided_by_chance(config) else {}
    given = {key.rpartition(".")[2]: value for key, value in _picture_settings(config).items()}
    return chance | given


def named_source(config: DataRunConfig) -> DataRunConfig:
    """The same settings with files called by their names only, wherever they lay."""
    data = config.data
    files = ("source", "test_source", "attributes")
    held = {name: getattr(data, name, None) for name in files}
    update = {name: Path(value).name for name, value in held.items() if value}
    if held["source"] and data.display_name and update["source"] != held["source"]:
        update["source"] = data.display_name
    return config.model_copy(update={"data": data.model_copy(update=update)})
