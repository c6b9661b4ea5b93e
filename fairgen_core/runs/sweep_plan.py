"""Which members of a sweep share what, and how long all of them will take. Needs no torch."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from fairgen_core.config import TrainConfig
from fairgen_core.data import thin_cells
from fairgen_core.data.images.prepared import DEFAULT_SIZE
from fairgen_core.data.prepared import PreparedTable
from fairgen_core.image_presets import fill_image_config
from fairgen_core.runs.estimate import corrected, estimate_seconds, runs_on_gpu, stage_seconds
from fairgen_core.runs.image_estimate import image_stage_seconds
from fairgen_core.runs.names import SECOND_CHARS
from fairgen_core.runs.store import RunStore
from fairgen_core.sweep_config import Member, MemberConfig, SweepConfig, members
from fairgen_core.words import say

LABEL_SHARE = 0.3
"""Of a run's seconds for labels: what a member takes that shares the models of the label."""
JUDGE_SHARE = 0.45
"""Likewise of those for judging: the judges of its own rows."""


@dataclass(frozen=True)
class Group:
    """Members that share every stage up to the labels, to be worked on one after the other.

    Attributes:
        key: names what they share.
        members: each with the id of its run.
        same_rows: whether they differ in their labels only.
    """

    key: str
    members: tuple[tuple[str, Member], ...]
    same_rows: bool


class SweepEstimate(NamedTuple):
    """Expected wall-clock seconds of a sweep on this machine, one group at a time."""

    n_members: int
    n_groups: int
    """Fits of a compression and a generator."""
    seconds: float
    low: float
    high: float
    full_seconds: float
    """Of all members as runs of their own."""
    n_same: int
    """Combinations that mean the same as another, such as a strength without a target."""


def groups(sweep_id: str, laid_out: Sequence[Member]) -> list[Group]:
    """The members by what they share, in the order in which most is shared between groups too.

    Members on tables share all stages up to the labels where the fair label head makes the
    difference; every training on pictures is a group of its own.
    """
    found: dict[tuple[str, ...], list[tuple[str, Member]]] = {}
    for member in laid_out:
        run_id = f"{sweep_id[:SECOND_CHARS]}-{member.key}"
        found.setdefault(_stages(member.config), []).append((run_id, member))
    return [
        Group(
            key=f"seed-{key[0]}-{hashlib.sha256(json.dumps(key).encode()).hexdigest()[:8]}",
            members=tuple(own),
            same_rows=len(own) > 1 and _labelled_by_head(own[0][1].config),
        )
        for key, own in sorted(found.items(), key=lambda item: (int(item[0][0]), item[0][1:]))
    ]


def estimate_sweep(
    config: SweepConfig, n_rows: int, n_columns: int, store: RunStore | None = None
) -> SweepEstimate:
    """What a sweep costs on this machine, and what its members would cost as runs of their own.

    Args:
        config: the sweep.
        n_rows: training rows, or pictures.
        n_columns: columns of the table; pictures: any number.
        store: whose finished runs correct the cost model; None: `RunStore()`.
    """
    laid_out = groups("", members(config))
    full = own = 0.0
    for group in laid_out:
        for place, (_, member) in enumerate(group.members):
            seconds = member_seconds(member.config, n_rows, n_columns, first=place == 0)
            own += seconds
            full += member_seconds(member.config, n_rows, n_columns, first=True)
    speed, spread = 1.0, 2.0
    if isinstance(config.base, TrainConfig):
        found = estimate_seconds(config.base, n_rows, n_columns, store)
        speed = found.seconds / member_seconds(config.base, n_rows, n_columns, first=True)
        spread = found.high / found.seconds
    else:
        usual = member_seconds(config.base, n_rows, n_columns, first=True)
        found = corrected(usual, store or RunStore(), config.base)
        speed, spread = found.seconds / usual, found.high / found.seconds
    own, full = own * speed, full * speed
    n_members = sum(len(group.members) for group in laid_out)
    n_same = math.prod(len(axis.values) for axis in config.vary) * len(config.seeds) - n_members
    return SweepEstimate(n_members, len(laid_out), own, own / spread, own * spread, full, n_same)


def same_words(estimate: SweepEstimate) -> str:
    """A sentence on combinations that are not trained, because they mean the same; "": none."""
    n = estimate.n_same
    return say("sweep.same", n=n, all=estimate.n_members + n) if n else ""


def asks_parity(config: SweepConfig) -> bool:
    """Whether any member asks for equal rates of the groups."""
    if not isinstance(config.base, TrainConfig):
        return False
    base, axes = config.base.fairness, {axis.name: axis.values for axis in config.vary}
    return any(
        thin_cells.asks_parity(base.model_copy(update={"target": target, "strength": strength}))
        for target in axes.get("fairness", (base.target,))
        for strength in axes.get("strength", (base.strength,))
    )


def notes_on(config: SweepConfig, table: PreparedTable) -> tuple[str, ...]:
    """What stands against the parity that members ask for: groups with too few training rows."""
    found = thin_cells.of_table(table) if asks_parity(config) else ()
    return (thin_cells.in_words(found),) if found else ()


def member_seconds(config: MemberConfig, n_rows: int, n_columns: int, first: bool) -> float:
    """Expected seconds of a member on the reference machine.

    Args:
        config: the member.
        n_rows, n_columns: as in `estimate_sweep`.
        first: whether it is the first of its group, which makes what the others share.
    """
    if not isinstance(config, TrainConfig):
        filled = fill_image_config(config)
        size = filled.data.size or DEFAULT_SIZE
        return sum(image_stage_seconds(config, n_rows, size, 1, False, 1).values())
    seconds = stage_seconds(config, n_rows, n_columns, runs_on_gpu(config))
    if first:
        return sum(seconds.values())
    return (
        LABEL_SHARE * seconds["labels"]
        + seconds["decode"]
        + JUDGE_SHARE * seconds.get("evaluate", 0.0)
    )


def _labelled_by_head(config: MemberConfig) -> bool:
    return (
        isinstance(config, TrainConfig)
        and config.roles.target is not None
        and (config.fairness.target == "none" or config.fairness.enforce != "latent")
    )


def _stages(config: MemberConfig) -> tuple[str, ...]:
    """What a member shares with others: seed, compression, generator, all else but the labels."""
    raw = config.model_dump(mode="json", exclude={"name", "seed"})
    if isinstance(config, TrainConfig) and _labelled_by_head(config):
        fairness = raw["fairness"]
        natural = fairness["target"] == "none" or fairness["enforce"] == "labels"
        raw["fairness"] = {"representation": fairness["representation"]}
        if not natural:
            kept = ("enforce", "alpha", "penalty")
            raw["fairness"] |= {name: fairness[name] for name in kept}
    generator = raw.pop("generator")
    fairness = raw.pop("fairness", None)
    return (str(config.seed), *map(_text, (raw, fairness, generator)))


def _text(content: Any) -> str:
    return json.dumps(content, sort_keys=True)
