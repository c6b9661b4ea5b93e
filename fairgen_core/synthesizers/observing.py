"""An observer between a stage and the run's own observer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fairgen_core.training import Observer


class StageObserver:
    """An observer that keeps a stage's checkpoints under the stage's name, beside what is done.

    A generator knows its groups by number; what it tells of clipping goes on as figures that carry
    the groups' names (``gradient_norm:Female``).
    """

    def __init__(
        self,
        outer: Observer,
        name: str,
        done: Mapping[str, Any] | None = None,
        groups: Sequence[str] = (),
    ) -> None:
        self._outer, self._name, self._done = outer, name, dict(done or {})
        names = dict(enumerate(groups))
        self._figures = {f"grad_norm:{a}": f"gradient_norm:{g}" for a, g in names.items()}
        self._figures |= {"clipped_share": "clipped_share"}

    def on_progress(
        self,
        stage: str,
        fraction: float,
        losses: Mapping[str, float] | None = None,
        figures: Mapping[str, float] | None = None,
    ) -> None:
        """Pass it on, clipping under the groups' names."""
        told = dict(losses or {})
        clipping = {self._figures[key]: told.pop(key) for key in self._figures if key in told}
        self._outer.on_progress(stage, fraction, told, {**(figures or {}), **clipping})

    def on_preview(self, rows: Any) -> None:
        """Pass them on."""
        self._outer.on_preview(rows)

    def should_stop(self) -> bool:
        """Ask the run's own observer."""
        return self._outer.should_stop()

    def on_checkpoint(self, state: Mapping[str, Any]) -> None:
        """Pass it on under the stage's name, beside what is done."""
        self._outer.on_checkpoint({**self._done, self._name: dict(state)})
