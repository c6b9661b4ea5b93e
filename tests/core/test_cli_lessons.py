"""The command ``lesson``: its choices, and what it prints."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fairgen_core.cli import lesson_commands
from fairgen_core.cli.main import main
from fairgen_core.cli.parser import build_parser
from fairgen_core.lesson_config import FairLatentConfig, FavouredGroupConfig
from fairgen_core.run_config import parse_run_config
from fairgen_core.runs import worker
from fairgen_core.runs.lessons import read_result
from fairgen_core.runs.store import RunStore


def test_choices_become_a_configuration() -> None:
    args = build_parser().parse_args(
        ["lesson", "favours-a-group", "--seeds", "2", "--first-seed", "5", "--order", "alternate",
         "--clip-norm", "2", "--share", ".2", "--first-group", "1"]
    )  # fmt: skip
    assert parse_run_config(lesson_commands._choices(args)) == FavouredGroupConfig(
        seeds=(5, 6), order="alternate", clip_norm=2.0, share=0.2, first_group=1
    )
    usual = build_parser().parse_args(["lesson", "fair-latent"])
    assert parse_run_config(lesson_commands._choices(usual)) == FairLatentConfig()


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["fair-latent", "--clip-norm", "2"], "clip_norm"),
        (["favours-a-group", "--alpha", "1"], "alpha"),
        (["favours-a-group", "--seeds", "0"], "seeds"),
        (["favours-a-group", "--share", "2"], "share"),
    ],
)
def test_impossible_choices_end_with_a_sentence(
    arguments: list[str], word: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["lesson", *arguments]) == 2
    said = capsys.readouterr().err
    assert word in said
    assert "Traceback" not in said
    assert RunStore().list() == []


def test_a_result_is_told_as_text_and_as_json(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = RunStore(tmp_path / "runs")
    run_id = store.create(FavouredGroupConfig(seeds=(1, 2), n_steps=40), "command line")
    worker.run(store.path(run_id))
    result = read_result(store.path(run_id))
    assert result is not None
    lesson_commands.tell(store, run_id, as_json=True)
    told = json.loads(capsys.readouterr().out)
    assert told["gap"] == {str(one.seed): one.gap for one in result.seeds}
    assert told["mean_gap"]["value"] == pytest.approx(sum(told["gap"].values()) / 2)
    assert told["result"] == result.model_dump(mode="json")
    lesson_commands.tell(store, run_id, as_json=False)
    text = capsys.readouterr().out
    assert "look at the mean gap" in text
    assert [line.split()[0] for line in text.splitlines()[1:4]] == ["1", "2", "mean"]
