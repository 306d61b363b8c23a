#!/bin/sh
# Install Linli from this folder. Needs Python 3.11, 3.12 or 3.13 and no network.
#   sh install.sh [FOLDER]     (default: /opt/linli)
set -eu
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
folder=${1:-/opt/linli}

python=""
for each in python3.13 python3.12 python3.11 python3; do
    if command -v "$each" >/dev/null 2>&1 &&
        "$each" -c 'import sys, venv; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; then
        python=$each
        break
    fi
done
if [ -z "$python" ]; then
    echo "Linli needs Python 3.11, 3.12 or 3.13, and none was found." >&2
    exit 1
fi

if command -v sha256sum >/dev/null 2>&1; then
    (cd "$here" && sha256sum --quiet --check SHA256SUMS) || {
        echo "This bundle is not as it was made: fetch it again. Nothing was installed." >&2
        exit 1
    }
fi

pip=$(ls "$here"/wheels/pip-*.whl)
own=$(ls "$here"/wheels/linli-*.whl)
mkdir -p "$folder"
"$python" -m venv --without-pip "$folder/.venv"
install() {
    PYTHONPATH="$pip" PIP_CONFIG_FILE=/dev/null "$folder/.venv/bin/python" -m pip --isolated \
        --disable-pip-version-check --quiet install --no-index --find-links "$here/wheels" "$@"
}
install --require-hashes --no-deps -r "$here/requirements.txt"
install --no-deps --force-reinstall "$own"
cp "$here/sbom.cdx.json" "$here/LICENCES.txt" "$folder/"

echo "Linli is in $folder. Next:"
echo "  export LINLI_HOME=/srv/linli"
echo "  $folder/.venv/bin/linli init"
