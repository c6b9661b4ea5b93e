"""What the commands on sweeps do. Heavy modules are imported where they are needed."""

from __future__ import annotations

import argparse

from fairgen_core.cli import display
from fairgen_core.runs.store import RunStore
from fairgen_core.runs.sweeps import SweepStore


def sweeps(args: argparse.Namespace) -> None:
    """List the sweeps."""
    found = SweepStore.beside(RunStore(args.runs)).list()
    if args.json:
        display.print_json([sweep.model_dump(mode="json") for sweep in found])
    elif not found:
        print("No sweeps yet. Start one with 'sweep'.")
    else:
        lines = [
            [s.id, s.state, f"{s.n_done} of {s.n_members}", display.moment(s.created), s.name]
            for s in found
        ]
        print(display.table(["sweep", "state", "done", "made", "name"], lines))
