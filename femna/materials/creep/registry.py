"""The creep laws that a case may name, wherever their code is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib.metadata import EntryPoint
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import Any, Final

from femna.materials.creep.anand import Anand
from femna.materials.creep.diffusional import Diffusional
from femna.materials.creep.law import CreepLaw
from femna.materials.creep.norton import Norton
from femna.materials.creep.parallel import Parallel
from femna.materials.creep.size_dependent import SizeDependent
from femna.materials.creep.user_law import UserLaw

GROUP: Final = "femna.creep_laws"
"""The group of entry points by which an installed package offers creep laws."""


def _norton_diffusional(
    *, dislocation: Mapping[str, float] | None, **diffusional: Any
) -> Diffusional | Parallel:
    linear = Diffusional(**diffusional)
    return linear if dislocation is None else Parallel((Norton(**dislocation), linear))


def _size_dependent(*, bulk: Mapping[str, float], **size: float) -> SizeDependent:
    return SizeDependent(bulk=Norton(**bulk), **size)


def _from_file(
    *, file: Path, text: str, function: str, parameters: Mapping[str, float], **sample: Any
) -> UserLaw:
    def make() -> Any:
        module = ModuleType(file.stem)
        module.__file__ = str(file)
        exec(compile(text, str(file), "exec"), module.__dict__)
        maker = getattr(module, function, None)
        if not callable(maker):
            raise TypeError(f"the file has no function {function}")
        return maker(**parameters)

    return UserLaw(key="metal.creep.file", value=str(file), place=str(file), make=make, **sample)


def _from_entry_point(
    *, point: EntryPoint, parameters: Mapping[str, float], **sample: Any
) -> UserLaw:
    return UserLaw(
        key="metal.creep.name",
        value=point.name,
        place="",
        make=lambda: point.load()(**parameters),
        **sample,
    )


CREEP_LAWS: Final[Mapping[str, Callable[..., CreepLaw]]] = MappingProxyType(
    {
        "anand": Anand,
        "norton": Norton,
        "norton_diffusional": _norton_diffusional,
        "size_dependent": _size_dependent,
        "file": _from_file,
        "entry_point": _from_entry_point,
    }
)
"""The laws that a case may name in ``metal.creep.law``; a new one is added here."""


def creep_law(name: str, **parameters: Any) -> CreepLaw:
    """Make a creep law by its name.

    Parameters
    ----------
    name : str
        A key of `CREEP_LAWS`.
    **parameters
        What the law takes, in SI units (`femna.materials.creep_parameters`).

    Raises
    ------
    KeyError
        For an unknown name.
    """
    return CREEP_LAWS[name](**parameters)
