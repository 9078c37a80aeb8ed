#!/bin/sh
# Looks for what has to be there before anything is installed. Prints the Python to use, or says in
# one line what is missing and how to get it (exit 1). PYTHON=... names a Python to use.
set -u

other_ways="or take DOLFINx from conda-forge or the image (README, Other ways in)"

fail() {
    printf 'femna: %s\n' "$1" >&2
    exit 1
}

# Is $1 a Python that runs (a pyenv shim may not) and is new enough?
is_new_enough() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 12))' >/dev/null 2>&1
}

find_python() {
    if [ -n "${PYTHON:-}" ]; then
        if is_new_enough "$PYTHON"; then
            command -v "$PYTHON"
            return
        fi
        found=$("$PYTHON" --version 2>&1 | head -n 1)
        fail "PYTHON=$PYTHON is not Python 3.12 or newer (${found:-it does not run}); name another one, $other_ways"
    fi
    for name in python3 python3.13 python3.12 python3.14; do
        if is_new_enough "$name"; then
            command -v "$name"
            return
        fi
    done
    found=$(python3 --version 2>/dev/null | head -n 1)
    fail "Python 3.12 or newer is needed, found ${found:-no python3}; install one (pyenv install 3.12, uv python install 3.12, or your system's package) and name it with PYTHON=..., $other_ways"
}

machine="$(uname -s) $(uname -m)"
[ "$machine" = "Linux x86_64" ] ||
    fail "the packaged DOLFINx runs on Linux x86_64 only, this is $machine; take DOLFINx from conda-forge or the image (README, Other ways in)"

python=$(find_python) || exit 1
version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')

"$python" -c 'import os, sys
name, number = os.confstr("CS_GNU_LIBC_VERSION").split()
sys.exit(name != "glibc" or tuple(int(part) for part in number.split(".")[:2]) < (2, 34))' 2>/dev/null ||
    fail "the packaged DOLFINx needs the GNU C library 2.34 or newer (Debian 12, Ubuntu 22.04, Fedora 35); $other_ways"

"$python" -c 'import ensurepip, venv' 2>/dev/null ||
    fail "$python has no venv module; Debian or Ubuntu: apt-get install python$version-venv, $other_ways"

include=$("$python" -c 'import sysconfig; print(sysconfig.get_paths()["include"])')
[ -f "$include/Python.h" ] ||
    fail "$python has no headers ($include/Python.h); Debian or Ubuntu: apt-get install python$version-dev, Fedora: dnf install python3-devel, $other_ways"

# The compiler that FFCx would call: CC, or the one that Python was built with.
compiler=${CC:-$("$python" -c 'import sysconfig; print(sysconfig.get_config_var("CC") or "cc")')}
command -v "${compiler%% *}" >/dev/null 2>&1 ||
    fail "no C compiler (${compiler%% *} is not on PATH); Debian or Ubuntu: apt-get install gcc libc6-dev, Fedora: dnf install gcc, $other_ways"

folder=$(mktemp -d) || fail "no temporary folder can be made; set TMPDIR to a folder that is writable"
trap 'rm -rf "$folder"' EXIT
printf '#include <Python.h>\nint trial(void) { return 0; }\n' >"$folder/trial.c"
# $compiler is left unquoted: it may carry options.
# shellcheck disable=SC2086
$compiler -shared -fPIC "-I$include" "$folder/trial.c" -o "$folder/trial.so" >/dev/null 2>"$folder/said" ||
    fail "the C compiler $compiler cannot build against Python.h ($(head -n 1 "$folder/said")); Debian or Ubuntu: apt-get install gcc libc6-dev python$version-dev"

"$python" -c 'import sys; print(sys.executable)'
