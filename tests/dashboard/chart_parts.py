"""What the tests of charts share: the parts of a drawn chart, and a training's events."""

from __future__ import annotations

from typing import Any

from fairgen_core.charts.base import Chart
from fairgen_core.runs.status import ProgressEvent


def event(t: float, **more: Any) -> ProgressEvent:
    return ProgressEvent(t=t, stage="generator", fraction=0.5, overall=0.5, **more)


EVENTS = [
    event(
        100 + i,
        losses={"generator": 0.5 - i / 50, "discriminator": 0.7},
        figures={
            "preview_dp": 0.2 / (i + 1),
            "gradient_norm:Male": 3.0 + i,
            "gradient_norm:Female": 5.0 + i,
            "clipped_share": 0.4,
        },
    )
    for i in range(40)
]


def layers(chart: Chart) -> list[dict[str, Any]]:
    spec = chart.to_dict()
    return spec.get("layer", [spec])


def mark_of(layer: dict[str, Any]) -> str:
    return layer["mark"]["type"]


def channel(chart: Chart, name: str, field: str) -> dict[str, Any]:
    """The first encoding of that channel and field in any layer."""
    for layer in layers(chart):
        found = layer.get("encoding", {}).get(name, {})
        if found.get("field") == field:
            return found
    raise AssertionError(f"no {name} of {field}")


def title_of(axis: dict[str, Any]) -> str:
    """An axis title as one line."""
    return " ".join(axis["title"])
