"""How the Data page holds out pictures: as a column of their table says, or at random."""

from __future__ import annotations

from pathlib import Path

from dashboard.text import say
from fairgen_core.runs.store import RunStore
from tests.core.data.images.picture_builders import zipped
from tests.dashboard.pages import again, labels, widget, words
from tests.dashboard.test_picture_data import ZIP, bring, faces, kept, upload_page


def with_parts(held_out: str, n: int = 80) -> bytes:
    """A table that says of each picture who is on it, and which part it belongs to."""
    lines = [f"face{i:03d}.png,{'fm'[i % 2]},{held_out if i >= 60 else 'train'}" for i in range(n)]
    return "\n".join(["file,gender,partition", *lines]).encode()


def test_a_column_that_divides_is_found_shown_and_can_be_left(
    runs: RunStore, quiet_home: Path
) -> None:
    at = bring(upload_page(), ("faces.zip", zipped(faces()), ZIP), beside=with_parts("Test"))
    assert not at.error, at.error
    choice = widget(at.selectbox, say("pictures.split"))
    assert choice.value == "partition"
    assert say("pictures.split.parts", test="Test (20)", train="train (60)") in words(at)
    assert say("pictures.test_share") not in labels(at.slider)
    project = kept(quiet_home, at)
    assert (project.sensitive, project.class_column) == ("gender", None)
    assert project.train_config().data.split_column == "partition"
    choice.set_value("")
    again(at)
    assert say("pictures.test_share") in labels(at.slider)
    assert kept(quiet_home, at).train_config().data.split_column is None
    later = upload_page()
    widget(later.selectbox, say("pictures.earlier")).set_value(project.data.source)
    again(later)
    assert widget(later.selectbox, say("pictures.split")).value == "", "what was chosen is kept"


def test_a_part_without_one_of_the_groups_is_told_at_once(runs: RunStore, quiet_home: Path) -> None:
    lines = [f"face{i:03d}.png,{'fm'[i % 2]},{('train', 'test')[i % 2]}" for i in range(80)]
    sheet = "\n".join(["file,gender,set", *lines]).encode()
    at = bring(upload_page(), ("faces.zip", zipped(faces()), ZIP), beside=sheet)
    assert [e for e in at.error if "with pictures of every group in both" in e.value]
    widget(at.selectbox, say("pictures.split")).set_value("")
    again(at)
    assert not at.error
    assert "f (40 pictures)" in words(at)


def test_without_such_a_column_nothing_is_offered(runs: RunStore, quiet_home: Path) -> None:
    at = bring(upload_page(), ("faces.zip", zipped(faces()), ZIP))
    assert say("pictures.split") not in labels(at.selectbox)
    assert say("pictures.test_share") in labels(at.slider)
