"""What the command line shows of pictures."""

from __future__ import annotations

from typing import Any

from fairgen_core.cli import display
from fairgen_core.image_results import ImageReport


def report_text(report: ImageReport) -> str:
    """A report as small readable tables under its headline."""
    groups = [
        [
            g.group,
            f"{g.training_share:.3f}",
            display.figure(g.share),
            "-" if g.corrected is None else f"{g.corrected:.3f}",
        ]
        for g in report.group_frequencies
    ]
    figures = [
        ["gap", display.figure(report.gap)],
        ["KL to even shares", display.figure(report.kl)],
    ]
    if report.late_gap is not None:
        figures.append(["gap, last third of training", f"{report.late_gap:.3f}"])
    how = "a rule" if report.group_rule == "rule" else "a classifier"
    figures.append([f"groups told right by {how}", display.figure(report.group_accuracy)])
    for key, value in report.figures.items():
        info = report.metrics.get(key)
        figures.append([info.title if info else key.replace("_", " "), display.figure(value)])
    parts = [
        report.headline,
        "",
        display.table(["group", "real", "synthetic", "corrected"], groups),
        "",
        display.table(["figure", "value"], figures),
        *_taught_text(report),
    ]
    parts += [""] * bool(report.warnings) + list(report.warnings)
    return "\n".join(parts)


def _taught_text(report: ImageReport) -> list[str]:
    """What the synthetic pictures teach a classifier, beside what the real ones do."""
    taught = report.taught
    if taught is None:
        return []
    labels = (
        "that they were asked to be"
        if taught.labels == "asked"
        else ("that the real-trained classifier tells them to be")
    )
    rows = [
        [report.metrics[m.metric].title, display.figure(m.real), display.figure(m.synthetic)]
        for m in taught.figures
    ]
    rows += [
        [f"Accuracy, {g.group}", display.figure(g.real), display.figure(g.synthetic)]
        for g in taught.groups
    ]
    said = (
        f"A classifier of '{report.class_column}' on {taught.n_test:,} held-out real pictures, "
        f"trained on {taught.n_real:,} real ones or on {taught.n_synthetic:,} synthetic ones with "
        f"the classes {labels}:"
    )
    return ["", said, display.table(["figure", "trained on real", "on synthetic"], rows)]


def result(report: ImageReport) -> dict[str, Any]:
    """A report for a program, its most wanted figures by the names that scripts use."""
    whole = report.model_dump(mode="json")
    return {
        "group_frequencies": {
            g.group: {
                **g.share.model_dump(include={"value", "low", "high", "n"}),
                "corrected": g.corrected,
                "real": g.training_share,
            }
            for g in report.group_frequencies
        },
        "kl": whole["kl"],
        "gap": report.gap.value if report.late_gap is None else report.late_gap,
        "final_gap": whole["gap"],
        "gradient_norms": whole["norms"],
        "clipped_share": report.clipped_share,
        "trace": whole["trace"],
        "figures": {key: figure["value"] for key, figure in whole["figures"].items()},
        "taught": _taught(report),
        "report": whole,
    }


def _taught(report: ImageReport) -> dict[str, Any] | None:
    """The figures of both classifiers by metric, and their accuracy by group."""
    if report.taught is None:
        return None
    whole = report.taught.model_dump(mode="json")
    both = ("real", "synthetic")
    return {
        "labels": report.taught.labels,
        **{m["metric"]: {of: m[of] for of in both} for m in whole["figures"]},
        "accuracy_by_group": {g["group"]: {of: g[of] for of in both} for g in whole["groups"]},
    }
