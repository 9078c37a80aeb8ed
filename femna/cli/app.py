"""The command line: which commands there are. Each is imported when it is called."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from types import MappingProxyType
from typing import Final, NoReturn

from cyclopts import App

import femna
from femna.cli.console import error_console, output_console
from femna.cli.exits import guarded
from femna.cli.ranks import leave
from femna.signals import tell_of_termination

_COMMANDS: Final = MappingProxyType(
    {
        "run": "Run one case.",
        "sweep": "Run every case of a study and evaluate them.",
        "status": "Say how far a sweep is: what is done, runs, waits, was interrupted or failed.",
        "mesh": "Write the mesh of a case as a Gmsh file and print its quality.",
        "segment": "Find the voids in a stack of X-ray tomography.",
        "voxels": "Write the state of a run as a stack, as a tomogram would show it.",
        "report": "Write the report of a folder of results again.",
        "view": "Show the fields of a run in a window, or save a picture or a film.",
        "validate": "Check a case or a study without running anything.",
        "init": "Print a commented template, or write it to a file.",
        "materials": "List the material sets, or show one with its sources.",
        "doctor": "Print what this machine offers to a run.",
        "schema": "Print the JSON schema of a case file.",
    }
)


def build_app() -> App:
    """Return the application with all its commands."""
    app = App(
        name="femna",
        help="Contact loss of an alkali-metal electrode on a ceramic electrolyte under pressure.",
        version=femna.__version__,
        suppress_keyboard_interrupt=False,
        result_action="return_value",
        exit_on_error=False,
        print_error=False,
        console=output_console(),
        error_console=error_console(),
    )
    for name, text in _COMMANDS.items():
        app.command(f"femna.cli.{name}:{name}_command", name=name, help=text)
    return app


def execute(arguments: Sequence[str] | None = None) -> int:
    """Run one command line and return its exit code.

    Parameters
    ----------
    arguments : sequence of str, optional
        Without the program's name; those of the process when left out.
    """
    tokens = list(sys.argv[1:] if arguments is None else arguments)

    def call() -> int:
        result = build_app()(tokens)
        return result if isinstance(result, int) else 0

    return guarded(call)


def main() -> NoReturn:
    """Run the command line of this process."""
    tell_of_termination()
    sys.exit(leave(execute()))
