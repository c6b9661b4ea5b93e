"""Synthesizers of tables, by name."""

from __future__ import annotations

from fairgen_core.synthesizers.base import TableSynthesizer
from fairgen_core.synthesizers.fldgm import FLDGM

SYNTHESIZERS: dict[str, type[TableSynthesizer]] = {
    "fldgm": FLDGM,
}
