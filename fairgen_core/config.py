"""Every choice that a person can make, as frozen, validated models with JSON both ways.

The dashboard's forms, the command line and notebooks all build these; a run folder's
``config.json`` is one of them (`run_config`, `image_config`). Field errors come as `ConfigError`
through `parse_config`.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

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
        raise as_config_error(error, ("train", "audit")) from error


def as_config_error(error: ValidationError, tasks: tuple[str, ...]) -> ConfigError:
    """The first complaint as our own error; `tasks` are the names that pydantic puts before it."""
    first = error.errors()[0]
    place = ".".join(str(p) for p in first["loc"] if p not in tasks)
    message = str(first["msg"]).removeprefix("Value error, ")
    if message.startswith("Input should"):
        found = str(first.get("input"))[:80]
        message = (
            f"must{message.removeprefix('Input should')}, and it is {found!r}. Choose another."
        )
    return ConfigError(f"{place}: {message}" if place else message, field=place)
