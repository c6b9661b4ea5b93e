"""FairGen: fair synthetic tables, trained and judged on a person's own machine.

In a notebook: ``from fairgen_core import train`` (see docs/NOTEBOOK.md). Names are loaded when they
are first used, so that importing the package costs nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fairgen_core.api import Run as Run
    from fairgen_core.api import audit as audit
    from fairgen_core.api import evaluate as evaluate
    from fairgen_core.api import resume as resume
    from fairgen_core.api import train as train
    from fairgen_core.data.reading import read_table as read_table
    from fairgen_core.evidence_api import bundle as bundle
    from fairgen_core.evidence_api import card as card
    from fairgen_core.evidence_api import compare as compare
    from fairgen_core.evidence_api import verify as verify

_HOMES = {
    "Run": "fairgen_core.api",
    "audit": "fairgen_core.api",
    "bundle": "fairgen_core.evidence_api",
    "card": "fairgen_core.evidence_api",
    "compare": "fairgen_core.evidence_api",
    "evaluate": "fairgen_core.api",
    "read_table": "fairgen_core.data.reading",
    "resume": "fairgen_core.api",
    "train": "fairgen_core.api",
    "verify": "fairgen_core.evidence_api",
}

__all__ = [
    "Run",
    "audit",
    "bundle",
    "card",
    "compare",
    "evaluate",
    "read_table",
    "resume",
    "train",
    "verify",
]


def __getattr__(name: str) -> Any:
    """Load a name of the notebook's interface when it is first asked for (PEP 562)."""
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'fairgen_core' has no attribute {name!r}")
    return getattr(importlib.import_module(home), name)
