"""What this machine has: cores, GPUs, and how many trainings fit beside each other.

Loads no torch: GPUs are counted by their device files.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from fairgen_core.errors import ConfigError
from fairgen_core.image_presets import IMAGE_PRESETS
from fairgen_core.run_config import RunConfig

_CORES_A_SLOT = 4


def n_cores() -> int:
    """The processor cores that this process may use, within a container's limit."""
    try:
        cores = len(os.sched_getaffinity(0))
    except AttributeError:
        cores = os.cpu_count() or 1
    try:
        quota, period = Path("/sys/fs/cgroup/cpu.max").read_text().split()[:2]
        if quota != "max":
            cores = min(cores, max(1, round(int(quota) / int(period))))
    except (OSError, ValueError):
        pass
    return cores


def n_threads() -> int:
    """How many threads one training uses: ``OMP_NUM_THREADS``, else the cores, four at most.

    It does not depend on what else runs, because sums of floats depend on it: the same seed must
    give the same rows on the same machine.
    """
    asked = os.environ.get("OMP_NUM_THREADS", "")
    if asked.isdigit() and int(asked) > 0:
        return int(asked)
    return min(n_cores(), _CORES_A_SLOT)


def in_words(n: int) -> str:
    """A number of cores as a run's status tells it; `report.verifying` reads it back."""
    return "1 CPU core" if n == 1 else f"{n} CPU cores"


def is_small(config: RunConfig) -> bool:
    """Whether a training's networks are too small to share out: it gets one thread, half a slot.

    So two such trainings on pictures, which a class wants to see side by side, run at once; and
    their results do not depend on the number of cores. Dense networks on pictures of 16 pixels
    took as long with two threads as with one.
    """
    if config.task != "train-images" or (config.device != "cpu" and n_gpus() > 0):
        return False
    if config.preset == "instant":
        return True
    table = IMAGE_PRESETS[config.preset]
    is_dense = (config.gan.network or table.gan.network) == "dense"
    return config.synthesizer != "fldgm" and is_dense and (config.data.size or table.size) <= 16


def threads_for(config: RunConfig) -> int:
    """How many threads a run uses, wherever it runs: the same seed must give the same result."""
    return 1 if is_small(config) else n_threads()


def slot_share(config: RunConfig) -> float:
    """How much of a slot a run takes."""
    return 0.5 if is_small(config) else 1.0


def thread_environment(n: int | None = None) -> dict[str, str]:
    """Environment variables that give a process its threads; to be set before torch is loaded.

    Threads that wait must soon sleep: spinning ones, GNU OpenMP's default, made a training thirty
    times slower beside other programs that want the same cores. Sleeping at once made it twice as
    slow on a quiet machine, because the networks' parallel parts are short; so they spin for some
    microseconds first (``GOMP_SPINCOUNT``, which GNU OpenMP heeds before the policy).
    """
    threads = str(n or n_threads())
    wanted = {
        "OMP_NUM_THREADS": threads,
        "MKL_NUM_THREADS": threads,
        "OPENBLAS_NUM_THREADS": threads,
        "OMP_WAIT_POLICY": "PASSIVE",
        "GOMP_SPINCOUNT": "3000",
    }
    if n is not None:
        return wanted
    return {name: os.environ.get(name, value) for name, value in wanted.items()}


def has_half_precision() -> bool:
    """Whether the processor has matrix units for bfloat16 (Intel's AMX; known on Linux only)."""
    try:
        return "amx_bf16" in Path("/proc/cpuinfo").read_text()
    except OSError:
        return False


def gpus() -> tuple[str, ...]:
    """The NVIDIA GPUs that a training may use, as ``CUDA_VISIBLE_DEVICES`` spells them.

    Where that variable is set, only those that it names, by their numbers or ids.
    """
    visible = os.environ.get("CUDA_VISIBLE_DEVICES")
    if visible is not None:
        return tuple(part.strip() for part in visible.split(",") if part.strip() not in {"", "-1"})
    try:
        names = [path.name for path in Path("/dev").iterdir()]
    except OSError:
        return ()
    return tuple(str(i) for i in range(sum(bool(re.fullmatch(r"nvidia\d+", n)) for n in names)))


def n_gpus() -> int:
    """How many those are."""
    return len(gpus())


def n_slots() -> int:
    """How many trainings run at the same time; the others wait.

    ``FAIRGEN_SLOTS`` where set; else one for each GPU; else one for every four cores, at least
    one (2 cores: one slot, which may use both).

    Raises:
        ConfigError: ``FAIRGEN_SLOTS`` is not a whole number of at least 1.
    """
    asked = os.environ.get("FAIRGEN_SLOTS")
    if asked:
        if not asked.isdigit() or int(asked) < 1:
            raise ConfigError(
                f"FAIRGEN_SLOTS must be a whole number of at least 1, and it is '{asked}'. "
                "Set it to the number of trainings that may run at the same time, or unset it."
            )
        return int(asked)
    return n_gpus() or max(1, n_cores() // _CORES_A_SLOT)
