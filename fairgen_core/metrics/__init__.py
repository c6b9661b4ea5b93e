"""Figures about tables, models and rows; each a function from arrays to a `Figure`."""

from fairgen_core.metrics.registry import METRICS

__all__ = ["METRICS"]
