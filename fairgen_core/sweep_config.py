"""A sweep: one training with some of its choices varied, and how it is laid out into members.

Pure functions on frozen models: the page, the command line and the worker lay out the same members,
with the same keys, from the same configuration.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field, ValidationError, model_validator

from fairgen_core.config import Frozen, TrainConfig, as_config_error
from fairgen_core.errors import ConfigError
from fairgen_core.image_config import ImageTrainConfig

Setting = str | float | None
"""A value on an axis: a word, a number, or None ('no clip norm', 'the preset's alpha')."""
MemberConfig = TrainConfig | ImageTrainConfig

MAX_MEMBERS = 2000
_DIGITS = 6
_NOTHING = {"none", "preset"}

AXES: dict[str, dict[str, str]] = {
    "train": {
        "fairness": "fairness.target",
        "strength": "fairness.strength",
        "enforce": "fairness.enforce",
        "alpha": "fairness.alpha",
        "representation": "fairness.representation",
        "generator": "generator.name",
        "clip_norm": "generator.clip_norm",
        "preset": "preset",
    },
    "train-images": {
        "synthesizer": "synthesizer",
        "grouping": "gan.grouping",
        "clip_norm": "gan.clip_norm",
        "objective": "gan.objective",
        "generator": "generator",
        "alpha": "alpha",
        "share": "data.share",
        "preset": "preset",
    },
}
"""What can be varied of each task: the axis's name, and the dotted field that it sets. In this
order, whatever the order of `SweepConfig.vary`, members are laid out and settings are listed."""

NUMBER_AXES = frozenset({"strength", "alpha", "clip_norm", "share"})
NULLABLE_AXES = frozenset({"alpha", "clip_norm"})


class Axis(Frozen):
    """One choice that is varied."""

    name: str
    """A key of `AXES` of the base's task."""
    values: tuple[Setting, ...] = Field(min_length=1)


class SweepConfig(Frozen):
    """A sweep: `base` with every combination of the axes' values, each with every seed."""

    task: Literal["sweep"] = "sweep"
    name: str = ""
    base: Annotated[TrainConfig | ImageTrainConfig, Field(discriminator="task")]
    """All that is not varied. Its own value on an axis and its seed do not count."""
    vary: tuple[Axis, ...] = ()
    seeds: tuple[int, ...] = Field(default=(0,), min_length=1)

    @model_validator(mode="after")
    def _choices_fit_together(self) -> SweepConfig:
        known = AXES[self.base.task]
        names = [axis.name for axis in self.vary]
        for name in names:
            if name not in known:
                raise ValueError(
                    f"vary: what is varied must be one of {', '.join(known)}, and '{name}' is "
                    "not. Choose one of these."
                )
        if len(set(names)) < len(names):
            raise ValueError(
                "vary: every choice can be varied once, and one was named twice. Put all its "
                "values into one list."
            )
        if len(set(self.seeds)) < len(self.seeds):
            raise ValueError("seeds: every seed counts once, and one was named twice. Drop it.")
        n_members = len(self.seeds) * math.prod(len(axis.values) for axis in self.vary)
        if n_members > MAX_MEMBERS:
            raise ValueError(
                f"vary: a sweep must have at most {MAX_MEMBERS:,} members, and this one would have "
                f"{n_members:,}. Take fewer values or seeds."
            )
        return self


class Member(Frozen):
    """One training of a sweep.

    Attributes:
        key: stable: the same settings and seed on the same base have the same key for ever.
        settings: the value on every axis that means something for this member (a target 'none'
            has no strength), in the order of `AXES`.
        config: the ordinary training.
    """

    key: str
    settings: dict[str, Setting]
    seed: int
    config: Annotated[TrainConfig | ImageTrainConfig, Field(discriminator="task")]

    @property
    def label(self) -> str:
        """Its settings in a few words, without the seed."""
        return setting_label(self.settings)


_MEANS_NOTHING = {
    "enforce": "where the target is 'none'",
    "strength": "where the target is 'none' or parity is enforced by the latent alone",
    "alpha": "without a latent that is made fair",
    "clip_norm": "beside a generator without a discriminator",
    "generator": "to a GAN on pictures",
    **dict.fromkeys(("grouping", "objective"), "to FLDGM"),
}
"""Why `_idle` names an axis, in words."""


def setting_label(settings: Mapping[str, Setting]) -> str:
    """Settings in a few words: ``both, strength 0.71, mixture``."""
    return ", ".join(_words(name, value) for name, value in settings.items()) or "as it is"


def members(config: SweepConfig) -> list[Member]:
    """Every training of a sweep, each once, in a fixed order: settings first, then seeds.

    Choices that mean nothing beside others are set to what they are by default before members are
    compared: the target 'none' and a fair latent have no strength, labels have no alpha, a mixture
    has no clip norm, a GAN on pictures no alpha, FLDGM on pictures no grouping.

    Raises:
        ConfigError: a value, or a combination of values, is impossible.
    """
    fields = AXES[config.base.task]
    axes = {axis.name: axis.values for axis in config.vary}
    order = [name for name in fields if name in axes]
    found: dict[str, Member] = {}
    for combination in product(*(axes[name] for name in order)):
        for seed in config.seeds:
            member = _member(config, dict(zip(order, combination, strict=True)), seed)
            found.setdefault(member.key, member)
    return list(found.values())


def parse_sweep(raw: str | bytes | dict[str, Any]) -> SweepConfig:
    """Read a sweep from JSON text or a plain dict, and see that all its members are possible.

    Raises:
        ConfigError: a field is missing, unknown or out of range, or a combination is impossible.
    """
    config = read_sweep(raw)
    _refuse_idle(config, members(config))
    return config


def read_sweep(raw: str | bytes | dict[str, Any]) -> SweepConfig:
    """As `parse_sweep`, of a sweep whose members were seen to be possible when it was made."""
    try:
        if isinstance(raw, dict):
            return SweepConfig.model_validate(raw)
        return SweepConfig.model_validate_json(raw)
    except ValidationError as error:
        raise as_config_error(error, SweepConfig, TrainConfig, ImageTrainConfig) from error


def parse_vary(text: str) -> Axis:
    """An axis as the command line writes it.

    ``strength=0:1:8`` (8 values from 0 to 1, both ends included), ``fairness=ftu,dp,both``,
    ``clip_norm=none,1,5`` (none: no clipping), ``alpha=preset,10:100:4``.

    Raises:
        ConfigError: it is not written like that.
    """
    name, mark, values = text.partition("=")
    name = name.strip().replace("-", "_")
    parts = [part.strip() for part in values.split(",") if part.strip()]
    if not mark or not name or not parts:
        raise ConfigError(
            "What is varied must be written like strength=0:1:8 or fairness=ftu,dp,both, and it is "
            f"'{text}'. Put a name, one '=' and values.",
            field="vary",
        )
    found: list[Setting] = []
    for part in parts:
        found += _numbers(name, part) if name in NUMBER_AXES else [part]
    return Axis(name=name, values=tuple(dict.fromkeys(found)))


def seeds_from(first: int, n: int) -> tuple[int, ...]:
    """`n` seeds, counted up from `first`.

    Raises:
        ConfigError: `n` is below 1.
    """
    if n < 1:
        raise ConfigError(
            f"A sweep needs at least one seed, and {n} were asked for. Ask for one or more.",
            field="seeds",
        )
    return tuple(range(first, first + n))


def with_more_seeds(config: SweepConfig, n: int) -> SweepConfig:
    """The same sweep with `n` seeds: those that it has, and more counted up from the largest.

    Raises:
        ConfigError: it has as many already.
    """
    have = config.seeds
    if n <= len(have):
        raise ConfigError(
            f"The sweep must get more seeds than the {len(have)} that it has, and {n} were asked "
            "for. Ask for more.",
            field="seeds",
        )
    more = range(max(have) + 1, max(have) + 1 + n - len(have))
    return parse_sweep({**config.model_dump(mode="json"), "seeds": [*have, *more]})


# --- inside ----------------------------------------------------------------------------------


def _refuse_idle(config: SweepConfig, found: Sequence[Member]) -> None:
    """Refuse to vary what means nothing to any member: all its values would be one training."""
    for axis in config.vary:
        if len(axis.values) > 1 and not any(axis.name in member.settings for member in found):
            name = axis.name.replace("_", " ")
            raise ConfigError(
                f"What is varied must mean something to some training, and {name} means nothing "
                f"{_MEANS_NOTHING[axis.name]}. Leave {name} out, or choose or "
                "vary what it belongs to.",
                field="vary",
            )


def _member(sweep: SweepConfig, chosen: Mapping[str, Setting], seed: int) -> Member:
    """The member of a combination of values."""
    fields = AXES[sweep.base.task]
    raw = sweep.base.model_dump(mode="json")
    for name, value in chosen.items():
        _set(raw, fields[name], value)
    idle = set(_idle(raw))
    for name in idle:
        _set(raw, fields[name], _default(type(sweep.base), fields[name]))
    settings = {name: value for name, value in chosen.items() if name not in idle}
    label = setting_label(settings)
    raw |= {"seed": seed, "name": ""}
    try:
        config = type(sweep.base).model_validate(raw)
    except ValidationError as error:
        problem = as_config_error(error, type(sweep.base))
        raise ConfigError(f"With {label}: {problem}", field=problem.field) from error
    plain = json.dumps(config.model_dump(mode="json"), sort_keys=True)
    digest = hashlib.sha256(plain.encode()).hexdigest()[:8]
    words = re.sub(r"[^a-z0-9]+", "-", label.lower()).strip("-")[:48].strip("-")
    title = ", ".join(filter(None, [sweep.name, label, f"seed {seed}"]))[:120]
    return Member(
        key=f"{words}-seed-{seed}-{digest}",
        settings=settings,
        seed=seed,
        config=config.model_copy(update={"name": title}),
    )


def _idle(raw: Mapping[str, Any]) -> Iterator[str]:
    """The axes that mean nothing beside the other choices."""
    if raw["task"] == "train":
        target, enforce = raw["fairness"]["target"], raw["fairness"]["enforce"]
        if target == "none":
            yield "enforce"
        if target == "none" or enforce == "latent":
            yield "strength"
        if target == "none" or enforce == "labels":
            yield "alpha"
        if raw["generator"]["name"] not in {"lsgan", "wgan-gp"}:
            yield "clip_norm"
    elif raw["synthesizer"] == "fldgm":
        yield from ("grouping", "clip_norm", "objective")
    else:
        yield from ("generator", "alpha")


def _default(model: Any, field: str) -> Any:
    """The value that a dotted field has by default."""
    name, _, rest = field.partition(".")
    default = model.model_fields[name].default
    return getattr(default, rest) if rest else default


def _set(raw: dict[str, Any], field: str, value: Any) -> None:
    """Set a dotted field of a plain configuration."""
    *sections, name = field.split(".")
    for section in sections:
        raw = raw[section]
    raw[name] = value


def _words(name: str, value: Setting) -> str:
    spelled = name.replace("_", " ")
    if value is None:
        return f"no {spelled}" if name == "clip_norm" else f"{spelled} of the preset"
    if isinstance(value, str):
        return value
    return f"{spelled} {value:.3g}"


def _numbers(name: str, part: str) -> Sequence[Setting]:
    """One number, none, or evenly spaced ones as ``first:last:how many``."""
    if part.lower() in _NOTHING and name in NULLABLE_AXES:
        return [None]
    pieces = part.split(":")
    try:
        if len(pieces) == 1:
            return [_finite(part)]
        if len(pieces) == 3 and 2 <= int(pieces[2]) <= MAX_MEMBERS:
            ends = _finite(pieces[0]), _finite(pieces[1])
            return [round(float(v), _DIGITS) for v in np.linspace(*ends, int(pieces[2]))]
    except ValueError:
        pass
    raise ConfigError(
        f"The values of {name} must be numbers like 0.5, or ranges like 0:1:8 (from, to, how "
        f"many), and '{part}' is neither. Correct it.",
        field="vary",
    )


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(text)
    return value
