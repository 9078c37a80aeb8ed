#!/usr/bin/env bash
# Build the Debian image as it stands and try it, without a Docker engine: buildah with chroot isolation.
#     bash tools/container.sh [pytest arguments]
# Needs root and the Debian packages buildah and mmdebstrap. Variables:
#     CONTAINER_STORE   folder for images (default .container, made here)
#     CONTAINER_BASE    a tar of Debian trixie; made with mmdebstrap where it is missing
#     CONTAINER_CA      a bundle of certificates for a network that has its own
set -euo pipefail
cd "$(dirname "$0")/.."

store=$(mkdir -p "${CONTAINER_STORE:-.container}" && cd "${CONTAINER_STORE:-.container}" && pwd)
base=${CONTAINER_BASE:-$store/trixie.tar}
user=4321
tests=("$@")
[ "${#tests[@]}" -gt 0 ] || tests=(tests/setup/test_doctor.py tests/cli tests/output tests/runs/test_ranks.py)

for program in buildah mmdebstrap; do
    command -v "$program" >/dev/null || {
        echo "femna: $program is missing (Debian: apt-get install buildah mmdebstrap)" >&2
        exit 1
    }
done
[ "$(id -u)" -eq 0 ] || { echo "femna: buildah's chroot isolation needs root here" >&2; exit 1; }

export CONTAINERS_STORAGE_CONF=$store/storage.conf STORAGE_DRIVER=vfs BUILDAH_ISOLATION=chroot
printf '[storage]\ndriver = "vfs"\ngraphroot = "%s"\nrunroot = "%s"\n' \
    "$store/graph" "$store/run" >"$CONTAINERS_STORAGE_CONF"

step() { echo "container: $*"; }
working=()
finish() { for name in "${working[@]}"; do buildah rm "$name" >/dev/null; done; }
trap finish EXIT

if ! buildah inspect --type image docker.io/library/debian:trixie-slim >/dev/null 2>&1; then
    step "base image from Debian's archive"
    [ -f "$base" ] || mmdebstrap --quiet --variant=apt --mode=root trixie "$base"
    scratch=$(buildah from scratch)
    working+=("$scratch")
    buildah add --quiet "$scratch" "$base" / >/dev/null
    if [ -n "${CONTAINER_CA:-}" ]; then
        buildah copy --quiet "$scratch" "$CONTAINER_CA" /etc/network-ca.crt >/dev/null
        printf '[global]\ncert = /etc/network-ca.crt\n' >"$store/pip.conf"
        buildah copy --quiet "$scratch" "$store/pip.conf" /etc/pip.conf >/dev/null
    fi
    buildah commit --quiet "$scratch" docker.io/library/debian:trixie-slim >/dev/null
fi

step "building containers/Dockerfile, targets debian and tests"
# one layer a target: with vfs every layer is a whole copy, 2.4 GB each
buildah bud --pull-never --network host --layers=false -f containers/Dockerfile --target tests -t femna:tests .

results=$(mktemp -d "$store/results.XXXX")
chown "$user:$user" "$results"
inside=$(buildah from --pull-never localhost/femna:tests)
working+=("$inside")
as_user() {
    buildah run --user "$user:$user" --network host --workingdir /work \
        -v "$results:/work" -v "$PWD:/src:ro" "$inside" -- "$@"
}

step "a map of four cases, as user $user, one process"
as_user femna sweep /src/containers/small_map.toml -o map --jobs 1
step "one case, as user $user, on 2 ranks"
as_user mpiexec -n 2 femna run /src/studies/unit_cell.toml -o ranks \
    --set numerics.interface_size="2 um" --set interface.map.transition="12 um" \
    --set numerics.step="0.05 mAh/cm^2" --set protocol.pressure="0.4 MPa"
grep -q '"ranks": 2' "$results/ranks/run.json"
grep -q '"status": "ok"' "$results/map/summary.json"

foreign=$(find "$results" ! \( -user "$user" -group "$user" \) | head -n 1)
[ -z "$foreign" ] || { echo "femna: $foreign does not belong to the user" >&2; exit 1; }
step "$(find "$results" -type f | wc -l) files in the mounted volume, all of user $user"

step "tests, as user $user, on 1 and 2 ranks"
as_user sh -c 'cp -r /src/tests /src/pyproject.toml /src/docs /src/studies /src/containers /src/README.md /src/CONTRIBUTING.md /src/CHANGELOG.md /src/constraints.txt . \
    && exec /opt/venv/bin/python -m pytest -q -p no:cacheprovider "$@"' sh "${tests[@]}"
rm -rf "$results"
step "built, run and tested"
