"""What the command line shows of pictures."""

from __future__ import annotations

from typing import Any

from fairgen_core.cli import display
from fairgen_core.data.images.roles import in_tables
from fairgen_core.image_results import ImageReport
from fairgen_core.words import say


def report_text(report: ImageReport) -> str:
    """A report as small readable tables under its headline."""
    groups = [
        [
            g.group,
            f"{g.training_share:.3f}",
            display.figure(g.share),
            "-" if g.corrected is None else f"{g.corrected:.3f}",
            display.count(g.share),
        ]
        for g in report.group_frequencies
    ]
    even = f"{say('figure.ideal', ideal=0)}, {say('figure.lower')}"
    figures = [
        ["Gap", display.figure(report.gap), display.count(report.gap), even],
        ["KL to even shares", display.figure(report.kl), display.count(report.kl), even],
    ]
    if report.late_gap is not None:
        late = ["Gap, mean over the last third of the training", f"{report.late_gap:.3f}"]
        figures.append([*late, "-", even])
    how = "a rule" if report.group_rule == "rule" else "a classifier"
    told = report.group_accuracy
    right = [f"Groups told right by {how}", display.figure(told), display.count(told)]
    figures.append([*right, f"{say('figure.ideal', ideal=1)}, {say('figure.higher')}"])
    missing: dict[str, list[str]] = {}
    for key, value in report.figures.items():
        info = report.metrics.get(key)
        title = info.title if info else key.replace("_", " ")
        figures.append([title, display.figure(value), display.count(value), display.better(info)])
        if value.value is None and value.reason:
            missing.setdefault(value.reason, []).append(title)
    parts = [
        report.headline,
        "",
        display.table(["group", "real", "synthetic", "corrected", "n"], groups),
        "",
        display.table(["figure", "value", "n", "better"], figures),
        *(f"n/a, {reason}: {', '.join(titles)}" for reason, titles in missing.items()),
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
        [
            info.title,
            display.figure(m.real),
            display.figure(m.synthetic),
            display.count(m.real, m.synthetic),
            display.better(info),
        ]
        for m in taught.figures
        for info in (report.metrics[m.metric],)
    ]
    by_group = display.better(report.metrics.get("accuracy"))
    rows += [
        [
            f"Accuracy, {g.group}",
            display.figure(g.real),
            display.figure(g.synthetic),
            display.count(g.real, g.synthetic),
            by_group,
        ]
        for g in taught.groups
    ]
    reasons = {
        f"{report.metrics[m.metric].title}: {f.reason}"
        for m in taught.figures
        for f in (m.real, m.synthetic)
        if f is not None and f.reason
    }
    said = (
        f"A classifier of '{report.class_column}' on {taught.n_test:,} held-out real pictures, "
        f"trained on {taught.n_real:,} real ones or on {taught.n_synthetic:,} synthetic ones with "
        f"the classes {labels}:"
    )
    header = ["figure", "trained on real", "on synthetic", "n", "better"]
    return ["", said, display.table(header, rows), *sorted(reasons)]


def result(report: ImageReport) -> dict[str, Any]:
    """A report for a program, its most wanted figures by the names that scripts use."""
    whole = report.model_dump(mode="json")
    values = in_tables(report.group_column, report.groups)
    return {
        "group_frequencies": {
            value: {
                **g.share.model_dump(include={"value", "low", "high", "n"}),
                "corrected": g.corrected,
                "real": g.training_share,
            }
            for value, g in zip(values, report.group_frequencies, strict=True)
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
