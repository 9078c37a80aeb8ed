"""Compiled forms whose compilation was killed: taken up again in place of waited for.

FFCx marks a form that is being compiled by an empty ``.c`` file, and whoever wants it as well
waits for the mark of its completion. A process that is killed in between leaves the first and
never sets the second. So each process notes beside the ``.c`` file who it is, and one that finds
a form begun by a process of this machine that is no more, removes what it left.
"""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any, Final

_TRIALS: Final = 2
"""Seconds between two looks at whether the other process still lives."""

type Find = Callable[[str, Sequence[str], Path, int], Any]


def take_up_killed_compilations(jit: ModuleType) -> None:
    """Let FFCx look whether the process that it waits for is alive.

    Parameters
    ----------
    jit : module
        ``ffcx.codegeneration.jit``; left alone where it has no ``get_cached_module``.
    """
    find: Find | None = getattr(jit, "get_cached_module", None)
    if find is None or getattr(find, "looks_for_the_dead", False):
        return

    def patient(name: str, objects: Sequence[str], folder: Path, timeout: int) -> Any:
        owner = Path(folder) / f"{name}.owner"
        waited = 0
        while True:
            spell = min(_TRIALS, timeout - waited)
            try:
                found = find(name, objects, folder, spell)
            except TimeoutError:
                waited += spell
                if _abandoned(owner):
                    _remove(Path(folder), name)
                elif waited >= timeout:
                    raise
                continue
            if found[0] is None:  # it is ours to compile
                owner.write_text(json.dumps(_identity(os.getpid())), encoding="ascii")
            return found

    patient.looks_for_the_dead = True  # type: ignore[attr-defined]
    jit.get_cached_module = patient  # type: ignore[attr-defined]


def _identity(process: int) -> list[object]:
    """Return machine, number and birth of a process; the birth tells it from a later namesake."""
    try:
        born = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return [socket.gethostname(), process, ""]
    return [socket.gethostname(), process, born[19]]


def _abandoned(owner: Path) -> bool:
    """Say whether the process that began a form was one of this machine and is no more."""
    try:
        noted = json.loads(owner.read_text(encoding="ascii"))
        host, process, _ = noted
    except (OSError, ValueError, TypeError):
        return False
    return bool(host == socket.gethostname() and noted != _identity(int(process)))


def _remove(folder: Path, name: str) -> None:
    """Remove what a killed compilation left: the newest part first, the ``.c`` file last."""
    for path in sorted(folder.glob(f"{name}.*"), key=lambda path: path.suffix == ".c"):
        path.unlink(missing_ok=True)
