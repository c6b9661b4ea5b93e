"""What a person chose for a data set, kept in the home folder so that every browser finds it.

A project is one small file, ``projects/<id>.json``: which data, which roles, which training. The
forms read it and write it; a half-made choice (no sensitive column yet) is kept as it is, and only
`audit_config` and `train_config` ask for a complete one.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Generic, Self, TypeVar

from pydantic import Field, ValidationError

from fairgen_core.config import (
    AuditConfig,
    CompressionConfig,
    DataConfig,
    FairnessConfig,
    Frozen,
    GeneratorConfig,
    GeneratorName,
    Preset,
    RolesConfig,
    TrainConfig,
    parse_config,
)
from fairgen_core.errors import ConfigError
from fairgen_core.runs.files import plain_disk_errors, write_json

CLIPPING_GENERATORS: frozenset[GeneratorName] = frozenset({"lsgan", "wgan-gp"})
"""The generators that have a discriminator's gradients to clip."""

_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,80}")


class Kept(Frozen):
    """Choices that are kept in a file of their own."""

    id: str

    def change(self, **values: object) -> Self:
        """The same project with some choices changed, validated.

        Raises:
            ConfigError: a value is not possible; `field` names it.
        """
        try:
            return type(self).model_validate({**dict(self), **values})
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(str(part) for part in first["loc"])
            raise ConfigError(str(first["msg"]), field=place) from error


P = TypeVar("P", bound=Kept)


class Project(Kept):
    """A table and everything that a person chose for it."""

    data: DataConfig
    roles_chosen: bool = False
    """False until roles were suggested or chosen once, so that a suggestion is made only then."""
    sensitive: tuple[str, ...] = ()
    target: str | None = None
    positive: str | None = None
    bands: dict[str, tuple[float, ...]] = Field(default_factory=dict)
    merge_below: int | None = None
    explanatory: tuple[str, ...] = ()
    fairness: FairnessConfig = FairnessConfig()
    generator: GeneratorConfig = GeneratorConfig()
    compression: CompressionConfig = CompressionConfig()
    preset: Preset = "balanced"
    n_rows: int | None = None
    seed: int = 0
    name: str = ""
    n_table_rows: int | None = None
    """Rows of the table, once it was read; what a training will take is estimated from it."""
    n_table_columns: int | None = None

    def roles(self) -> RolesConfig:
        """The chosen roles.

        Raises:
            ConfigError: no sensitive column was chosen.
        """
        if not self.sensitive:
            raise ConfigError(
                "At least one column must be sensitive, and none is chosen. Choose the column that "
                "says which group a person belongs to.",
                field="roles.sensitive",
            )
        return RolesConfig(
            sensitive=self.sensitive,
            target=self.target,
            positive=self.positive if self.target else None,
            bands={c: cuts for c, cuts in self.bands.items() if c in self.sensitive and cuts},
            merge_below=self.merge_below,
            explanatory=tuple(
                c for c in self.explanatory if c not in self.sensitive and c != self.target
            ),
        )

    def audit_config(self) -> AuditConfig:
        """The audit of this data under these roles.

        Raises:
            ConfigError: the roles are not complete.
        """
        return AuditConfig(data=self.data, roles=self.roles())

    def train_config(self) -> TrainConfig:
        """The training that was chosen.

        Raises:
            ConfigError: a choice is missing, or choices clash; `field` names the first one.
        """
        plain = {
            "task": "train",
            "name": self.name,
            "data": self.data.model_dump(),
            "roles": self.roles().model_dump(),
            "fairness": self.fairness.model_dump(),
            "generator": self._generator().model_dump(),
            "compression": self.compression.model_dump(),
            "preset": self.preset,
            "n_rows": self.n_rows,
            "seed": self.seed,
        }
        config = parse_config(plain)
        if not isinstance(config, TrainConfig):
            raise TypeError("a training's configuration was expected")
        return config

    def _generator(self) -> GeneratorConfig:
        """The generator without a clip norm that was chosen for another one."""
        if self.generator.name in CLIPPING_GENERATORS:
            return self.generator
        return self.generator.model_copy(update={"clip_norm": None})

    @classmethod
    def of_training(cls, project_id: str, config: TrainConfig) -> Project:
        """The project whose `train_config` is that one: how a finished run is repeated."""
        return cls(
            id=project_id,
            data=config.data,
            roles_chosen=True,
            fairness=config.fairness,
            generator=config.generator,
            compression=config.compression,
            preset=config.preset,
            n_rows=config.n_rows,
            seed=config.seed,
            name=config.name,
            **dict(config.roles),
        )


class ProjectFiles(Generic[P]):
    """Reads and writes the project files of one kind in one home folder."""

    def __init__(self, home: Path, kind: type[P]) -> None:
        self._folder = home / "projects"
        self._kind = kind

    def load(self, project_id: str) -> P | None:
        """The project of that id; None where there is none, or none of that kind."""
        if not _ID.fullmatch(project_id):
            return None
        try:
            return self._kind.model_validate_json(
                (self._folder / f"{project_id}.json").read_text(encoding="utf-8")
            )
        except (OSError, ValueError):
            return None

    def save(self, project: P) -> None:
        """Keep the project; the file is written only where something changed.

        Raises:
            RunError: the home folder cannot be written.
            ConfigError: the id cannot be a file's name.
        """
        if not _ID.fullmatch(project.id):
            raise ConfigError(f"A project's id must be a plain word, and '{project.id}' is not.")
        if self.load(project.id) == project:
            return
        with plain_disk_errors(self._folder):
            self._folder.mkdir(parents=True, exist_ok=True)
        write_json(self._folder / f"{project.id}.json", project.model_dump(mode="json"))


class ProjectStore(ProjectFiles[Project]):
    """The projects of tables in one home folder."""

    def __init__(self, home: Path) -> None:
        super().__init__(home, Project)
