"""Anand's law with the published numbers of lithium."""

from femna.materials import Anand

TEMPERATURE = 298.15

LITHIUM = Anand(
    prefactor=4.25e4,
    activation_energy=37e3,
    rate_sensitivity=0.15,
    initial_resistance=0.95e6,
    hardening_modulus=10e6,
    hardening_exponent=2.0,
    saturation=2.0e6,
    saturation_exponent=0.05,
)
"""L. Anand, S. Narayan, J. Electrochem. Soc. 166 (2019) A1092."""
