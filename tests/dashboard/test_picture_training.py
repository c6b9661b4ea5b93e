"""The Train page of pictures: the form, one run and two side by side, and the list of runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from dashboard.comparing.filters import generator_words
from dashboard.forms.pictures.advanced import usual
from dashboard.forms.pictures.second import two_configs
from dashboard.forms.pictures.training import expected_picture_seconds
from dashboard.picture_projects import PictureProject, PictureProjectStore, SecondRun
from dashboard.pictures import project_id, training_name
from dashboard.projects import ProjectStore
from dashboard.run_list import details
from dashboard.text import say
from fairgen_core.errors import ConfigError
from fairgen_core.image_config import GanConfig, ImageDataConfig, ImageTrainConfig
from fairgen_core.image_presets import IMAGE_PRESETS
from fairgen_core.runs.status import RunState
from fairgen_core.runs.store import RunStore
from tests.dashboard.pages import again, asked, labels, opened, widget, words
from tests.dashboard.test_train import finished

DIGITS = PictureProject(
    id="pictures-digits",
    data=ImageDataConfig(source="digits", groups="background", share=0.5),
    class_column="label",
    n_pictures=1797,
    groups=("black background", "white background"),
)
TURNS = GanConfig(grouping="alternate", clip_norm=2.0)


def made(runs: RunStore, state: RunState, config: ImageTrainConfig | None = None) -> str:
    """A training in that state that belongs to this process."""
    run_id = runs.create(config or DIGITS.train_config(), owner="notebook")
    runs.set_status(run_id, runs.status(run_id).model_copy(update={"state": state}))
    return run_id


def kept(home: Path) -> PictureProject:
    project = PictureProjectStore(home).load("pictures-digits")
    assert project is not None
    return project


# --- the form ----------------------------------------------------------------------------------


def test_the_form_is_ready_with_times_for_every_preset(runs: RunStore) -> None:
    at = opened("train", project="pictures-digits")
    assert widget(at.radio, say("what.title")).value == "gan"
    assert widget(at.radio, say("grouping.title")).value == "mixed"
    assert not widget(at.toggle, say("clip.label")).value
    presets = widget(at.main.button_group, say("preset.title"))
    assert presets.value == "instant"
    assert all(any(unit in o for unit in (" s", " min", " h")) for o in presets.options)
    assert not widget(at.button, say("train.button")).disabled
    assert not widget(at.button, say("train.two")).disabled
    assert "black background, white background" in words(at)
    assert "1,438 pictures of 8 pixels" in words(at)


def test_pictures_too_large_for_a_presets_gan_are_told_of(runs: RunStore, quiet_home: Path) -> None:
    def said(size: int | None = 32, **changes: object) -> str:
        data = DIGITS.data.model_copy(update={"size": size})
        project = DIGITS.change(data=data, preset="standard", **changes)
        PictureProjectStore(quiet_home).save(project)
        return words(opened("train", project="pictures-digits"))

    told = say("pictures.too_large", size=32, usual=16)
    assert told in said()
    assert told not in said(gan=GanConfig(network="conv"))
    assert told not in said(synthesizer="fldgm")
    assert "come out grainy" not in said(size=None)
    assert "come out grainy" not in said(size=16)


def test_choices_are_kept_across_pages_and_browsers(runs: RunStore, quiet_home: Path) -> None:
    at = opened("train", project="pictures-digits")
    widget(at.radio, say("grouping.title")).set_value("alternate")
    widget(at.toggle, say("clip.label")).set_value(True)
    again(at)
    widget(at.number_input, say("clip.value")).set_value(5.0)
    widget(at.selectbox, say("first.title")).set_value(1)
    widget(at.number_input, say("knob.noise_dims")).set_value(40)
    again(at)
    at.switch_page("views/inspect.py")
    again(at)
    at.switch_page("views/train.py")
    again(at)
    assert widget(at.number_input, say("clip.value")).value == 5.0
    other = opened("train", project="pictures-digits")
    assert widget(other.selectbox, say("first.title")).value == 1
    gan = kept(quiet_home).train_config().gan
    assert gan == GanConfig(grouping="alternate", clip_norm=5.0, first_group=1, noise_dims=40)


def test_fldgm_has_fields_of_its_own(runs: RunStore, quiet_home: Path) -> None:
    at = opened("train", project="pictures-digits")
    widget(at.toggle, say("clip.label")).set_value(True)
    again(at)
    widget(at.radio, say("what.title")).set_value("fldgm")
    again(at)
    assert say("grouping.title") not in labels(at.radio)
    widget(at.radio, say("latent.title")).set_value("diffusion")
    widget(at.number_input, say("alpha.label")).set_value(7.0)
    again(at)
    assert not at.error
    config = kept(quiet_home).train_config()
    assert (config.synthesizer, config.generator, config.alpha) == ("fldgm", "diffusion", 7.0)
    assert config.gan == GanConfig(), "the clip norm waits for a GAN"
    widget(at.radio, say("what.title")).set_value("gan")
    again(at)
    assert kept(quiet_home).train_config().gan.clip_norm == 2.0


def test_a_cgan_without_a_class_is_told_beside_its_field(runs: RunStore, quiet_home: Path) -> None:
    PictureProjectStore(quiet_home).save(DIGITS.change(class_column=None, synthesizer="cgan"))
    at = opened("train", project="pictures-digits")
    assert at.error[0].value.startswith("A CGAN is conditioned on a class")
    assert widget(at.button, say("train.button")).disabled
    assert widget(at.button, say("train.two")).disabled


def test_steps_and_epochs_together_are_told(runs: RunStore) -> None:
    at = opened("train", project="pictures-digits")
    widget(at.number_input, say("knob.n_steps")).set_value(100)
    widget(at.number_input, say("knob.n_epochs")).set_value(2)
    again(at)
    assert "Choose one of them" in at.error[0].value
    assert widget(at.button, say("train.button")).disabled


def test_without_groups_the_page_leads_to_the_data(runs: RunStore, quiet_home: Path) -> None:
    none = DIGITS.data.model_copy(update={"groups": "none", "share": None})
    PictureProjectStore(quiet_home).save(DIGITS.change(data=none))
    at = opened("train", project="pictures-digits")
    assert say("train.pictures_no_roles") in words(at)
    assert say("train.button") not in labels(at.button)


def test_pictures_that_are_gone_are_told(runs: RunStore, quiet_home: Path) -> None:
    gone = DIGITS.data.model_copy(update={"source": str(quiet_home / "gone.zip")})
    PictureProjectStore(quiet_home).save(DIGITS.change(data=gone, groups=()))
    at = opened("train", project="pictures-digits")
    assert "there is nothing at" in at.error[0].value


def test_expected_times_grow_with_the_preset_and_the_set() -> None:
    times = expected_picture_seconds(DIGITS)
    assert times["instant"] < times["standard"] < times["thorough"] < times["paper"]
    more = expected_picture_seconds(DIGITS.change(n_pictures=60_000))
    assert more["paper"] > 10 * times["paper"]
    assert expected_picture_seconds(DIGITS.change(synthesizer="cgan", class_column=None)) == {}


def test_an_empty_field_shows_what_the_preset_says() -> None:
    instant, paper = IMAGE_PRESETS["instant"], IMAGE_PRESETS["paper"]
    assert usual(DIGITS, instant, "n_steps") == 2000
    assert usual(DIGITS, instant, "n_epochs") is None
    assert usual(DIGITS, paper, "n_epochs") == 200
    assert usual(DIGITS, paper, "n_steps") is None
    assert usual(DIGITS.change(synthesizer="fldgm"), paper, "n_steps") == 40_000


# --- two side by side --------------------------------------------------------------------------


def test_one_click_queues_two_runs_and_shows_both(
    runs: RunStore, quiet_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fairgen_core.runs.launcher.tick", lambda store: None)
    at = opened("train", project="pictures-digits")
    widget(at.number_input, say("seed.label")).set_value(3)
    again(at)
    widget(at.button, say("train.two")).click()
    again(at)
    first, second = (runs.config(asked(at, key)) for key in ("run", "beside"))
    assert isinstance(first, ImageTrainConfig)
    assert isinstance(second, ImageTrainConfig)
    assert first.gan == GanConfig()
    assert second.gan == TURNS
    plain = {"gan": GanConfig(), "name": ""}
    assert second.model_copy(update=plain) == first.model_copy(update=plain), "seed and all"
    assert first.seed == 3
    assert [run.state for run in runs.list()] == ["queued", "queued"]
    text = words(at)
    assert "Digits, GAN, mixed" in text
    assert "Digits, GAN, in turns, C = 2" in text
    reloaded = opened("train", run=asked(at, "run"), beside=asked(at, "beside"))
    assert "Digits, GAN, in turns, C = 2" in words(reloaded)


def test_the_second_differs_in_what_a_person_chooses(runs: RunStore, quiet_home: Path) -> None:
    at = opened("train", project="pictures-digits")
    widget(at.selectbox, say("second.grouping")).set_value("condition")
    widget(at.number_input, say("second.clip")).set_value(None)
    again(at)
    assert "GAN, told the group" in words(at)
    assert two_configs(kept(quiet_home))[1].gan == GanConfig(grouping="condition")
    widget(at.selectbox, say("second.grouping")).set_value(None)
    again(at)
    assert [error.value for error in at.error] == [say("second.alike")]
    assert widget(at.button, say("train.two")).disabled
    assert not widget(at.button, say("train.button")).disabled


def test_beside_fldgm_stands_the_same_without_a_fair_latent() -> None:
    first, second = two_configs(DIGITS.change(synthesizer="fldgm"))
    assert (first.alpha, second.alpha) == (None, 0.0)
    gan = DIGITS.change(synthesizer="fldgm", second=SecondRun(synthesizer="gan"))
    assert two_configs(gan)[1].gan == TURNS
    no_class = DIGITS.change(class_column=None, second=SecondRun(synthesizer="cgan"))
    with pytest.raises(ConfigError, match=r"^A CGAN") as caught:
        two_configs(no_class)
    assert caught.value.field == "second"


def test_another_run_stands_alone(runs: RunStore) -> None:
    first, second, third = (made(runs, "done") for _ in range(3))
    at = opened("train", run=first, beside=second)
    assert asked(at, "beside") == second
    at.query_params["run"] = third
    del at.query_params["beside"]
    again(at)
    assert asked(at, "beside") == ""
    runs.delete(second)
    at = opened("train", run=first, beside=second)
    assert not at.error
    assert asked(at, "beside") == ""


# --- runs --------------------------------------------------------------------------------------


def test_a_run_is_repeated_with_its_settings(runs: RunStore, quiet_home: Path) -> None:
    project = DIGITS.change(gan=TURNS, preset="standard", seed=9)
    config = project.train_config()
    run_id = made(runs, "done", config.model_copy(update={"name": training_name(config)}))
    at = opened("train", run=run_id)
    widget(at.button, say("live.again")).click()
    again(at)
    assert widget(at.radio, say("grouping.title")).value == "alternate"
    assert widget(at.number_input, say("clip.value")).value == 2.0
    assert widget(at.number_input, say("seed.label")).value == 9
    assert kept(quiet_home).train_config() == config
    assert "run" not in at.query_params


def test_after_a_run_of_pictures_comes_their_form(runs: RunStore) -> None:
    at = opened("train", project="hiring", run=made(runs, "done"))
    widget(at.button, say("train.new")).click()
    again(at)
    assert widget(at.radio, say("what.title")).value == "gan"
    assert asked(at, "project") == "pictures-digits"


def test_the_list_names_runs_of_pictures(runs: RunStore) -> None:
    made(runs, "done", DIGITS.change(gan=TURNS).train_config())
    (run,) = runs.list()
    assert details(run).startswith("Digits · GAN, in turns, C = 2 · Instant · seed 0")
    at = opened("train")
    assert say("hold.title") in labels(at.radio), "the first page is still a table's"
    assert "Digits · GAN" in words(at)
    fldgm = made(runs, "done", DIGITS.change(synthesizer="fldgm").train_config())
    summary = next(run for run in runs.list() if run.id == fldgm)
    assert generator_words(summary) == "FLDGM, Gaussian mixture"


def test_what_runs_leads_to_the_train_page(runs: RunStore) -> None:
    made(runs, "running")
    for view in ("data", "inspect"):
        links = opened(view).sidebar.get("page_link")
        assert any("train" in link.proto.page for link in links), view


def test_a_project_of_pictures_is_none_of_tables(quiet_home: Path) -> None:
    PictureProjectStore(quiet_home).save(DIGITS)
    assert PictureProjectStore(quiet_home).load(DIGITS.id) == DIGITS
    assert ProjectStore(quiet_home).load(DIGITS.id) is None
    assert PictureProject.of_training(DIGITS.id, DIGITS.train_config()).train_config() == (
        DIGITS.train_config()
    )


def test_a_projects_id_is_a_plain_word_whatever_the_path() -> None:
    upload = ImageDataConfig(source=f"/x/{'0a' * 32}.zip")
    assert project_id(upload) == "pictures-0a0a0a0a0a0a0a0a"
    other = project_id(ImageDataConfig(source="/x/My Faces (1)"))
    assert other.removeprefix("pictures-").isalnum()


# --- the real thing ----------------------------------------------------------------------------


@pytest.mark.slow
def test_two_clicks_from_nothing_to_a_finished_run(runs: RunStore, quiet_home: Path) -> None:
    at = opened("data")
    widget(at.main.button_group, say("data.kind")).set_value("pictures")
    again(at)
    widget(at.button, say("audit.continue")).click()
    again(at)
    assert say("train.title") in words(at)
    at.switch_page("views/train.py")  # AppTest itself does not follow a page's own switch
    again(at)
    widget(at.button, say("train.button")).click()
    again(at)
    run_id = asked(at, "run")
    config = runs.config(run_id)
    assert isinstance(config, ImageTrainConfig)
    assert (config.preset, config.gan) == ("instant", GanConfig())
    at = finished(at, runs, run_id)
    assert say("live.inspect") in labels(at.button)
