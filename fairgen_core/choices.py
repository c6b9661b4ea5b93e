"""A person's choices, as a notebook or the command line gives them, made into a configuration."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import pandas as pd

from fairgen_core.config import AuditConfig, TrainConfig, parse_config
from fairgen_core.data.catalogue import CATALOGUE
from fairgen_core.errors import ConfigError
from fairgen_core.runs.store import RunStore

TableSource = str | Path | pd.DataFrame
"""A file's path, a name of the catalogue, or rows in memory."""


def train_config(
    data: TableSource,
    *,
    sensitive: str | Sequence[str],
    target: str | None = None,
    positive: str | None = None,
    test: TableSource | None = None,
    test_share: float | None = None,
    split_seed: int = 0,
    kinds: Mapping[str, str] | None = None,
    options: Mapping[str, float] | None = None,
    bands: Mapping[str, Sequence[float]] | None = None,
    merge_below: int | None = None,
    explanatory: Sequence[str] = (),
    fairness: str = "both",
    enforce: str = "labels",
    strength: float = 1.0,
    alpha: float | None = None,
    penalty: str = "distance-covariance",
    representation: str = "natural",
    generator: str = "mixture",
    clip_norm: float | None = None,
    preset: str = "balanced",
    rows: int | None = None,
    seed: int = 0,
    device: str = "auto",
    name: str = "",
    evaluate: bool = False,
    settings: Mapping[str, Any] | None = None,
) -> TrainConfig:
    """The configuration of a training; every argument is explained in `config.TrainConfig`.

    Args:
        settings: any other setting by its place there: ``{"compression.epochs": 20}``.

    Raises:
        ConfigError: a choice is impossible, alone or with the others.
    """
    raw = _question(
        data, test, test_share, split_seed, kinds, options,
        sensitive, target, positive, bands, merge_below, explanatory,
    )  # fmt: skip
    raw |= {
        "task": "train",
        "name": name,
        "fairness": {
            "target": fairness,
            "enforce": enforce,
            "strength": strength,
            "alpha": alpha,
            "penalty": penalty,
            "representation": representation,
        },
        "generator": {"name": generator, "clip_norm": clip_norm},
        "preset": preset,
        "n_rows": rows,
        "seed": seed,
        "device": device,
        "evaluate": evaluate,
    }
    return cast(TrainConfig, parse_config(with_settings(raw, settings)))


def with_settings(raw: dict[str, Any], settings: Mapping[str, Any] | None) -> dict[str, Any]:
    """The sections of a configuration with settings put in by their dotted place.

    Raises:
        ConfigError: a place is none.
    """
    for place, value in (settings or {}).items():
        *sections, name = place.split(".")
        inside = raw
        for section in sections:
            inside = inside.setdefault(section, {})
            if not isinstance(inside, dict):
                raise ConfigError(
                    f"A setting must be named by its place, such as compression.epochs, and "
                    f"'{place}' is none. Look it up in a run's config.json.",
                    field=place,
                )
        inside[name] = value
    return raw


def audit_config(
    data: TableSource,
    *,
    sensitive: str | Sequence[str],
    target: str | None = None,
    positive: str | None = None,
    test: TableSource | None = None,
    test_share: float | None = None,
    split_seed: int = 0,
    kinds: Mapping[str, str] | None = None,
    options: Mapping[str, float] | None = None,
    bands: Mapping[str, Sequence[float]] | None = None,
    merge_below: int | None = None,
    explanatory: Sequence[str] = (),
    seed: int = 0,
) -> AuditConfig:
    """The configuration of an audit; every argument is explained in `config.AuditConfig`.

    Raises:
        ConfigError: a choice is impossible.
    """
    raw = _question(
        data, test, test_share, split_seed, kinds, options,
        sensitive, target, positive, bands, merge_below, explanatory,
    )  # fmt: skip
    return cast(AuditConfig, parse_config({**raw, "task": "audit", "seed": seed}))


def _question(
    data: TableSource,
    test: TableSource | None,
    test_share: float | None,
    split_seed: int,
    kinds: Mapping[str, str] | None,
    options: Mapping[str, float] | None,
    sensitive: str | Sequence[str],
    target: str | None,
    positive: str | None,
    bands: Mapping[str, Sequence[float]] | None,
    merge_below: int | None,
    explanatory: Sequence[str],
) -> dict[str, Any]:
    """The two sections that trainings and audits share."""
    if test is not None and test_share is not None:
        raise ConfigError(
            "The test rows must come from a file of their own or be a share of the data, and both "
            "were given. Leave one out.",
            field="data.test_share",
        )
    source, display_name = source_of(data)
    if options and source not in CATALOGUE:
        raise ConfigError(
            f"A dial ({', '.join(options)}) must belong to a simulated data set, and the data is "
            "a file. Leave it out, or choose a data set by name.",
            field="data.options",
        )
    section: dict[str, Any] = {
        "source": source,
        "display_name": display_name,
        "test_source": None if test is None else source_of(test)[0],
        "split_seed": split_seed,
        "kinds": dict(kinds or {}),
        "options": dict(options or {}),
    }
    if test_share is not None:
        section["test_share"] = test_share
    roles = {
        "sensitive": (sensitive,) if isinstance(sensitive, str) else tuple(sensitive),
        "target": target,
        "positive": positive,
        "bands": {column: tuple(cuts) for column, cuts in (bands or {}).items()},
        "merge_below": merge_below,
        "explanatory": tuple(explanatory),
    }
    return {"data": section, "roles": roles}


def source_of(data: TableSource) -> tuple[str, str]:
    """Where the rows are found again later, and the name that a person knows them by."""
    if isinstance(data, pd.DataFrame):
        buffer = io.BytesIO()
        data.to_parquet(buffer, index=False)
        return str(RunStore().save_upload(buffer.getvalue(), "table.parquet")), "table"
    text = str(data)
    if text in CATALOGUE:
        return text, ""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise ConfigError(
            "The data's path must be readable text, and it holds bytes that are not. "
            "Rename the file.",
            field="data.source",
        ) from error
    path = Path(text).expanduser().absolute()
    return str(path), path.name
