"""Tables as pages know them: read once, named, and bound to a project."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import streamlit as st

from dashboard.components import tell_gone
from dashboard.projects import Project
from dashboard.reads import projects, store
from dashboard.state import go, place
from dashboard.text import say
from fairgen_core.config import AuditConfig, ColumnKind, DataConfig, RolesConfig, TrainConfig
from fairgen_core.data.catalogue import CATALOGUE
from fairgen_core.data.groups import assign_groups, resolve_groups
from fairgen_core.data.loading import load_source
from fairgen_core.data.reading import ReadTable
from fairgen_core.data.suggestions import suggest_roles
from fairgen_core.data.targets import target_as_classes
from fairgen_core.data.thin_cells import asks_parity, in_words, thin_cells
from fairgen_core.errors import FairGenError

FIRST = "hiring"
"""The data set that is chosen at the first start."""


def project_id(data: DataConfig) -> str:
    """The id of the project of some data: the catalogue's key, or part of the file's hash."""
    return (
        data.source if data.source in CATALOGUE else f"file-{Path(data.source).stem[:16].lower()}"
    )


def display_name(data: DataConfig) -> str:
    """The name that a person knows the data by."""
    if data.display_name:
        return data.display_name
    entry = CATALOGUE.get(data.source)
    return entry.title if entry else Path(data.source).name


def training_name(config: TrainConfig) -> str:
    """What a training is called that was given no name: data, target, generator."""
    return say(
        "runs.name",
        data=display_name(config.data),
        fairness=say(f"short.{config.fairness.target}"),
        generator=say(f"make.{config.generator.name}"),
    )


def read(data: DataConfig) -> ReadTable:
    """The table of some data, read once; shared between sessions, so never to be changed.

    Raises:
        DataError: it is no usable table, or cannot be had.
        ConfigError: a corrected kind or a dial is impossible.
    """
    source = data.model_dump(mode="json", include={"source", "kinds", "options", "display_name"})
    path = Path(data.source)
    stamp = path.stat().st_mtime_ns if data.source not in CATALOGUE and path.is_file() else 0
    return _read(json.dumps(source, sort_keys=True), stamp)


@st.cache_resource(max_entries=4, show_spinner=say("source.reading"))
def _read(source: str, stamp: int) -> ReadTable:
    return load_source(DataConfig.model_validate_json(source))


def open_data(data: DataConfig) -> Project:
    """The project of some data: the one that was kept, else a new one with suggested roles.

    Raises:
        DataError: the table cannot be read.
    """
    known = projects().load(project_id(data))
    if known is not None:
        return known
    table = read(data)
    entry = CATALOGUE.get(data.source)
    project = Project(
        id=project_id(data),
        data=data,
        n_table_rows=len(table.frame),
        n_table_columns=len(table.schema.columns),
    )
    if entry is not None:
        project = project.change(
            sensitive=entry.sensitive, target=entry.target, positive=entry.positive
        )
    else:
        guess = suggest_roles(table.schema, table.frame)
        if guess is not None:
            project = project.change(**dict(guess))
    projects().save(project)
    return project


def current_project() -> Project:
    """The project that this session looks at: the URL's, else the run's, else the first data set.

    Raises:
        FairGenError: its table cannot be read.
    """
    here = place()
    known = projects().load(here.project) if here.project else None
    if known is None and here.run:
        try:
            config = store().config(here.run)
            if isinstance(config, TrainConfig | AuditConfig):
                known = open_data(config.data)
        except FairGenError:
            known = None
    if known is None:
        source = here.project if here.project in CATALOGUE else FIRST
        if here.project not in ("", source):
            tell_gone(here.project, source)
        known = open_data(DataConfig(source=source))
    go(project=known.id)
    return known


def with_kinds(project: Project, kinds: Mapping[str, ColumnKind]) -> Project:
    """The project with corrected kinds; roles that a column can no longer have are dropped.

    Raises:
        ConfigError: a column cannot be of that kind.
    """
    data = project.data.model_copy(update={"kinds": dict(kinds)})
    modelled = {column.name for column in read(data).schema.modelled}
    return project.change(
        data=data,
        sensitive=tuple(c for c in project.sensitive if c in modelled),
        target=project.target if project.target in modelled else None,
        positive=project.positive if project.target in modelled else None,
        explanatory=tuple(c for c in project.explanatory if c in modelled),
    )


def parity_note(project: Project) -> str:
    """What stands against the parity that a project asks for: groups too small; else empty."""
    if not asks_parity(project.fairness):
        return ""
    return thin_groups(project.data, project.roles(), table_size(project)[0])


def thin_groups(data: DataConfig, roles: RolesConfig, n_train: int) -> str:
    """Which groups are too small for parity, in plain sentences; else empty.

    Args:
        data, roles: of the table.
        n_train: its training rows.
    """
    if roles.target is None:
        return ""
    return _parity_note(data.model_dump_json(), roles.model_dump_json(), n_train)


@st.cache_data(max_entries=32, show_spinner=False)
def _parity_note(data: str, roles: str, n_train: int) -> str:
    chosen = RolesConfig.model_validate_json(roles)
    try:
        table = read(DataConfig.model_validate_json(data))
        frame, schema = target_as_classes(
            table.frame, table.schema, chosen, table.file_format.decimal
        )
        rule, _ = resolve_groups(frame, schema, chosen)
    except FairGenError:  # it is said where it belongs
        return ""
    groups, target = assign_groups(frame, rule, schema), frame[chosen.target]
    share = n_train / max(1, len(frame))
    return in_words(thin_cells(rule.names, groups, target, chosen.positive, share))


def table_size(project: Project) -> tuple[int, int]:
    """Training rows and columns of a project's table, from what was noted when it was read.

    Raises:
        FairGenError: it was never read, and cannot be.
    """
    rows, columns = project.n_table_rows, project.n_table_columns
    if rows is None or columns is None:
        table = read(project.data)
        rows, columns = len(table.frame), len(table.schema.columns)
    entry = CATALOGUE.get(project.data.source)
    own_test = project.data.test_source or (entry is not None and entry.load_test is not None)
    return (rows if own_test else round(rows * (1 - project.data.test_share))), columns
