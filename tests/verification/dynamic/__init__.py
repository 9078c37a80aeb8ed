"""Verification of whole runs: what a march through a protocol must keep, and converge to."""
