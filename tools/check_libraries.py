"""Import what needs libraries of the system; say in one line which one is missing, and exit 1."""

from __future__ import annotations

import importlib
import sys

from femna.system_libraries import advice


def main() -> int:
    """Try gmsh and VTK, the two that load libraries that no wheel brings."""
    for shown, module in (("gmsh", "gmsh"), ("VTK", "pyvista")):
        try:
            importlib.import_module(module)
        except (ImportError, OSError) as error:
            sys.stderr.write(f"femna: {advice(shown, error)}\n")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
