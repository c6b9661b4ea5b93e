"""What the commands on sweeps do. Heavy modules are imported where they are needed."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable

from fairgen_core.choices import train_config
from fairgen_core.cli import display, image_commands
from fairgen_core.cli.questions import table_choices
from fairgen_core.config import TrainConfig
from fairgen_core.data.images.catalogue import IMAGE_CATALOGUE
from fairgen_core.data.images.prepared import load_images, prepare_images, read_set
from fairgen_core.data.loading import prepare
from fairgen_core.errors import ConfigError, RunError, StoppedError
from fairgen_core.figure_words import direction_words
from fairgen_core.image_api import image_config, with_division
from fairgen_core.image_presets import fill_image_config
from fairgen_core.runs import sweep_launcher
from fairgen_core.runs.status_file import claimed
from fairgen_core.runs.store import RunStore
from fairgen_core.runs.sweep_plan import estimate_sweep, notes_on, same_words
from fairgen_core.runs.sweep_status import check_ray_address, work_of
from fairgen_core.runs.sweeps import SweepStore, as_sweep, sweep_title
from fairgen_core.sweep_config import (
    MemberConfig,
    SweepConfig,
    parse_sweep,
    parse_vary,
    seeds_from,
    setting_label,
)
from fairgen_core.sweep_results import (
    DISPARITY,
    USEFULNESS,
    Frontier,
    Spread,
    SweepResults,
    failures,
)
from fairgen_core.sweep_results import frontier as frontier_of


def sweep(args: argparse.Namespace) -> int | None:
    """Train with choices varied, here or on a cluster; or go on with a sweep.

    Returns:
        The exit status: 1 where every member failed. Some that fail do not stop a sweep.
    """
    store = SweepStore.beside(RunStore(args.runs))
    if args.resume and args.extend:
        raise ConfigError("A sweep is resumed or extended, and both were asked for. Choose one.")
    if args.resume or args.extend:
        sweep_id = args.resume or args.extend
        if args.extend:
            if args.seeds is None:
                raise ConfigError("--extend must know how many seeds in all. Add --seeds N.")
            check_ray_address(args.ray or "")
            store.extend(sweep_id, args.seeds)
        status = sweep_launcher.take_up_again(store, sweep_id, args.ray)
        status = as_sweep(claimed(status, os.getpid()))
        store.set_status(sweep_id, status.model_copy(update={"owner": "command line"}))
    else:
        config = _config(args)
        if args.plan:
            _tell_plan(args, config)
            return None
        sweep_id = store.create(config, "command line", args.ray or "")
    from fairgen_core.sweeping.driver import run

    progress = display.ProgressLine()
    try:
        run(store.path(sweep_id), progress)
    except StoppedError as error:
        raise StoppedError(
            f"The sweep was stopped. Go on with: sweep --resume {sweep_id}"
        ) from error
    finally:
        progress.end()
    _tell(args, store, sweep_id)
    return int(store.status(sweep_id).outcome == "failed")


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


def frontier(args: argparse.Namespace) -> None:
    """Usefulness against disparity over a sweep's settings, as a table or a chart."""
    if args.out is not None:
        from fairgen_core.charts.saving import check_chart_out

        check_chart_out(args.out)
    results = SweepStore.beside(RunStore(args.runs)).results(args.sweep)
    found = _frontier(results, args.usefulness, args.disparity, args.judge)
    if args.out is not None:
        from fairgen_core.charts.frontier import frontier_chart
        from fairgen_core.charts.saving import save_chart

        save_chart(frontier_chart(found), args.out)
    if args.json:
        display.print_json(found.model_dump(mode="json"))
        return
    print(frontier_text(found))
    if args.out is not None:
        print(f"chart: {args.out}")


COMMANDS: dict[str, Callable[[argparse.Namespace], int | None]] = {
    "sweep": sweep,
    "sweep-images": sweep,
    "sweeps": sweeps,
    "frontier": frontier,
}


def frontier_text(found: Frontier) -> str:
    """A frontier as a table: one line a setting, * where none is better in both."""
    names = list(dict.fromkeys(name for point in found.points for name in point.settings))
    lines = [
        ["*" if point.best else "x" if point.struck else ""]
        + [_value(point.settings.get(name, "-")) for name in names]
        + [_spread(point.usefulness), _spread(point.disparity), str(len(point.seeds))]
        for point in sorted(found.points, key=lambda p: p.disparity.mean)
    ]
    head = ["", *names, found.usefulness, found.disparity, "seeds"]
    parts = [display.table(head, lines) if lines else "No member has both figures (yet)."]
    parts += _legend(found) if lines else []
    parts += [
        f"{anchor.name}: {found.usefulness} {display.figure(anchor.usefulness)}, "
        f"{found.disparity} {display.figure(anchor.disparity)}"
        for anchor in found.anchors
    ]
    for curve in found.limits:
        x, y = curve.points[0]
        parts.append(
            f"limit, sensitive attribute {curve.kind}: {found.usefulness} {y:.3f} at "
            f"{found.disparity} {x:.3f}, to {curve.points[-1][1]:.3f} at {curve.points[-1][0]:.3f}"
        )
    if found.no_limit and found.points:
        from fairgen_core.charts.frontier import why_no_limit

        parts.append(why_no_limit(found))
    parts += [f"x: {reason}" for reason in dict.fromkeys(p.struck for p in found.points) if reason]
    return "\n".join(parts)


# --- inside ----------------------------------------------------------------------------------


def _config(args: argparse.Namespace) -> SweepConfig:
    base: MemberConfig
    if args.command == "sweep-images":
        choices = image_commands.image_choices(args)
        from_settings = choices.pop("settings")
        base = image_config(args.data, settings=from_settings, **choices)
        if base.data.source not in IMAGE_CATALOGUE:
            given = {**choices, "settings": from_settings}
            base = with_division(base, read_set(fill_image_config(base).data), given, _note)
    else:
        base = train_config(args.data, **table_choices(args), evaluate=True)
    return parse_sweep(
        {
            "name": args.name,
            "base": base.model_dump(mode="json"),
            "vary": [parse_vary(text).model_dump(mode="json") for text in args.vary],
            "seeds": seeds_from(args.seed, 1 if args.seeds is None else args.seeds),
        }
    )


def _note(sentence: str) -> None:
    display.ProgressLine().tell(f"{sentence} {image_commands.OTHERWISE}")


def _tell_plan(args: argparse.Namespace, config: SweepConfig) -> None:
    notes: tuple[str, ...] = ()
    if isinstance(config.base, TrainConfig):
        table = prepare(config.base.data, config.base.roles)
        n_rows, n_columns = len(table.train), len(table.schema.modelled)
        notes = notes_on(config, table)
    else:
        pictures = fill_image_config(config.base)
        n_rows, n_columns = len(prepare_images(pictures, load_images(pictures)).train), 1
    found = estimate_sweep(config, n_rows, n_columns, RunStore(args.runs))
    if args.json:
        display.print_json({**found._asdict(), "notes": notes})
        return
    low, high = display.seconds(found.low), display.seconds(found.high)
    print(
        f"{sweep_title(config)}: {_count(found.n_members, 'member')}, {found.n_groups} with a "
        f"fit of their own; about {display.seconds(found.seconds)} ({low} to {high}) instead of "
        f"{display.seconds(found.full_seconds)} for as many full runs."
    )
    if found.n_same:
        print(same_words(found))
    print("\n".join(notes), end="\n" if notes else "")


def _tell(args: argparse.Namespace, store: SweepStore, sweep_id: str) -> None:
    status, results = store.status(sweep_id), store.results(sweep_id)
    if args.json:
        content = {
            "sweep": sweep_id,
            "folder": str(store.path(sweep_id)),
            "status": status.model_dump(mode="json"),
            "results": results.model_dump(mode="json"),
        }
        display.print_json(content)
        return
    print(f"sweep {sweep_id}: {status.n_done} of {status.n_members} members done")
    if status.message:
        print(status.message)
    for note in status.notes:
        print(note)
    for reason, points in failures(results).items():
        names = "; ".join(f"{setting_label(p.settings)}, seed {p.seed}" for p in points)
        print(f"failed: {names}. {reason}")
    taken, instead = work_of(status, results)
    if taken and instead:
        print(
            f"{display.seconds(taken)} of work instead of about {display.seconds(instead)} for "
            f"{status.n_done} full runs"
        )
    print("\n" + frontier_text(_frontier(results, None, None, "gradient boosting")))


def _frontier(
    results: SweepResults, usefulness: str | None, disparity: str | None, judge: str
) -> Frontier:
    up, down = (results.choices(of[results.task]) for of in (USEFULNESS, DISPARITY))
    for name, known in ((usefulness, up), (disparity, down)):
        if name is not None and name not in known:
            raise RunError(
                f"The sweep must have measured '{name}', and no member has a value of it. Choose "
                f"one of {', '.join(known) or 'none (nothing is done yet)'}."
            )
    judges = results.judges()
    if judges and judge not in judges:
        raise RunError(
            f"The judge must be one of {', '.join(judges)}, and '{judge}' is none. Choose one."
        )
    first = USEFULNESS[results.task][0], DISPARITY[results.task][0]
    chosen = usefulness or next(iter(up), first[0]), disparity or next(iter(down), first[1])
    return frontier_of(results, *chosen, judge)


def _value(value: object) -> str:
    return f"{value:.3g}" if isinstance(value, float) else "none" if value is None else str(value)


def _count(n: int, word: str) -> str:
    return f"{n} {word}" if n == 1 else f"{n} {word}s"


def _legend(found: Frontier) -> list[str]:
    """What the table's columns and marks mean."""
    named = [
        f"{key}: {info.title} ({direction_words(info)})" for key, info in found.metrics.items()
    ]
    judge = f"Judged by {found.judge}; " if found.judge else ""
    marks = f"{judge}means over seeds, +- their standard deviation."
    if any(point.best for point in found.points):
        marks += " *: no other setting is both less disparate and more useful."
    return [*named, marks]


def _spread(spread: Spread) -> str:
    deviation = "" if spread.sd is None else f" +-{spread.sd:.3f}"
    return f"{spread.mean:.3f}{deviation}"
