"""Every choice of a lesson's experiment, as frozen, validated models."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, field_validator, model_validator

from fairgen_core.config import DeviceChoice, Frozen
from fairgen_core.image_config import GanConfig, ImageDataConfig, ImageTrainConfig

LessonOrder = Literal["mixed", "alternate", "random"]
LessonName = Literal["favours-a-group", "fair-latent"]
MAX_SEEDS = 50
DETOUR = 6.0
"""How much more of the bias goes by way of part-time work than in the usual simulated table."""
PART_TIME = (0.1, 0.7)
"""Shares of men and of women who work part-time in the lesson's table."""


class _LessonConfig(Frozen):
    """What both lessons share."""

    name: str = ""
    seeds: tuple[int, ...] = Field(default=(0, 1, 2, 3, 4, 5), min_length=1, max_length=MAX_SEEDS)
    device: DeviceChoice = "cpu"
    """The networks are so small that a GPU is no faster."""

    @field_validator("seeds")
    @classmethod
    def _seeds_differ(cls, seeds: tuple[int, ...]) -> tuple[int, ...]:
        if len(set(seeds)) < len(seeds):
            raise ValueError("each seed may stand there once, and one stands there twice.")
        if any(not 0 <= seed < 2**31 for seed in seeds):
            raise ValueError(f"a seed must be a whole number from 0 to {2**31 - 1:,}.")
        return seeds

    @property
    def seed(self) -> int:
        """The first seed, for lists of runs."""
        return self.seeds[0]

    @property
    def setting(self) -> dict[str, Any]:
        """All that decides a seed's result: results of equal settings belong together."""
        return self.model_dump(mode="json", exclude={"name", "seeds"})


class FavouredGroupConfig(_LessonConfig):
    """Does the GAN favour a group? Digits, a share of them on white, several seeds."""

    task: Literal["lesson-favours-a-group"] = "lesson-favours-a-group"
    order: LessonOrder = "mixed"
    """Which real pictures a discriminator step sees; see `fairness.clipping.GroupSchedule`."""
    first_group: int = Field(default=0, ge=0, le=1)
    """Which group comes first in turns: 0 black, 1 white."""
    clip_norm: float | None = Field(default=None, gt=0.0, le=1e6)
    """C; None: no clipping."""
    share: float = Field(default=0.5, ge=0.1, le=0.9)
    """Of the digits on white among the training pictures."""
    n_steps: int | None = Field(default=None, ge=1, le=20_000)
    """None: the instant preset's."""

    @model_validator(mode="before")
    @classmethod
    def _only_alternation_has_a_first(cls, raw: Any) -> Any:
        if isinstance(raw, dict) and raw.get("order", "mixed") != "alternate":
            return {**raw, "first_group": 0}
        return raw

    def training(self, seed: int) -> ImageTrainConfig:
        """The training of one seed: the digits that come with FairGen, the instant preset."""
        return ImageTrainConfig(
            data=ImageDataConfig(source="digits", size=8, groups="background", share=self.share),
            gan=GanConfig(
                grouping=self.order,
                clip_norm=self.clip_norm,
                first_group=self.first_group,
                n_steps=self.n_steps,
            ),
            preset="instant",
            seed=seed,
            device=self.device,
        )


class FairLatentConfig(_LessonConfig):
    """What the fair latent does and does not do: simulated hiring, four wirings, several seeds.

    The lesson's applicants have a strong proxy, as real tables have: see `DETOUR`, `PART_TIME`.
    """

    task: Literal["lesson-fair-latent"] = "lesson-fair-latent"
    seeds: tuple[int, ...] = Field(default=(0, 1, 2), min_length=1, max_length=MAX_SEEDS)
    alpha: float = Field(default=30.0, ge=0.0, le=1e4)
    """Weight of the latent's dependence penalty; 0: none."""
    bias: float = Field(default=0.5, ge=0.0, le=3.0)
    """Of the simulated decisions against women; 0: by merit alone."""
    n_rows: int = Field(default=10_000, ge=4_000, le=50_000)
    """Training rows."""


LessonConfig = FavouredGroupConfig | FairLatentConfig
LESSONS: dict[LessonName, type[FavouredGroupConfig] | type[FairLatentConfig]] = {
    "favours-a-group": FavouredGroupConfig,
    "fair-latent": FairLatentConfig,
}
