"""A finished model of pictures with what labels its pictures: draw any number, save, load."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from fairgen_core.data.images.prepared import Codes, PreparedImages
from fairgen_core.image_config import ImageTrainConfig
from fairgen_core.image_judges import Judges
from fairgen_core.image_presets import FldgmKnobs, GanKnobs
from fairgen_core.image_results import NormPoint, TracePoint
from fairgen_core.metrics.fair_latent import content_kept, latent_attacker
from fairgen_core.results import Figure
from fairgen_core.synthesizers.images.fldgm_images import FLDGMImages
from fairgen_core.synthesizers.images.pixels import channels_last
from fairgen_core.synthesizers.images.repfair_gan import RepFairGAN
from fairgen_core.synthesizers.images.training import Network, TrainedImages
from fairgen_core.synthesizers.model_file import (
    Arrays,
    load_model,
    part_of,
    prefixed,
    rebuilding,
    save_model,
)
from fairgen_core.training import loading_device

KIND = "images"
KEPT_LATENTS = 1_000
"""Latents that are drawn in every group's look to see whether their content stays."""


@dataclass(frozen=True)
class Drawn:
    """Generated pictures with their labels.

    Attributes:
        images: (n, size, size, channels) uint8.
        groups: (n,) codes: what was asked for, else what the judge tells.
        asked_groups: the same where the generator is told the group, else None.
        classes: (n,) codes likewise; None where there is no class.
        asked_classes: where the generator is told the class, else None.
    """

    images: npt.NDArray[np.uint8]
    groups: Codes
    asked_groups: Codes | None
    classes: Codes | None
    asked_classes: Codes | None

    @property
    def told(self) -> tuple[str, ...]:
        """Which of ``group`` and ``class`` the judges told, as no generator was asked for it."""
        told = ("group",) if self.asked_groups is None else ()
        return (*told, "class") if self.classes is not None and self.asked_classes is None else told


@dataclass(frozen=True)
class ImageModel:
    """A trained generator and the judges of its pictures.

    Attributes:
        trained: the network, and what was seen while it was trained.
        judges: label what is drawn.
        group_names, class_names: spellings of the codes.
    """

    trained: TrainedImages
    judges: Judges
    group_names: tuple[str, ...]
    class_names: tuple[str, ...]

    def iter_sample(self, n: int, seed: int) -> Iterator[Drawn]:
        """Draw `n` pictures in pieces of bounded size."""
        for pixels, classes, groups in self.trained.network.iter_sample(n, seed):
            images = channels_last(pixels)
            asked_classes = None if classes is None else classes.numpy()
            asked_groups = None if groups is None else groups.numpy()
            yield Drawn(
                images,
                self.judges.groups_of(images) if asked_groups is None else asked_groups,
                asked_groups,
                self.judges.classes_of(images) if asked_classes is None else asked_classes,
                asked_classes,
            )

    def latent_figures(self, data: PreparedImages, seed: int) -> dict[str, Figure]:
        """What a fair latent betrays and keeps; nothing for a GAN, which has none."""
        network = self.trained.network
        if not isinstance(network, FLDGMImages):
            return {}
        device = next(network.vae_.parameters()).device
        z = [
            network.encode(
                torch.from_numpy(images).permute(0, 3, 1, 2).to(device),
                torch.from_numpy(groups).to(device),
            )
            for images, groups in (
                (data.train.images, data.train_groups),
                (data.test.images, data.test_groups),
            )
        ]
        figures = {
            "latent_attacker": latent_attacker(
                z[0].cpu().numpy(), data.train_groups, z[1].cpu().numpy(), data.test_groups, seed
            )
        }
        looks = network.same_in_every_group(KEPT_LATENTS, seed)
        classes = self.judges.classes_of(channels_last(looks.flatten(0, 1)))
        if classes is not None:
            figures["content_kept"] = content_kept(classes.reshape(KEPT_LATENTS, -1))
        return figures

    def save(self, folder: Path, config: ImageTrainConfig) -> None:
        """Write ``model.json`` and ``model.safetensors``."""
        network = self.trained.network
        judges, judging = self.judges.dump()
        plain = {
            "config": config.model_dump(mode="json"),
            "knobs": vars(network.knobs),
            "size": network.size,
            "n_channels": network.n_channels,
            "group_names": self.group_names,
            "class_names": self.class_names,
            "trace": [p.model_dump() for p in self.trained.trace],
            "norms": [p.model_dump() for p in self.trained.norms],
            "judges": judges,
        }
        state = {k: v.cpu().numpy() for k, v in network.state_dict().items()}
        save_model(folder, KIND, plain, prefixed("network", state) | prefixed("judges", judging))

    @classmethod
    def load(cls, folder: Path) -> ImageModel:
        """Read what `save` wrote, on any machine.

        Raises:
            RunError: the files are missing, damaged or of another kind.
        """
        plain, arrays = load_model(folder, KIND)
        with rebuilding():
            return cls._rebuilt(plain, arrays)

    @classmethod
    def _rebuilt(cls, plain: Mapping[str, Any], arrays: Arrays) -> ImageModel:
        """The model from what `save` kept."""
        config = ImageTrainConfig.model_validate(plain["config"])
        device, network = loading_device(config.device), _network(config, plain["knobs"])
        kept = part_of("network", arrays)
        state = {k: torch.from_numpy(v).to(device) for k, v in kept.items()}
        groups = tuple(plain["group_names"])
        network.load_state_dict(state, plain["size"], plain["n_channels"], len(groups))
        trained = TrainedImages(
            network,
            [TracePoint.model_validate(p) for p in plain["trace"]],
            [NormPoint.model_validate(p) for p in plain["norms"]],
        )
        judges = Judges.parse(plain["judges"], part_of("judges", arrays))
        return cls(trained, judges, groups, tuple(plain["class_names"]))


def _network(config: ImageTrainConfig, knobs: Mapping[str, Any]) -> Network:
    if config.synthesizer == "fldgm":
        return FLDGMImages(config.generator, FldgmKnobs(**knobs), config.seed)
    return RepFairGAN(GanKnobs(**knobs), config.seed)
