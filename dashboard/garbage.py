"""Keeps the search for garbage after each run of the script short."""

from __future__ import annotations

import gc
import sys

_known = 0  # Modules that were imported when objects were last set aside.


def set_imports_aside() -> None:
    """Leave what imports have made out of later searches for garbage.

    Streamlit searches all objects for cycles after every run of the script and of every fragment.
    With torch and pandas that takes over a tenth of a second, during which nothing else runs: the
    next run starts late, and a click on another page in that time can be lost to it. Modules are
    never garbage, so they are searched once, after they came, and not again.
    """
    global _known
    if len(sys.modules) == _known:
        return
    _known = len(sys.modules)
    gc.collect()
    gc.freeze()
