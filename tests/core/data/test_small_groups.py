"""Small groups put together as 'other': who is in it, who is left out, and that it is told."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from fairgen_core.config import DataConfig, RolesConfig
from fairgen_core.data.groups import assign_groups, assign_parts, least_rows, resolve_groups
from fairgen_core.data.loading import prepare
from fairgen_core.data.reading import ReadTable, read_table
from fairgen_core.data.small_groups import suggested_size
from fairgen_core.errors import ConfigError, DataError

SIZES = {"a": 90, "b": 60, "c": 14, "d": 8, "": 3}


def table(sizes: dict[str, int], **columns: list[str]) -> ReadTable:
    """Rows of a column `group` with these values, an age and a decision; others as given."""
    group = [value for value, n in sizes.items() for _ in range(n)]
    n = len(group)
    rng = np.random.default_rng(0)
    base = {
        "group": group,
        "age": [str(20 + i % 40) for i in range(n)],
        "x": [f"{v:.3f}" for v in rng.normal(size=n)],
        "paid": list(rng.choice(["yes", "no"], n)),
        **columns,
    }
    frame = pd.DataFrame(base).sample(frac=1, random_state=1)
    return read_table(frame.to_csv(index=False).encode())


def prepared(read: ReadTable, merge_below: int | None = None, *sensitive: str, share: float = 0.3):
    roles = RolesConfig(
        sensitive=sensitive or ("group",), target="paid", positive="yes", merge_below=merge_below
    )
    return prepare(DataConfig(source="table.csv", test_share=share), roles, read)


def resolved(read: ReadTable, merge_below: int | None, *sensitive: str):
    roles = RolesConfig(sensitive=sensitive or ("group",), merge_below=merge_below)
    return resolve_groups(read.frame, read.schema, roles)[0]


def test_groups_with_fewer_rows_are_one_group_at_the_end() -> None:
    read = table(SIZES)
    rule = resolved(read, 20)
    assert rule.names == ("a", "b", "other")
    assert rule.merged == (("c",), ("d",), ("(missing)",))
    groups = assign_groups(read.frame, rule, read.schema)
    assert np.bincount(groups).tolist() == [90, 60, 25]
    values = read.frame["group"]
    assert set(groups[values.isin(["c", "d"]) | values.isna()]) == {2}
    parts = assign_parts(read.frame, rule, read.schema)
    assert np.bincount(parts).tolist() == [90, 60, 14, 8, 3]


def test_a_group_of_just_that_many_rows_stays_apart() -> None:
    assert resolved(table(SIZES), 14).names == ("a", "b", "c")  # 8 + 3 are fewer than 14
    assert resolved(table({"a": 90, "b": 14, "c": 9, "d": 5}), 14).names == ("a", "b", "other")


def test_without_it_small_groups_are_refused_and_the_way_out_is_named() -> None:
    with pytest.raises(DataError, match=r"'d' has 8\. Put small groups together as 'other'"):
        prepared(table(SIZES))
    with pytest.raises(DataError, match=r"'e' has 2 \(1 more have too few\)"):
        prepared(table({"a": 90, "b": 60, "d": 8, "e": 2}))


def test_too_few_together_are_left_out_and_counted() -> None:
    data = prepared(table({"a": 90, "b": 60, "d": 4, "e": 2}), 10)
    assert data.groups.names == ("a", "b")
    assert len(data.train) + len(data.test) == 150
    (told,) = [w for w in data.warnings if "left out" in w]
    assert told.startswith(
        "6 rows are left out ('d' with 4, 'e' with 2): groups with fewer than 15"
    )


def test_who_was_put_together_is_told_and_the_division_keeps_it() -> None:
    data = prepared(table(SIZES), 10)
    # 14 rows give fewer than 10 training rows, so 'c' is too small as well.
    assert data.groups.names == ("a", "b", "other")
    assert data.warnings[0] == (
        "Groups with fewer than 15 rows are put together as 'other' (25 rows): 'c' with 14, 'd' "
        "with 8, '(missing)' with 3."
    )
    both = np.concatenate([data.train_groups, data.test_groups])
    assert np.bincount(both).tolist() == [90, 60, 25]
    assert (data.test_groups == 2).sum() in (7, 8)
    assert set(data.train["group"].dropna()) == {"a", "b", "c", "d"}  # every value as it was
    assert data.roles.merge_below == 10


def test_what_is_put_together_is_found_before_the_division() -> None:
    for share in (0.1, 0.5, 0.8):
        data = prepared(table({"a": 200, "b": 150, "c": 60, "d": 45}), 50, share=share)
        assert data.groups.names[:2] == ("a", "b")
        assert np.bincount(data.train_groups).min() >= 9, share


def test_a_real_value_called_other_is_another_group() -> None:
    rule = resolved(table({"a": 90, "Other": 60, "c": 8, "d": 8}), 10)
    assert rule.names == ("a", "Other", "other (put together)")
    small = resolved(table({"a": 90, "b": 60, "Other": 8, "d": 8}), 10)
    assert small.names == ("a", "b", "other")


def test_crossed_columns_and_bands_are_put_together_by_their_combinations() -> None:
    old = [("70" if i % 30 == 0 else str(20 + i % 20)) for i in range(200)]
    read = table({"a": 140, "b": 60}, age=old)
    roles = RolesConfig(sensitive=("group", "age"), bands={"age": (60.0,)}, merge_below=20)
    rule, _ = resolve_groups(read.frame, read.schema, roles)
    assert rule.names == (
        "a & age: under 60",
        "b & age: under 60",
    )  # 5 and 2 rows: too few together
    roles = roles.model_copy(update={"merge_below": 60})
    rule, _ = resolve_groups(read.frame, read.schema, roles)
    assert set(rule.merged) == {("b", "under 60"), ("a", "60 or more"), ("b", "60 or more")}
    assert rule.names == ("a & age: under 60", "other")


def test_one_group_left_says_what_to_change() -> None:
    with pytest.raises(DataError, match="or put fewer groups together"):
        resolved(table({"a": 90, "b": 20}), 50)


def test_fewer_rows_than_can_be_learned_are_no_choice() -> None:
    with pytest.raises(ValueError, match="merge_below"):
        RolesConfig(sensitive=("group",), merge_below=9)


def test_least_rows_leave_enough_for_training() -> None:
    assert least_rows(None, 1.0) == 10
    assert least_rows(40, 0.7) == 40
    assert least_rows(10, 0.7) == 15
    assert least_rows(10, 0.2) == 50


def test_the_suggested_number_catches_the_flagged_groups_and_leaves_two() -> None:
    assert suggested_size([500, 300, 44, 12], [44, 12], 0.7) == 50
    assert suggested_size([500, 300, 4], [4], 0.7) == 15
    assert suggested_size([50, 44, 42], [50, 44, 42], 0.7) == 44


def test_an_unknown_sensitive_column_is_told_as_before() -> None:
    with pytest.raises(ConfigError, match="'grup' is none"):
        resolved(table(SIZES), 10, "grup")
