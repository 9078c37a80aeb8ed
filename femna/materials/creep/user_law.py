"""A creep law whose code comes from outside, run and checked when a run sets up its model."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from femna.errors import ComputationError, InputError
from femna.materials.creep.law import Values
from femna.signals import time_limit

LOG_STEP: Final = 1e-5
"""Change of ln(stress) for a slope by central differences: where their error, the square of the
step, meets round-off over the step."""

CALL_LIMIT: Final = 60.0
"""Wall time that one call of the user's code may take [s]: a run calls it some hundred times."""

_RAISED: Final = (Exception, SystemExit)


@dataclass(frozen=True, kw_only=True)
class UserLaw:
    """A law made by code of the user's; the code runs in `load` or at the first rate.

    Attributes
    ----------
    key, value : str
        The case's entry that names the law, for messages.
    place : str
        The Python file that messages point into; empty where there is none.
    make : callable
        Returns an object with ``rate(stress, temperature)`` and, if it can,
        ``log_slope(stress, temperature)``: see `CreepLaw`.
    stresses : tuple of float
        Sample on which the rate must be finite, positive and growing [Pa].
    temperatures : tuple of float
        For the same [K].
    """

    key: str
    value: str
    place: str
    make: Callable[[], Any]
    stresses: tuple[float, ...]
    temperatures: tuple[float, ...]

    def load(self) -> None:
        """Run the user's code and check the law that it makes.

        Raises
        ------
        InputError
            When the code fails or takes too long, or its rate is not finite, positive and growing
            with stress.
        """
        for temperature in self.temperatures:
            stress = np.array(self.stresses)
            try:
                with np.errstate(all="ignore"):
                    rate = self._evaluate("rate", stress, temperature)
                    slope = self._slope(stress, temperature)
            except _RAISED as error:
                raise self._refusal(f"fails: {self._reason(error)}") from error
            for name, values in (("rate", rate), ("log_slope", slope)):
                infinite, negative = ~np.isfinite(values), values <= 0.0
                self._check(f"its {name} must be finite", infinite, stress, temperature)
                self._check(f"its {name} must be above 0", negative, stress, temperature)
            fallen = np.append(False, np.diff(rate) <= 0.0)
            self._check("its rate must grow with stress", fallen, stress, temperature)

    def rate(self, stress: ArrayLike, temperature: ArrayLike) -> Values:
        """Return the equivalent creep rate [1/s]; see `CreepLaw.rate`."""
        try:
            return self._evaluate("rate", stress, temperature)
        except _RAISED as error:
            raise ComputationError(f"{self.key} = {self.value!r}: {self._reason(error)}") from error

    def log_slope(self, stress: ArrayLike, temperature: ArrayLike) -> Values:
        """Return d ln(rate) / d ln(stress), by central differences if the law does not."""
        try:
            return self._slope(stress, temperature)
        except _RAISED as error:
            raise ComputationError(f"{self.key} = {self.value!r}: {self._reason(error)}") from error

    @cached_property
    def _law(self) -> Any:
        with time_limit(CALL_LIMIT):
            law = self.make()
        if not callable(getattr(law, "rate", None)):
            raise TypeError(f"{type(law).__name__} has no method rate(stress, temperature)")
        return law

    def _evaluate(self, name: str, stress: ArrayLike, temperature: ArrayLike) -> Values:
        shape = np.broadcast_shapes(np.shape(stress), np.shape(temperature))
        given = np.asarray(stress, dtype=float).view()
        given.flags.writeable = False  # it is the solver's own
        function = getattr(self._law, name)
        with time_limit(CALL_LIMIT):
            found = function(given, temperature)
        return np.array(np.broadcast_to(np.asarray(found, dtype=float), shape))

    def _slope(self, stress: ArrayLike, temperature: ArrayLike) -> Values:
        if hasattr(self._law, "log_slope"):
            return self._evaluate("log_slope", stress, temperature)
        given = np.asarray(stress, dtype=float)
        above, below = given * np.exp(LOG_STEP), given * np.exp(-LOG_STEP)
        ratio = self._evaluate("rate", above, temperature) / self._evaluate(
            "rate", below, temperature
        )
        return np.asarray(np.log(ratio) / np.log(above / below))

    def _check(
        self, limit: str, wrong: NDArray[np.bool], stress: Values, temperature: float
    ) -> None:
        if np.any(wrong):
            where = f"{stress[int(np.argmax(wrong))] / 1e6:.3g} MPa and {temperature:g} K"
            raise self._refusal(f"{limit}, which it is not at {where}")

    def _refusal(self, limit: str) -> InputError:
        return InputError(None, self.key, self.value, limit, "correct the law or its parameters")

    def _reason(self, error: BaseException) -> str:
        frames = traceback.extract_tb(error.__traceback__)
        inside = [frame.lineno for frame in frames if frame.filename == self.place]
        if isinstance(error, SyntaxError) and error.filename == self.place:
            inside, error = [error.lineno], SyntaxError(error.msg)
        where = f"line {inside[-1]}: " if inside else ""
        try:
            said = str(error)
        except Exception:  # noqa: BLE001 - the user's exception, which may fail to speak
            said = "(it cannot say why)"
        return f"{where}{type(error).__name__}: {said}"
