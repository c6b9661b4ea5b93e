"""The Data page of pictures: sets, uploads and their sentences, groups, a look at them."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from dashboard.contact_sheet import N_COLUMNS, contact_sheet, rows_of
from dashboard.picture_files import packed, sort_out
from dashboard.picture_projects import PictureProject, PictureProjectStore
from dashboard.text import say
from fairgen_core import charts
from fairgen_core.data.suggestions import suggest_attributes
from fairgen_core.errors import ConfigError
from fairgen_core.runs.store import RunStore
from tests.core.data.images.picture_builders import encoded, folders, picture, table, zipped
from tests.dashboard.pages import again, asked, labels, opened, widget, words

ZIP = "application/zip"
CSV = "text/csv"


def pictures_page(**query: str) -> AppTest:
    """The page after a click on Pictures."""
    at = opened("data", **query)
    widget(at.main.button_group, say("data.kind")).set_value("pictures")
    return again(at)


def upload_page() -> AppTest:
    at = pictures_page()
    widget(at.main.button_group, say("pictures.title")).set_value("upload")
    return again(at)


def bring(at: AppTest, *files: tuple[str, bytes, str], beside: bytes | None = None) -> AppTest:
    """Choose files, and a table beside them."""
    widget(at.file_uploader, say("pictures.files_label")).set_value(list(files))
    again(at)
    if beside is not None:
        field = widget(at.file_uploader, say("pictures.table_label"))
        field.set_value(("people.csv", beside, CSV))
        again(at)
    return at


def kept(home: Path, at: AppTest) -> PictureProject:
    project = PictureProjectStore(home).load(asked(at, "project"))
    assert project is not None
    return project


def faces(n: int = 80) -> list[tuple[str, bytes]]:
    return [(f"face{i:03d}.png", encoded(picture(i))) for i in range(n)]


def people(files: list[tuple[str, bytes]], header: str = "file,gender,smile") -> bytes:
    lines = [
        f"{name},{'fm'[i % 2]},{'yes' if i % 4 else 'no'}" for i, (name, _) in enumerate(files)
    ]
    return "\n".join([header, *lines]).encode()


# --- built-in sets -----------------------------------------------------------------------------


def test_one_click_shows_the_digits_half_on_white(runs: RunStore, quiet_home: Path) -> None:
    at = pictures_page()
    text = words(at)
    assert asked(at, "project") == "pictures-digits"
    assert say("pictures.many", n="1,797") in text
    assert widget(at.radio, say("pictures.groups")).value == "background"
    assert widget(at.slider, say("pictures.share", group="white background")).value == 50
    assert "black background (898 pictures)" in text
    assert "white background (899 pictures)" in text
    assert not at.error
    config = kept(quiet_home, at).train_config()
    assert (config.preset, config.synthesizer, config.gan.clip_norm) == ("instant", "gan", None)
    assert (config.data.share, config.class_column) == (0.5, "label")


def test_the_page_of_a_table_and_of_pictures_keep_their_places(runs: RunStore) -> None:
    at = pictures_page(project="diabetes")
    assert asked(at, "project") == "pictures-digits"
    widget(at.main.button_group, say("data.kind")).set_value("table")
    again(at)
    assert asked(at, "project") == "diabetes"
    widget(at.main.button_group, say("data.kind")).set_value("pictures")
    again(at)
    assert asked(at, "project") == "pictures-digits"


def test_a_share_and_a_size_are_kept_for_every_browser(runs: RunStore, quiet_home: Path) -> None:
    at = pictures_page()
    widget(at.slider, say("pictures.share", group="white background")).set_value(20)
    again(at)
    widget(at.number_input, say("pictures.size")).set_value(12)
    again(at)
    other = opened("data", project="pictures-digits")
    assert "white background (359 pictures)" in words(other)
    assert "Brought to 12 x 12 pixels, grey." in words(other)
    assert kept(quiet_home, at).train_config().data.size == 12


def test_made_colours_are_three_groups(runs: RunStore, quiet_home: Path) -> None:
    at = pictures_page()
    widget(at.radio, say("pictures.groups")).set_value("colour")
    again(at)
    assert widget(at.slider, say("pictures.share", group="blue")).value == 33
    project = kept(quiet_home, at)
    assert project.groups == ("red", "green", "blue")
    assert project.n_channels == 3


def test_a_set_that_is_not_here_is_got_on_a_click(
    runs: RunStore, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("FAIRGEN_DATA", str(tmp_path / "nothing"))
    at = pictures_page()
    widget(at.main.button_group, say("pictures.title")).set_value("mnist")
    again(at)
    assert say("pictures.not_here") in words(at)
    assert say("source.get") in labels(at.button)
    widget(at.main.button_group, say("pictures.title")).set_value("celeba")
    again(at)
    assert "img_align_celeba.zip" in words(at).replace("\\", "")
    assert say("pictures.look_again") in labels(at.button)


def test_a_set_that_is_here_opens_with_its_own_choices(
    runs: RunStore, quiet_home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = tmp_path / "sets" / "svhn"
    folder.mkdir(parents=True)
    images = np.stack([picture(i, 32) for i in range(120)])
    np.savez(folder / "svhn.npz", images=images, labels=np.arange(120) % 3)
    monkeypatch.setenv("FAIRGEN_DATA", str(tmp_path / "sets"))
    at = pictures_page()
    widget(at.main.button_group, say("pictures.title")).set_value("svhn")
    again(at)
    project = kept(quiet_home, at)
    assert (project.data.groups, project.class_column) == ("shade", "label")
    assert project.preset == "standard"
    assert "normal (60 pictures)" in words(at), "and small groups are warned of"


# --- a person's own ----------------------------------------------------------------------------


def test_a_zip_with_a_table_is_read_and_its_roles_suggested(
    runs: RunStore, quiet_home: Path
) -> None:
    files = faces()
    files.append(("broken.png", b"not a picture"))
    at = bring(upload_page(), ("faces.zip", zipped(files), ZIP), beside=people(faces()))
    assert not at.error, at.error
    project = kept(quiet_home, at)
    assert (project.sensitive, project.data.groups) == ("gender", "none")
    assert project.data.attributes_name == "people.csv"
    text = words(at)
    assert "f (40 pictures)" in text
    assert "Attributes from 'people.csv'" in text
    assert "1 of 81 files could not be used" in text
    assert list(at.dataframe[0].value.iloc[0]) == [
        "broken.png",
        "not a picture that can be decoded",
    ]
    widget(at.selectbox, say("pictures.class")).set_value("smile")
    again(at)
    config = kept(quiet_home, at).train_config()
    assert (config.sensitive, config.class_column, config.data.size) == ("gender", "smile", 32)
    assert Path(config.data.source).parent == quiet_home / "uploads"


def test_folders_tell_groups_and_earlier_pictures_are_found_again(
    runs: RunStore, quiet_home: Path
) -> None:
    at = bring(upload_page(), ("pets.zip", zipped(folders()), ZIP))
    assert "cat (30 pictures)" in words(at)
    widget(at.radio, say("pictures.groups")).set_value("shade")
    again(at)
    project = kept(quiet_home, at)
    later = upload_page()
    widget(later.selectbox, say("pictures.earlier")).set_value(project.data.source)
    again(later)
    assert widget(later.radio, say("pictures.groups")).value == "shade"
    assert "pets.zip" in words(later).replace("\\", "")


def test_many_files_and_an_npz_can_be_brought(runs: RunStore, quiet_home: Path) -> None:
    files = [(name, content, "image/png") for name, content in faces(60)]
    at = bring(upload_page(), *files, ("who.csv", people(faces(60)), CSV))
    assert not at.error, at.error
    assert kept(quiet_home, at).data.display_name == "60 pictures"
    assert "f (30 pictures)" in words(at)
    out = io.BytesIO()
    np.savez(out, images=np.stack([picture(i) for i in range(60)]), sex=np.arange(60) % 2)
    at = bring(upload_page(), ("faces.npz", out.getvalue(), "application/octet-stream"))
    assert kept(quiet_home, at).sensitive == "sex"


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("broken.zip", b"PK\x03\x04" + bytes(500), "cannot be opened as a zip"),
        ("empty.zip", b"", "it is empty|0 bytes"),
        ("three.zip", zipped(faces(3)), "At least 50 readable pictures"),
        ("text.zip", zipped([("a.md", b"hello")]), "must hold pictures"),
        ("out.zip", zipped([*faces(), ("../../x.png", b"")]), "points outside"),
        ("bad.npz", b"PK\x05\x06" + bytes(18), "must hold an array|readable npz"),
        ("only.csv", b"file,gender\na.png,f\n", "there are tables only"),
    ],
)
def test_what_cannot_be_used_is_answered_with_a_sentence(
    runs: RunStore, name: str, content: bytes, sentence: str
) -> None:
    at = bring(upload_page(), (name, content, ZIP))
    assert len(at.error) == 1
    said = at.error[0].value.replace("\\", "")
    assert any(part in said for part in sentence.split("|")), said
    assert "Traceback" not in said
    assert not again(at).exception
    assert at.error, "the sentence stays until something else is chosen"


def test_a_table_that_names_no_picture_is_told_beside_it(runs: RunStore, quiet_home: Path) -> None:
    wrong = b"file,gender\nnobody.png,f\nnobody2.png,m\n"
    at = bring(upload_page(), ("faces.zip", zipped(faces()), ZIP), beside=wrong)
    assert "must hold the pictures' file names" in at.error[0].value
    field = widget(at.file_uploader, say("pictures.table_label"))
    field.set_value(("people.csv", people(faces()), CSV))
    again(at)
    assert not at.error, at.error
    assert kept(quiet_home, at).sensitive == "gender"


def test_pictures_without_a_row_are_left_out_and_counted(runs: RunStore, quiet_home: Path) -> None:
    at = bring(upload_page(), ("faces.zip", zipped(faces()), ZIP), beside=people(faces(70)))
    assert kept(quiet_home, at).data.groups == "background", "no attribute is nearly complete"
    widget(at.radio, say("pictures.groups")).set_value("none")
    again(at)
    widget(at.selectbox, say("pictures.sensitive")).set_value("gender")
    again(at)
    assert not at.error
    names = [f"face07{i}.png: no value of 'gender'" for i in range(3)]
    told = say("pictures.unknown", n="10", names=f"{'; '.join(names)} and 7 more")
    assert told in words(at).replace("\\", "")
    listed = next(f.value for f in at.dataframe if say("pictures.left_out.reason") in f.value)
    assert list(listed[say("pictures.left_out.file")]) == [f"face07{i}.png" for i in range(10)]
    assert kept(quiet_home, at).n_pictures == 70


def test_a_tiny_group_and_no_group_are_told(runs: RunStore, quiet_home: Path) -> None:
    files = faces()
    lines = [f"{name},{'f' if i < 5 else 'm'}" for i, (name, _) in enumerate(files)]
    sheet = "\n".join(["file,gender", *lines]).encode()
    at = bring(upload_page(), ("faces.zip", zipped(files), ZIP), beside=sheet)
    assert any("at least 20 pictures" in error.value for error in at.error)
    assert say("pictures.sheet") not in words(at)


def test_pictures_that_nothing_tells_apart_get_made_groups_and_a_sentence(
    runs: RunStore, quiet_home: Path
) -> None:
    at = bring(upload_page(), ("faces.zip", zipped(faces()), ZIP))
    assert say("pictures.none_known") in words(at)
    assert widget(at.radio, say("pictures.groups")).value == "background"
    assert say("pictures.none_known") not in words(pictures_page())


def test_a_number_can_be_the_sensitive_attribute(runs: RunStore, quiet_home: Path) -> None:
    files = faces()
    lines = [f"{name},{i},{'fm'[i % 2]}" for i, (name, _) in enumerate(files)]
    sheet = "\n".join(["file,age,gender", *lines]).encode()
    at = bring(upload_page(), ("faces.zip", zipped(files), ZIP), beside=sheet)
    assert "f (40 pictures)" in words(at)
    widget(at.selectbox, say("pictures.sensitive")).set_value("age")
    again(at)
    assert "under 40 (40 pictures)" in words(at)
    assert kept(quiet_home, at).groups == ("under 40", "40 or more")


# --- the parts ---------------------------------------------------------------------------------


def test_packed_files_are_the_same_whatever_their_order() -> None:
    files = [("b.png", b"2"), ("a.png", b"1"), ("x/a.png", b"3")]
    content = packed(files)
    assert content == packed(list(reversed(files)))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.namelist() == ["a.png", "b.png", "a (2).png"]


@pytest.mark.parametrize(
    "names", [["a.zip", "b.zip"], ["a.zip", "b.png"], ["a.png", "b.csv", "c.csv"], ["a.csv"]]
)
def test_files_that_do_not_go_together_are_refused(names: list[str]) -> None:
    with pytest.raises(ConfigError):
        sort_out(names)


def test_a_zip_takes_the_table_beside_it() -> None:
    assert (sort_out(["a.csv", "b.zip"]).archive, sort_out(["a.csv", "b.zip"]).table) == (1, 0)
    assert sort_out(["a.png", "b.csv", "c.JPG"]).n_pictures == 2


def test_a_contact_sheet_shows_each_group_class_by_class() -> None:
    groups = np.array([0, 1] * 20)
    classes = np.array([0, 0, 1, 1] * 10)
    rows = rows_of(groups, classes, 1, 2)
    assert [list(row) for row in rows] == [
        [1, 5, 9, 13, 17, 21, 25, 29],
        [3, 7, 11, 15, 19, 23, 27, 31],
    ]
    images = np.full((40, 8, 8, 1), 200, np.uint8)
    named = [("cat", images[rows[0]]), ("a very long name indeed", images[rows[1][:2]])]
    with Image.open(io.BytesIO(contact_sheet(named, width=400))) as sheet:
        pixels = np.asarray(sheet)
    cell = 8 * (400 // (N_COLUMNS * 9))
    assert (pixels[..., 0] == 200).sum() == 10 * cell * cell
    assert (pixels[: cell // 2, :30, 3] > 0).any(), "the first row's name"
    assert len(rows_of(groups, classes, 0, 0)) == 3


def test_the_chart_of_sizes_has_numbers_and_words() -> None:
    chart = charts.group_sizes([("black", 30), ("white", 10)])
    assert "black: 30, 75 %." in chart.description
    assert list(charts.chart_data(chart)["Pictures"]) == [30, 10]


def test_attributes_are_suggested_by_their_names() -> None:
    frame = pd.DataFrame({"file": list("abcd"), "hat": list("yynn"), "Sex": list("fmfm")})
    assert suggest_attributes(frame, 20) == ("Sex", None)
    assert suggest_attributes(frame.assign(label=list("0011")), 20) == ("Sex", "label")
    assert suggest_attributes(frame[["file"]], 20) == (None, None)
    assert table([("a.png", b"")]).startswith(b"shade")
