"""What cannot be used, through the command line: one sentence, status 2, nothing left behind."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fairgen_core.cli.main import main
from fairgen_core.data.simulated import simulate_hiring
from fairgen_core.runs.store import RunStore

ROOT = Path(__file__).resolve().parents[2]
ROLES = ["--sensitive", "gender", "--target", "hired", "--positive", "yes"]
Refused = Callable[..., str]


def table(n_rows: int = 200, **columns: object) -> pd.DataFrame:
    frame = simulate_hiring(n_rows)[["gender", "age", "club", "test_score", "hired"]]
    return frame.assign(**columns)


@pytest.fixture
def refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Refused:
    """Run ``train`` on a file's content and return the sentence that refuses it."""
    folder = tmp_path / "work"
    folder.mkdir()

    def check(
        content: bytes | str | pd.DataFrame,
        roles: Sequence[str] = ROLES,
        name: str = "data.csv",
        more: Sequence[str] = (),
    ) -> str:
        data, out = folder / name, folder / "out.csv"
        if isinstance(content, pd.DataFrame):
            content = content.to_csv(index=False)
        data.write_bytes(content if isinstance(content, bytes) else content.encode())
        others = {p.name for p in folder.iterdir()} | {name}
        before = data.read_bytes()
        command = ["train", "--data", str(data), *roles, "--preset", "quick", "--out", str(out)]
        assert main([*command, *more]) == 2
        said = capsys.readouterr()
        assert said.out == ""
        assert "Traceback" not in said.err
        *progress, sentence = said.err.strip().splitlines()
        assert progress in ([], ["0%  Reading the rows"])
        assert sentence
        assert {p.name for p in folder.iterdir()} == others
        assert data.read_bytes() == before
        assert RunStore().list() == []
        return said.err

    return check


def test_a_wrong_column(refused: Refused) -> None:
    assert "'gendre'" in refused(table(), ["--sensitive", "gendre", *ROLES[2:]])
    said = refused(table(), ["--sensitive", "gender", "--target", "Hired", "--positive", "yes"])
    assert "'hired'" in said
    assert "'agee'" in refused(table(), ROLES, more=["--kinds", "agee=integer"])
    assert "'colour'" in refused(table(), ROLES, more=["--explanatory", "colour"])


def test_a_misspelt_favourable_value(refused: Refused) -> None:
    said = refused(table(), ["--sensitive", "gender", "--target", "hired", "--positive", "yess"])
    assert "'yess'" in said
    assert "'yes'" in said


def test_one_group_only(refused: Refused) -> None:
    assert "two groups" in refused(table(gender="woman"))


def test_a_group_of_three_rows(refused: Refused) -> None:
    frame = table()
    frame.loc[:2, "gender"] = "other"
    said = refused(frame)
    assert "'other'" in said
    assert "3" in said


def test_a_constant_target(refused: Refused) -> None:
    assert "'hired'" in refused(table(hired="yes"))


def test_everything_missing(refused: Refused) -> None:
    assert "'hired'" in refused(table(hired=None))
    assert "gender" in refused(table(gender=None))
    refused("a,b,c\n" + ",,\n" * 100, ["--sensitive", "a"])


def test_duplicate_column_names(refused: Refused) -> None:
    said = refused(table().rename(columns={"club": "age"}).to_csv(index=False))
    assert "'age'" in said


def test_too_few_rows(refused: Refused) -> None:
    assert "10" in refused(table(10))
    assert "row" in refused(table(0))
    assert "empty" in refused("")
    assert "row" in refused("\n\n\n")


def test_no_table_at_all(refused: Refused) -> None:
    refused(bytes(np.random.default_rng(0).integers(0, 256, 5000, dtype=np.uint8)))
    refused(b"\x00" * 5000)
    refused(b"%PDF-1.7 nothing to see\n" * 50)
    refused(b"PAR1 but not really PAR1", name="data.parquet")
    assert main(["audit", "--data", str(ROOT), *ROLES]) == 2
    assert main(["audit", "--data", str(ROOT / "nowhere.csv"), *ROLES]) == 2


def test_a_zip_by_another_name(refused: Refused) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("data.csv", table().to_csv(index=False))
    assert "zip" in refused(packed.getvalue()).lower()


def test_two_gigabytes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    large = tmp_path / "large.csv"
    with large.open("wb") as file:
        file.truncate(2 * 1024**3)
    assert main(["audit", "--data", str(large), *ROLES]) == 2
    assert "GB" in capsys.readouterr().err


def test_a_row_too_short(refused: Refused) -> None:
    lines = table().to_csv(index=False).splitlines()
    lines[77] = "woman,31"
    assert "78" in refused("\n".join(lines))


@pytest.mark.parametrize("title", ["Report of 2024\n\n", "# exported yesterday\n"])
def test_a_title_before_the_names(refused: Refused, title: str) -> None:
    said = refused(title + table().to_csv(index=False))
    assert "must hold the column names" in said
    assert "title" in said


def test_fifty_thousand_categories(refused: Refused) -> None:
    codes = [f"code {i} of {'x' * (i % 7)}" for i in range(50_000)]
    frame = pd.DataFrame({"gender": ["a", "b"] * 25_000, "code": codes, "hired": codes[::-1]})
    assert "'hired'" in refused(frame, ["--sensitive", "gender", "--target", "hired"])
    assert "'code'" in refused(frame, ["--sensitive", "code", "--fairness", "none"])


@pytest.mark.slow
def test_what_only_looks_bad_is_used(tmp_path: Path) -> None:
    """A constant column, a missing one, mixed types, 5,000 spellings: trained on or left out."""
    frame = table(
        300,
        constant=7,
        missing=None,
        mixed=[1, "two", 3.5] * 100,
        free=[f"word {i} and {i * 31 % 97}" for i in range(300)],
    )
    data, out = tmp_path / "data.csv", tmp_path / "out.csv"
    frame.to_csv(data, index=False)
    command = ["train", "--data", data, *ROLES, "--preset", "quick", "--out", out]
    assert main([str(word) for word in command]) == 0
    rows = pd.read_csv(out)
    assert list(rows.columns) == list(frame.columns)
    assert set(rows["constant"]) == {7}
    assert rows["missing"].isna().all()
    assert set(rows["mixed"].astype(str)) <= {"1", "two", "3.5"}


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (["--strength", "2"], "strength"),
        (["--clip-norm", "1"], "clip_norm"),
        (["--rows", "0"], "n_rows"),
        (["--seed", "-1"], "seed"),
        (["--test-share", "0.99"], "test_share"),
        (["--kinds", "age"], "--kinds"),
        (["--kinds", "age=colour"], "kinds"),
        (["--bands", "age=old"], "'old'"),
        (["--sensitive", "age", "--bands", "age=40,30"], "ascending"),
        (["--bands", "age=40"], "sensitive"),
        (["--bands", "gender=3"], "bands"),
        (["--option", "bias=2"], "dial"),
        (["--alpha", "nan"], "alpha"),
    ],
)
def test_an_impossible_choice(refused: Refused, more: list[str], words: str) -> None:
    said = refused(table(), more=more)
    assert words in said
    assert "Input should" not in said


def test_a_number_out_of_range_says_what_was_found(refused: Refused) -> None:
    said = refused(table(), more=["--rows", "-3"])
    assert "n_rows: must lie between 1 and 100,000,000, and it is -3." in said


@pytest.mark.parametrize(
    "arguments",
    [[], ["paint"], ["train"], ["train", "--data", "hiring", "--sensitive", "s", "--colour", "red"],
     ["train", "--data", "x", "--sensitive", "s", "--rows", "many"]],
)  # fmt: skip
def test_unknown_arguments_are_argparse_matters(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (["show", "nothing"], "There must be a run"),
        (["stop", "../../etc"], "There must be a run"),
        (["resume", "20261120-000000-a-b"], "There must be a run"),
        (["sample", "nothing", "--out", "x.csv"], "There must be a run"),
    ],
)
def test_a_run_that_is_not_there(
    command: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(command) == 2
    assert words in capsys.readouterr().err


@pytest.mark.parametrize(
    ("out", "words"),
    [
        ("rows.exe", "must end in"),
        ("rows", "must end in"),
        ("missing/rows.csv", "must exist"),
        ("folder.csv", "is a folder"),
        ("data.csv", "the data itself"),
        ("x" * 300 + ".csv", "name"),
    ],
)
def test_an_impossible_output(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], out: str, words: str
) -> None:
    table().to_csv(tmp_path / "data.csv", index=False)
    (tmp_path / "folder.csv").mkdir()
    command = ["train", "--data", tmp_path / "data.csv", *ROLES, "--out", tmp_path / out]
    assert main([str(word) for word in command]) == 2
    assert words in capsys.readouterr().err
    assert RunStore().list() == []


# --- generated cases -------------------------------------------------------------------------

GENERATED = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@GENERATED
@given(content=st.binary(max_size=400))
def test_any_bytes_are_a_table_or_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes
) -> None:
    data = tmp_path / "data.csv"
    data.write_bytes(content)
    assert main(["audit", "--data", str(data), "--sensitive", "a"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert len(said.err) > 40


CELLS = st.sampled_from(
    ["", "?", "NA", "1", "2.5", "-3", "1e9", "yes", "no", "é", "2024-01-05", '"q"', "=1+1", "a b"]
)


@pytest.mark.slow
@settings(GENERATED, max_examples=15)
@given(
    columns=st.lists(st.lists(CELLS, min_size=1, max_size=4), min_size=2, max_size=4),
    n_rows=st.integers(40, 150),
    seed=st.integers(0, 1000),
    target=st.booleans(),
)
def test_any_table_is_trained_on_or_refused(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    columns: list[list[str]],
    n_rows: int,
    seed: int,
    target: bool,
) -> None:
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({f"c{i}": rng.choice(cells, n_rows) for i, cells in enumerate(columns)})
    data, out = tmp_path / "data.csv", tmp_path / "out.csv"
    frame.to_csv(data, index=False)
    out.unlink(missing_ok=True)
    command = ["train", "--data", str(data), "--sensitive", "c0", "--preset", "quick"]
    command += ["--target", "c1", "--fairness", "both"] if target else ["--fairness", "none"]
    status = main([*command, "--rows", "60", "--out", str(out)])
    said = capsys.readouterr()
    if status == 0:
        assert list(pd.read_csv(out).columns) == list(frame.columns)
    else:
        assert status == 2
        assert not out.exists()
        assert "does not know" not in said.err  # that would be a defect told as a sentence
