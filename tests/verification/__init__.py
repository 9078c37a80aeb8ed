"""Static and single-step verification of the finite-element blocks; helpers beside the tests."""

import femna.backend  # noqa: F401  (before dolfinx)
