"""How a run on pictures was made: settings, device, the same as a command."""

from __future__ import annotations

import streamlit as st

from dashboard.components import duration, escape
from dashboard.downloads import picture_stem
from dashboard.pictures import display_name
from dashboard.text import say
from fairgen_core.image_config import ImageTrainConfig
from fairgen_core.image_results import ImageReport
from fairgen_core.report.code import as_command, as_python
from fairgen_core.runs.status import RunStatus
from fairgen_core.settings_words import picture_words


def settings(
    config: ImageTrainConfig, status: RunStatus, report: ImageReport | None
) -> dict[str, str]:
    """What was asked for and where it ran, as labels and words."""
    versions = ", ".join(f"{name} {v}" for name, v in status.versions.items())
    parts = [status.device, duration(status.seconds_taken), versions]
    share = config.data.share
    groups = config.sensitive or config.data.groups
    known = {
        "made.data": display_name(config.data),
        "made.sensitive": groups + (f" ({100 * share:.0f} %)" if share is not None else ""),
        "picture_made.class": (report.class_column if report else config.class_column) or "",
        "picture_made.size": f"{report.size} × {report.size}" if report else "",
        "made.generator": " · ".join(picture_words(config)),
        "made.preset": say(f"preset.{config.preset}"),
        "made.seed": str(config.seed),
        "made.ran": " · ".join(part for part in parts if part),
        "made.sha": report.data_sha256 if report is not None else "",
    }
    return {say(key): words for key, words in known.items() if words}


def show_made(config: ImageTrainConfig, status: RunStatus, report: ImageReport | None) -> None:
    """Show how the run was made."""
    with st.expander(say("made.title"), icon=":material/receipt_long:"):
        lines = settings(config, status, report)
        st.markdown("  \n".join(f"{k}: {escape(v)}" for k, v in lines.items()))
        if report is not None:
            counts = {
                "train": f"{report.n_train:,}",
                "test": f"{report.n_test:,}",
                "synthetic": f"{report.n_synthetic:,}",
            }
            st.caption(say("picture_made.counts", **counts))
        st.markdown(f"**{say('made.command')}**")
        st.code(as_command(config, f"{picture_stem(config)}.zip"), language="bash", wrap_lines=True)
        st.markdown(f"**{say('made.python')}**")
        st.code(
            as_python(config, f"{picture_stem(config)}.zip"), language="python", wrap_lines=True
        )
