"""The commands on pictures, in this process."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from fairgen_core.cli import display
from fairgen_core.cli.main import main
from fairgen_core.errors import FairGenError
from fairgen_core.image_config import ImageTrainConfig
from fairgen_core.runs.store import RunStore
from tests.core.data.images.picture_builders import folders, table, zipped

pytestmark = pytest.mark.slow


DIGITS = ["--data", "digits", "--groups", "background", "--preset", "instant", "--epochs", "4"]
TIMELESS = {"run", "folder", "seconds", "out"}


def run_json(capsys: pytest.CaptureFixture[str], *arguments: object) -> dict[str, Any]:
    assert main([*map(str, arguments), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert isinstance(found, dict)
    return found


def refused(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    """The sentence of a command that must end with status 2 and nothing on stdout."""
    assert main([*map(str, arguments)]) == 2
    captured = capsys.readouterr()
    assert not captured.out
    assert "Traceback" not in captured.err
    return captured.err.strip().splitlines()[-1]


def labels(path: Path) -> list[dict[str, str]]:
    with zipfile.ZipFile(path) as archive:
        return list(csv.DictReader(io.StringIO(archive.read("labels.csv").decode())))


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A finished run: the folder of runs and the zip that came of it."""
    folder = tmp_path_factory.mktemp("trained")
    out = folder / "made.zip"
    ways = ["--grouping", "alternate", "--clip-norm", "2", "--synthesizer", "cgan"]
    command = ["train-images", *DIGITS, *ways, "--images", "300", "--seed", "3"]
    assert main([*command, "--out", str(out), "--runs", str(folder / "runs")]) == 0
    return folder / "runs", out


def test_the_zip_holds_pictures_and_labels(trained: tuple[Path, Path]) -> None:
    rows = labels(trained[1])
    assert len(rows) == 300
    assert list(rows[0]) == ["file", "class", "group"]
    assert {row["group"] for row in rows} <= {"black background", "white background"}
    assert {row["class"] for row in rows} == set("0123456789")
    with zipfile.ZipFile(trained[1]) as archive:
        assert set(archive.namelist()) == {"labels.csv", *(row["file"] for row in rows)}


@pytest.mark.slow
def test_two_runs_with_one_seed_say_the_same(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    found = []
    for name in ("a", "b"):
        command = ["train-images", *DIGITS, "--grouping", "alternate", "--clip-norm", "1"]
        command += ["--images", "300", "--out", tmp_path / f"{name}.zip"]
        found.append(run_json(capsys, *command))
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    first, second = ({k: v for k, v in f.items() if k not in TIMELESS} for f in found)
    assert first == second
    assert set(first["group_frequencies"]) == {"black background", "white background"}
    white = first["group_frequencies"]["white background"]
    assert white["low"] <= white["value"] <= white["high"]
    assert white["n"] == 300
    assert 0 <= first["gap"] <= 1
    assert first["kl"]["value"] >= 0
    assert 0 < first["clipped_share"] <= 1
    assert len(first["gradient_norms"]) == len(first["trace"]) >= 40
    assert {"epoch", "norms", "clipped_share"} == set(first["gradient_norms"][0])
    assert {"recognisable", "recognisable_real", "fid", "kid"} <= set(first["figures"])


def test_more_pictures_come_from_a_finished_run(
    trained: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    runs, made = trained
    (run_id,) = RunStore(runs).ids()
    again, more = tmp_path / "again.zip", tmp_path / "more.zip"
    assert run_json(capsys, "sample", run_id, "--runs", runs, "--out", again)["images"] == 300
    assert again.read_bytes() == made.read_bytes()
    draw = ["sample", run_id, "--runs", runs, "--images", 77, "--seed", 8, "--out", more]
    assert run_json(capsys, *draw)["images"] == 77
    assert len(labels(more)) == 77
    wrong = refused(capsys, "sample", run_id, "--runs", runs, "--rows", 5, "--out", more)
    assert "Use --images" in wrong
    assert "must end in .zip or .npz" in refused(
        capsys, "sample", run_id, "--runs", runs, "--out", tmp_path / "x.csv"
    )


@pytest.mark.slow
def test_an_npz_holds_the_same_pictures_and_is_judged_like_the_zip(
    trained: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    runs, made = trained
    (run_id,) = RunStore(runs).ids()
    out = tmp_path / "same.npz"
    assert run_json(capsys, "sample", run_id, "--runs", runs, "--out", out)["images"] == 300
    with np.load(out, allow_pickle=False) as held, zipfile.ZipFile(made) as archive:
        assert set(held.files) == {"images", "group", "class", "told"}
        assert held["told"].tolist() == ["group"]
        assert held["images"].shape == (300, 8, 8, 1)
        rows = labels(made)
        assert held["group"].tolist() == [row["group"] for row in rows]
        assert held["class"].tolist() == [row["class"] for row in rows]
        last = np.asarray(Image.open(io.BytesIO(archive.read(rows[-1]["file"]))))
        assert (held["images"][-1, ..., 0] == last).all()
    ask = ["--real", "digits", "--groups", "background", "--size", 8, "--seed", 1]
    judged = [run_json(capsys, "evaluate-images", *ask, "--synthetic", f) for f in (out, made)]
    assert judged[0]["figures"] == judged[1]["figures"]
    assert "taught" in judged[0]["figures"]


def test_labels_that_were_asked_for_are_held_against_what_is_seen(
    trained: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # The same pictures without our note: somebody says that these groups were asked for.
    foreign = tmp_path / "foreign.zip"
    rows = labels(trained[1])
    swapped = {"white background": "black background", "black background": "white background"}
    with zipfile.ZipFile(trained[1]) as own, zipfile.ZipFile(foreign, "w") as archive:
        lines = ["file,class,group"]
        for place, row in enumerate(rows):
            archive.writestr(row["file"], own.read(row["file"]))
            group = row["group"] if place % 3 else swapped[row["group"]]
            lines.append(f"{row['file']},{row['class']},{group}")
        archive.writestr("labels.csv", "\n".join(lines))
    ask = ["--real", "digits", "--groups", "background", "--size", 8]
    found = run_json(capsys, "evaluate-images", *ask, "--synthetic", foreign)
    assert found["figures"]["group_as_asked"] == pytest.approx(2 / 3)


def test_show_and_runs_know_pictures(
    trained: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    runs, _ = trained
    (run_id,) = RunStore(runs).ids()
    assert main(["show", run_id, "--runs", str(runs)]) == 0
    shown = capsys.readouterr().out
    assert "white background" in shown
    assert "Recognisability" in shown
    assert run_json(capsys, "show", run_id, "--runs", runs)["report"]["kind"] == "images"
    assert main(["runs", "--runs", str(runs)]) == 0
    assert "CGAN, in turns, C = 2" in capsys.readouterr().out


def test_evaluate_images_judges_a_zip(
    trained: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    _, made = trained
    ask = ["--groups", "background", "--size", 8, "--seed", 1]
    found = run_json(capsys, "evaluate-images", "--real", "digits", "--synthetic", made, *ask)
    rows = labels(made)
    share = sum(row["group"] == "white background" for row in rows) / len(rows)
    assert found["group_frequencies"]["white background"]["value"] == pytest.approx(share)
    # A CGAN is asked for a class, and its groups were told by the rule: no word on groups asked.
    assert "group_as_asked" not in found["figures"]
    assert found["report"]["n_synthetic"] == 300
    assert found["figures"]["taught"] < found["figures"]["taught_real"]
    assert found["figures"]["exact_copies"] == 0.0
    assert 0 < found["figures"]["nearer_features"] < 1
    assert found["taught"]["labels"] == "asked"
    assert set(found["taught"]["dp"]) == {"real", "synthetic"}
    assert found["taught"]["ftu"]["synthetic"]["n"] == 360
    assert set(found["taught"]["accuracy_by_group"]) == set(found["group_frequencies"])
    by_class = {c["label"]: c["n"] for c in found["report"]["class_frequencies"]}
    assert by_class["3"] == sum(row["class"] == "3" for row in rows)


def test_datasets_lists_pictures(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["datasets"]) == 0
    shown = capsys.readouterr().out
    for name in ("digits", "mnist", "svhn", "celeba", "colour-mnist", "colour-mnist-bias"):
        assert f"\n{name} " in shown
    assert main(["datasets", "--json"]) == 0
    pictures = [d for d in json.loads(capsys.readouterr().out) if d.get("kind") == "pictures"]
    assert len(pictures) == 6


def test_a_person_s_zip_goes_all_the_way(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    files = [*folders(120), ("broken.png", b"no picture")]
    (tmp_path / "pets.zip").write_bytes(zipped(files))
    (tmp_path / "pets.csv").write_bytes(table(files[:-1]))
    found = run_json(
        capsys, "train-images", "--data", tmp_path / "pets.zip", "--attributes",
        tmp_path / "pets.csv", "--sensitive", "kind", "--size", 8, "--preset", "instant",
        "--epochs", 20, "--grouping", "condition", "--images", 90, "--out", tmp_path / "o.zip",
    )  # fmt: skip
    assert set(found["group_frequencies"]) == {"0", "1", "2"}
    # The attribute says nothing of these pictures, so a classifier cannot tell it, nor correct.
    assert all(g["corrected"] is None for g in found["group_frequencies"].values())
    assert any("Files left out: 1 (broken.png:" in w for w in found["report"]["warnings"])
    counts = [sum(row["group"] == g for row in labels(tmp_path / "o.zip")) for g in "012"]
    assert counts == [30, 30, 30]
    assert {row["class"] for row in labels(tmp_path / "o.zip")} == {""}
    assert found["taught"] is None
    assert "No class column" in found["report"]["taught_reason"]
    assert main(["show", found["run"]]) == 0
    shown = capsys.readouterr().out
    both = "Recognisability, Recognisability of real pictures"
    assert f"n/a, no class column: there is nothing to recognise: {both}" in shown


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--data", "digits"], "sensitive"),
        (["--data", "nowhere.zip", "--sensitive", "a"], "there is nothing at"),
        (["--data", "digits", "--groups", "background", "--share", ".95"], "share"),
        (["--data", "digits", "--groups", "background", "--size", "4"],
         "data.size: must lie between 8 and 128, and it is 4. Choose a number in that range."),
        (["--data", "digits", "--sensitive", "label", "--class", "label"],
         "another attribute than that of the groups, and both are 'label'"),
        (["--data", "digits", "--groups", "shade", "--class", "shade"], "both are 'shade'"),
        (["--data", "digits", "--groups", "shade", "--grouping", "alternate", "--first-group", "2"],
         "from 0 to 1 (normal, shaded), and it is 2"),
        (["--data", "digits", "--sensitive", "colour"], "named 'colour'"),
        (["--data", "digits", "--groups", "shade", "--random-split", "--split-column", "part"],
         "--split-column and --random-split were both given. Choose one."),
        (["--data", "digits", "--groups", "background", "--clip-norm", "0"],
         "gan.clip_norm: must be above 0 and at most 1,000,000, and it is 0."),
        (["--data", "digits", "--groups", "background", "--images", "0"],
         "n_images: must lie between 1 and"),
        (["--data", "digits", "--groups", "background", "--out", "x.csv"], "must end in .zip"),
        (["--data", "digits", "--groups", "background", "--images", "10000000", "--size", "64"],
         "must fit into 4 GiB"),
    ],
)  # fmt: skip
def test_impossible_choices_end_with_a_sentence(
    arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert sentence in refused(capsys, "train-images", *arguments, "--preset", "instant")
    assert RunStore().list() == []


@pytest.mark.parametrize(
    ("more", "column"), [([], "split"), (["--random-split"], None)], ids=["found", "random"]
)
def test_a_column_that_divides_is_found_or_left_to_chance(
    more: list[str],
    column: str | None,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Folders ``train/a`` and ``test/b``: as the Data page, the command line holds `test` out."""
    files = [
        (f"{('train', 'test')[i >= 90]}/{n}", content)
        for i, (n, content) in enumerate(folders(120))
    ]
    (tmp_path / "a.zip").write_bytes(zipped(files))
    asked: list[ImageTrainConfig] = []

    class AskedError(FairGenError):
        """It ends the command."""

    def create(_store: RunStore, config: ImageTrainConfig, *_more: str) -> str:
        asked.append(config)
        raise AskedError("asked")

    monkeypatch.setattr(RunStore, "create", create)
    command = ["train-images", "--data", str(tmp_path / "a.zip"), "--sensitive", "folder", *more]
    assert main([*command, "--preset", "instant"]) != 0
    assert [config.data.split_column for config in asked] == [column]
    said = "column 'split' says 'test'. --random-split divides them at random"
    assert (said in capsys.readouterr().err) == (column is not None)


def test_hostile_files_end_with_a_sentence(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    hostile = {
        "traversal": (zipped([*folders(), ("../x.png", b"")]), "must stay inside"),
        "few": (zipped(folders(3)), "At least 50 readable pictures"),
        "none": (b"PK", "cannot be opened as a zip"),
    }
    for name, (content, sentence) in hostile.items():
        path = tmp_path / f"{name}.zip"
        path.write_bytes(content)
        said = refused(capsys, "train-images", "--data", path, "--sensitive", "folder")
        assert sentence in said
    pets, strange = tmp_path / "pets.zip", tmp_path / "strange.csv"
    pets.write_bytes(zipped(folders()))
    strange.write_text("name,tone\n" + "".join(f"z{i},warm\n" for i in range(60)))
    ask = ["train-images", "--data", pets, "--attributes", strange, "--sensitive", "tone"]
    assert "must hold the pictures' file names" in refused(capsys, *ask)


def test_reading_that_lasts_is_told_with_its_share_and_the_time_left(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = iter([0.0, 0.5, 2.0, 3.0])
    monkeypatch.setattr(display.time, "monotonic", lambda: next(clock))
    out = io.StringIO()
    line = display.ProgressLine(out)
    line.reading(0.05)
    line.reading(0.2)
    assert out.getvalue() == "", "what is over at once is not told"
    line.reading(0.25)
    line.reading(0.5)
    assert out.getvalue() == " 25%  Reading the pictures, 6 s left\n", "one line in a pipe"
