"""How a process of ours starts: ``python -m fairgen_core.startup MODULE ARGUMENTS``."""

from __future__ import annotations

import atexit
import gc
import runpy
import sys

SEARCH_AFTER = 50_000
"""More objects with references than before, until garbage is searched (Python's own: 700)."""


def search_less_for_garbage() -> None:
    """Let Python search for unreachable cycles of objects seldom, and not when the process ends.

    Imports make some 700,000 objects, none of which is ever garbage, and Python would search them
    time and again while they come, and once more at the end: together up to a second. Everything
    outside a cycle is freed at once as ever. For processes that do one thing and end.
    """
    gc.set_threshold(SEARCH_AFTER, 10, 10)
    atexit.register(gc.freeze)


if __name__ == "__main__":
    search_less_for_garbage()
    sys.argv = sys.argv[1:]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
