"""Does the GAN favour a group, and what cures it: the figures of RESULTS on pictures, rebuilt.

``python -m benchmarks.images_quality [PART ...]`` prints one line a setting: means over seeds, the
gap and the last group's share by seed. MNIST is read from ``FAIRGEN_DATA`` or downloaded. Times are
not measured here.

Parts: digits (built in, instant preset), mnist (16 pixels, standard preset), shares (20 % white),
thorough (the preset with the best pictures, with the groups as they come and evened out, so that
quality and the bias can be told apart), colour (FLDGM on three colours), faces (FLDGM at 64 pixels;
needs ``utkface/utkface_64.zip`` in ``FAIRGEN_DATA``), shapes and shapes-shares (red and blue shapes
that are drawn here, 20 % of them blue), svhn (half on white), sizes (FLDGM on four shapes as groups
at the sizes between 16 and 64 pixels).
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import torch

from benchmarks.shapes import shapes
from fairgen_core.data.images.prepared import PreparedImages, load_images, prepare_images
from fairgen_core.image_api import image_config
from fairgen_core.image_config import ImageTrainConfig
from fairgen_core.image_evaluation import Trained, evaluate_images
from fairgen_core.image_judges import Judges, fit_judges
from fairgen_core.image_models import ImageModel
from fairgen_core.image_presets import fill_image_config
from fairgen_core.image_results import ImageReport
from fairgen_core.synthesizers.images.training import Looks, train_images
from fairgen_core.training import SilentObserver

N_IMAGES = 10_000
OF_DATA = ("groups", "share", "sensitive", "class_column", "split_column", "size")
"""Choices that make the data; the others are of the training."""
FACES = str(Path(os.environ.get("FAIRGEN_DATA", ".")) / "utkface" / "utkface_64.zip")


@dataclass(frozen=True)
class Setting:
    """One way of training that is repeated over seeds."""

    name: str
    data: str
    preset: str
    n_seeds: int
    choices: dict[str, object]
    n_images: int = N_IMAGES


def _settings(data: str, preset: str, n_seeds: int, share: float) -> list[Setting]:
    rivals: dict[str, dict[str, object]] = {
        "classic": {},
        "mixed, C = 2": {"clip_norm": 2.0},
        "alternate": {"grouping": "alternate"},
        "alternate, C = 2": {"grouping": "alternate", "clip_norm": 2.0},
        "alternate, C = 2, white first": {
            "grouping": "alternate",
            "clip_norm": 2.0,
            "first_group": 1,
        },
        "random": {"grouping": "random"},
        "reweight": {"grouping": "reweight"},
        "condition": {"grouping": "condition"},
    }
    made = {"groups": "background", "share": share}
    return [Setting(n, data, preset, n_seeds, {**made, **c}) for n, c in rivals.items()]


RIVALS = ("classic", "alternate", "alternate, C = 2", "random", "condition")


def _rivals(data: str, n_seeds: int, **asked: object) -> list[Setting]:
    """Classic against the mitigations, and FLDGM, on groups as `asked` says, instant preset."""
    settings = [
        Setting(s.name, data, "instant", n_seeds, {**_without_groups(s.choices), **asked}, 1_000)
        for s in _settings(data, "instant", n_seeds, 0.5)
        if s.name in RIVALS
    ]
    fldgm = Setting("FLDGM", data, "instant", n_seeds, {**asked, "synthesizer": "fldgm"}, 1_000)
    return [*settings, fldgm]


def _without_groups(choices: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in choices.items() if name not in {"groups", "share"}}


PARTS = {
    "digits": lambda: _settings("digits", "instant", 6, 0.5),
    "mnist": lambda: [
        s
        for s in _settings("mnist", "standard", 8, 0.5)
        if s.name in {"classic", "alternate", "random", "condition"}
    ],
    "shares": lambda: [
        s for s in _settings("mnist", "standard", 3, 0.2) if s.name in {"classic", "alternate"}
    ],
    "thorough": lambda: [
        s for s in _settings("mnist", "thorough", 3, 0.5) if s.name in {"classic", "random"}
    ],
    "colour": lambda: [
        Setting("FLDGM", "mnist", "standard", 4, {"groups": "colour", "synthesizer": "fldgm"})
    ],
    "shapes": lambda: _rivals(shapes(), 2, sensitive="colour"),
    "shapes-shares": lambda: _rivals(shapes(0.2), 2, sensitive="colour"),
    "svhn": lambda: _rivals("svhn", 2, groups="background", share=0.5),
    "sizes": lambda: [
        Setting(
            f"FLDGM, {size} px",
            shapes(),
            "standard",
            1,
            {
                "sensitive": "shape",
                "size": size,
                "synthesizer": "fldgm",
                "n_epochs": 40,
            },
        )
        for size in (16, 24, 32, 48)
    ],
    "faces": lambda: [
        Setting(
            "FLDGM",
            FACES,
            "standard",
            1,
            {"sensitive": "gender", "split_column": "split", "size": 64, "synthesizer": "fldgm"},
        )
    ],
}


@cache
def _prepared(data: str, preset: str, made: tuple[tuple[str, object], ...]) -> PreparedImages:
    config = fill_image_config(image_config(data, preset=preset, **dict(made)))
    return prepare_images(config, load_images(config))


@cache
def _judges(data: str, preset: str, made: tuple[tuple[str, object], ...]) -> Judges:
    return fit_judges(_prepared(data, preset, made), seed=0)


def run(setting: Setting, seed: int) -> ImageReport:
    """Train once and judge the pictures that come of it."""
    choices = setting.choices
    made = tuple((name, choices[name]) for name in OF_DATA if name in choices)
    key = (setting.data, setting.preset, made)
    data, judges = _prepared(*key), _judges(*key)
    config: ImageTrainConfig = image_config(
        setting.data, preset=setting.preset, seed=seed, **choices
    )
    looks = Looks(judges.groups_of, judges.recognisable_share())
    trained = train_images(config, data, looks, SilentObserver())
    model = ImageModel(trained, judges, data.group_names, data.class_names)
    drawn = list(model.iter_sample(setting.n_images, seed))
    asked = [d.asked_groups for d in drawn if d.asked_groups is not None]
    return evaluate_images(
        data,
        np.concatenate([d.images for d in drawn]),
        judges,
        asked_groups=np.concatenate(asked) if asked else None,
        trained=Trained(trained.trace, trained.norms),
        more_figures=model.latent_figures(data, seed),
        seed=seed,
    )


def tell(part: str, setting: Setting, reports: list[ImageReport]) -> None:
    """Print one line for a setting: mean gap, shares of the last group by seed, figures."""
    gaps = [r.late_gap for r in reports if r.late_gap is not None]
    late = (
        [float(np.mean([p.shares[-1] for p in r.trace[-len(r.trace) // 3 :]])) for r in reports]
        if gaps
        else []
    )
    words = [f"{part}: {setting.name:<30}"]
    if gaps:
        words.append(f"gap {np.mean(gaps):.3f} ({' '.join(f'{g:.3f}' for g in gaps)})")
        words.append(f"share of the last group {' '.join(f'{s:.2f}' for s in late)}")
    words += [
        f"{group.group}: real {group.training_share:.3f}, told {group.share.value:.3f}, "
        f"corrected {group.corrected:.3f}"
        for group in reports[0].group_frequencies
        if group.corrected is not None
    ]
    for key in sorted(reports[0].figures):
        values = [v.value for r in reports if (v := r.figures[key]).value is not None]
        by_seed = " ".join(f"{v:.3f}" for v in values)
        words.append(f"{key} {np.mean(values):.3f} ({by_seed})" if values else f"{key} -")
    print("; ".join(words), flush=True)


def main(parts: Iterable[str]) -> None:
    """Run the named parts, all where none is named."""
    torch.set_num_threads(1)
    for part in parts or PARTS:
        for setting in PARTS[part]():
            tell(part, setting, [run(setting, seed) for seed in range(setting.n_seeds)])


if __name__ == "__main__":
    main(sys.argv[1:])
