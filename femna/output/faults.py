"""Faults of the machine, named: what a user can do something about is no bug."""

from __future__ import annotations

import errno
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from petsc4py import PETSc

from femna.errors import ComputationError, EnvironmentProblem, RankFault
from femna.files import disk_refusal
from femna.resident import resident_memory
from femna.toolchain import examine_compiler

_OUT_OF_MEMORY: Final = 55  # PETSC_ERR_MEM
_COMPILING: Final = ("CompileError", "LinkError", "DistutilsExecError", "DistutilsPlatformError")
_COMPILING_ELSEWHERE: Final = ("JIT compilation", "VerificationError")
_GIBIBYTE: Final = 2.0**30


@contextmanager
def named_faults() -> Iterator[None]:
    """Turn what a full memory, a full disk or a missing compiler raise into one line.

    Raises
    ------
    RankFault
        Memory ran out.
    ComputationError
        A disk refuses to be written.
    EnvironmentProblem
        A form could not be compiled.
    """
    try:
        yield
    except MemoryError as error:
        raise RankFault(memory_line()) from error
    except PETSc.Error as error:
        if error.ierr != _OUT_OF_MEMORY:
            raise
        raise RankFault(memory_line()) from error
    except OSError as error:
        if error.errno == errno.ENOMEM:
            raise RankFault(memory_line()) from error
        refusal = disk_refusal(error)
        if refusal is None:
            raise
        raise ComputationError(refusal) from error
    except Exception as error:
        if not _is_of_the_compiler(error):
            raise
        raise EnvironmentProblem(_compiler_line(error)) from error


def memory_line() -> str:
    """Say that memory ran out, with what this process has and what it may have."""
    soft, _ = resource.getrlimit(resource.RLIMIT_AS)
    limit = "" if soft == resource.RLIM_INFINITY else f", its limit is {soft / _GIBIBYTE:.2g} GiB"
    return (
        f"memory ran out (this process holds {resident_memory() / 1024.0:.2g} GiB{limit}); "
        "take a coarser mesh, more ranks, or fewer cases beside each other"
    )


def _is_of_the_compiler(error: Exception) -> bool:
    """Say whether an error comes from the compilation of a form, on this rank or on rank 0."""
    found: BaseException | None = error
    while found is not None:
        if type(found).__name__ in _COMPILING:
            return True
        if type(found).__name__ in _COMPILING_ELSEWHERE or _COMPILING_ELSEWHERE[0] in str(found):
            return not isinstance(found, TimeoutError)
        found = found.__cause__ or found.__context__
    return False


def _compiler_line(error: Exception) -> str:
    problem = examine_compiler().problem
    if problem is not None:
        return problem
    said = " ".join(str(error).split()) or type(error).__name__
    return f"a form could not be compiled ({said}); femna doctor says what this machine offers"
