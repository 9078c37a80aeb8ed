#!/bin/sh
# Packages of the system that femna needs, for every image:  packages.sh debian|official
set -eu
# gmsh and VTK load these also without a screen
libraries="libgl1 libglu1-mesa libgomp1 libxcursor1 libxft2 libxinerama1 libxrender1"
case "$1" in
    # gcc and headers: DOLFINx compiles its forms when it runs
    debian) more="gcc libc6-dev python3 python3-dev python3-venv" ;;
    official) more="" ;;
    *) echo "packages.sh: debian or official, not $1" >&2; exit 2 ;;
esac
export DEBIAN_FRONTEND=noninteractive
apt-get update
# shellcheck disable=SC2086  # lists of words
apt-get install -y --no-install-recommends $libraries $more
rm -rf /var/lib/apt/lists/*
