#!/bin/sh
# Steps that all images share, in the folder of femna's sources:
#     install.sh needs|femna|tests debian|official|apptainer
set -eu
case "$2" in
    debian | apptainer)
        test -x /opt/venv/bin/python || python3 -m venv /opt/venv
        python=/opt/venv/bin/python
        extras=wheel,pictures,sensitivity,slurm
        pinned="--constraint constraints.txt"
        ;;
    official) # DOLFINx, NumPy and MPI are the image's own
        python=python3
        extras=pictures,sensitivity,slurm
        pinned=""
        ;;
    *) echo "install.sh: debian, official or apptainer, not $2" >&2; exit 2 ;;
esac
install() {
    # shellcheck disable=SC2086  # a list of words
    "$python" -m pip install --no-cache-dir --disable-pip-version-check $pinned "$@"
}
case "$1" in
    needs) # an empty package brings the same requirements
        empty=$(mktemp -d)
        cp pyproject.toml README.md LICENSE constraints.txt "$empty"
        mkdir "$empty/femna"
        touch "$empty/femna/__init__.py"
        (cd "$empty" && install ".[$extras]" && "$python" -m pip uninstall -y femna)
        rm -rf "$empty"
        # whoever runs the image compiles forms here
        mkdir -p /var/cache/femna /work
        chmod 1777 /var/cache/femna /work
        ;;
    femna) install --no-deps . ;;
    tests) install hypothesis mpi-pytest pytest pytest-xdist ;;
    *) echo "install.sh: needs, femna or tests, not $1" >&2; exit 2 ;;
esac
