"""``python -m femna``: the same program as the ``femna`` command."""

from __future__ import annotations

from femna.cli import main

if __name__ == "__main__":
    main()
