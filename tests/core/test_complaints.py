"""What pydantic complains of is told in our own words, with the whole range."""

from __future__ import annotations

from typing import Any

import pytest

from fairgen_core.errors import ConfigError
from fairgen_core.run_config import parse_run_config
from fairgen_core.sweep_config import parse_sweep

DATA = {"source": "digits", "groups": "background"}


@pytest.mark.parametrize(
    ("choices", "field", "sentence"),
    [
        ({"data": {**DATA, "size": 129}}, "data.size", "must lie between 8 and 128, and it is 129"),
        ({"data": {**DATA, "max_images": 9}}, "data.max_images", "must be at least 50, and it is"),
        ({"gan": {"learning_rate": 0.0}}, "gan.learning_rate", "must be above 0 and at most 1,"),
        ({"gan": {"ema_decay": 1.5}}, "gan.ema_decay", "must be at least 0 and below 1, and it is"),
        ({"gan": {"width": "wide"}}, "gan.width", "must be a whole number, and it is 'wide'"),
        ({"gan": {"width": 9.5}}, "gan.width", "must be a whole number, and it is 9.5"),
        ({"gan": {"depth": 3}}, "gan.depth", "must be one of objective, grouping, clip_norm"),
        ({"gan": 3}, "gan", "must be a section of settings, and it is 3"),
        ({"alpha": "much"}, "alpha", "must be a number, and it is 'much'"),
        ({"evaluate": "perhaps"}, "evaluate", "must be true or false, and it is 'perhaps'"),
        ({"preset": "swift"}, "preset", "must be 'instant', 'standard', 'thorough' or"),
        ({"data": {"groups": "shade"}}, "data.source", "must be given, and it is not"),
        ({"name": 3}, "name", "must be text, and it is 3"),
    ],
)  # fmt: skip
def test_a_choice_that_cannot_be(choices: dict[str, Any], field: str, sentence: str) -> None:
    base = {"task": "train-images", "data": DATA, **choices}
    with pytest.raises(ConfigError) as refused:
        parse_run_config(base)
    assert str(refused.value).startswith(f"{field}: {sentence}")
    assert refused.value.field == field
    with pytest.raises(ConfigError) as of_sweep:
        parse_sweep({"base": base})
    assert str(of_sweep.value) == f"base.{refused.value}"


def test_a_member_of_a_sweep_and_a_table_are_told_alike() -> None:
    shares = {"name": "share", "values": (0.05, 0.5)}
    with pytest.raises(ConfigError, match=r"With share 0.05: data.share: must lie between 0.1 and"):
        parse_sweep({"base": {"task": "train-images", "data": DATA}, "vary": [shares]})
    table = {"task": "train", "data": {"source": "hiring"}, "roles": {"sensitive": ()}}
    with pytest.raises(ConfigError, match="sensitive: must have at least 1, and it has 0"):
        parse_run_config(table)
    with pytest.raises(ConfigError, match=r"roles.sensitive: must be a list, and it is 4"):
        parse_run_config({**table, "roles": {"sensitive": 4}})
