"""How a run was made: settings, device, what its target does not promise, the same as code."""

from __future__ import annotations

import streamlit as st

from dashboard.components import duration, escape
from dashboard.downloads import file_stem
from dashboard.text import say
from fairgen_core.config import TrainConfig
from fairgen_core.report.code import as_command, as_python
from fairgen_core.report.promises import not_promised
from fairgen_core.results import Report
from fairgen_core.runs.names import data_name
from fairgen_core.runs.status import RunStatus


def settings(config: TrainConfig, status: RunStatus, report: Report | None) -> dict[str, str]:
    """What was asked for and where it ran, as labels and words."""
    fairness = say(f"hold.{config.fairness.target}")
    enforced = say(f"enforce.{config.fairness.enforce}")
    if config.fairness.enforce != "latent":
        enforced += f", {say('strength.label').lower()} {config.fairness.strength:g}"
    target = config.roles.target or say("train.no_target")
    if config.roles.positive is not None:
        target += f" = {config.roles.positive}"
    versions = ", ".join(f"{name} {v}" for name, v in status.versions.items())
    parts = [status.device, duration(status.seconds_taken), versions]
    known = {
        "made.data": data_name(config),
        "made.sensitive": " × ".join(config.roles.sensitive),
        "made.target": target,
        "made.fairness": fairness,
        "made.enforce": enforced if config.fairness.target != "none" else "",
        "made.generator": say(f"make.{config.generator.name}"),
        "made.preset": say(f"preset.{config.preset}"),
        "made.seed": str(config.seed),
        "made.ran": " · ".join(part for part in parts if part),
        "made.sha": report.data_sha256 if report is not None else "",
    }
    return {say(key): words for key, words in known.items() if words}


def show_made(config: TrainConfig, status: RunStatus, report: Report | None) -> None:
    """Show how the run was made."""
    with st.expander(say("made.title"), icon=":material/receipt_long:"):
        left, right = st.columns(2)
        with left:
            st.markdown(f"**{say('made.settings')}**")
            lines = settings(config, status, report)
            st.markdown("  \n".join(f"{k}: {escape(v)}" for k, v in lines.items()))
            if report is not None:
                counts = {
                    "train": f"{report.n_train:,}",
                    "test": f"{report.n_test:,}",
                    "synthetic": f"{report.n_synthetic:,}",
                }
                st.caption(say("made.rows", **counts))
        with right:
            st.markdown(f"**{say('made.not_promised')}**")
            st.markdown("\n".join(f"- {s[:1].upper()}{s[1:]}" for s in not_promised(config)))
        st.markdown(f"**{say('made.command')}**")
        st.code(as_command(config, f"{file_stem(config)}.csv"), language="bash", wrap_lines=True)
        st.markdown(f"**{say('made.python')}**")
        st.code(as_python(config, f"{file_stem(config)}.csv"), language="python", wrap_lines=True)
