"""When a generator's training looks up from its steps: progress, stops, checkpoints."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable, Mapping
from typing import Any

from fairgen_core.errors import StoppedError
from fairgen_core.training import Observer, stop_if_asked

LOOK_SECONDS = 0.2
"""Between two looks at whether a stop was asked for, and two tellings of progress."""
CHECKPOINT_SECONDS = 8.0
N_TOLD = 10
"""Times that progress is told of at the same steps in every training, however fast it is."""
MIN_STEPS = 100


def at_most(n_steps: int, n_rows: int, batch_size: int) -> int:
    """`n_steps`, but no more than make 3 sqrt(n) passes over the rows (and 100 steps).

    A network that sees a small table too often learns its rows by heart. Measured with diffusion
    on 1,000 rows: after 400 passes 72 % of the generated vectors lay nearer to a training row than
    to an unseen one, after 100 passes 62 %, at the same distance from the true distribution.
    """
    return min(n_steps, max(MIN_STEPS, int(3 * n_rows**1.5 / batch_size)))


class Pace:
    """Calls the observer at intervals of time, so that steps may be of any length.

    What is learned never depends on when it calls.

    Args:
        observer: told of stage ``"generator"``.
        n_steps: steps of the whole training.
        state: gives all that a resume needs; called when a checkpoint is due.
        losses: gives the losses to show.
    """

    def __init__(
        self,
        observer: Observer,
        n_steps: int,
        state: Callable[[], Mapping[str, Any]],
        losses: Callable[[], Mapping[str, float]],
    ) -> None:
        self._observer = observer
        self._n_steps = n_steps
        self._state = state
        self._losses = losses
        self._looked = self._kept = time.monotonic()

    def after(self, n_done: int) -> None:
        """Look up after a step, if it is time to.

        Raises:
            StoppedError: a stop was asked for; a checkpoint was given first.
        """
        now = time.monotonic()
        last = n_done == self._n_steps
        told = n_done * N_TOLD // self._n_steps > (n_done - 1) * N_TOLD // self._n_steps
        if now - self._looked < LOOK_SECONDS and not told:
            return
        self._looked = now
        self._observer.on_progress("generator", n_done / self._n_steps, losses=self._losses())
        if last:
            return
        try:
            stop_if_asked(self._observer)
        except StoppedError:
            self._keep()
            raise
        if now - self._kept >= CHECKPOINT_SECONDS:
            self._kept = now
            self._keep()

    def _keep(self) -> None:
        """Give a checkpoint: a copy, since the training goes on in the same tensors."""
        self._observer.on_checkpoint(copy.deepcopy(dict(self._state())))
