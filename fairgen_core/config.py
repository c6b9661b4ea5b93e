"""Every choice that a person can make, as frozen, validated models with JSON both ways.

The dashboard's forms, the command line and notebooks all build these; a run folder's
``config.json`` is one of them (`run_config`, `image_config`). Field errors come as `ConfigError`
through `parse_config`.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from fairgen_core.errors import ConfigError

ColumnKind = Literal["category", "integer", "decimal", "boolean", "datetime", "identifier", "text"]
FairnessTarget = Literal["none", "ftu", "dp", "both"]
Enforcement = Literal["labels", "latent", "both-ways"]
PenaltyName = Literal["distance-covariance", "mmd"]
GeneratorName = Literal["mixture", "lsgan", "wgan-gp", "diffusion"]
Preset = Literal["quick", "balanced", "thorough"]
DeviceChoice = Literal["auto", "cpu", "cuda"]


class Frozen(BaseModel):
    """A model that cannot be changed after it was made and that refuses unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


MIN_GROUP_ROWS = 10
"""A group with fewer training rows cannot be learned."""


class DataConfig(Frozen):
    """Which table, and how it is divided."""

    source: str
    """A catalogue key (``"hiring"``, ``"adult"``), or the path of a file."""
    test_source: str | None = None
    """A second file as the real test set; None: a stratified split of `source`."""
    test_share: float = Field(default=0.3, ge=0.05, le=0.8)
    """Share of the rows held out, where `test_source` is None."""
    split_seed: int = Field(default=0, ge=0)
    kinds: dict[str, ColumnKind] = Field(default_factory=dict)
    """Corrections of guessed column kinds, by column name."""
    options: dict[str, float] = Field(default_factory=dict)
    """Dials of a simulated catalogue set (``{"bias": 1.0}``)."""
    display_name: str = ""
    """The name that a person knows the data by (the uploaded file's name)."""


class RolesConfig(Frozen):
    """What the columns are to the question."""

    sensitive: tuple[str, ...] = Field(min_length=1, max_length=4)
    """One or several columns; several are crossed."""
    target: str | None = None
    positive: str | None = None
    """The favourable value's spelling, for a category target; None for numbers (more is better)
    and for targets of many classes without one favourable value."""
    bands: dict[str, tuple[float, ...]] = Field(default_factory=dict)
    """Inner cut points by numeric sensitive column, ascending; a value equal to a cut point
    belongs to the upper band. Absent: cut at the training rows' median."""
    merge_below: int | None = Field(default=None, ge=MIN_GROUP_ROWS, le=1_000_000)
    """Groups with fewer rows, or fewer than `MIN_GROUP_ROWS` training rows, are put together as one
    group, 'other'; None: every value is a group. Rows keep their own spelling."""
    explanatory: tuple[str, ...] = ()
    """Columns whose strata conditional fairness is judged in."""


class FairnessConfig(Frozen):
    """What should hold in the synthetic table, and how it is enforced."""

    target: FairnessTarget = "both"
    enforce: Enforcement = "labels"
    """labels: the fair label head. latent: the paper's penalty on the latent. both-ways: both."""
    strength: float = Field(default=1.0, ge=0.0, le=1.0)
    """Of the label head: 0 leaves the labels as they are, 1 enforces the target in full."""
    alpha: float | None = Field(default=None, ge=0.0, le=1e4)
    """Weight of the latent's dependence penalty; None: the preset's."""
    penalty: PenaltyName = "distance-covariance"
    representation: Literal["natural", "uniform"] = "natural"
    """uniform: all groups equally frequent in what is generated."""


class CompressionConfig(Frozen):
    """The variational autoencoder. None means: as the preset says."""

    latent_dims: int | None = Field(default=None, ge=2, le=64)
    width: int | None = Field(default=None, ge=16, le=1024)
    epochs: int | None = Field(default=None, ge=1, le=1000)
    kl_weight: float | None = Field(default=None, ge=0.0, le=10.0)
    learning_rate: float | None = Field(default=None, gt=0.0, le=1.0)
    batch_size: int | None = Field(default=None, ge=16, le=65536)


class GeneratorConfig(Frozen):
    """The generator of latent vectors. None means: as the preset says."""

    name: GeneratorName = "mixture"
    n_components: int | None = Field(default=None, ge=1, le=500)
    """Mixture: number of Gaussians a group."""
    n_steps: int | None = Field(default=None, ge=1, le=1_000_000)
    """Training steps (mixture: EM steps)."""
    width: int | None = Field(default=None, ge=16, le=2048)
    batch_size: int | None = Field(default=None, ge=16, le=65536)
    learning_rate: float | None = Field(default=None, gt=0.0, le=1.0)
    n_critic_steps: int | None = Field(default=None, ge=1, le=50)
    """Adversarial: discriminator steps for each generator step."""
    n_sampling_steps: int | None = Field(default=None, ge=1, le=1000)
    """Diffusion: denoising steps when sampling."""
    clip_norm: float | None = Field(default=None, gt=0.0, le=1e6)
    """RepFair-GAN's C: largest gradient norm of a discriminator step on one group's real rows;
    None: no clipping. LSGAN and WGAN-GP only."""


class TrainConfig(Frozen):
    """A training: data in, fair synthetic rows out."""

    task: Literal["train"] = "train"
    name: str = ""
    data: DataConfig
    roles: RolesConfig
    fairness: FairnessConfig = FairnessConfig()
    generator: GeneratorConfig = GeneratorConfig()
    compression: CompressionConfig = CompressionConfig()
    preset: Preset = "balanced"
    n_rows: int | None = Field(default=None, ge=1, le=100_000_000)
    """Synthetic rows to write; None: as many as there are training rows."""
    seed: int = Field(default=0, ge=0, le=2**31 - 1)
    device: DeviceChoice = "auto"
    evaluate: bool = True
    """Judge the synthetic rows against the held-out real rows when the training is done."""

    @model_validator(mode="after")
    def _choices_fit_together(self) -> TrainConfig:
        needs_label = self.fairness.target != "none" and self.fairness.enforce != "latent"
        if needs_label and self.roles.target is None:
            raise ValueError(
                "fairness.target: a fair label head needs a target column, and none was chosen. "
                "Choose a target, or the fairness target 'none', or enforce it in the latent."
            )
        if self.generator.clip_norm is not None and self.generator.name not in {"lsgan", "wgan-gp"}:
            raise ValueError(
                "generator.clip_norm: clipping acts on a discriminator's gradients, and the "
                f"{self.generator.name} generator has none. "
                "Choose lsgan or wgan-gp, or no clip norm."
            )
        return self


class AuditConfig(Frozen):
    """A look at the real data before any training."""

    task: Literal["audit"] = "audit"
    name: str = ""
    data: DataConfig
    roles: RolesConfig
    seed: int = Field(default=0, ge=0, le=2**31 - 1)


_TABLE_CONFIG: TypeAdapter[TrainConfig | AuditConfig] = TypeAdapter(
    Annotated[TrainConfig | AuditConfig, Field(discriminator="task")]
)


def parse_config(raw: str | bytes | dict[str, Any]) -> TrainConfig | AuditConfig:
    """Read the configuration of a training or an audit of a table from JSON text or a plain dict.

    Raises:
        ConfigError: a field is missing, unknown or out of range; `field` names the first one.
    """
    try:
        if isinstance(raw, dict):
            return _TABLE_CONFIG.validate_python(raw)
        return _TABLE_CONFIG.validate_json(raw)
    except ValidationError as error:
        raise as_config_error(error, TrainConfig, AuditConfig) from error


def as_config_error(error: ValidationError, *models: type[BaseModel]) -> ConfigError:
    """The first complaint as our own error, in our own words.

    Args:
        error: of pydantic.
        models: what was read: one model, or those that its field ``task`` chooses between; after
            a first one, the models that a field of it may hold.
    """
    first = error.errors()[0]
    tags = {model.model_fields["task"].default: model for model in models}
    inside, path = _walked(first["loc"], tags, models[0])
    place = ".".join(path)
    message = str(first["msg"])
    if message.startswith("Value error, "):
        message = message.removeprefix("Value error, ")
    else:
        message = _in_our_words(first, inside)
    return ConfigError(f"{place}: {message}" if place else message, field=place)


def _walked(
    places: tuple[int | str, ...], tags: dict[Any, type[BaseModel]], model: type[BaseModel] | None
) -> tuple[tuple[type[BaseModel] | None, FieldInfo | None], list[str]]:
    """The section and the field that a complaint is about, as far as known; its dotted place."""
    field: FieldInfo | None = None
    section, path = model, []
    for place in places:
        if place in tags:
            model = tags[place]
            continue
        path.append(str(place))
        section = model
        field = model.model_fields.get(str(place)) if model is not None else None
        kind = field.annotation if field is not None else None
        model = kind if isinstance(kind, type) and issubclass(kind, BaseModel) else None
    return (section, field), path


def _in_our_words(
    complaint: ErrorDetails, inside: tuple[type[BaseModel] | None, FieldInfo | None]
) -> str:
    """What must hold, what was found and what to do."""
    kind, context, found = complaint["type"], complaint.get("ctx", {}), complaint["input"]
    section, field = inside
    shown = _plain(found) if type(found) in {int, float} else repr(str(found)[:80])
    if kind == "extra_forbidden":
        known = ", ".join(section.model_fields) if section is not None else "the known settings"
        return f"must be one of {known}, and it is none of these. Choose one."
    if kind == "missing":
        return "must be given, and it is not. Add it."
    if kind in _BOUNDS:
        bounds = {k: v for k, v in _bounds(field).items() if v is not None} or context
        return f"must {_range(bounds)}, and it is {shown}. Choose a number in that range."
    if kind in {"too_short", "too_long"}:
        bound = context.get("min_length", context.get("max_length"))
        least_most = "least" if kind == "too_short" else "most"
        n = context.get("actual_length", 0)
        return f"must have at {least_most} {bound}, and it has {n}. Correct it."
    message = str(complaint["msg"])
    for start, words in _KINDS.items():
        if kind.startswith(start):
            return f"must be {words}, and it is {shown}. Choose another."
    if message.startswith("Input should"):
        return f"must{message.removeprefix('Input should')}, and it is {shown}. Choose another."
    return message


_BOUNDS = frozenset({"greater_than_equal", "greater_than", "less_than_equal", "less_than"})
_KINDS = {
    "int": "a whole number",
    "float": "a number",
    "finite": "a number",
    "bool": "true or false",
    "string": "text",
    "tuple": "a list",
    "model": "a section of settings",
    "dict": "a section of settings",
}
"""What a complaint's type says that was wanted."""


def _bounds(field: FieldInfo | None) -> dict[str, Any]:
    """A number's bounds by pydantic's names: ge, gt, le, lt."""
    rules = field.metadata if field is not None else []
    return {name: getattr(rule, name) for rule in rules for name in _ENDS if hasattr(rule, name)}


_ENDS = ("ge", "gt", "le", "lt")


def _range(bounds: dict[str, Any]) -> str:
    """``lie between 8 and 128``, ``be above 0 and at most 1``, ``be at least 1``."""
    if {"ge", "le"} <= bounds.keys():
        return f"lie between {_plain(bounds['ge'])} and {_plain(bounds['le'])}"
    words = {"ge": "at least", "gt": "above", "le": "at most", "lt": "below"}
    parts = [f"{words[name]} {_plain(bounds[name])}" for name in _ENDS if name in bounds]
    return f"be {' and '.join(parts)}"


def _plain(number: float) -> str:
    """A number with marks between thousands; a whole one without decimals."""
    return f"{int(number):,}" if number == number // 1 else f"{number:,}"
