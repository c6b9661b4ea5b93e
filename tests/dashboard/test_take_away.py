"""What can be taken away from a run: rows, model, the command, more rows."""

from __future__ import annotations

import io
import shlex
import time
import zipfile
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.downloads import PARQUET, file_stem, has_model, model_zip, rows_as, text_format
from dashboard.inspecting.drawing import Draw, start_draw
from dashboard.inspecting.rows import matching
from fairgen_core.cli.parser import build_parser
from fairgen_core.config import (
    AuditConfig,
    DataConfig,
    FairnessConfig,
    GeneratorConfig,
    RolesConfig,
    TrainConfig,
)
from fairgen_core.data.formats import FileFormat
from fairgen_core.errors import RunError
from fairgen_core.report.code import as_command
from fairgen_core.runs.store import RunStore
from tests.dashboard.run_builder import CONFIG, make_run, rows

# --- names -----------------------------------------------------------------------------------


def test_names_say_data_target_fairness_generator_and_seed() -> None:
    assert file_stem(CONFIG) == "adult-income-both-mixture-seed0"
    audit = AuditConfig(data=CONFIG.data, roles=CONFIG.roles, seed=3)
    assert file_stem(audit) == "adult-income-audit-seed3"
    own = DataConfig(source="x.csv", display_name="Anträge, Straße.csv")
    assert file_stem(audit.model_copy(update={"data": own})).startswith("Antrage_Strasse-income-")


@given(st.text(min_size=1, max_size=300), st.text(min_size=1, max_size=300))
def test_names_fit_every_file_system(data: str, target: str) -> None:
    config = CONFIG.model_copy(
        update={
            "data": DataConfig(source="x", display_name=data),
            "roles": RolesConfig(sensitive=("s",), target=target),
        }
    )
    stem = file_stem(config)
    assert stem.isascii()
    assert not set(stem) & set('/\\:*?"<>| \n\0')
    assert 10 < len(stem) < 130
    assert not stem.startswith(".")


# --- rows ------------------------------------------------------------------------------------


def test_text_rows_are_those_of_the_run() -> None:
    store = RunStore()
    run_id = make_run(store, n_rows=300)
    table = pd.read_csv(io.BytesIO(rows_as(store, run_id, FileFormat())))
    expected = rows(300)
    assert list(table.columns) == list(expected.columns)
    assert table["age"].tolist() == expected["age"].tolist()
    assert table["wage"].tolist() == pytest.approx(expected["wage"].tolist())
    assert table["note"].tolist() == expected["note"].tolist()


def test_only_the_safe_form_disarms_formulas() -> None:
    store = RunStore()
    run_id = make_run(store, n_rows=300)
    raw = rows_as(store, run_id, FileFormat()).decode()
    safe = rows_as(store, run_id, FileFormat(), formula_safe=True).decode()
    assert raw.count(",=1+1,") == safe.count(",'=1+1,") == 3
    assert ",=1+1," not in safe


def test_parquet_rows_are_those_of_the_run() -> None:
    store = RunStore()
    run_id = make_run(store, n_rows=300)
    table = pd.read_parquet(io.BytesIO(rows_as(store, run_id, PARQUET)))
    assert table["age"].tolist() == rows(300)["age"].tolist()
    assert len(table) == 300


def test_text_takes_the_originals_form_where_that_was_text() -> None:
    semicolons = FileFormat(separator=";", decimal=",")
    assert text_format(semicolons) is semicolons
    assert text_format(FileFormat(kind="excel")).kind == "csv"
    assert text_format(PARQUET).suffix == ".csv"


def test_lost_rows_and_lost_model_are_sentences() -> None:
    store = RunStore()
    run_id = make_run(store)
    assert not has_model(store, run_id)
    with pytest.raises(RunError, match=r"model\.safetensors"):
        model_zip(store, run_id)
    samples = store.samples_path(run_id)
    assert samples is not None
    samples.unlink()
    with pytest.raises(RunError, match="must have its rows"):
        rows_as(store, run_id, FileFormat())


def test_model_is_zipped_with_its_settings() -> None:
    store = RunStore()
    run_id = make_run(store)
    for name in ("model.safetensors", "model.json"):
        (store.path(run_id) / name).write_bytes(name.encode())
    assert has_model(store, run_id)
    with zipfile.ZipFile(io.BytesIO(model_zip(store, run_id))) as archive:
        assert archive.read("model.json") == b"model.json"
        assert archive.read("model.safetensors") == b"model.safetensors"
        assert archive.read("config.json") == (store.path(run_id) / "config.json").read_bytes()


# --- the rows' search ------------------------------------------------------------------------

TABLE = pa.table(
    {
        "name": ["Ann", "Bob", None, "annika"],
        "age": pa.array([30, 41, 52, None], pa.int64()),
        "when": pd.to_datetime(["2020-01-01", "2021-05-05", None, "2022-02-02"]),
    }
)


@pytest.mark.parametrize(
    ("words", "found"),
    [("", 4), ("ann", 2), ("41", 1), ("2021-05", 1), ("nobody", 0), ("  ANN ", 2), (".*", 0)],
)
def test_search_looks_into_every_column(words: str, found: int) -> None:
    assert matching(TABLE, words).num_rows == found


def test_conditions_are_joined() -> None:
    assert matching(TABLE, column="name", values=("Ann", "Bob")).num_rows == 2
    assert matching(TABLE, column="age", between=(30, 41)).num_rows == 2
    assert matching(TABLE, "ann", column="age", between=(0, 100)).num_rows == 1
    assert matching(TABLE).num_rows == 4


# --- the command -----------------------------------------------------------------------------

FULL = TrainConfig(
    data=DataConfig(
        source="my data/ad'ult.csv",
        test_share=0.2,
        split_seed=4,
        kinds={"zip code": "category"},
        options={"bias": 0.5},
    ),
    roles=RolesConfig(
        sensitive=("sex", "age"),
        target="income",
        positive=">50K",
        bands={"age": (30.0, 45.5)},
        explanatory=("hours",),
    ),
    fairness=FairnessConfig(
        target="dp", enforce="both-ways", strength=0.5, alpha=3.0, penalty="mmd",
        representation="uniform",
    ),
    generator=GeneratorConfig(name="lsgan", clip_norm=2.5),
    preset="quick",
    n_rows=1234,
    seed=7,
    device="cpu",
)  # fmt: skip


def test_command_says_every_choice_in_the_command_lines_own_options() -> None:
    words = shlex.split(as_command(FULL, "out.csv").replace("\\\n", " "))
    assert words[:3] == ["python", "-m", "fairgen_core"]
    args = build_parser().parse_args(words[3:])
    assert args.command == "train"
    assert args.data == "my data/ad'ult.csv"
    assert (args.test, args.test_share, args.split_seed) == (None, 0.2, 4)
    assert (args.kinds, args.option) == (["zip code=category"], ["bias=0.5"])
    assert (args.sensitive, args.target, args.positive) == (["sex", "age"], "income", ">50K")
    assert (args.bands, args.explanatory) == (["age=30,45.5"], ["hours"])
    assert (args.fairness, args.enforce, args.strength) == ("dp", "both-ways", 0.5)
    assert (args.alpha, args.penalty, args.representation) == (3.0, "mmd", "uniform")
    assert (args.generator, args.clip_norm, args.preset) == ("lsgan", 2.5, "quick")
    assert (args.rows, args.seed, args.device) == (1234, 7, "cpu")
    assert (args.out, args.evaluate) == (Path("out.csv"), True)


def test_command_of_usual_choices_is_short() -> None:
    assert as_command(CONFIG, "out.csv").count("--") == 10
    assert "--strength" not in as_command(CONFIG)


# --- drawing more rows -----------------------------------------------------------------------


def finished(draw: Draw, seconds: float = 120.0) -> Draw:
    end = time.monotonic() + seconds
    while draw.state == "drawing" and time.monotonic() < end:
        time.sleep(0.1)
    assert draw.state != "drawing"
    return draw


def test_drawing_without_a_model_fails_with_the_command_lines_sentence() -> None:
    store = RunStore()
    draw = finished(start_draw(store, make_run(store), n_rows=5, seed=1))
    assert draw.state == "failed"
    time.sleep(0.2)  # the listening thread reads the last line
    assert "model" in draw.reason
    assert "Traceback" not in "".join(draw.words)


def test_drawing_can_be_stopped() -> None:
    store = RunStore()
    draw = start_draw(store, make_run(store), n_rows=100_000_000, seed=1)
    draw.stop()
    assert draw.process.poll() is not None
    assert not draw.path.exists()


@pytest.mark.slow
def test_rows_are_drawn_from_a_real_model_and_the_seed_decides() -> None:
    from fairgen_core import train

    run = train(
        "hiring", sensitive="gender", target="hired", positive="yes", preset="quick", rows=50
    )
    store = RunStore()
    assert has_model(store, run.id)
    one, other = (finished(start_draw(store, run.id, 40, seed)) for seed in (1, 2))
    assert one.state == other.state == "done", (one.reason, other.reason)
    first = one.path.read_bytes()
    assert len(pd.read_csv(one.path)) == 40
    assert first != other.path.read_bytes()
    again = finished(start_draw(store, run.id, 40, 1))
    assert again.path.read_bytes() == first
