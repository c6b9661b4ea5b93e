"""A bundle's settings with the person's own files: a name in a bundle is never opened as a path."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fairgen_core.config import AuditConfig, TrainConfig
from fairgen_core.data.catalogue import CATALOGUE
from fairgen_core.data.images.catalogue import IMAGE_CATALOGUE
from fairgen_core.errors import DataError
from fairgen_core.image_config import ImageTrainConfig
from fairgen_core.run_config import DataRunConfig


@dataclass(frozen=True)
class Given:
    """What a bundle was made from, as far as it lies here.

    Attributes:
        config: the settings, with the files that were given.
        data: whether the data is a known set or was given.
        has_test: whether the held-out rows are a table of their own.
        test: whether that one is a known set or was given.
    """

    config: DataRunConfig
    data: bool
    has_test: bool = False
    test: bool = False

    @property
    def missing(self) -> str:
        """What is still needed to train again; empty where nothing is."""
        if not self.data:
            return "its data is a file: say where it lies with --data"
        if self.has_test and not self.test:
            return "its held-out rows are a second file: say where it lies with --test"
        return ""


def given_files(
    config: DataRunConfig, data: Path | None, test: Path | None, attributes: Path | None
) -> Given:
    """Put the person's files into a bundle's settings.

    Raises:
        DataError: a file was given that the run had not, or the table beside its pictures was not.
    """
    update: dict[str, Any] = {}
    if data is not None:
        shown = config.data.display_name or config.data.source
        update |= {"source": _place(data), "display_name": shown}
    has_data = data is not None or config.data.source in _known(config)
    has_test = has_its_test = False
    if isinstance(config, TrainConfig | AuditConfig):
        second, entry = config.data.test_source, CATALOGUE.get(config.data.source)
        has_test = second is not None or (entry is not None and entry.load_test is not None)
        # A known set's own test part belongs to the set: not to a file in its place.
        by_name = second in CATALOGUE if second is not None else data is None
        has_its_test = has_test and (test is not None or by_name)
    if test is not None and not has_test:
        raise DataError(
            "A test file belongs to a run that had one, and this run held rows of its data out. "
            "Leave --test away."
        )
    if test is not None:
        update["test_source"] = _place(test)
    update |= _attributes(config, attributes)
    config = config.model_copy(update={"data": config.data.model_copy(update=update)})
    return Given(config, has_data, has_test, has_its_test)


def options_to_give(config: DataRunConfig) -> str:
    """The options that `verify` needs for a bundle of this run, to be filled in."""
    held = {
        "--data": config.data.source,
        "--test": getattr(config.data, "test_source", None),
        "--attributes": getattr(config.data, "attributes", None),
    }
    known = _known(config)
    return " ".join(f"{option} …" for option, name in held.items() if name and name not in known)


def _attributes(config: DataRunConfig, given: Path | None) -> dict[str, Any]:
    """The table beside the pictures."""
    held = config.data.attributes if isinstance(config, ImageTrainConfig) else None
    if not held:
        return {}
    if given is not None:
        return {"attributes": _place(given)}
    if held not in IMAGE_CATALOGUE:
        raise DataError(
            f"This run had a table beside its pictures ('{held[:80]}'), and it was not given. "
            "Say where it lies with --attributes."
        )
    return {}


def _known(config: DataRunConfig) -> frozenset[str]:
    return frozenset(IMAGE_CATALOGUE if isinstance(config, ImageTrainConfig) else CATALOGUE)


def _place(path: Path) -> str:
    return str(path.expanduser().absolute())
