"""Charts as files: SVG and PNG without a browser or a network, HTML."""

from __future__ import annotations

from pathlib import Path

from fairgen_core.charts.base import Chart
from fairgen_core.errors import DataError, RunError

_ENDINGS = (".svg", ".png", ".html")
_WIDTH = 720
_SCALE = 2


def check_chart_out(out: Path) -> None:
    """See that a chart can be written there, before any work is done.

    Raises:
        DataError: its ending is unknown, or its folder is missing.
    """
    if out.suffix.lower() not in _ENDINGS:
        raise DataError(
            f"A chart's file must end in {', '.join(_ENDINGS[:-1])} or {_ENDINGS[-1]}, and '{out}' "
            "does not. Give it such an ending."
        )
    if not out.absolute().parent.is_dir() or out.is_dir():
        raise DataError(
            f"The chart's file must lie in a folder that exists, and '{out}' does not. Make the "
            "folder, or choose another one."
        )


def save_chart(chart: Chart, out: Path) -> None:
    """Write a chart to a .svg, .png or .html file.

    Raises:
        DataError: see `check_chart_out`.
        RunError: the file cannot be written.
    """
    check_chart_out(out)
    whole = chart.properties(width=_WIDTH)
    kind = out.suffix.lower().removeprefix(".")
    try:
        if kind == "html":
            whole.save(str(out), format="html", inline=True)
        elif kind == "png":
            whole.save(str(out), format="png", scale_factor=_SCALE)
        else:
            whole.save(str(out), format="svg")
    except OSError as error:
        raise RunError(
            f"The chart must be written to '{out}', and the system answered: "
            f"{(error.strerror or str(error)).lower()}. Choose another place."
        ) from error
