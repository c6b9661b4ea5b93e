"""What the command ``lesson`` does. Heavy modules are imported where they are needed."""

from __future__ import annotations

import argparse
from typing import Any

from fairgen_core.cli import display
from fairgen_core.errors import ConfigError, RunError
from fairgen_core.image_results import LOOK_IMAGES
from fairgen_core.lesson_config import LESSONS
from fairgen_core.lesson_results import (
    WIRINGS,
    FairLatentResult,
    FavouredGroupResult,
    even_gap,
    over_seeds,
)
from fairgen_core.run_config import parse_run_config
from fairgen_core.runs.lessons import read_result
from fairgen_core.runs.store import RunStore
from fairgen_core.stability import SHARES


def lesson(args: argparse.Namespace) -> None:
    """Do a lesson's experiment and print what came out."""
    from fairgen_core.runs import worker

    config = parse_run_config(_choices(args))
    store = RunStore(args.runs)
    run_id = store.create(config, "command line")
    progress = display.ProgressLine()
    try:
        worker.run(store.path(run_id), None, progress)
    finally:
        progress.end()
    tell(store, run_id, args.json)


def tell(store: RunStore, run_id: str, as_json: bool) -> None:
    """Print a lesson's result.

    Raises:
        RunError: there is none.
    """
    result = read_result(store.path(run_id))
    if result is None:
        raise RunError(
            f"The run '{run_id}' must have a result, and it has none. Resume it, or start anew."
        )
    if as_json:
        config = store.config(run_id).model_dump(mode="json")
        summary = (
            _gan_summary(result)
            if isinstance(result, FavouredGroupResult)
            else _latent_summary(result)
        )
        whole = result.model_dump(mode="json")
        display.print_json({"run": run_id, "config": config, **summary, "result": whole})
    elif isinstance(result, FavouredGroupResult):
        print(_gan_text(result))
    else:
        print(_latent_text(result))


def _choices(args: argparse.Namespace) -> dict[str, Any]:
    """The configuration as a plain dict, with the choices that belong to this lesson.

    Raises:
        ConfigError: a choice belongs to the other lesson.
    """
    model = LESSONS[args.lesson]
    given = {
        "order": args.order,
        "first_group": args.first_group,
        "clip_norm": args.clip_norm,
        "share": args.share,
        "alpha": args.alpha,
        "bias": args.bias,
        "n_rows": args.training_rows,
    }
    chosen = {name: value for name, value in given.items() if value is not None}
    strange = [name for name in chosen if name not in model.model_fields]
    if strange:
        raise ConfigError(
            f"Each choice must belong to the lesson '{args.lesson}', and '{strange[0]}' belongs to "
            "the other one. Leave it out."
        )
    n_seeds = args.seeds if args.seeds is not None else len(model.model_fields["seeds"].default)
    seeds = list(range(args.first_seed, args.first_seed + max(0, n_seeds)))
    return {"task": model.model_fields["task"].default, "seeds": seeds, **chosen}


def _gan_summary(result: FavouredGroupResult) -> dict[str, Any]:
    seeds = result.seeds
    return {
        "white": {str(one.seed): one.white for one in seeds},
        "gap": {str(one.seed): one.gap for one in seeds},
        "mean_white": over_seeds((one.white for one in seeds), SHARES).model_dump(),
        "mean_gap": over_seeds((one.gap for one in seeds), SHARES).model_dump(),
        "even_gap": even_gap(LOOK_IMAGES),
        "recognisable": over_seeds((one.recognisable for one in seeds), SHARES).model_dump(),
    }


def _gan_text(result: FavouredGroupResult) -> str:
    lines = [
        [str(s.seed), f"{s.white:.3f}", f"{s.gap:.3f}", f"{s.recognisable:.3f}", f"{s.clipped:.0%}"]
        for s in result.seeds
    ]
    means = [
        display.figure(over_seeds((getattr(s, name) for s in result.seeds), SHARES))
        for name in ("white", "gap", "recognisable")
    ]
    header = ["seed", "share of white", "gap", "recognisable", "steps clipped"]
    table = display.table(header, [*lines, ["mean", *means, ""]])
    even = even_gap(LOOK_IMAGES)
    return (
        f"{table}\n\n{result.training_share:.0%} of the training digits are on white. Shares and "
        "gaps are means over the last third of each training.\nA perfectly even generator shows a "
        f"gap of {even:.3f} by chance. The share's mean hides a gap whose sign changes from seed "
        "to seed: look at the mean gap."
    )


def _latent_summary(result: FairLatentResult) -> dict[str, Any]:
    mean: dict[str, Any] = {"real": {k: f.value for k, f in result.real.figures.items()}}
    for wiring in WIRINGS:
        mean[wiring] = {
            key: over_seeds(_values(result, wiring, key), SHARES).value
            for key in result.real.figures
        }
    attackers = [one.attacker for one in result.seeds if one.attacker is not None]
    return {"attacker": over_seeds(attackers, SHARES).model_dump(), "figures": mean}


def _values(result: FairLatentResult, wiring: Any, key: str) -> list[float]:
    found = [one.of(wiring).figures[key] for one in result.seeds]
    return [figure.value for figure in found if figure.value is not None and not figure.struck]


def _latent_text(result: FairLatentResult) -> str:
    keys = ("auroc", "dp", "dp_any", "ftu", "positive_rate")
    real = [display.figure(result.real.figures[key]) for key in keys]
    lines = [["real rows", *real]]
    for wiring in WIRINGS:
        means = [display.figure(over_seeds(_values(result, wiring, key), SHARES)) for key in keys]
        lines.append([wiring, *means])
    attackers = [one.attacker for one in result.seeds if one.attacker is not None]
    attacker, on_rows = display.figure(over_seeds(attackers, SHARES)), result.real_attacker
    return (
        f"{display.table(['wiring', *keys], lines)}\n\n"
        f"An attacker reads the group from the latent with AUROC {attacker} (0.5 = finds nothing), "
        f"from the real columns with {'n/a' if on_rows is None else f'{on_rows:.3f}'}.\n"
        "Means over seeds; "
        f"judged by {result.judge} on {result.n_test:,} held-out applicants."
    )
