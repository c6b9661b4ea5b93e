"""What a run was made with: Python, the libraries whose numbers count, and FairGen's own code."""

from __future__ import annotations

import hashlib
import importlib.metadata
import platform
from functools import cache
from pathlib import Path

_PACKAGES = ("torch", "numpy", "pandas", "scikit-learn")
_SOURCE = Path(__file__).resolve().parents[1]


def versions() -> dict[str, str]:
    """Name and version of everything that a training's numbers depend on."""
    found = {name: importlib.metadata.version(name) for name in _PACKAGES}
    return {"fairgen": source_version(), "python": platform.python_version(), **found}


@cache
def source_version() -> str:
    """A fingerprint of the core's code: two runs of the same code have the same."""
    whole = hashlib.sha256()
    for path in sorted(_SOURCE.rglob("*.py")):
        whole.update(f"{path.relative_to(_SOURCE).as_posix()}\n".encode())
        whole.update(path.read_bytes())
    return f"code {whole.hexdigest()[:12]}"
