"""The errors that a person can meet.

Every message says three things in plain words: what must hold, what was found, and what to do.
The command line prints the message and exits with status 2; the dashboard shows it beside the
field or the page it belongs to. Anything else that escapes is a defect.
"""


class FairGenError(Exception):
    """The base of all errors that FairGen raises on purpose."""


class DataError(FairGenError):
    """A table, a picture or a file is not usable as it is."""


class ConfigError(FairGenError):
    """A choice is not possible, alone or with the others.

    Attributes:
        field: dotted name of the choice (``"fairness.strength"``), so that a form can mark it;
            empty where the choices only clash together.
    """

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class TrainingDivergedError(FairGenError):
    """A loss became NaN or infinite, or the samples collapsed; the message says what to try."""


class IncomputableMetricError(FairGenError):
    """A figure cannot be had from this data; the message is shown in the figure's place."""


class RunError(FairGenError):
    """A run does not exist, cannot be read, or is not in a state that allows what was asked."""


class StoppedError(FairGenError):
    """The person asked for a stop; raised inside a training at its next safe point."""
