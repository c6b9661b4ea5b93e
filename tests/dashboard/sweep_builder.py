"""An exploration's results written by hand, with figures of the size that Adult gives."""

from __future__ import annotations

from collections.abc import Sequence

from fairgen_core.config import TrainConfig
from fairgen_core.data.formats import FileFormat
from fairgen_core.metrics.registry import METRICS
from fairgen_core.results import Figure, Report
from fairgen_core.runs.files import write_json
from fairgen_core.runs.samples import SamplesWriter
from fairgen_core.runs.status import RunState
from fairgen_core.runs.sweeps import SweepStore
from fairgen_core.sweep_config import Axis, Member, SweepConfig, members
from fairgen_core.sweep_results import Figures, LimitPoint, Setting, SweepPoint, SweepResults
from tests.dashboard.report_builder import evaluation
from tests.dashboard.run_builder import CONFIG, SCHEMA, rows

JUDGE = "gradient boosting"
STRENGTHS = (0.0, 0.25, 0.5, 0.75, 1.0)


def figures(dp_any: float, auroc: float, struck: str = "") -> Figures:
    flag = Figure(value=1.0 if struck else 0.0, reason=struck)
    return {
        JUDGE: {
            "dp_any": Figure(value=dp_any, n=1000, struck=bool(struck), reason=struck),
            "dp": Figure(value=dp_any / 3, n=1000, struck=bool(struck), reason=struck),
            "auroc": Figure(value=auroc, n=1000),
            "one_class": flag,
        }
    }


def point(
    settings: dict[str, Setting], seed: int, dp_any: float, auroc: float, struck: str = ""
) -> SweepPoint:
    name = "-".join(str(v).replace(".", "") for v in settings.values())
    return SweepPoint(
        member=f"{name}-seed-{seed}",
        run=f"20260101-000000-{name}-seed-{seed}",
        settings=settings,
        seed=seed,
        state="done",
        figures=figures(dp_any, auroc, struck),
    )


def results(n_seeds: int = 3, struck: bool = True) -> SweepResults:
    """Strengths by target: 'both' costs more usefulness than 'dp'; one setting may be struck."""
    points = []
    for target, cost in (("dp", 0.035), ("both", 0.045)):
        for strength in STRENGTHS:
            for seed in range(n_seeds):
                wobble = (seed - 1) * 0.004
                points.append(
                    point(
                        {"fairness": target, "strength": strength},
                        seed,
                        0.37 - 0.33 * strength + wobble,
                        0.92 - cost * strength**2 - wobble / 4,
                    )
                )
    if struck:
        alone: dict[str, Setting] = {"fairness": "ftu", "strength": 1.0}
        points.append(point(alone, 0, 0.01, 0.88, "0.4 % favourable, below 1 %."))
    limits = tuple(
        LimitPoint(
            kind=kind,
            strength=s,
            figures={
                "dp_any": Figure(value=0.38 - 0.35 * s),
                "auroc": Figure(value=0.927 - c * s**2),
            },
        )
        for kind, c in (("seen", 0.03), ("unseen", 0.04))
        for s in STRENGTHS
    )
    return SweepResults(
        points=tuple(points), real=figures(0.379, 0.927), limits=limits, metrics=METRICS
    )


# --- folders -----------------------------------------------------------------------------------


def sweep_config(seeds: Sequence[int] = (0,), base: TrainConfig = CONFIG) -> SweepConfig:
    """Two targets at three strengths."""
    return SweepConfig(
        name="How far to go",
        base=base,
        vary=(
            Axis(name="fairness", values=("dp", "both")),
            Axis(name="strength", values=(0.0, 0.5, 1.0)),
        ),
        seeds=tuple(seeds),
    )


def report_of(member: Member) -> Report:
    """A report whose parity improves, and whose usefulness falls, with the strength."""
    strength = float(member.settings.get("strength") or 0.0)
    cost = 0.05 if member.settings.get("fairness") == "both" else 0.03
    values = {
        "dp": 0.17 - 0.16 * strength,
        "dp_any": 0.37 - 0.32 * strength,
        "auroc": 0.92 - cost * strength + 0.001 * member.seed,
    }
    plain = evaluation().model_dump(mode="json")
    for one in plain["figures"]:
        value = values.get(one["metric"])
        if value is not None and one["synthetic"] is not None:
            one["synthetic"] |= {"value": value, "low": value - 0.01, "high": value + 0.01}
    return Report.model_validate(plain)


def make_member(sweeps: SweepStore, sweep_id: str, member: Member, state: RunState = "done") -> str:
    """A member's run folder as its worker leaves it."""
    run_id = sweeps.run_id(sweep_id, member)
    folder = sweeps.path(sweep_id) / "runs" / run_id
    folder.mkdir(parents=True)
    write_json(folder / "config.json", member.config.model_dump(mode="json"))
    status = {"state": state, "created": 1.0, "started": 1.0, "ended": 9.0, "message": ""}
    if state == "failed":
        status["message"] = "It did not work out."
    write_json(folder / "status.json", status)
    if state != "done":
        return run_id
    write_json(folder / "schema.json", SCHEMA.model_dump(mode="json"))
    write_json(folder / "file_format.json", FileFormat().model_dump(mode="json"))
    table = rows(40)
    if member.settings.get("strength") == 1.0:
        table.loc[:3, "income"] = ">50K"
    with SamplesWriter(folder / "samples.parquet", SCHEMA) as writer:
        writer.append(table)
    write_json(folder / "report.json", report_of(member).model_dump(mode="json"))
    return run_id


def make_sweep(
    config: SweepConfig | None = None, n_done: int | None = None, state: RunState = "done"
) -> str:
    """A sweep's folder with its first members done, and the sweep in that state."""
    sweeps, config = SweepStore(), config or sweep_config()
    sweep_id = sweeps.create(config, owner="notebook")
    laid_out = members(config)
    for member in laid_out[:n_done]:
        make_member(sweeps, sweep_id, member)
    n_done = len(laid_out) if n_done is None else n_done
    status = sweeps.status(sweep_id)
    changes = {
        "state": state,
        "n_done": n_done,
        "fraction": n_done / len(laid_out),
        "started": status.created,
        "ended": None if state == "running" else status.created + 60.0,
        "full_run_seconds": 50.0,
        "seconds_of_full_runs": 300.0,
    }
    sweeps.set_status(sweep_id, status.model_copy(update=changes))
    return sweep_id
