"""Does a GAN favour a group? The digits, some of them on white, trained from several seeds.

RepFair-GAN's construction (Kenfack et al. 2022, section 4) at the size of a lesson. The order of
groups and the clip are separate switches, so that what each of them does can be seen.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from fairgen_core.data.images.prepared import load_images, prepare_images
from fairgen_core.image_judges import fit_judges
from fairgen_core.lesson_config import FavouredGroupConfig
from fairgen_core.lesson_results import FavouredGroupResult, GanSeed
from fairgen_core.metrics.intervals import share
from fairgen_core.metrics.pictures import recognisable
from fairgen_core.synthesizers.images.training import Looks, train_images
from fairgen_core.training import Observer

Pixels = npt.NDArray[np.uint8]


class FavouredGroupStudy:
    """The experiment of one setting; `run` repeats it from another seed.

    Args:
        config: the switches.
        show: given the seed, the step and a square of pictures from fixed noise at every look.
    """

    def __init__(
        self, config: FavouredGroupConfig, show: Callable[[int, int, Pixels], None]
    ) -> None:
        self.config, self._show = config, show
        first = config.training(config.seed)
        self.data = prepare_images(first, load_images(first))
        self.judges = fit_judges(self.data, seed=0)

    def start(self) -> FavouredGroupResult:
        """What is known before the first seed."""
        data, judge = self.data, self.judges.classes
        assert judge is not None  # the digits have classes
        known = recognisable(judge.probabilities(data.test.images))
        return FavouredGroupResult(
            groups=data.group_names,
            training_share=float((data.train_groups == 1).mean()),
            n_train=len(data.train),
            recognisable_real=share(int(known.sum()), len(known), "pictures"),
        )

    def run(self, seed: int, observer: Observer, stage: str) -> GanSeed:
        """Train from one seed.

        Args:
            seed: of weights, batches and noise.
            observer: told `stage` and how much of it is done; asked for stops.
            stage: the name to tell it under.
        """

        def show(step: int, grid: Pixels) -> None:
            self._show(seed, step, grid)

        done = train_images(
            self.config.training(seed),
            self.data,
            Looks(self.judges.groups_of, self.judges.recognisable_share(), show),
            _StageAs(observer, stage),
        )
        return GanSeed(seed=seed, trace=tuple(done.trace), norms=tuple(done.norms))


class _StageAs:
    """Tells a training's share under another stage's name; a seed is too short to be kept."""

    def __init__(self, outer: Observer, stage: str) -> None:
        self._outer, self._stage = outer, stage

    def on_progress(
        self,
        stage: str,
        fraction: float,
        losses: Mapping[str, float] | None = None,
        figures: Mapping[str, float] | None = None,
    ) -> None:
        self._outer.on_progress(self._stage, fraction, losses)

    def on_preview(self, rows: Any) -> None:
        self._outer.on_preview(rows)

    def should_stop(self) -> bool:
        return self._outer.should_stop()

    def on_checkpoint(self, state: Mapping[str, Any]) -> None:
        """A stopped seed is begun again: it takes seconds."""
