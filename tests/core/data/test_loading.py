"""Preparing a table: split, second file, target, warnings, and what is said about bad choices."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from fairgen_core.config import DataConfig, RolesConfig
from fairgen_core.data.loading import load_source, prepare, read_like
from fairgen_core.data.prepared import PreparedTable
from fairgen_core.data.reading import read_table
from fairgen_core.data.suggestions import suggest_positive, suggest_roles
from fairgen_core.errors import ConfigError, DataError


def people(n: int = 1000) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    sex = rng.choice(["Male", "Female"], n, p=[0.7, 0.3])
    return pd.DataFrame(
        {
            "age": rng.integers(18, 80, n),
            "sex": sex,
            "town": rng.choice(["a", "b", "c"], n),
            "score": rng.normal(size=n).round(3),
            "income": np.where(rng.random(n) < np.where(sex == "Male", 0.4, 0.2), ">50K", "<=50K"),
        }
    )


def make(folder: Path, frame: pd.DataFrame, name: str = "people.csv") -> str:
    path = folder / name
    frame.to_csv(path, index=False)
    return str(path)


ROLES = RolesConfig(sensitive=("sex",), target="income", positive=">50K")


def prepared(
    folder: Path, frame: pd.DataFrame, roles: RolesConfig = ROLES, **data
) -> PreparedTable:
    return prepare(DataConfig(source=make(folder, frame), **data), roles)


def test_the_split_keeps_the_shares_of_groups_and_target(tmp_path: Path) -> None:
    frame = people()
    table = prepared(tmp_path, frame)
    assert len(table.train) == 700
    assert len(table.test) == 300
    for part, groups in ((table.train, table.train_groups), (table.test, table.test_groups)):
        for code, name in enumerate(table.groups.names):
            inside = part["income"][groups == code]
            real = frame["income"][frame["sex"] == name]
            assert abs((groups == code).mean() - (frame["sex"] == name).mean()) < 0.005
            assert abs((inside == ">50K").mean() - (real == ">50K").mean()) < 0.01
    assert table.classes == ("<=50K", ">50K")
    assert table.target_kind == "binary"
    assert table.train.index.equals(pd.RangeIndex(700))
    assert table.feature_names == ("age", "town", "score")


def test_every_row_is_in_one_part_once(tmp_path: Path) -> None:
    frame = people()
    table = prepared(tmp_path, frame, test_share=0.25)
    both = pd.concat([table.train, table.test]).astype(str).agg("|".join, axis=1)
    whole = read_table(make(tmp_path, frame)).frame.astype(str).agg("|".join, axis=1)
    assert sorted(both) == sorted(whole)


def test_the_seed_decides_the_split(tmp_path: Path) -> None:
    first = prepared(tmp_path, people(), split_seed=1).test
    again = prepared(tmp_path, people(), split_seed=1).test
    other = prepared(tmp_path, people(), split_seed=2).test
    pd.testing.assert_frame_equal(first, again)
    assert not first.equals(other)


def test_a_second_file_is_the_test_set_in_any_column_order(tmp_path: Path) -> None:
    test = make(tmp_path, people(200)[["income", "sex", "score", "town", "age"]], "test.csv")
    table = prepared(tmp_path, people(), test_source=test)
    assert len(table.train) == 1000
    assert len(table.test) == 200
    assert list(table.test.columns) == list(table.train.columns)


def test_a_second_file_with_other_columns(tmp_path: Path) -> None:
    test = make(tmp_path, people(200).rename(columns={"town": "city"}), "test.csv")
    with pytest.raises(DataError, match="'town' is missing, 'city' is one too many"):
        prepared(tmp_path, people(), test_source=test)


def test_a_second_file_with_other_values(tmp_path: Path) -> None:
    other = people(200)
    other.loc[:3, "town"] = "z"
    other.loc[4:5, "sex"] = "Diverse"
    table = prepared(tmp_path, people(), test_source=make(tmp_path, other, "test.csv"))
    assert any("'town' that the training rows lack: 'z'" in w for w in table.warnings)
    assert any("2 test rows are of groups" in w for w in table.warnings)
    assert len(table.test) == 198
    assert (table.test_groups >= 0).all()


def test_a_second_file_with_other_labels(tmp_path: Path) -> None:
    other = people(200)
    other["income"] += "."
    with pytest.raises(DataError, match=r"'[<>=]+50K\.' is none"):
        prepared(tmp_path, people(), test_source=make(tmp_path, other, "test.csv"))


def test_a_second_file_with_other_kinds(tmp_path: Path) -> None:
    other = people(200).assign(age="old")
    with pytest.raises(DataError, match="'age' cannot be read as integer"):
        prepared(tmp_path, people(), test_source=make(tmp_path, other, "test.csv"))


def test_read_like_reads_numbers_that_look_like_something_else(tmp_path: Path) -> None:
    schema = read_table(make(tmp_path, people())).schema
    few = people(100).assign(age=[0, 1] * 50, score=1)
    frame = read_like(make(tmp_path, few, "few.csv"), schema)
    assert frame["age"].dtype == pd.Int64Dtype()
    assert frame["score"].dtype == np.float64


def test_read_like_reads_dates_in_the_training_data_s_form(tmp_path: Path) -> None:
    days = pd.date_range("2020-01-01", periods=1000).strftime("%d/%m/%Y")
    schema = read_table(make(tmp_path, people().assign(day=days))).schema
    few = people(100).assign(day="03/04/2020")
    assert schema["day"].datetime_format == "%d/%m/%Y"
    frame = read_like(make(tmp_path, few, "few.csv"), schema)
    assert set(frame["day"]) == {pd.Timestamp(2020, 4, 3)}


def test_read_like_puts_two_digit_years_beside_the_training_data_s(tmp_path: Path) -> None:
    born = pd.date_range("1930-01-01", periods=1000, freq="25D").strftime("%d/%m/%y")
    schema = read_table(make(tmp_path, people().assign(born=born))).schema
    few = people(100).assign(born=["01/02/31", "01/02/45"] * 50)  # alone: 2031 to 2045
    frame = read_like(make(tmp_path, few, "few.csv"), schema)
    assert set(frame["born"].dt.year) == {1931, 1945}


def test_a_target_of_two_numbers_is_spelled_as_in_the_file(tmp_path: Path) -> None:
    rows = [f"{'ab'[i % 2]};{i % 9},5;{'1,5' if i % 3 else '2,5'}" for i in range(300)]
    path = tmp_path / "data.csv"
    path.write_text("\n".join(["sex;x;grade", *rows]))
    roles = RolesConfig(sensitive=("sex",), target="grade", positive="2,5")
    table = prepare(DataConfig(source=str(path)), roles)
    assert table.classes == ("1,5", "2,5")
    path.write_text(path.read_text().replace(";1,5", ";$1").replace(";2,5", ";$2"))
    table = prepare(DataConfig(source=str(path)), roles.model_copy(update={"positive": "$2"}))
    assert table.classes == ("$1", "$2")
    read = read_table(str(path))
    guess = suggest_positive(read.schema["grade"], read.frame)
    assert guess == "$2"


def test_rows_without_target_are_left_out_and_it_is_said(tmp_path: Path) -> None:
    frame = people()
    frame.loc[:9, "income"] = None
    table = prepared(tmp_path, frame)
    assert len(table.train) + len(table.test) == 990
    assert any(w.startswith("10 rows without a value of 'income'") for w in table.warnings)


def test_a_missing_group_that_the_division_makes_too_small_is_left_out(tmp_path: Path) -> None:
    frame = people(200)
    frame.loc[:11, "sex"] = None  # 12 rows are a group; what is left of them for training is none
    table = prepare(DataConfig(source=make(tmp_path, frame)), ROLES)
    assert "(missing)" not in table.groups.names
    assert len(table.train_groups) == len(table.train)
    assert table.train_groups.min() == 0
    assert table.train["sex"].notna().all()
    assert any("missing sensitive value" in warning for warning in table.warnings)


def test_few_rows_without_group_are_left_out_and_it_is_said(tmp_path: Path) -> None:
    frame = people()
    frame.loc[:2, "sex"] = None
    table = prepared(tmp_path, frame)
    assert set(table.groups.names) == {"Male", "Female"}
    assert len(table.train) + len(table.test) == 997
    assert any("3 rows with a missing sensitive value" in w for w in table.warnings)


@pytest.mark.parametrize(
    ("values", "positive", "kind", "classes"),
    [
        (["yes", "no"], None, "binary", ("no", "yes")),
        (["True", "False"], None, "binary", ("False", "True")),
        ([0, 1], None, "binary", ("0", "1")),
        ([1, 2], "1", "binary", ("2", "1")),
        ([1, 2, 3], None, "number", ()),
        ([1, 2, 3, 4], "3", "classes", None),
        ([0.5, 1.5], "0.5", "binary", ("1.5", "0.5")),
        (["a", "b", "c"], None, "classes", None),
        (["a", "b", "c"], "b", "classes", None),
        (list(range(50)), None, "number", ()),
    ],
)
def test_targets_of_every_kind(tmp_path: Path, values, positive, kind, classes) -> None:
    frame = people()
    frame["income"] = [values[i % len(values)] for i in range(len(frame))]
    roles = RolesConfig(sensitive=("sex",), target="income", positive=positive)
    table = prepared(tmp_path, frame, roles)
    assert table.target_kind == kind
    if classes is not None:
        assert table.classes == classes
    else:
        assert set(table.classes) == {str(v) for v in values}
    if table.classes:
        assert set(table.train["income"]) <= set(table.classes)


def test_no_target(tmp_path: Path) -> None:
    table = prepared(tmp_path, people(), RolesConfig(sensitive=("sex", "age")))
    assert table.target_kind == "none"
    assert table.classes == ()
    assert len(table.groups.names) == 4


@pytest.mark.parametrize(
    ("roles", "field", "said"),
    [
        ({"sensitive": ("sxe",)}, "roles.sensitive", "Did you mean 'sex'"),
        ({"target": "incme"}, "roles.target", "Did you mean 'income'"),
        ({"positive": ">50k"}, "roles.positive", "Did you mean '>50K'"),
        ({"positive": None}, "roles.positive", "Choose '<=50K' or '>50K'"),
        ({"target": "sex", "positive": "Male"}, "roles.target", "is both"),
        ({"sensitive": ("sex", "sex")}, "roles.sensitive", "twice"),
        ({"target": None}, "roles.positive", "no target was chosen"),
        ({"target": "score", "positive": "1"}, "roles.positive", "more is better"),
        ({"explanatory": ("twon",)}, "roles.explanatory", "Did you mean 'town'"),
    ],
)
def test_bad_roles_name_their_field(tmp_path: Path, roles, field: str, said: str) -> None:
    choice = RolesConfig(**{**ROLES.model_dump(), **roles})
    with pytest.raises(ConfigError, match=said) as caught:
        prepared(tmp_path, people(), choice)
    assert caught.value.field == field


def test_too_few_rows(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="50 rows or more"):
        prepared(tmp_path, people(10))


def test_too_few_columns(tmp_path: Path) -> None:
    frame = people()[["sex"]].assign(id=[f"x{i}" for i in range(1000)])
    with pytest.raises(DataError, match="Two columns or more"):
        prepared(tmp_path, frame, RolesConfig(sensitive=("sex",)))


def test_a_constant_target(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="two values or more"):
        prepared(tmp_path, people().assign(income=">50K"))


def test_a_target_without_values(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="every value is missing"):
        prepared(tmp_path, people().assign(income=""))


def test_small_groups_are_warned_of(tmp_path: Path) -> None:
    frame = people()
    frame.loc[:39, "sex"] = "Diverse"
    table = prepared(tmp_path, frame)
    assert any("'Diverse' is small (28 training and 12 test rows)" in w for w in table.warnings)


def test_the_schema_is_that_of_the_training_rows(tmp_path: Path) -> None:
    table = prepared(tmp_path, people())
    assert table.schema["age"].minimum == table.train["age"].min()
    assert table.schema["age"].n_distinct == table.train["age"].nunique()
    counts = table.train["town"].value_counts()
    assert table.schema["town"].categories[0] == counts.index[0]


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ({"sex": "sex", "income": "income"}, ("sex", "income", ">50K")),
        ({"sex": "Geschlecht", "income": "result"}, ("Geschlecht", "result", ">50K")),
        ({"sex": "applicant_gender", "income": "label"}, ("applicant_gender", "label", ">50K")),
    ],
)
def test_roles_are_suggested_by_name(tmp_path: Path, names, expected) -> None:
    table = read_table(make(tmp_path, people().rename(columns=names)))
    roles = suggest_roles(table.schema, table.frame)
    assert roles is not None
    assert (roles.sensitive[0], roles.target, roles.positive) == expected


def test_no_suggestion_without_a_telling_name(tmp_path: Path) -> None:
    frame = people().rename(columns={"sex": "a", "age": "b"})
    table = read_table(make(tmp_path, frame))
    assert suggest_roles(table.schema, table.frame) is None


@pytest.mark.parametrize("name", ["wage", "Wages", "net_salaries"])
def test_a_number_is_suggested_by_its_name_in_the_plural_too(name: str) -> None:
    rows = [f"{'fm'[i % 3 % 2]},{9 + i / 8},{'abc'[i % 3]}" for i in range(60)]
    table = read_table("\n".join([f"sex,{name},language", *rows]).encode())
    guess = suggest_roles(table.schema, table.frame)
    assert guess is not None
    assert guess.target == name


def test_adult_and_german_credit_prepare(
    adult_dir: Path, german_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAIRGEN_DATA", str(adult_dir.parent))
    adult = prepare(DataConfig(source="adult"), ROLES)
    assert (len(adult.train), len(adult.test)) == (32_561, 16_281)
    assert np.bincount(adult.train_groups).tolist() == [21_790, 10_771]
    assert (adult.test["income"] == ">50K").sum() == 3_846
    roles = RolesConfig(
        sensitive=("sex", "age"), bands={"age": (26,)}, target="credit_risk", positive="good"
    )
    german = prepare(DataConfig(source="german_credit"), roles)
    assert len(german.train) == 700
    assert len(german.groups.names) == 4
    assert load_source(DataConfig(source="german_credit")).frame["age"].lt(26).sum() == 190
