"""The seams of every training."""

from __future__ import annotations

import pytest
import torch

from fairgen_core.errors import ConfigError
from fairgen_core.training import loading_device, pick_device


@pytest.fixture
def gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if this machine had one."""
    monkeypatch.setenv("CUBLAS_WORKSPACE_CONFIG", ":16:8")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)


@pytest.mark.parametrize("choice", ["auto", "cuda"])
def test_on_a_gpu_the_same_seed_is_to_give_the_same_rows(gpu: None, choice: str) -> None:
    try:
        assert pick_device(choice).type == "cuda"
        assert torch.are_deterministic_algorithms_enabled()
        assert torch.is_deterministic_algorithms_warn_only_enabled()
    finally:
        torch.use_deterministic_algorithms(False)


def test_a_processor_sums_in_one_order_anyway() -> None:
    assert pick_device("cpu").type == "cpu"
    assert not torch.are_deterministic_algorithms_enabled()


@pytest.mark.skipif(torch.cuda.is_available(), reason="it has a GPU")
def test_a_machine_without_a_gpu() -> None:
    with pytest.raises(ConfigError, match="NVIDIA GPU"):
        pick_device("cuda")
    assert loading_device("cuda").type == "cpu"
