"""A step of the cell that is restored and done again, with a failed attempt in between."""

import numpy as np

from femna.simulation.start import solve_from_rest


def take_first_step(system, newton):
    """Solve the present step from rest and accept it on a mesh that stays; return a mesh motion."""
    metal, dt = system.metal, system.step.dt
    motion = np.linspace(0.0, -dt, len(metal.mesh.geometry.x))
    metal.begin_step(dt)
    assert solve_from_rest(system, newton).converged
    metal.accept_step(dt, 0.0 * motion, system.platen_velocity)
    return motion


def assert_repeated_identically(system, newton, motion):
    """Assert that the next step has the same digits after another one was tried and undone."""
    metal, dt = system.metal, system.step.dt
    memory, unknowns = metal.memory_state(), system.create_vector()
    system.pack(unknowns)

    def repeat():
        metal.restore_memory(memory)
        system.unpack(unknowns)
        metal.begin_step(dt)
        assert newton.solve().converged
        metal.accept_step(dt, motion, system.platen_velocity)
        return [*metal.memory_state().values(), *(x.copy() for x in metal.get()), system.z.copy()]

    first = repeat()
    metal.begin_step(0.3 * dt)  # a failed attempt in between
    newton.solve()
    metal.accept_step(0.3 * dt, 5.0 * motion, 0.7)
    for old, new in zip(first, repeat(), strict=True):
        assert np.array_equal(old, new)
