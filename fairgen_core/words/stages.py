"""What a run is doing, stage by stage: of tables, and where pictures have words of their own."""

from __future__ import annotations

TEXT: dict[str, str] = {
    "stage.read": "Reading the rows",
    "stage.compression": "Fair compression",
    "stage.labels": "Fair labels",
    "stage.generator": "Latent generation",
    "stage.decode": "Decoding to rows",
    "stage.evaluate": "Judging",
    "stage.audit": "Auditing",
    "picture_stage.read": "Reading the pictures",
    "picture_stage.judges": "Training the judges on real pictures",
    "picture_stage.compression": "Fair compression",
    "picture_stage.generator": "Training the generator",
    "picture_stage.decode": "Drawing pictures",
    "picture_stage.evaluate": "Judging",
}


def stage(name: str, pictures: bool = False) -> str:
    """A run's stage in words; a name that has none (a lesson's seed) stands for itself."""
    return TEXT.get(f"{'picture_' if pictures else ''}stage.{name}", name)
