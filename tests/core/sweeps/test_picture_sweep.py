"""A real small sweep of pictures on the command line: trained, laid out, on the frontier."""

from __future__ import annotations

import json
from typing import Any

import pytest

from fairgen_core.cli.main import main
from fairgen_core.errors import ConfigError
from fairgen_core.image_api import image_config
from fairgen_core.image_results import OWN_METRICS
from fairgen_core.runs.pictures import grids
from fairgen_core.runs.sweeps import SweepStore
from fairgen_core.stability import over_seeds
from fairgen_core.sweep_config import members, parse_sweep, parse_vary

BASE = ["--data", "digits", "--groups", "background", "--share", ".5", "--preset", "instant"]


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    assert main([*arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


@pytest.mark.slow
def test_two_clip_norms_and_two_seeds(capsys: pytest.CaptureFixture[str]) -> None:
    small = ["--epochs", "3", "--images", "300"]
    vary = ["--vary", "clip_norm=none,2", "--seeds", "2"]
    found = run(capsys, "sweep-images", *BASE, *small, *vary)
    assert (found["status"]["n_done"], found["status"]["n_failed"]) == (4, 0)
    sweep_id, store = found["sweep"], SweepStore()
    results = store.results(sweep_id)
    assert [(p.settings, p.seed) for p in results.points] == [
        ({"clip_norm": None}, 0),
        ({"clip_norm": None}, 1),
        ({"clip_norm": 2.0}, 0),
        ({"clip_norm": 2.0}, 1),
    ]
    # Every figure that the page offers has a name and a definition.
    assert {*OWN_METRICS, "recognisable", "taught", "dp"} <= results.metrics.keys()
    for point in results.points:
        assert all(point.figure(key) is not None for key in OWN_METRICS)
        assert (
            len(grids(store.runs(sweep_id), point.run)) == 67
        )  # so short a training is looked at each step
    clipped = [p.figure("taught") for p in results.points]
    assert len({figure.value for figure in clipped if figure}) > 1

    # The frontier, with the real pictures as its anchor.
    frontier = run(capsys, "frontier", sweep_id)
    assert (frontier["usefulness"], frontier["disparity"]) == ("recognisable", "late_gap")
    assert len(frontier["points"]) == 2
    assert all(point["seeds"] == [0, 1] for point in frontier["points"])
    (real,) = frontier["anchors"]
    assert real["disparity"]["value"] == pytest.approx(0, abs=0.01)
    assert real["usefulness"]["value"] > 0.8

    # Stability: each setting over its seeds.
    rows = over_seeds(results, "late_gap")
    assert [row.seeds for row in rows] == [(0, 1), (0, 1)]
    assert all(row.low is not None and row.low <= row.mean for row in rows)

    # What is done is not done again.
    assert main(["sweep-images", "--resume", sweep_id]) == 2
    assert "is done" in capsys.readouterr().err


def test_the_share_is_varied_where_groups_are_made() -> None:
    base = image_config("digits", groups="background", preset="instant")
    vary = [parse_vary("share=.2,.5").model_dump()]
    sweep = parse_sweep({"base": base.model_dump(mode="json"), "vary": vary})
    laid_out = members(sweep)
    assert [member.settings for member in laid_out] == [{"share": 0.2}, {"share": 0.5}]
    configs = [member.config.model_dump() for member in laid_out]
    assert [config["data"]["share"] for config in configs] == [0.2, 0.5]
    own = image_config("faces.zip", sensitive="sex", preset="instant")
    with pytest.raises(ConfigError, match="a share belongs to groups that are made"):
        parse_sweep({"base": own.model_dump(mode="json"), "vary": vary})


def test_a_plan_of_pictures_takes_as_long_as_its_runs(
    capsys: pytest.CaptureFixture[str],
) -> None:
    vary = ["--vary", "clip_norm=none,2", "--vary", "share=.2,.5", "--seeds", "2", "--plan"]
    plan = run(capsys, "sweep-images", *BASE, *vary)
    assert (plan["n_members"], plan["n_groups"]) == (8, 8)
    assert plan["seconds"] == pytest.approx(plan["full_seconds"])
