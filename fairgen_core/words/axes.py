"""What can be varied in an exploration, and the short names of its values."""

from __future__ import annotations

TEXT: dict[str, str] = {
    "short.none": "no fairness",
    "short.ftu": "FTU",
    "short.dp": "DP",
    "short.both": "FTU and DP",
    "make.mixture": "Gaussian mixture",
    "make.lsgan": "LSGAN",
    "make.wgan-gp": "WGAN-GP",
    "make.diffusion": "Diffusion",
    "axis.fairness": "What should hold",
    "axis.strength": "Strength",
    "axis.enforce": "Enforced by",
    "axis.alpha": "Alpha",
    "axis.representation": "Representation",
    "axis.generator": "Generator",
    "axis.clip_norm": "Clip norm",
    "axis.preset": "Preset",
    "axis.synthesizer": "Synthesizer",
    "axis.grouping": "Real pictures of a step",
    "axis.objective": "Objective",
    "axis.share": "Share of the last group",
    "axis.value": "{axis} {value}",
    "axis.clip_norm.none": "no clipping",
    "axis.alpha.none": "alpha of the preset",
    "axis.as_it_is": "as it is",
}
