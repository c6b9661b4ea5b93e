"""What a run's target aims at and what it does not promise, in words."""

from __future__ import annotations

from fairgen_core.config import AuditConfig, TrainConfig
from fairgen_core.image_config import ImageTrainConfig
from fairgen_core.words import say


def aims(config: TrainConfig | ImageTrainConfig) -> list[str]:
    """What should hold in what was made."""
    if isinstance(config, ImageTrainConfig):
        if config.synthesizer == "fldgm":
            how = "promise.fldgm"
        else:
            grouping = config.gan.grouping
            known = grouping if grouping in {"mixed", "condition"} else "grouped"
            how = f"promise.gan.{known}"
        return [say("promise.representation"), say(how)]
    return [say(f"hold.{config.fairness.target}.does")]


def not_promised(config: TrainConfig | AuditConfig | ImageTrainConfig) -> list[str]:
    """What the target, and the way it was enforced, leave open."""
    general = [say("promise.people.not"), say("promise.seed.not")]
    if isinstance(config, ImageTrainConfig):
        by_gan = [] if config.synthesizer == "fldgm" else [say("promise.gan.not")]
        return [*by_gan, say("promise.pictures.not"), *general]
    if isinstance(config, AuditConfig):
        return []
    fairness = config.fairness
    enforced = [say(f"enforce.{fairness.enforce}.means")] if fairness.target != "none" else []
    return [say(f"hold.{fairness.target}.not"), *enforced, *general]
