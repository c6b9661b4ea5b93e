"""A process that works on a sweep, or on one group of its members.

``python -m fairgen_core.sweeping.worker SWEEP_FOLDER [GROUP]``
"""

from __future__ import annotations

import faulthandler
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from fairgen_core.errors import FairGenError
from fairgen_core.runs import launcher
from fairgen_core.runs.handover import handed_over
from fairgen_core.runs.store import RunStore
from fairgen_core.sweeping.driver import run, run_group

_NICENESS = 5


def main(arguments: Sequence[str]) -> int:
    """Work on what is named, then let the next run or sweep start."""
    folder = Path(arguments[0]).absolute()
    faulthandler.enable()
    os.setpriority(os.PRIO_PROCESS, 0, max(_NICENESS, os.getpriority(os.PRIO_PROCESS, 0)))
    try:
        if len(arguments) > 1:
            run_group(folder, arguments[1])
            return 0
        if not handed_over(folder):
            return 1
        run(folder)
    except FairGenError:
        return 1  # The status says why.
    finally:
        if len(arguments) == 1:
            launcher.tick(RunStore(folder.parents[1] / "runs"))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
