"""What others can check: the report, the cards, and the bundle with hashes of everything."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from dashboard.components import section
from dashboard.reads import store
from dashboard.text import say
from fairgen_core.report.cards import CardKind
from fairgen_core.report.given_files import options_to_give
from fairgen_core.run_config import on_data

_ICONS = {"report": ":material/description:", "bundle": ":material/inventory_2:"}
_PLAIN_ICON = ":material/download:"


def report_download(run_id: str, stem: str, key: str) -> None:
    """The report as one page that needs nothing else; made when it is asked for.

    Args:
        run_id: a finished, judged run.
        stem: of the file's name.
        key: unique on the page.
    """
    _button(
        say("evidence.report"), lambda: html(run_id), f"{stem}-report.html", f"report:{key}",
        say("evidence.report_help"), _ICONS["report"],
    )  # fmt: skip


def show_evidence(run_id: str, stem: str) -> None:
    """Everything that somebody else needs to check a finished, judged run.

    Args:
        run_id: the run.
        stem: of the files' names.
    """
    section(say("evidence.title"), say("evidence.caption"))
    with st.container(horizontal=True):
        report_download(run_id, stem, "evidence")
        kinds: tuple[CardKind, ...] = ("model", "data")
        for kind in kinds:
            _button(
                say(f"evidence.card.{kind}"),
                partial(card_text, run_id, kind),
                f"{stem}-{kind}-card.md",
                f"card:{kind}",
                say("evidence.card_help"),
                _PLAIN_ICON,
            )
    with_samples = st.checkbox(say("evidence.samples"), key="evidence.samples")
    with_real = st.checkbox(say("evidence.real"), key="evidence.real")
    if with_real:
        st.warning(say("evidence.real_warning"), icon=":material/warning:")
    name = f"{stem}-bundle{'-with-real-rows' if with_real else ''}.zip"
    _button(
        say("evidence.bundle"),
        lambda: bundle(run_id, with_samples, with_real),
        name,
        f"bundle:{with_samples}:{with_real}",
        say("evidence.bundle_help"),
        _ICONS["bundle"],
    )
    st.caption(say("evidence.verify"))
    files = options_to_give(on_data(run_id, store().config(run_id)))
    words = ["python -m fairgen_core verify", name, files, "--rerun"]
    st.code(" ".join(filter(None, words)), language="bash", wrap_lines=True)


def _button(
    label: str, content: Callable[[], bytes], name: str, key: str, help_text: str, icon: str
) -> None:
    """A download that is made when it is asked for."""
    st.download_button(
        label,
        content,
        file_name=name,
        key=f"evidence.{key}",
        help=help_text,
        icon=icon,
        on_click="ignore",
    )


def html(run_id: str) -> bytes:
    """The report of a finished, judged run."""
    from fairgen_core.report.html import html_report  # draws charts: not before it is asked for

    return html_report(store(), run_id).encode()


def card_text(run_id: str, kind: CardKind) -> bytes:
    """Its model card or data card."""
    from fairgen_core.report.cards import card

    return card(store(), run_id, kind).encode()


def bundle(run_id: str, with_samples: bool, with_real: bool) -> bytes:
    """Its bundle; real data is in it only where `with_real` says so."""
    from fairgen_core.report.bundle import bundle_bytes

    return bundle_bytes(store(), run_id, with_samples=with_samples, with_real_rows=with_real)
