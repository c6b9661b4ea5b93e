"""A new exploration on the Compare page: what is varied, what it takes, what stands against it."""

from __future__ import annotations

from pathlib import Path

from dashboard.projects import Project, ProjectStore
from dashboard.text import say
from fairgen_core.config import DataConfig, FairnessConfig
from fairgen_core.data.loading import load_source
from fairgen_core.runs.store import RunStore
from tests.dashboard.pages import again, labels, opened, widget, words


def test_the_form_counts_the_runs(runs: RunStore) -> None:
    at = opened("compare", base="plan")
    assert "10 runs · about " in words(at)
    widget(at.number_input, say("explore.n_seeds")).set_value(3)
    again(at)
    assert "30 runs · about " in words(at)
    widget(at.multiselect, "Strength").set_value(["0.5", "0:1:3"])
    again(at)
    assert "18 runs · about " in words(at)


def thin_project(runs: RunStore, path: Path) -> str:
    """The project of a table with a group too small for parity; its id."""
    frame = load_source(DataConfig(source="hiring")).frame.head(900).copy()
    frame["gender"] = ["other" if i < 30 else gender for i, gender in enumerate(frame["gender"])]
    frame.to_csv(path, index=False)
    project = Project(
        id="file-thin", data=DataConfig(source=str(path)), roles_chosen=True,
        sensitive=("gender",), target="hired", positive="yes",
    )  # fmt: skip
    ProjectStore(runs.folder.parent).save(project)
    return project.id


def test_groups_too_small_for_parity_are_named_where_parity_is_asked(
    runs: RunStore, tmp_path: Path
) -> None:
    at = opened("compare", base="plan", project=thin_project(runs, tmp_path / "thin.csv"))
    found = [one.value for one in at.warning if "other with" in one.value]
    assert len(found) == 1
    assert "Parity needs 30 training rows" in found[0]
    widget(at.multiselect, say("axis.fairness")).set_value(["none", "ftu"])
    again(at)
    assert not at.warning


def test_without_a_target_the_form_offers_what_is_left(runs: RunStore) -> None:
    ProjectStore(runs.folder.parent).save(
        Project(
            id="hiring",
            data=DataConfig(source="hiring"),
            roles_chosen=True,
            sensitive=("gender",),
            fairness=FairnessConfig(target="none"),
            n_rows=500,
        )
    )
    at = opened("compare", base="plan", project="hiring")
    assert [one.value for one in at.error] == []
    assert "2 runs · about " in words(at)
    assert say("axis.representation") in labels(at.multiselect)
    assert say("axis.fairness") not in labels(at.multiselect)


def test_a_value_that_is_no_number_is_answered_with_a_sentence(runs: RunStore) -> None:
    at = opened("compare", base="plan")
    widget(at.multiselect, "Strength").set_value(["a lot"])
    again(at)
    assert any("must be numbers" in error.value for error in at.error)
    assert say("explore.start") not in labels(at.button)


# --- among all runs ----------------------------------------------------------------------------
