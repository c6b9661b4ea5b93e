"""What a run folder's ``config.json`` may be: a training on a table or on pictures, an audit, or a
lesson's experiment.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, TypeAdapter, ValidationError

from fairgen_core.config import AuditConfig, TrainConfig, as_config_error
from fairgen_core.errors import RunError
from fairgen_core.image_config import ImageTrainConfig
from fairgen_core.lesson_config import FairLatentConfig, FavouredGroupConfig

DataRunConfig = TrainConfig | AuditConfig | ImageTrainConfig
"""Of a run on data that a person chose; a lesson brings its own."""
RunConfig = DataRunConfig | FavouredGroupConfig | FairLatentConfig
_MODELS = (TrainConfig, AuditConfig, ImageTrainConfig, FavouredGroupConfig, FairLatentConfig)
_RUN_CONFIG: TypeAdapter[RunConfig] = TypeAdapter(Annotated[RunConfig, Field(discriminator="task")])


def parse_run_config(raw: str | bytes | dict[str, Any]) -> RunConfig:
    """Read a run's configuration from JSON text or a plain dict.

    Raises:
        ConfigError: a field is missing, unknown or out of range; `field` names the first one.
    """
    try:
        if isinstance(raw, dict):
            return _RUN_CONFIG.validate_python(raw)
        return _RUN_CONFIG.validate_json(raw)
    except ValidationError as error:
        raise as_config_error(error, *_MODELS) from error


def on_data(run_id: str, config: RunConfig) -> DataRunConfig:
    """The settings of a run on data that a person chose.

    Raises:
        RunError: it is a lesson's experiment.
    """
    if isinstance(config, DataRunConfig):
        return config
    raise RunError(
        f"Evidence is about runs on data that a person chose, and '{run_id}' is a lesson's "
        "experiment. Its page says what it found; choose another run here."
    )
