"""The command `edgewise`: finds the subcommand, and turns every error into one line and a code.

Exit codes: 0 done, 1 failed, 2 input that cannot be used, 130 interrupted.
"""

import os
import shlex
import sys
import traceback
from collections.abc import Sequence

from cyclopts import App, CycloptsError

from edgewise.cli.start import BAD_INPUT, INTERRUPTED, missing
from edgewise.core.errors import UserError
from edgewise.version import VERSION

FAILED = 1
LONGEST = 1200
"""Characters of an error."""

COMMANDS = {
    "list": "The scenarios.",
    "show": "A scenario's parameters, schemes and metrics.",
    "new": "A network file of your own, with comments, to begin with.",
    "check": "What a network file holds, in numbers, and what is wrong or odd in it.",
    "compare": "Train and run a scenario's schemes on the same worlds; table, plots and page.",
    "plan": "The smallest capacity with which a network meets a target.",
    "train": "Train one scheme, and keep what it learned.",
    "federate": "Train with every agent in a process of its own, models averaged by Flower.",
    "tune": "Search a learner's settings, with the same budget for every learner.",
    "evaluate": "Score a trained run, also with other parameters.",
    "reproduce": "Every figure of the paper, and the verdict on each of its claims; or of all.",
    "sensitivity": "How often verdicts stay what they are where silent values are others.",
    "export": "What a run decides by, as files for its agents: ONNX or C, and a contract.",
    "serve": "Decisions of an exported folder over HTTP.",
    "agent": "One agent of an exported folder in operation, over MQTT.",
    "emulate": "An exported network as processes, an agent each, in the simulated world.",
    "results": "Every finished run as one table, for other tools.",
    "report": "The page of a results folder, from what has been run.",
    "watch": "The same page, served while runs go on.",
}

app = App(
    name="edgewise",
    version=VERSION,
    suppress_keyboard_interrupt=False,
    help="Computation offloading and resource allocation at the network edge: "
    "every scheduler against the optimum. With --debug, errors come with their traceback.",
)
for _name, _help in COMMANDS.items():
    # By name, so that `edgewise --help` does not import JAX.
    app.command(f"edgewise.cli.{_name}:{_name}_", name=_name, help=_help)


class Interrupted(KeyboardInterrupt):
    """Ctrl-C in a command that the same command resumes."""


def run(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit."""
    tokens = list(sys.argv[1:] if arguments is None else arguments)
    debug = "--debug" in tokens
    try:
        app(
            [token for token in tokens if token != "--debug"],
            exit_on_error=False,
            print_error=False,
            result_action="return_value",
        )
    except KeyboardInterrupt as stop:
        _stopped(tokens, resumable=isinstance(stop, Interrupted))
    except BrokenPipeError:
        # The reader (`| head`) has gone; nothing is left to be told.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(FAILED)
    except ModuleNotFoundError as error:
        _fail(UserError(missing(error, tokens)), debug)
    except Exception as error:
        _fail(error, debug)


def _fail(error: Exception, debug: bool) -> None:
    if debug:
        print(getattr(error, "details", None) or traceback.format_exc(), file=sys.stderr)
    line, code = _told(error)
    print(f"edgewise: {_cut(' '.join(line.split()))}", file=sys.stderr)
    sys.exit(code)


def _cut(line: str) -> str:
    """What was wrong and what to do, without the middle of a value that goes on and on."""
    return line if len(line) <= LONGEST else f"{line[: LONGEST // 2]} ... {line[-LONGEST // 4 :]}"


def _told(error: Exception) -> tuple[str, int]:
    """What the user is told, and the exit code."""
    if isinstance(error, CycloptsError):
        error.verbose = False
        return f"{error} See edgewise --help.", BAD_INPUT
    if isinstance(error, UserError):
        return str(error), BAD_INPUT
    if isinstance(error, OSError):
        where = error.filename2 or error.filename
        return f"{where}: {error.strerror}" if where else str(error.strerror or error), FAILED
    if hasattr(error, "details"):  # Of workers: what they say is one line already.
        return f"{error}; --debug shows more", FAILED
    return f"{type(error).__name__}: {error}; --debug shows where", FAILED


def _stopped(tokens: list[str], resumable: bool) -> None:
    print("edgewise: stopped", file=sys.stderr)
    if resumable:
        print(f"to go on: {shlex.join(['edgewise', *tokens])}", file=sys.stderr)
    sys.exit(INTERRUPTED)
