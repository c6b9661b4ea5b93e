"""Every choice of a training on pictures, as frozen, validated models."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from fairgen_core.config import DeviceChoice, Frozen, GeneratorName

Grouping = Literal["mixed", "alternate", "random", "per-group", "reweight", "condition"]
Objective = Literal["classic", "lsgan", "wgan-gp"]
ImagePreset = Literal["instant", "standard", "thorough", "paper"]
ImageSynthesizerName = Literal["gan", "cgan", "fldgm"]
NetworkName = Literal["dense", "conv"]
MadeGroups = Literal["none", "background", "shade", "colour"]


class ImageDataConfig(Frozen):
    """Which pictures, and what is done to them."""

    source: str
    """A catalogue key (``"digits"``, ``"mnist"``), or the path of a zip, folder or npz."""
    attributes: str | None = None
    """A table beside the pictures; None: inside the archive, or folder names."""
    attributes_name: str = ""
    """The name that a person knows that table by."""
    size: int | None = Field(default=None, ge=8, le=128)
    """Height and width in pixels; None: the preset's, or the catalogue's own."""
    colour: Literal["auto", "grey", "rgb"] = "auto"
    groups: MadeGroups = "none"
    """Groups made for teaching; none: the groups are the sensitive attribute's."""
    share: float | None = Field(default=None, ge=0.1, le=0.9)
    """Of the last group made for teaching (white, shaded, blue); None: all alike."""
    bands: tuple[float, ...] = ()
    """Where a sensitive attribute of numbers is cut into groups; none: at its median, if it has
    too many values to be groups."""
    merge_below: int | None = Field(default=None, ge=1, le=1_000_000)
    """Groups of fewer pictures are one group together, 'other'; None: every group is its own."""
    colour_variance: float = Field(default=0.03, ge=0.0, le=1.0)
    """Of the colours in Color MNIST's bias set."""
    split_column: str | None = None
    """A column with ``train`` and ``test``; None: a random division, stratified by group."""
    test_share: float = Field(default=0.2, ge=0.05, le=0.8)
    split_seed: int = Field(default=0, ge=0)
    max_images: int | None = Field(default=None, ge=50)
    """Train on this many pictures drawn at random; None: the preset's, or all."""
    display_name: str = ""


class GanConfig(Frozen):
    """The GAN. None means: as the preset says."""

    objective: Objective = "classic"
    grouping: Grouping = "mixed"
    """Which real pictures a discriminator step sees; see `fairness.clipping.GroupSchedule`.
    condition: generator and discriminator know the group, and groups are drawn evenly."""
    clip_norm: float | None = Field(default=None, gt=0.0, le=1e6)
    """RepFair-GAN's C; None: no clipping."""
    first_group: int = Field(default=0, ge=0, le=99)
    """Which group comes first where they come in turns (``alternate``)."""
    network: NetworkName | None = None
    width: int | None = Field(default=None, ge=8, le=1024)
    noise_dims: int | None = Field(default=None, ge=2, le=1024)
    n_steps: int | None = Field(default=None, ge=1, le=10_000_000)
    """Rounds of a discriminator and a generator step."""
    n_epochs: int | None = Field(default=None, ge=1, le=100_000)
    """Passes over the pictures, in place of `n_steps`."""
    batch_size: int | None = Field(default=None, ge=4, le=65_536)
    learning_rate: float | None = Field(default=None, gt=0.0, le=1.0)
    r1_weight: float | None = Field(default=None, ge=0.0, le=100.0)
    """Weight of the R1 penalty on real pictures, every 4th step; 0: none."""
    ema_decay: float | None = Field(default=None, ge=0.0, lt=1.0)
    """Of the averaged generator that samples and figures come from; 0: the newest one."""


class ImageTrainConfig(Frozen):
    """A training on pictures."""

    task: Literal["train-images"] = "train-images"
    name: str = ""
    data: ImageDataConfig
    sensitive: str | None = None
    """An attribute; None with groups made for teaching."""
    class_column: str | None = None
    synthesizer: ImageSynthesizerName = "gan"
    gan: GanConfig = GanConfig()
    generator: GeneratorName = "mixture"
    """FLDGM: what learns the latent."""
    alpha: float | None = Field(default=None, ge=0.0, le=1e4)
    """FLDGM: weight of the latent's dependence penalty; None: the preset's."""
    preset: ImagePreset = "standard"
    n_images: int = Field(default=10_000, ge=1, le=10_000_000)
    seed: int = Field(default=0, ge=0, le=2**31 - 1)
    device: DeviceChoice = "auto"
    evaluate: bool = True

    @model_validator(mode="after")
    def _choices_fit_together(self) -> ImageTrainConfig:
        if self.data.groups == "none" and self.sensitive is None:
            raise ValueError(
                "sensitive: an attribute must tell the groups apart, and none was chosen. "
                "Choose one, or let groups be made (background, shade, colour)."
            )
        if self.gan.n_steps is not None and self.gan.n_epochs is not None:
            raise ValueError(
                "gan.n_steps: the length is given in steps or in epochs, and both were set. "
                "Choose one of them."
            )
        if self.synthesizer == "cgan" and self.class_column is None:
            raise ValueError(
                "class_column: a CGAN is conditioned on a class, and none was chosen. "
                "Choose a class column, or the GAN."
            )
        if self.data.share is not None and self.data.groups == "none":
            raise ValueError(
                "data.share: a share belongs to groups that are made, and none are. "
                "Let groups be made (background, shade, colour), or leave the share out."
            )
        self._refuse_what_the_synthesizer_ignores()
        return self

    def _refuse_what_the_synthesizer_ignores(self) -> None:
        if self.synthesizer == "fldgm":
            gan = self.gan
            if gan.clip_norm is not None or (gan.grouping, gan.objective) != ("mixed", "classic"):
                raise ValueError(
                    "gan: objective, grouping and clip norm belong to a discriminator on pictures, "
                    "and FLDGM has none. Leave them out, or choose the GAN or the CGAN."
                )
        elif self.alpha is not None or self.generator != "mixture":
            raise ValueError(
                "alpha, generator: both belong to FLDGM's latent, and a GAN has none. "
                "Leave them out, or choose fldgm."
            )
