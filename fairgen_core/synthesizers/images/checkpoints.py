"""An observer that puts something beside every checkpoint on its way."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from fairgen_core.training import Observer


class CheckpointsWith:
    """Passes everything on; checkpoints go through `wrap` first.

    Args:
        outer: who is told.
        wrap: makes the checkpoint that is kept from the one that was given.
    """

    def __init__(
        self, outer: Observer, wrap: Callable[[Mapping[str, Any]], Mapping[str, Any]]
    ) -> None:
        self._outer, self._wrap = outer, wrap

    def on_progress(
        self,
        stage: str,
        fraction: float,
        losses: Mapping[str, float] | None = None,
        figures: Mapping[str, float] | None = None,
    ) -> None:
        """Pass it on."""
        self._outer.on_progress(stage, fraction, losses, figures)

    def on_preview(self, rows: Any) -> None:
        """Pass it on."""
        self._outer.on_preview(rows)

    def should_stop(self) -> bool:
        """Ask."""
        return self._outer.should_stop()

    def on_checkpoint(self, state: Mapping[str, Any]) -> None:
        """Keep the wrapped state."""
        self._outer.on_checkpoint(self._wrap(state))
