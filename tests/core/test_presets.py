"""Presets fill every gap and leave every choice alone."""

from __future__ import annotations

import subprocess
import sys
from typing import get_args

import pytest

from fairgen_core.config import CompressionConfig, GeneratorConfig, GeneratorName, Preset
from fairgen_core.presets import (
    COMPRESSION,
    fill_alpha,
    fill_compression,
    fill_generator,
    most_training_rows,
)

PRESETS = get_args(Preset)


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("n_rows", [50, 1_000, 32_561, 1_000_000])
def test_no_gap_is_left_and_batches_fit_the_table(preset: Preset, n_rows: int) -> None:
    filled = fill_compression(CompressionConfig(), preset, n_rows)
    assert None not in filled.model_dump().values()
    assert filled.batch_size is not None
    assert filled.batch_size <= max(32, n_rows)


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("n_rows", [700, 32_561, 1_000_000, 20_000_000])
def test_steps_stay_within_the_presets_limits(preset: Preset, n_rows: int) -> None:
    filled = fill_compression(CompressionConfig(), preset, n_rows)
    assert filled.epochs is not None
    assert filled.batch_size is not None
    shown = most_training_rows(CompressionConfig(), preset, n_rows)
    steps = filled.epochs * (shown // filled.batch_size)
    limits = COMPRESSION[preset]
    assert 0.8 * limits.min_steps <= steps <= 1.5 * limits.max_steps


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("name", get_args(GeneratorName))
def test_generators_keep_what_was_chosen(preset: Preset, name: GeneratorName) -> None:
    filled = fill_generator(GeneratorConfig(name=name, n_steps=7), preset)
    assert filled.name == name
    assert filled.n_steps == 7
    needed = {"mixture": "n_components", "diffusion": "n_sampling_steps"}.get(
        name, "n_critic_steps"
    )
    assert getattr(filled, needed) is not None


def test_a_chosen_zero_is_a_choice() -> None:
    assert fill_alpha(0.0, "balanced") == 0.0
    assert fill_alpha(None, "balanced") == COMPRESSION["balanced"].alpha
    assert fill_compression(CompressionConfig(kl_weight=0.0), "balanced", 900).kl_weight == 0.0
    assert most_training_rows(CompressionConfig(epochs=2), "quick", 10**7) == 10**7


def test_presets_load_without_torch() -> None:
    code = "import sys, fairgen_core.presets; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
