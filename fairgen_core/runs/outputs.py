"""Checks on where rows are to be written, made before any work is done."""

from __future__ import annotations

from pathlib import Path

from fairgen_core.data.formats import FileFormat
from fairgen_core.data.images.writing import WRITERS
from fairgen_core.errors import ConfigError, DataError
from fairgen_core.image_config import ImageDataConfig, ImageTrainConfig
from fairgen_core.lesson_config import FairLatentConfig, FavouredGroupConfig
from fairgen_core.run_config import RunConfig
from fairgen_core.runs.files import plain_disk_errors, temporary_beside

_ENDINGS = (".csv", ".tsv", ".txt", ".parquet", ".xlsx")


def check_out(out: Path, config: RunConfig) -> None:
    """See that rows (or pictures) can be written to `out`, before a training is spent on them.

    Raises:
        DataError: its ending is unknown, its folder is missing, or it is the data itself.
        ConfigError: a lesson makes nothing to be taken away.
        RunError: its folder cannot be written.
    """
    if isinstance(config, FavouredGroupConfig | FairLatentConfig):
        raise ConfigError(
            "--out needs a training that makes rows or pictures, and a lesson's experiment makes "
            "neither. Leave it out, and read the figures.",
            field="out",
        )
    endings = WRITERS if isinstance(config, ImageTrainConfig) else _ENDINGS
    if out.suffix.lower() not in endings:
        known = " or ".join(filter(None, [", ".join(endings[:-1]), endings[-1]]))
        raise DataError(
            f"The output file must end in {known}, and '{out}' does not. Give it such an ending."
        )
    try:
        is_folder, has_place = out.is_dir(), out.absolute().parent.is_dir()
    except (OSError, ValueError) as error:
        raise DataError(
            f"The output file's path must be usable, and the system refuses '{str(out)[:200]}'. "
            "Choose a shorter, plainer name."
        ) from error
    if is_folder:
        raise DataError(f"The output must be a file, and '{out}' is a folder. Add a file's name.")
    if not has_place:
        raise DataError(
            f"The output file's folder must exist, and '{out.absolute().parent}' does not. "
            "Make it, or choose another one."
        )
    data = config.data
    beside = data.attributes if isinstance(data, ImageDataConfig) else data.test_source
    sources = [data.source, beside or ""]
    if out.resolve() in {Path(source).resolve() for source in sources if source}:
        raise DataError(
            f"The output must be another file than the data, and '{out}' is the data itself: it "
            "would be overwritten. Choose another name."
        )
    trial = temporary_beside(out.absolute())
    with plain_disk_errors(out.absolute()):
        try:
            trial.write_bytes(b" ")
        finally:
            trial.unlink(missing_ok=True)


def format_for(out: Path, original: FileFormat, named: str = "") -> FileFormat:
    """How to write `out`: in the original's form where the ending allows it.

    Args:
        out: the file to be written.
        original: how the original was written.
        named: the original's name: a file with the same ending has the same form, whatever the
            ending usually means (tabs in a ``.csv``).
    """
    ending = out.suffix.lower()
    if original.kind == "csv" and ending == Path(named).suffix.lower():
        return original
    if ending == ".parquet":
        return original.model_copy(update={"kind": "parquet"})
    if ending == ".xlsx":
        return original.model_copy(update={"kind": "excel"})
    text = original if original.kind == "csv" else FileFormat(header=original.header)
    if ending == ".tsv":
        return text.model_copy(update={"separator": "\t"})
    if ending == ".csv" and text.separator == "\t":
        return text.model_copy(update={"separator": ","})
    return text


def check_number(what: str, value: int, least: int) -> None:
    """See that a count or seed is in range.

    Raises:
        ConfigError: it is not.
    """
    most = {"number of rows": 100_000_000, "number of pictures": 10_000_000}.get(what, 2**31 - 1)
    if not least <= value <= most:
        raise ConfigError(
            f"The {what} must be a whole number from {least} to {most:,}, and it is {value:,}. "
            "Choose one in that range."
        )
