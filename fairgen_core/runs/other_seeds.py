"""Runs with the same settings and another seed: what one setting found, again and again."""

from __future__ import annotations

from dataclasses import dataclass

from fairgen_core.errors import FairGenError
from fairgen_core.runs.names import choices_shown
from fairgen_core.runs.store import RunStore


@dataclass(frozen=True)
class OtherSeed:
    """A finished run that differs from another one in seed and name alone."""

    run_id: str
    seed: int


def same_but_seed(store: RunStore, run_id: str) -> list[OtherSeed]:
    """Finished runs with a run's settings and other seeds, by seed.

    They are looked for among the runs beside it: all runs, or those of its exploration. The list
    of runs rules most out, so that few configurations are read.

    Args:
        store: where the run lies.
        run_id: any training.
    """
    ours = store.config(run_id)
    shown = choices_shown(ours)
    found = []
    for run in RunStore(store.path(run_id).parent).list():
        if run.id == run_id or run.state != "done" or run.task != ours.task:
            continue
        if run.seed == ours.seed or any(getattr(run, k) != v for k, v in shown.items()):
            continue
        try:
            theirs = store.config(run.id)
        except FairGenError:  # deleted since, or damaged
            continue
        if theirs.model_copy(update={"seed": ours.seed, "name": ours.name}) == ours:
            found.append(OtherSeed(run.id, run.seed))
    return sorted(found, key=lambda one: (one.seed, one.run_id))
