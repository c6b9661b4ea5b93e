"""Generators of latent vectors, by the names of `config.GeneratorName`."""

from __future__ import annotations

from fairgen_core.config import GeneratorName
from fairgen_core.generators.adversarial import AdversarialGenerator
from fairgen_core.generators.base import LatentGenerator
from fairgen_core.generators.diffusion import DiffusionGenerator
from fairgen_core.generators.mixture import MixtureGenerator

GENERATORS: dict[GeneratorName, type[LatentGenerator]] = {
    "mixture": MixtureGenerator,
    "lsgan": AdversarialGenerator,
    "wgan-gp": AdversarialGenerator,
    "diffusion": DiffusionGenerator,
}
