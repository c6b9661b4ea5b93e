"""Judging tables: the audit of real rows, and the evaluation of synthetic against real ones."""

from fairgen_core.evaluation.auditing import audit
from fairgen_core.evaluation.judging import evaluate

__all__ = ["audit", "evaluate"]
