"""Who judged pictures, in sentences for a reader who was not there."""

from __future__ import annotations

from fairgen_core.image_config import ImageTrainConfig
from fairgen_core.image_results import LOOK_IMAGES, ImageReport, late_looks
from fairgen_core.numbers import number, percent
from fairgen_core.words import say


def picture_preparation(config: ImageTrainConfig, report: ImageReport) -> list[str]:
    """What was done to the real pictures before any training."""
    data = config.data
    kind = "grey" if report.n_channels == 1 else "colour"
    sentences = [say("report.brought", size=report.size, kind=say(f"report.{kind}"))]
    names = ", ".join(report.groups)
    if data.groups == "none":
        sentences.append(say("report.groups.own", column=report.group_column, groups=names))
    else:
        sentences.append(say("report.groups.made", how=data.groups, groups=names))
        if data.share is not None:
            last, share = report.groups[-1], percent(data.share)
            sentences.append(say("report.groups.share", group=last, share=share))
    if data.split_column is not None:
        sentences.append(say("report.divided.column", column=data.split_column))
    else:
        share = percent(data.test_share)
        sentences.append(say("report.divided", share=share, seed=data.split_seed))
    return sentences


def late_gap_note(report: ImageReport) -> str:
    """What the gap over the last looks rests on, and why it has no interval."""
    return say("report.late_gap", n=len(late_looks(report)), each=f"{LOOK_IMAGES:,}")


def picture_judges(report: ImageReport) -> list[str]:
    """Who told groups and classes, what was taught, where its attribution lies."""
    figure = report.group_accuracy
    accuracy = figure.reason
    if figure.value is not None:
        n = f", n = {figure.n:,}" if figure.n else ""
        accuracy = f"{number(figure.value)} ({number(figure.low)} to {number(figure.high)}{n})"
    told = say(f"report.told.{report.group_rule}", column=report.group_column, accuracy=accuracy)
    sentences = [told]
    space = report.class_column or report.group_column
    sentences.append(say("report.space", column=space))
    taught = report.taught
    if taught is None:
        return sentences + ([f"{report.taught_reason}."] if report.taught_reason else [])
    sentences.append(
        say(
            f"report.taught.{taught.labels}",
            column=report.class_column,
            synthetic=f"{taught.n_synthetic:,}",
            real=f"{taught.n_real:,}",
            test=f"{taught.n_test:,}",
        )
    )
    key = "outcome" if taught.outcome else "every_class"
    sentences.append(say(f"report.parity.{key}", label=taught.outcome))
    return [*sentences, *_attribution(report)]


def _attribution(report: ImageReport) -> list[str]:
    """How much of the attribution lies on the background, group by group."""
    maps = report.heat_maps
    parts = [
        say(
            "report.background.group",
            group=part.group,
            synthetic=percent(part.synthetic.value),
            real=percent(part.real.value),
            area=percent(part.area.value),
        )
        for part in (maps.background if maps is not None else ())
    ]
    return [say("report.background", parts="; ".join(parts))] if parts else []
