"""What was measured, drawn: a report or progress events in, an Altair chart out.

Every chart has a description for screen readers, states its axes, and gives its table through
`chart_data`. Nothing here imports streamlit.
"""

from dashboard.charts.base import chart_data, inked
from dashboard.charts.columns import columns_comparison, sorted_columns
from dashboard.charts.explain import proxies, shap_bars, shap_beeswarm
from dashboard.charts.groups import disparity, group_frequencies, rate_by_group
from dashboard.charts.intersections import intersections
from dashboard.charts.palette import group_colours
from dashboard.charts.scores import decision_threshold, parity_at, score_curves, score_range
from dashboard.charts.training import gradient_norms, loss_lines, progress_lines

__all__ = [
    "chart_data",
    "columns_comparison",
    "decision_threshold",
    "disparity",
    "gradient_norms",
    "group_colours",
    "group_frequencies",
    "inked",
    "intersections",
    "loss_lines",
    "parity_at",
    "progress_lines",
    "proxies",
    "rate_by_group",
    "score_curves",
    "score_range",
    "shap_bars",
    "shap_beeswarm",
    "sorted_columns",
]
