"""What a person chose for a set of pictures, kept beside the projects of tables."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from dashboard.projects import Kept, ProjectFiles
from fairgen_core.config import Frozen, GeneratorName
from fairgen_core.image_config import (
    GanConfig,
    Grouping,
    ImageDataConfig,
    ImagePreset,
    ImageSynthesizerName,
    ImageTrainConfig,
    Objective,
)
from fairgen_core.run_config import parse_run_config

PREFIX = "pictures-"
"""How the id of every such project begins, so that an id tells tables and pictures apart."""


class SecondRun(Frozen):
    """What sets the second of two runs side by side apart; None: as the first.

    The default is the paper's question: the same GAN, with groups taking turns and C = 2. For
    FLDGM it is the same without a fair latent.
    """

    synthesizer: ImageSynthesizerName | None = None
    objective: Objective | None = None
    grouping: Grouping | None = "alternate"
    clip_norm: float | None = 2.0
    generator: GeneratorName | None = None
    alpha: float | None = 0.0


class PictureProject(Kept):
    """A set of pictures and everything that a person chose for it."""

    data: ImageDataConfig
    sensitive: str | None = None
    class_column: str | None = None
    synthesizer: ImageSynthesizerName = "gan"
    gan: GanConfig = GanConfig()
    generator: GeneratorName = "mixture"
    alpha: float | None = None
    preset: ImagePreset = "instant"
    n_images: int = 10_000
    seed: int = 0
    name: str = ""
    second: SecondRun = SecondRun()
    n_pictures: int = 0
    """Pictures of the set, once it was read; what a training will take is estimated from it."""
    n_channels: int = 1
    groups: tuple[str, ...] = ()
    """The groups' names, once they were counted."""

    def train_config(self) -> ImageTrainConfig:
        """The training that was chosen.

        Raises:
            ConfigError: a choice is missing, or choices clash; `field` names the first one.
        """
        plain = {
            "task": "train-images",
            "name": self.name,
            "data": self.data.model_dump(),
            "sensitive": self.sensitive if self.data.groups == "none" else None,
            "class_column": self.class_column,
            "synthesizer": self.synthesizer,
            "preset": self.preset,
            "n_images": self.n_images,
            "seed": self.seed,
            **self._own(),
        }
        config = parse_run_config(plain)
        if not isinstance(config, ImageTrainConfig):
            raise TypeError("a training on pictures was expected")
        return config

    def _own(self) -> dict[str, Any]:
        """The choices that this synthesizer heeds; the others are kept for when it is changed."""
        if self.synthesizer == "fldgm":
            length = {"n_steps": self.gan.n_steps, "n_epochs": self.gan.n_epochs}
            return {"gan": length, "generator": self.generator, "alpha": self.alpha}
        return {"gan": self.gan.model_dump()}

    def second_project(self) -> PictureProject:
        """The same project with what the second run differs in."""
        second = self.second
        synthesizer = second.synthesizer or self.synthesizer
        if synthesizer == "fldgm":
            changes: dict[str, Any] = {
                "generator": second.generator or self.generator,
                "alpha": second.alpha,
            }
        else:
            gan = {
                "objective": second.objective or self.gan.objective,
                "grouping": second.grouping or self.gan.grouping,
                "clip_norm": second.clip_norm,
            }
            changes = {"gan": self.gan.model_copy(update=gan)}
        return self.change(synthesizer=synthesizer, **changes)

    @classmethod
    def of_training(cls, project_id: str, config: ImageTrainConfig) -> PictureProject:
        """The project whose `train_config` is that one: how a run is repeated."""
        fields = set(cls.model_fields) & set(ImageTrainConfig.model_fields)
        return cls(id=project_id, **{name: getattr(config, name) for name in fields})


class PictureProjectStore(ProjectFiles[PictureProject]):
    """The projects of pictures in one home folder."""

    def __init__(self, home: Path) -> None:
        super().__init__(home, PictureProject)
