"""Both experiments, real and small, as a worker does them: results, pictures, stop and resume."""

from __future__ import annotations

import pytest
import torch
from PIL import Image

from fairgen_core.errors import StoppedError
from fairgen_core.fairness.label_head import LabelHead
from fairgen_core.lesson_config import FairLatentConfig, FavouredGroupConfig, LessonConfig
from fairgen_core.lesson_results import WIRINGS, FairLatentResult, FavouredGroupResult, Wiring
from fairgen_core.nn.mlp import mlp
from fairgen_core.nn.vae import CategoricalVAE
from fairgen_core.runs import worker
from fairgen_core.runs.lessons import lesson_runs, pictures, read_result, together
from fairgen_core.runs.status import ProgressEvent
from fairgen_core.runs.store import RunStore
from fairgen_core.studies.fair_latent_wirings import WiringStudy, WiringTables, lesson_table

N_STEPS = 80
QUICK = FavouredGroupConfig(seeds=(3, 4), n_steps=N_STEPS, share=0.3)


def carried_out(store: RunStore, config: LessonConfig) -> str:
    run_id = store.create(config, "notebook")
    worker.run(store.path(run_id))
    return run_id


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> RunStore:
    return RunStore(tmp_path_factory.mktemp("lessons") / "runs")


@pytest.fixture(scope="module")
def run_id(store: RunStore) -> str:
    return carried_out(store, QUICK)


@pytest.fixture(scope="module")
def result(store: RunStore, run_id: str) -> FavouredGroupResult:
    found = read_result(store.path(run_id))
    assert isinstance(found, FavouredGroupResult)
    return found


def test_each_seed_is_looked_at_and_drawn(
    store: RunStore, run_id: str, result: FavouredGroupResult
) -> None:
    assert [one.seed for one in result.seeds] == [3, 4]
    assert result.training_share == pytest.approx(0.3, abs=0.01)
    assert result.groups == ("black background", "white background")
    for one in result.seeds:
        assert one.trace[-1].step == N_STEPS
        assert all(sum(point.shares) == pytest.approx(1.0) for point in one.trace)
        assert {name for point in one.norms for name in point.norms} == set(result.groups)
        found = pictures(store.path(run_id), one.seed)
        assert max(found) == N_STEPS
        with Image.open(found[N_STEPS]) as grid:
            assert grid.size == (265, 265)  # 8 x 8 pictures, four times as large, lines between
    assert result.seeds[0].trace != result.seeds[1].trace
    known = result.recognisable_real.value
    assert known is not None
    assert known > 0.8


def test_the_run_is_done_and_listed_as_a_lesson(store: RunStore, run_id: str) -> None:
    (run,) = [summary for summary in store.list() if summary.id == run_id]
    assert (run.state, run.fraction, run.is_lesson) == ("done", 1.0, True)
    assert run.name == "Lesson: favoured group, mixed"
    assert "seed 4" in {event.stage for event in store.progress(run_id)}


def test_the_same_setting_and_seed_give_the_same_result(
    store: RunStore, result: FavouredGroupResult
) -> None:
    again = carried_out(store, QUICK.model_copy(update={"seeds": (4, 5)}))
    second = read_result(store.path(again))
    assert isinstance(second, FavouredGroupResult)
    assert second.seeds[0] == result.seeds[1]
    runs = [run for run in lesson_runs(store, FavouredGroupConfig) if run.result is not None]
    assert {str(run.config.setting) for run in runs} == {str(QUICK.setting)}
    merged = together(run.result for run in runs if isinstance(run.result, FavouredGroupResult))
    assert merged is not None
    assert [one.seed for one in merged.seeds] == [3, 4, 5]


@pytest.mark.slow
def test_a_stopped_run_keeps_its_seeds_and_goes_on_with_the_others(
    store: RunStore, result: FavouredGroupResult
) -> None:
    run_id = store.create(QUICK, "notebook")
    folder = store.path(run_id)

    def stop_in_the_second_seed(event: ProgressEvent, _left: float | None) -> None:
        if event.stage == "seed 4":
            (folder / "stop").touch()

    with pytest.raises(StoppedError):
        worker.run(folder, None, stop_in_the_second_seed)
    kept = read_result(folder)
    assert isinstance(kept, FavouredGroupResult)
    assert [one.seed for one in kept.seeds] == [3]
    (folder / "stop").unlink()
    store.set_status(run_id, store.status(run_id).model_copy(update={"state": "running"}))
    worker.run(folder)
    assert read_result(folder) == result


# --- the fair latent ---------------------------------------------------------------------------


@pytest.mark.slow
def test_wirings_keep_what_the_lesson_says(store: RunStore) -> None:
    result = read_result(store.path(carried_out(store, FairLatentConfig(seeds=(0,)))))
    assert isinstance(result, FairLatentResult)
    (seed,) = result.seeds
    assert [w.wiring for w in seed.wirings] == list(WIRINGS)

    def value(wiring: str, key: str) -> float:
        found = next(w for w in seed.wirings if w.wiring == wiring).figures[key].value
        assert found is not None
        return found

    real = {key: figure.value or 0.0 for key, figure in result.real.figures.items()}
    assert real["dp_any"] > 0.3
    assert seed.attacker is not None
    assert seed.attacker < 0.56
    assert result.real_attacker is not None
    assert result.real_attacker > 0.85
    # The decoder that sees the group writes the bias back; the others do not.
    assert value("all-see-group", "dp_any") > 0.25
    assert value("label-apart", "dp_any") < 0.5 * value("all-see-group", "dp_any")
    # What is decoded from the latent alone leaves a model nothing to use the group for.
    assert value("latent-alone", "ftu") < 0.02
    assert value("label-head", "dp_any") < 0.1
    assert value("label-head", "ftu") < 0.02
    assert all(value(wiring, "auroc") > 0.7 for wiring in WIRINGS)


def test_the_lessons_table_is_as_biased_as_it_says() -> None:
    table = lesson_table(FairLatentConfig(bias=0.0, n_rows=4_000))
    assert len(table.train) == 4_000
    study = WiringStudy(FairLatentConfig(bias=0.0, n_rows=4_000), table)
    assert study.start().true_gap < 0.02
    biased = FairLatentConfig(bias=1.0, n_rows=4_000)
    assert WiringStudy(biased, lesson_table(biased)).start().true_gap > 0.15


def test_decoders_see_only_what_their_wiring_says() -> None:
    """Untrained decoders on one set of latents, decoded for women and for men."""
    config = FairLatentConfig(n_rows=4_000)
    form = WiringStudy(config, lesson_table(config)).form
    torch.manual_seed(0)
    n_dims, n_groups = 8, form.n_groups
    vae = CategoricalVAE(
        form.x_cardinalities, form.n_labels, n_groups, n_dims, 32,
        encoder_sees_group=True, decoder_sees_group=True,
    )  # fmt: skip
    x_alone = mlp([n_dims, 32, sum(form.x_cardinalities)])
    y_seeing = mlp([n_dims + n_groups, 32, form.n_labels])
    tables = WiringTables(form, vae, x_alone, y_seeing, LabelHead("both"))
    z = torch.randn(4_000, n_dims)
    expected: dict[Wiring, tuple[bool, bool]] = {
        "all-see-group": (True, True),
        "label-apart": (True, False),
        "latent-alone": (False, False),
    }
    for wiring, (x_moves, y_moves) in expected.items():
        men, women = (tables.rows(wiring, z, torch.full((len(z),), group), 1) for group in (0, 1))
        assert (men["gender"] != women["gender"]).all()
        assert men["age"].equals(women["age"]) is not x_moves, wiring
        assert men["hired"].equals(women["hired"]) is not y_moves, wiring
        assert set(men["hired"]) == {"yes", "no"}
