"""The Data page of pictures: small groups put together, or left out."""

from __future__ import annotations

from pathlib import Path

from dashboard.text import say
from fairgen_core.runs.store import RunStore
from tests.core.data.images.picture_builders import zipped
from tests.dashboard.pages import again, widget, words
from tests.dashboard.test_picture_data import ZIP, bring, faces, kept, upload_page


def test_small_groups_of_pictures_can_be_put_together_or_left_out(
    runs: RunStore, quiet_home: Path
) -> None:
    files = faces(110)
    trees = ["oak"] * 50 + ["elm"] * 30 + ["ash"] * 25 + ["fir"] * 5
    lines = [f"{name},{tree}" for (name, _), tree in zip(files, trees, strict=True)]
    sheet = "\n".join(["file,tree", *lines]).encode()
    at = bring(upload_page(), ("trees.zip", zipped(files), ZIP), beside=sheet)
    assert any("'fir' of 'tree' has 5" in error.value for error in at.error)
    widget(at.checkbox, say("roles.merge")).check()
    again(at)
    assert not at.error
    assert widget(at.number_input, say("pictures.merge_below")).value == 20
    assert kept(quiet_home, at).groups == ("ash", "elm", "oak")
    assert "too few of 'tree' together" in words(at)
    widget(at.number_input, say("pictures.merge_below")).set_value(40)
    again(at)
    assert kept(quiet_home, at).groups == ("oak", "other")
    assert "'elm' with 30, 'ash' with 25, 'fir' with 5" in words(at)
    assert kept(quiet_home, at).train_config().data.merge_below == 40


def test_one_small_group_alone_is_put_together_with_the_next(
    runs: RunStore, quiet_home: Path
) -> None:
    files = faces(120)
    trees = ["oak"] * 48 + ["elm"] * 47 + ["ash"] * 25
    lines = [f"{name},{tree}" for (name, _), tree in zip(files, trees, strict=True)]
    sheet = "\n".join(["file,tree", *lines]).encode()
    at = bring(upload_page(), ("trees.zip", zipped(files), ZIP), beside=sheet)
    widget(at.checkbox, say("roles.merge")).check()
    again(at)
    assert kept(quiet_home, at).groups == ("oak", "other"), "the largest stays its own"
    widget(at.number_input, say("pictures.merge_below")).set_value(30)
    again(at)
    assert say("pictures.merge_nothing") in words(at)
    assert kept(quiet_home, at).groups == ("ash", "elm", "oak")
