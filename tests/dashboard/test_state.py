"""The place in the URL, projects in their files, and the catalogue of words."""

from __future__ import annotations

import ast
import re
from dataclasses import asdict
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.forms.errors import split_field
from dashboard.projects import Project, ProjectStore
from dashboard.state import Place
from dashboard.text import GLOSSARY, TEXT, explain, say
from fairgen_core.config import DataConfig, FairnessConfig, GeneratorConfig
from fairgen_core.errors import ConfigError
from fairgen_core.numbers import duration, number, percent, whole

ROOT = Path(__file__).resolve().parents[2]
PROJECT = Project(
    id="hiring",
    data=DataConfig(source="hiring", options={"bias": 2.0}),
    sensitive=("gender", "age"),
    target="hired",
    positive="yes",
    bands={"age": (30.0, 50.0), "club": (1.0,)},
)


# --- the URL -----------------------------------------------------------------------------------


def test_a_place_goes_through_the_url_and_back() -> None:
    place = Place(project="file-0123abc", run="20261120-141502-hiring-both-mixture-ab12")
    assert Place.from_query(asdict(place)) == place
    assert Place.from_query({}) == Place()


@given(st.text(max_size=40))
def test_a_place_from_any_url_never_leaves_the_home_folder(text: str) -> None:
    for value in asdict(Place.from_query({"project": text, "run": text})).values():
        assert "/" not in value
        assert "\\" not in value
        assert ".." not in value


# --- projects ----------------------------------------------------------------------------------


def test_a_project_is_found_again_by_another_store(tmp_path: Path) -> None:
    ProjectStore(tmp_path).save(PROJECT)
    assert ProjectStore(tmp_path).load("hiring") == PROJECT


@pytest.mark.parametrize("name", ["", "nobody", "../hiring", "a/b", "x" * 200])
def test_an_unknown_or_impossible_project_is_none(tmp_path: Path, name: str) -> None:
    ProjectStore(tmp_path).save(PROJECT)
    assert ProjectStore(tmp_path).load(name) is None


def test_a_damaged_project_file_counts_as_none(tmp_path: Path) -> None:
    ProjectStore(tmp_path).save(PROJECT)
    (tmp_path / "projects" / "hiring.json").write_text('{"id": "hir')
    assert ProjectStore(tmp_path).load("hiring") is None


def test_a_training_repeats_what_its_project_said() -> None:
    project = PROJECT.change(
        fairness=FairnessConfig(target="dp", strength=0.5), preset="quick", seed=7, n_rows=100
    )
    config = project.train_config()
    assert config.roles.bands == {"age": (30.0, 50.0)}, "bands of other columns are left out"
    assert Project.of_training("hiring", config).train_config() == config


def test_a_clip_norm_stays_with_the_generators_that_clip() -> None:
    clipped = PROJECT.change(generator=GeneratorConfig(name="mixture", clip_norm=2.0))
    assert clipped.train_config().generator.clip_norm is None
    lsgan = clipped.change(generator=GeneratorConfig(name="lsgan", clip_norm=2.0))
    assert lsgan.train_config().generator.clip_norm == 2.0


def test_without_a_sensitive_column_the_field_is_named() -> None:
    with pytest.raises(ConfigError, match="none is chosen") as caught:
        PROJECT.change(sensitive=()).audit_config()
    assert caught.value.field == "roles.sensitive"


def test_an_impossible_choice_names_its_field() -> None:
    with pytest.raises(ConfigError) as caught:
        PROJECT.change(preset="instant")
    assert caught.value.field == "preset"


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (ConfigError("fairness.target: a head needs a target."),
         ("fairness.target", "A head needs a target.")),
        (ConfigError("must be smaller", field="seed"), ("seed", "Must be smaller")),
        (ConfigError("Choose another: this one is taken."),
         ("", "Choose another: this one is taken.")),
    ],
)  # fmt: skip
def test_an_error_finds_its_field(error: ConfigError, expected: tuple[str, str]) -> None:
    assert split_field(error) == expected


# --- words -------------------------------------------------------------------------------------


def code_files() -> list[Path]:
    return [path for room in ("dashboard", "fairgen_core") for path in (ROOT / room).rglob("*.py")]


def said() -> tuple[set[str], list[str]]:
    """Every text in the code, and patterns of those that it puts together."""
    whole: set[str] = set()
    patterns: list[str] = []
    for path in code_files():
        if path.parent.name in {"text", "words"}:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                whole.add(node.value)
            elif isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
                parts = [
                    re.escape(str(part.value)) if isinstance(part, ast.Constant) else r"[\w .-]+"
                    for part in node.values
                ]
                patterns.append("".join(parts))
    return whole, patterns


def test_every_key_that_is_said_is_in_the_catalogue() -> None:
    for path in code_files():
        for key in re.findall(r"\bsay\(\s*\"([^\"]+)\"", path.read_text(encoding="utf-8")):
            assert key in TEXT, f"{path.name} says '{key}'"
        for term in re.findall(r"\bexplain\(\s*\"([^\"]+)\"", path.read_text(encoding="utf-8")):
            assert term in GLOSSARY, f"{path.name} explains '{term}'"


def test_every_sentence_of_the_catalogue_is_said() -> None:
    whole, patterns = said()
    put_together = re.compile("|".join(patterns))
    assert [k for k in TEXT if k not in whole and not put_together.fullmatch(k)] == []


def test_a_sentence_takes_its_values_and_a_term_its_title() -> None:
    assert say("sidebar.queue", n=3) == "3 waiting in the queue"
    assert explain("dp").startswith("**Demographic parity (DP) difference.**")
    with pytest.raises(KeyError):
        say("no.such.key")


def test_no_words_promise_too_much() -> None:
    text = " ".join([*TEXT.values(), *(term.meaning for term in GLOSSARY.values())]).lower()
    for word in ("unbiased", "bias-free", "fake ", "solves", "guarantee"):
        assert word not in text


# --- numbers -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0.17645, "0.176"), (0.0, "0.000"), (-0.00001, "0.000"), (-0.25, "−0.250"), (12.345, "12.3"),
     (12.0, "12"), (32561.0, "32,561"), (None, "not available"), (float("nan"), "not available"),
     (float("inf"), "∞")],
)  # fmt: skip
def test_numbers_have_three_digits(value: float | None, shown: str) -> None:
    assert number(value) == shown


def test_shares_and_times_in_words() -> None:
    assert [percent(v) for v in (0.5, 0.034, 0.0005, 0.0)] == ["50 %", "3.4 %", "0.05 %", "0 %"]
    assert [duration(v) for v in (0.2, 25, 200, 9000, None)] == [
        "1 s",
        "25 s",
        "3 min",
        "2.5 h",
        "",
    ]


def test_a_year_of_a_column_is_not_grouped() -> None:
    assert [whole(v) for v in (1997.0, 0.0, -40.0, 52_000.0)] == ["1997", "0", "−40", "52,000"]
