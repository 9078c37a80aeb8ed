"""Where the command line writes: rank 0 only, plain text without wrapping."""

from __future__ import annotations

import sys

from rich.console import Console

from femna.cli.ranks import rank


def output_console() -> Console:
    """Return the console of stdout; silent on every rank but 0."""
    return Console(highlight=False, markup=False, soft_wrap=True, quiet=rank() != 0)


def error_console() -> Console:
    """Return the console of stderr; silent on every rank but 0."""
    return Console(stderr=True, highlight=False, markup=False, soft_wrap=True, quiet=rank() != 0)


def write_text(text: str) -> None:
    """Write a text to stdout as it is, on rank 0."""
    if rank() == 0:
        sys.stdout.write(text)


def interactive() -> bool:
    """Return whether somebody watches: both stdout and stderr are terminals, on rank 0."""
    return rank() == 0 and sys.stdout.isatty() and sys.stderr.isatty()
