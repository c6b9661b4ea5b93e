"""Model card and data card in Markdown, in the sections that their readers know.

Sources: Mitchell et al. 2019 (model cards for model reporting); Gebru et al. 2021 (datasheets for
datasets).
"""

from __future__ import annotations

import re
from typing import Literal

from fairgen_core.errors import RunError
from fairgen_core.image_results import ImageReport
from fairgen_core.report.html import Evidence, collect, template
from fairgen_core.runs.store import RunStore

CardKind = Literal["model", "data"]
_MARKS = re.compile(r"([\\`*_{}\[\]<>#|~$&])")


def card(store: RunStore, run_id: str, kind: CardKind) -> str:
    """A card of a finished, judged run.

    Args:
        store: where the run lies.
        run_id: a training, or of a data card also an audit.
        kind: of the model, or of the data that was made.

    Raises:
        RunError: there is no such run, nothing was measured, or an audit has no model.
    """
    evidence = collect(store, run_id)
    return model_card(evidence) if kind == "model" else data_card(evidence)


def model_card(evidence: Evidence) -> str:
    """The model card of what was collected.

    Raises:
        RunError: it is an audit.
    """
    if evidence.content.is_audit:
        raise RunError(
            f"A model card is about a trained model, and '{evidence.content.run_id}' is an audit "
            "of real data. Ask for its data card."
        )
    return _filled("model_card.md.j2", evidence)


def data_card(evidence: Evidence) -> str:
    """The data card of what was collected: of the synthetic data, or of the audited real data."""
    return _filled("data_card.md.j2", evidence)


def _filled(name: str, evidence: Evidence) -> str:
    c = evidence.content
    versions = ", ".join(f"{key} {value}" for key, value in c.status.versions.items())
    report = c.report
    text = template(name).render(
        c=c,
        md=markdown,
        fence=fence(c.command),
        pictures=isinstance(report, ImageReport),
        groups=report.group_column
        if isinstance(report, ImageReport)
        else " and ".join(report.sensitive),
        samples=evidence.samples,
        versions=versions or "not recorded",
    )
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def fence(code: str) -> str:
    """What stands above and below code in Markdown: longer than any row of backticks inside."""
    return "`" * max(3, *(len(row) + 1 for row in re.findall("`+", code)), 0)


def markdown(text: object) -> str:
    """Text that Markdown shows as it is: one line, nothing in it is markup."""
    return _MARKS.sub(r"\\\1", " ".join(str(text).split()))
