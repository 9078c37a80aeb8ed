"""The creep law at the metal's quadrature points, as the two functions that the forms see."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from mpi4py import MPI

from femna.errors import ComputationError
from femna.physics.flow_stress import CreepLaw
from femna.physics.metal import MetalFields
from femna.simulation.discretisation import QuadratureEvaluator
from femna.simulation.memory import MetalMemory
from femna.simulation.scales import Scales
from femna.simulation.viscosity import Flow, Viscosity

Array = npt.NDArray[np.float64]


class PointwiseFlow:
    """Evaluates the creep law at the present velocity.

    Parameters
    ----------
    creep : CreepLaw
        Creep law (SI).
    fields : MetalFields
        Its ``theta`` and ``zeta`` are set.
    rate, equivalent_rate : QuadratureEvaluator
        Give ``D*`` and ``D*_e`` (:mod:`femna.physics.metal`), dimensionless.
    scales : Scales
        Characteristic values.
    memory : MetalMemory or None
        What the metal remembers.

    Attributes
    ----------
    resistance : array, shape (points,), Pa, or None
        Deformation resistance at the last evaluation; None for a law without one.
    """

    def __init__(
        self,
        creep: CreepLaw,
        fields: MetalFields,
        *,
        rate: QuadratureEvaluator,
        equivalent_rate: QuadratureEvaluator,
        scales: Scales,
        memory: MetalMemory | None,
    ) -> None:
        self._creep, self._fields, self._rate = creep, fields, rate
        self._equivalent_rate = equivalent_rate
        self._scales, self._memory = scales, memory
        self._comm = fields.velocity.function_space.mesh.comm
        self.resistance: Array | None = None

    @property
    def relaxed_modulus(self) -> float:
        """``3 G dt`` of the present step [Pa s]; infinite without elasticity."""
        return np.inf if self._memory is None else self._memory.relaxed_modulus

    def update(self, temperature: float, *, rate_floor: float, blend: float) -> None:
        """Evaluate at every quadrature point (collective).

        Parameters
        ----------
        temperature : float
            [K].
        rate_floor : float
            Strain-rate floor [1/s].
        blend : float
            Share of the law's own exponent, see `Viscosity`.

        Raises
        ------
        ComputationError
            On every rank, if the law cannot be inverted at a point of any.
        """
        law = Viscosity(creep=self._creep, rate_floor=rate_floor, reference_rate=self._scales.rate)
        rate = self._equivalent_rate()[:, 0] * self._scales.rate
        flow = Flow(theta=np.zeros(0), zeta=np.zeros(0))
        problem = ""
        try:
            flow = law(
                rate,
                temperature=temperature,
                relaxed_modulus=self.relaxed_modulus,
                blend=blend,
                hardening=None if self._memory is None else self._memory.hardening,
            )
        except ComputationError as error:
            problem = str(error)
        # one rank's failure is everybody's, or the others would wait for it for ever
        problem = self._comm.allreduce(problem, op=MPI.MAX)
        if problem:
            raise ComputationError(problem)
        unit = self._scales.rate / self._scales.traction
        self._fields.theta.x.array[:] = flow.theta * unit
        self._fields.zeta.x.array[:] = flow.zeta * unit * self._scales.rate**2
        self.resistance = flow.resistance

    def stress(self) -> Array:
        """Return the deviatoric stress at all points, shape (points, 9), dimensionless."""
        stress = (2.0 / 3.0) * self._fields.theta.x.array[:, None] * self._rate()
        return np.asarray(stress)
