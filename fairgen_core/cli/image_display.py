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
    ]
    parts += [""] * bool(report.warnings) + list(report.warnings)
    return "\n".join(parts)


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
        "report": whole,
    }
