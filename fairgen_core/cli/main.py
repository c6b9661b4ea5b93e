"""Runs one command and turns its end into an exit status and, where need be, one sentence."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
import traceback
import warnings
from collections.abc import Sequence

from fairgen_core.cli.parser import build_parser
from fairgen_core.errors import FairGenError, StoppedError

DONE, DEFECT, UNUSABLE, STOPPED = 0, 1, 2, 130


def main(argv: Sequence[str] | None = None) -> int:
    """Do what the command line says and return the exit status.

    0: done, and ``--out`` is complete. 2: the input or a choice cannot be used; one sentence on
    stderr says why. 130: stopped by the person; the run can be resumed. 1: `verify` found a bundle
    that does not hold, or a defect of ours.
    """
    args = build_parser().parse_args(argv)
    warnings.simplefilter("ignore")
    from fairgen_core.cli import commands
    from fairgen_core.runs.machine import thread_environment

    # As a worker has it, and before anything heavy is loaded: the same seed, the same rows.
    os.environ.update(thread_environment())
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, _as_interrupt)  # so that temporary files are taken away
    try:
        status = commands.COMMANDS[args.command](args)
        sys.stdout.flush()
    except StoppedError as error:
        return _end(str(error), STOPPED)
    except FairGenError as error:
        return _end(str(error), UNUSABLE)
    except KeyboardInterrupt:
        return _end("Stopped.", STOPPED)
    except BrokenPipeError:
        _give_up_stdout()  # The reader (`head`) went away, and has what it wanted.
        return DONE
    except MemoryError:
        return _end(
            "The command must fit into this machine's memory, and it does not. "
            "Take fewer rows, leave out columns, or close other programs.",
            UNUSABLE,
        )
    except OSError as error:
        _give_up_stdout()
        reason = (error.strerror or str(error)).lower()
        return _end(
            f"The result must be written to standard output, and the system answered: {reason}. "
            "Send it to another file or disk.",
            UNUSABLE,
        )
    except Exception as error:  # noqa: BLE001 - a defect: told in a sentence, kept in a file
        return _end(_defect(error), DEFECT)
    return status or DONE


def _as_interrupt(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt


def _defect(error: Exception) -> str:
    """A sentence about an error that FairGen does not know; its traceback goes into a file."""
    from fairgen_core.runs.store import home

    where = home() / "command-line.log"
    try:
        where.parent.mkdir(parents=True, exist_ok=True)
        with where.open("a", encoding="utf-8") as file:
            traceback.print_exception(error, file=file)
        kept = f"The details are in '{where}'; please report it."
    except OSError:
        kept = "Please report it."
    return (
        "The command should have finished, and an error that FairGen does not know stopped it "
        f"({type(error).__name__}: {error}). {kept}"
    )


def _give_up_stdout() -> None:
    """Nothing more can be said to whatever stdout is, not even when Python ends."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _end(sentence: str, status: int) -> int:
    from fairgen_core.cli.display import plain  # not before it is needed: `--help` answers at once

    print("\n".join(map(plain, sentence.split("\n"))), file=sys.stderr)
    return status
