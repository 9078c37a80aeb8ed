"""Static and single-step verification of the finite-element blocks; helpers beside the tests."""
