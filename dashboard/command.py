"""The line on the command line that does what a run did."""

from __future__ import annotations

import shlex

from fairgen_core.config import CompressionConfig, GeneratorConfig, TrainConfig


def train_command(config: TrainConfig, out: str = "synthetic.csv") -> str:
    """The command that trains the same again, one option a line.

    Args:
        config: the run's settings; `is_complete` says whether the line holds all of them.
        out: name of the file to write.
    """
    data, roles, fairness = config.data, config.roles, config.fairness
    options: list[tuple[str, object]] = [("--data", data.source)]
    if data.test_source is not None:
        options.append(("--test", data.test_source))
    elif data.test_share != type(data).model_fields["test_share"].default:
        options.append(("--test-share", data.test_share))
    if data.split_seed:
        options.append(("--split-seed", data.split_seed))
    options += [("--kinds", f"{column}={kind}") for column, kind in data.kinds.items()]
    options += [("--option", f"{name}={value:g}") for name, value in data.options.items()]
    options += [("--sensitive", column) for column in roles.sensitive]
    if roles.target is not None:
        options.append(("--target", roles.target))
    if roles.positive is not None:
        options.append(("--positive", roles.positive))
    options += [
        ("--bands", f"{column}={','.join(f'{cut:g}' for cut in cuts)}")
        for column, cuts in roles.bands.items()
    ]
    options += [("--explanatory", column) for column in roles.explanatory]
    options.append(("--fairness", fairness.target))
    given = {
        "--enforce": (fairness.enforce, "labels"),
        "--strength": (fairness.strength, 1.0),
        "--alpha": (fairness.alpha, None),
        "--penalty": (fairness.penalty, "distance-covariance"),
        "--representation": (fairness.representation, "natural"),
        "--generator": (config.generator.name, None),
        "--clip-norm": (config.generator.clip_norm, None),
        "--preset": (config.preset, None),
        "--device": (config.device, "auto"),
        "--rows": (config.n_rows, None),
        "--seed": (config.seed, None),
    }
    options += [(name, value) for name, (value, usual) in given.items() if value != usual]
    options.append(("--out", out))
    lines = [f"{name} {shlex.quote(str(value))}" for name, value in options]
    if config.evaluate:
        lines.append("--evaluate")
    return " \\\n    ".join(["python -m fairgen_core train", *lines])


def is_complete(config: TrainConfig) -> bool:
    """Whether the command line has an option for every choice that was made."""
    plain = GeneratorConfig(name=config.generator.name, clip_norm=config.generator.clip_norm)
    return config.compression == CompressionConfig() and config.generator == plain
