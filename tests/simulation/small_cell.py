"""A metal with a memory in a small cell: as a case, and as a block of its own."""

from __future__ import annotations

import femna.backend  # noqa: F401  (before dolfinx)

# isort: split
from mpi4py import MPI

from femna.case import parse_case
from femna.mesh import build_cell
from femna.simulation.elastic_memory import ElasticModuli
from femna.simulation.metal import MetalBlock
from femna.simulation.scales import Scales

SHEAR = 2e9
SCALES = Scales(length=25e-6, velocity=1e-9, traction=4e6, current=1.0, potential=1.0)


def case(symmetry="plane_strain", *, young="3 GPa", size="4 um", creep=None, elastic=True):
    """A case of a half-blocked cell; sodium's creep unless another is given."""
    thickness = "20 um" if symmetry == "square" else "50 um"
    geometry = {
        "kind": "unit_cell", "symmetry": symmetry, "period": "50 um", "metal_thickness": thickness,
        "electrolyte_thickness": thickness,
    }  # fmt: skip
    kind = "stripes" if symmetry == "plane_strain" else "patches"
    return parse_case(
        {
            "femna": 1,
            "title": "a metal with a memory",
            "geometry": geometry,
            "metal": {
                "material": "lithium" if creep else "sodium",
                "creep": creep or {"law": "norton"},
                "elastic": elastic,
                "youngs_modulus": young,
            },
            "electrolyte": {"material": "beta_alumina"},
            "interface": {
                "map": {"kind": kind, "blocked_fraction": 0.5, "transition": "9 um"},
                "kinetics": {"law": "linear", "resistance": "8 ohm*cm^2"},
                "roughness": "0.1 um",
                "wall": {"law": "free_slip"},
            },
            "protocol": {
                "temperature": "298.15 K",
                "pressure": "4 MPa",
                "current_density": "1 mA/cm^2",
                "charge": "0.1 mAh/cm^2",
                "steps": [{"do": "strip"}],
            },
            "limits": {"voltage": "3 V", "contact_fraction": 0.01},
            "numerics": {"interface_size": size, "contact_error": 0.005},
            "output": {"fields_at": ["end"]},
        }
    )


def block(law, *, symmetry="plane_strain", comm=MPI.COMM_SELF, elastic=True):
    """The metal of the case with a given law, at rest under the traction."""
    metal = MetalBlock(
        build_cell(case(symmetry, size="8 um"), comm),
        law,
        SCALES,
        rate_floor=1e-9 * SCALES.rate,
        quadrature_degree=4,
        platen_sticks=False,
        elastic=ElasticModuli(shear=SHEAR, bulk=5e9) if elastic else None,
    )
    metal.fields.pressure.x.array[:] = 1.0
    return metal
