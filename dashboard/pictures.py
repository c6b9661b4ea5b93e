"""Pictures as pages know them: read once, named, and bound to a project."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import streamlit as st

from dashboard.components import tell_gone
from dashboard.picture_projects import PREFIX, PictureProject
from dashboard.picture_reading import MOST_KEPT, read_once
from dashboard.reads import picture_projects, store
from dashboard.state import go, place
from fairgen_core.data.images.attributes import split_columns
from fairgen_core.data.images.catalogue import IMAGE_CATALOGUE
from fairgen_core.data.images.image_set import ImageSet
from fairgen_core.data.images.prepared import read_plain, with_known, with_table
from fairgen_core.data.images.reading import PlainPictures
from fairgen_core.data.images.roles import (
    MAX_CLASSES,
    MAX_GROUPS,
    group_codes,
    is_number,
    small_together,
)
from fairgen_core.data.images.teaching_groups import make_groups
from fairgen_core.data.suggestions import suggest_attributes
from fairgen_core.errors import FairGenError
from fairgen_core.image_config import ImageDataConfig, ImageTrainConfig
from fairgen_core.image_presets import fill_image_config
from fairgen_core.settings_words import picture_words

FIRST = "digits"
"""The set that is chosen first."""

OWN_SIZE = 32
"""Pixels that a person's own pictures are brought to, until they say otherwise."""

MOST_SHOWN, MOST_BYTES = 20_000, 2**28
"""Pictures, and bytes of pixels, that a page reads at most; a training reads what its preset
says."""

_MADE_FIRST = {"svhn": "shade"}
"""Sets without a group of their own whose groups are not made by their background."""

_HASH = re.compile(r"[0-9a-f]{64}")
_PLAIN_FIELDS = frozenset(
    {"source", "size", "colour", "colour_variance", "split_seed", "max_images"}
)
"""What the pixels depend on: a table beside the pictures does not decode them again."""
_READ_FIELDS = _PLAIN_FIELDS | {"attributes", "attributes_name", "display_name"}


def project_id(data: ImageDataConfig) -> str:
    """The id of the project of some pictures: the catalogue's key, or part of a hash."""
    if data.source in IMAGE_CATALOGUE:
        return f"{PREFIX}{data.source}"
    stem = Path(data.source).stem
    known = stem if _HASH.fullmatch(stem) else hashlib.sha256(data.source.encode()).hexdigest()
    return f"{PREFIX}{known[:16]}"


def display_name(data: ImageDataConfig) -> str:
    """The name that a person knows the pictures by."""
    if data.display_name:
        return data.display_name
    entry = IMAGE_CATALOGUE.get(data.source)
    return entry.title if entry else Path(data.source).name


def training_name(config: ImageTrainConfig) -> str:
    """What a training is called that was given no name: data, what is trained, how."""
    return ", ".join([display_name(config.data), *picture_words(config)])


def sized(project: PictureProject) -> ImageDataConfig:
    """The project's data with size and number as its preset says, and no more than a page reads."""
    plain = ImageTrainConfig(
        data=project.data.model_copy(update={"groups": "background"}), preset=project.preset
    )
    data = fill_image_config(plain).data
    fitting = min(MOST_SHOWN, MOST_BYTES // (3 * (data.size or 1) ** 2))
    most = min(data.max_images or fitting, fitting)
    return data.model_copy(update={"groups": project.data.groups, "max_images": most})


def read(project: PictureProject) -> ImageSet:
    """The project's pictures as they are, read once; shared, so never to be changed.

    Raises:
        StoppedError: the person cancelled the reading.
        DataError: they are no usable pictures, or cannot be had.
    """
    data = sized(project)
    plain_key = f"{_stamp(data.source)} {_asked(data, _PLAIN_FIELDS)}"
    plain = read_once(plain_key, lambda tell: read_plain(data, tell))
    return _with_table(_asked(data), (_stamp(data.source), _stamp(data.attributes)), plain)


def read_with_groups(project: PictureProject) -> ImageSet:
    """The project's pictures with the groups that are made in them, if any are.

    Raises:
        FairGenError: they cannot be had, or the groups not made.
    """
    data = sized(project)
    if data.groups == "none":
        column = project.sensitive
        known = with_known(read(project), column, project.class_column, data.split_column)
        return small_together(known, column, data.merge_below)
    painted = _painted(_asked(data), _stamp(data.source), data.groups, data.share, read(project))
    return with_known(painted, project.class_column, data.split_column)


def _asked(data: ImageDataConfig, fields: frozenset[str] = _READ_FIELDS) -> str:
    return json.dumps(data.model_dump(mode="json", include=set(fields)), sort_keys=True)


def _stamp(source: str | None) -> int:
    """When a file was changed; 0 where it cannot change, as its name is its content's hash."""
    path = Path(source or "")
    fixed = not source or source in IMAGE_CATALOGUE or _HASH.fullmatch(path.stem)
    return 0 if fixed or not path.exists() else path.stat().st_mtime_ns


@st.cache_resource(max_entries=MOST_KEPT, show_spinner=False)
def _with_table(asked: str, stamps: tuple[int, int], _plain: PlainPictures) -> ImageSet:
    """Joined once for all sessions; the pixels are those of `_plain`, not a copy."""
    return with_table(ImageDataConfig.model_validate_json(asked), _plain)


@st.cache_resource(max_entries=3, show_spinner=False)
def _painted(
    asked: str, stamp: int, groups: str, share: float | None, _images: ImageSet
) -> ImageSet:
    data = ImageDataConfig.model_validate_json(asked)
    return make_groups(_images, groups, share, data.split_seed)


def attributes(images: ImageSet, most: int = MAX_GROUPS) -> list[str]:
    """The columns that can tell groups apart: 2 to `most` values."""
    columns = [c for c in images.table.columns if c != "file"]
    return [c for c in columns if 2 <= images.table[c].nunique() <= most]


def group_options(images: ImageSet) -> list[str]:
    """The columns that can tell groups apart, numbers among them: they are cut at their median."""
    few = attributes(images)
    return [c for c in images.table.columns[1:] if c in few or is_number(images.table[c])]


def class_options(images: ImageSet) -> list[str]:
    """The columns that can be the class."""
    return attributes(images, MAX_CLASSES)


def open_pictures(data: ImageDataConfig) -> PictureProject:
    """The project of some pictures: the one that was kept, else a new one with suggested roles.

    Raises:
        DataError: the pictures cannot be read.
    """
    known = picture_projects().load(project_id(data))
    if known is not None and known.data.attributes == data.attributes:
        return known
    project = _new(data)
    picture_projects().save(project)
    return project


def _new(data: ImageDataConfig) -> PictureProject:
    """A project with what is usual for these pictures."""
    entry = IMAGE_CATALOGUE.get(data.source)
    project = PictureProject(id=project_id(data), data=data)
    if entry is None:
        own = data.model_copy(update={"size": data.size or OWN_SIZE})
        project = project.change(data=own, preset="standard")
        table = read(project).table
        sensitive, label = suggest_attributes(table, MAX_GROUPS)
        if own.split_column is None:
            found = next(iter(split_columns(table)), None)
            own = own.model_copy(update={"split_column": found})
        project = project.change(data=own)
    else:
        preset = "instant" if data.source == FIRST else "standard"
        project = project.change(preset=preset)
        read(project)
        sensitive, label = entry.sensitive or None, entry.class_column
    project = project.change(sensitive=sensitive, class_column=label)
    if sensitive is None:
        made = _MADE_FIRST.get(data.source, "background")
        dressed = project.data.model_copy(update={"groups": made, "share": 0.5})
        project = project.change(data=dressed)
    return project


def noted(project: PictureProject) -> PictureProject:
    """The project with what estimates and forms need to know of its pictures.

    Raises:
        FairGenError: they cannot be read, or their groups not be told.
    """
    images = read_with_groups(project)
    entry = IMAGE_CATALOGUE.get(project.data.source)
    made = project.data.groups != "none"
    names: tuple[str, ...] = ()
    if made or project.sensitive is not None:
        asked = ImageTrainConfig(data=project.data, sensitive=None if made else project.sensitive)
        names = group_codes(asked, images)[2]
    drawn = entry is not None and len(images) == sized(project).max_images
    return project.change(
        n_pictures=entry.n_images if entry is not None and drawn else len(images),
        n_channels=images.n_channels,
        groups=names,
    )


def showing_pictures() -> bool:
    """Whether this session looks at pictures: the place's data set says so, else its run."""
    here = place()
    if here.project or not here.run:
        return here.project.startswith(PREFIX)
    try:
        return isinstance(store().config(here.run), ImageTrainConfig)
    except FairGenError:
        return False


def current_pictures() -> PictureProject:
    """The project that this session looks at: the URL's, else the run's, else the first set.

    Raises:
        FairGenError: its pictures cannot be read.
    """
    here = place()
    known = picture_projects().load(here.project) if here.project.startswith(PREFIX) else None
    if known is None and here.run:
        try:
            config = store().config(here.run)
            known = open_pictures(config.data) if isinstance(config, ImageTrainConfig) else None
        except FairGenError:
            known = None
    if known is None:
        asked = here.project.removeprefix(PREFIX)
        source = asked if asked in IMAGE_CATALOGUE else FIRST
        if asked not in ("", source):
            tell_gone(here.project, source)
        known = open_pictures(ImageDataConfig(source=source))
    go(project=known.id)
    return known
