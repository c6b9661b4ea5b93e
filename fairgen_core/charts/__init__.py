"""What was measured, drawn: a report or progress events in, an Altair chart out.

Every chart has a description for screen readers, states its axes, and gives its table through
`chart_data`. Nothing here imports streamlit.
"""

from fairgen_core.charts.axes import axis_title, setting_words, value_words
from fairgen_core.charts.base import chart_data, inked
from fairgen_core.charts.columns import columns_comparison, sorted_columns
from fairgen_core.charts.explain import proxies, shap_bars, shap_beeswarm
from fairgen_core.charts.frontier import frontier_chart, why_no_limit
from fairgen_core.charts.groups import disparity, group_frequencies, rate_by_group
from fairgen_core.charts.intersections import intersections
from fairgen_core.charts.palette import group_colours
from fairgen_core.charts.picture_frequencies import (
    class_frequencies,
    frequencies_by_seed,
    picture_frequencies,
)
from fairgen_core.charts.picture_groups import group_sizes
from fairgen_core.charts.picture_judging import (
    accuracy_by_group,
    answers_by_group,
    background_by_group,
)
from fairgen_core.charts.pictures import (
    frequencies_over_time,
    norm_range,
    norms_over_time,
    recognisable_over_time,
)
from fairgen_core.charts.scores import decision_threshold, parity_at, score_curves, score_range
from fairgen_core.charts.stability import stability_chart
from fairgen_core.charts.training import gradient_norms, loss_lines, progress_lines

__all__ = [
    "accuracy_by_group",
    "answers_by_group",
    "axis_title",
    "background_by_group",
    "chart_data",
    "class_frequencies",
    "columns_comparison",
    "decision_threshold",
    "disparity",
    "frequencies_by_seed",
    "frequencies_over_time",
    "frontier_chart",
    "gradient_norms",
    "group_colours",
    "group_frequencies",
    "group_sizes",
    "inked",
    "intersections",
    "loss_lines",
    "norm_range",
    "norms_over_time",
    "parity_at",
    "picture_frequencies",
    "progress_lines",
    "proxies",
    "rate_by_group",
    "recognisable_over_time",
    "score_curves",
    "score_range",
    "setting_words",
    "shap_bars",
    "shap_beeswarm",
    "sorted_columns",
    "stability_chart",
    "value_words",
    "why_no_limit",
]
