"""The ``femna`` command."""

from __future__ import annotations

from femna.cli.app import build_app, main

__all__ = ["build_app", "main"]
