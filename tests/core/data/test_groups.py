"""Groups: bands, crossings, missing values, and what is said when they cannot be."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from fairgen_core.config import RolesConfig
from fairgen_core.data.groups import assign_groups, band_index, band_labels, resolve_groups
from fairgen_core.data.reading import ReadTable, read_table
from fairgen_core.data.schema import Column
from fairgen_core.errors import ConfigError, DataError


def people(n: int = 120, **columns: list[str]) -> ReadTable:
    base = {
        "sex": ["Male" if i % 3 else "Female" for i in range(n)],
        "age": [str(18 + i % 50) for i in range(n)],
        "born": [f"{1950 + i % 50}-06-01" for i in range(n)],
        "origin": [["here", "there", ""][i % 3 if i % 2 else 0] for i in range(n)],
        **columns,
    }
    rows = zip(*base.values(), strict=True)
    return read_table("\n".join([",".join(base), *(",".join(r) for r in rows)]).encode())


def resolve(table: ReadTable, *sensitive: str, **bands: tuple[float, ...]):
    roles = RolesConfig(sensitive=sensitive, bands=bands)
    return resolve_groups(table.frame, table.schema, roles)


def test_values_are_groups_largest_first() -> None:
    table = people()
    rule, roles = resolve(table, "sex")
    assert rule.names == ("Male", "Female")
    assert rule.values == (("Male",), ("Female",))
    assert roles.bands == {}
    groups = assign_groups(table.frame, rule, table.schema)
    assert groups.dtype == np.int64
    assert groups.tolist()[:4] == [1, 0, 0, 1]


def test_a_number_is_cut_at_the_median() -> None:
    table = people()
    rule, roles = resolve(table, "age")
    ages = sorted(table.frame["age"].tolist())
    cut = ages[60]
    assert roles.bands == {"age": (float(cut),)}
    assert set(rule.names) == {f"age: under {cut}", f"age: {cut} or more"}


def test_a_number_that_is_mostly_its_smallest_value_still_gives_two_groups() -> None:
    gain = [str(0 if i % 4 else 5000 + i) for i in range(120)]
    rule, _ = resolve(people(gain=gain), "gain")
    assert rule.names == ("gain: under 5000", "gain: 5000 or more")


def test_a_number_of_few_values_gives_a_group_of_each() -> None:
    rule, roles = resolve(people(level=[str(2 + i % 4) for i in range(120)]), "level")
    assert set(rule.names) == {"level: under 3", "level: 3", "level: 4", "level: 5 or more"}
    assert roles.bands["level"] == (3.0, 4.0, 5.0)


def test_given_bands_are_used_and_their_edges_belong_above() -> None:
    table = people()
    rule, _ = resolve(table, "age", age=(26, 40))
    assert set(rule.names) == {"age: under 26", "age: 26 to 39", "age: 40 or more"}
    groups = assign_groups(table.frame, rule, table.schema)
    names = {int(a): rule.names[g] for a, g in zip(table.frame["age"], groups, strict=True)}
    assert names[25] == "age: under 26"
    assert names[26] == names[39] == "age: 26 to 39"
    assert names[40] == "age: 40 or more"


def test_dates_are_cut_too() -> None:
    cut = pd.Timestamp("1975-01-01").value
    rule, _ = resolve(people(), "born", born=(cut,))
    assert set(rule.names) == {"born: before 1975-01-01", "born: 1975-01-01 or later"}


def test_values_that_say_little_alone_bear_their_columns_name() -> None:
    long = "has never worked here before"
    rule, _ = resolve(people(**{long: ["no" if i % 4 else "yes" for i in range(120)]}), "sex", long)
    assert rule.names[0] == "Male & has never worked here b…: no"
    assert rule.values[0] == ("Male", "no")
    coded = people(code=["01" if i % 3 else "02" for i in range(120)])
    assert resolve(coded, "code")[0].names == ("code: 01", "code: 02")


def test_missing_values_are_a_group_of_their_own() -> None:
    table = people()
    rule, _ = resolve(table, "origin")
    assert set(rule.names) == {"here", "there", "(missing)"}
    groups = assign_groups(table.frame, rule, table.schema)
    assert (groups == rule.names.index("(missing)")).sum() == table.frame["origin"].isna().sum()


def test_few_missing_values_are_no_group() -> None:
    table = people(origin=["" if i < 3 else "ab"[i % 2] for i in range(120)])
    rule, _ = resolve(table, "origin")
    assert set(rule.names) == {"a", "b"}
    assert (assign_groups(table.frame, rule, table.schema) == -1).sum() == 3


def test_columns_are_crossed_and_only_what_occurs_is_a_group() -> None:
    table = people(job=["nurse" if i % 3 else ("cook" if i % 2 else "nurse") for i in range(120)])
    rule, _ = resolve(table, "sex", "job")
    assert rule.names == ("Male & nurse", "Female & cook", "Female & nurse")
    groups = assign_groups(table.frame, rule, table.schema)
    assert np.bincount(groups).tolist() == [80, 20, 20]


def test_unknown_values_are_no_group() -> None:
    table = people()
    rule, _ = resolve(table, "sex")
    other = table.frame.assign(sex="Diverse")
    assert (assign_groups(other, rule, table.schema) == -1).all()


def test_band_index_and_labels_agree_with_hand_made_ones() -> None:
    ages = pd.Series([17, 26, 39, 40, pd.NA], dtype="Int64")
    assert band_index(ages, (26, 40)).tolist() == [0, 1, 1, 2, -1]
    integer = Column(name="age", kind="integer")
    decimal = Column(name="age", kind="decimal")
    assert band_labels(integer, (26, 40)) == ("under 26", "26 to 39", "40 or more")
    assert band_labels(integer, (2, 3)) == ("under 2", "2", "3 or more")
    assert band_labels(decimal, (1.5, 2)) == ("under 1.5", "1.5 to under 2", "2 or more")


@pytest.mark.parametrize(
    ("columns", "error", "said"),
    [
        (("Sex",), ConfigError, "Did you mean 'sex'"),
        (("gendre",), ConfigError, "There are: 'sex'"),
        (("name",), ConfigError, "is identifier"),
    ],
)
def test_a_column_that_is_not_there(columns, error, said) -> None:
    table = people(name=[f"N{i:04d}" for i in range(120)])
    with pytest.raises(error, match=said):
        resolve(table, *columns)


@pytest.mark.parametrize("cuts", [(40.0, 26.0), (26.0, 26.0), (float("nan"),), (float("inf"),)])
def test_cut_points_out_of_order(cuts: tuple[float, ...]) -> None:
    with pytest.raises(ConfigError, match="finite and ascending"):
        resolve(people(), "age", age=cuts)


def test_bands_of_words_and_of_no_sensitive_column() -> None:
    with pytest.raises(ConfigError, match="Only numbers and dates"):
        resolve(people(), "sex", sex=(1.0,))
    with pytest.raises(ConfigError, match="'age' is none"):
        resolve(people(), "sex", age=(30.0,))


def test_one_group_only() -> None:
    with pytest.raises(DataError, match="only 'x'"):
        resolve(people(same=["x"] * 120), "same")
    with pytest.raises(DataError, match="two groups or more"):
        resolve(people(same=["7"] * 120), "same")
    with pytest.raises(DataError, match="only 'age: under 200'"):
        resolve(people(), "age", age=(200.0,))


def test_a_group_with_three_rows() -> None:
    with pytest.raises(DataError, match="'rare' has 3"):
        resolve(people(kind=["rare" if i < 3 else "ab"[i % 2] for i in range(120)]), "kind")


def test_too_many_groups() -> None:
    table = people(n=1200, town=[f"t{i % 60}" for i in range(1200)])
    with pytest.raises(DataError, match="50 groups at most"):
        resolve(table, "town")
