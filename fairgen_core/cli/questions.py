"""What the arguments about data and roles say, as keyword arguments of the Python interface."""

from __future__ import annotations

import argparse
import contextlib
import csv
import json
from typing import Any

from fairgen_core.errors import ConfigError


def question(args: argparse.Namespace) -> dict[str, Any]:
    """The arguments that train, evaluate and audit share."""
    return {
        "sensitive": _names(args.sensitive),
        "target": args.target,
        "positive": args.positive,
        "test": args.test,
        "test_share": args.test_share,
        "split_seed": args.split_seed,
        "options": _numbers(args.option, "--option", "bias=2"),
        "kinds": dict(_pairs(args.kinds, "--kinds", "zip=category")),
        "bands": {
            column: cuts(text) for column, text in _pairs(args.bands, "--bands", "age=25,40")
        },
        "merge_below": args.merge_below,
        "explanatory": _names(args.explanatory),
        "seed": args.seed,
    }


def table_choices(args: argparse.Namespace) -> dict[str, Any]:
    """All that `parser.add_table_training` asks, but the data."""
    return {
        **question(args),
        "fairness": args.fairness,
        "enforce": args.enforce,
        "strength": args.strength,
        "alpha": args.alpha,
        "penalty": args.penalty,
        "representation": args.representation,
        "generator": args.generator,
        "clip_norm": args.clip_norm,
        "preset": args.preset,
        "rows": args.rows,
        "device": args.device,
        "name": args.name,
        "settings": settings(args.set),
    }


def _names(given: list[str]) -> list[str]:
    """Columns, repeated or separated by commas; a name in double quotes may hold commas.

    A JSON list is taken as it is, whatever the names are.
    """
    if any(part.lstrip().startswith("[") for part in given):
        return [name for part in given for name in _listed(part)]
    return [name.strip() for part in given for name in _divided(part) if name.strip()]


def _divided(text: str) -> list[str]:
    """The names between the commas of one argument, commas in double quotes left alone."""
    if '"' in text:
        with contextlib.suppress(csv.Error):
            return next(csv.reader([text], skipinitialspace=True, strict=True))
    return text.split(",")


def column_word(name: str) -> str:
    """A column's name as ``--sensitive`` takes it: in double quotes where it needs them."""
    if "," in name or name.startswith(('"', "[")):
        return '"' + name.replace('"', '""') + '"'
    return name


def _listed(text: str) -> list[str]:
    with contextlib.suppress(ValueError):
        names = json.loads(text)
        if isinstance(names, list) and all(isinstance(name, str) for name in names):
            return names
    return [text]


def _pairs(given: list[str], flag: str, example: str) -> list[tuple[str, str]]:
    pairs = []
    for text in given:
        name, mark, value = text.rpartition("=")
        if not mark or not name.strip() or not value.strip():
            raise ConfigError(
                f"{flag} must be written like {flag} {example}, and it is '{text}'. "
                "Put one '=' between the name and its value."
            )
        pairs.append((name.strip(), value.strip()))
    return pairs


def _numbers(given: list[str], flag: str, example: str) -> dict[str, float]:
    return {name: _number(value, flag) for name, value in _pairs(given, flag, example)}


def cuts(text: str) -> list[float]:
    """Cut points as they are written: numbers with commas between them."""
    return [_number(part, "--bands") for part in text.split(",") if part.strip()]


def _number(text: str, flag: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise ConfigError(
            f"{flag} takes numbers, and '{text}' is none. Write it like 2 or 0.5."
        ) from error


def settings(given: list[str]) -> dict[str, Any]:
    """Settings by their place; numbers, true, false and none are what they say."""
    return {place: _plain(value) for place, value in _pairs(given, "--set", "gan.width=64")}


def _plain(text: str) -> Any:
    named = {"none": None, "true": True, "false": False}
    if text.lower() in named:
        return named[text.lower()]
    for kind in (int, float):
        with contextlib.suppress(ValueError):
            return kind(text)
    return text
