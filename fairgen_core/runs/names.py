"""What runs are called: their ids, and the names that people see."""

from __future__ import annotations

import re
import secrets
import time
from pathlib import Path

from fairgen_core.config import AuditConfig, TrainConfig

RUN_ID = re.compile(r"\d{8}-\d{6}-[a-z0-9][a-z0-9-]{0,79}")


def data_name(config: TrainConfig | AuditConfig) -> str:
    """The name that a person knows the data by."""
    return config.data.display_name or Path(config.data.source).name


def title(config: TrainConfig | AuditConfig) -> str:
    """A name for a run that was given none."""
    if isinstance(config, AuditConfig):
        return f"{data_name(config)}, audit"
    return f"{data_name(config)}, {config.fairness.target}, {config.generator.name}"


def _slug(text: str, longest: int = 24) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:longest].strip("-") or "data"


def new_id(config: TrainConfig | AuditConfig) -> str:
    """An id that nobody has: time, data, fairness target, generator, random letters."""
    parts = [time.strftime("%Y%m%d-%H%M%S", time.gmtime()), _slug(Path(data_name(config)).stem)]
    if isinstance(config, TrainConfig):
        parts += [config.fairness.target, config.generator.name]
    else:
        parts += ["audit"]
    return "-".join([*parts, secrets.token_hex(3)])
