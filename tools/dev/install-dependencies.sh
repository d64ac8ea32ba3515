#!/usr/bin/env bash
# Installs the Debian packages that Sinter is built from, those that are missing only.
#   install-dependencies.sh [build|check]     check (default) adds what the tests and benchmarks need
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
set -euo pipefail

packages=(cmake ninja-build g++ libc6-dev clang-22 lld-22 llvm-22-dev libmlir-22-dev mlir-22-tools llvm-22-tools
  zlib1g-dev libcli11-dev libfmt-dev nlohmann-json3-dev ccache)
if [ "${1:-check}" = check ]; then
  packages+=(libgtest-dev libbenchmark-dev libopenblas-pthread-dev libdnnl-dev libclang-rt-22-dev python3 file chromium)
fi

missing=()
for package in "${packages[@]}"; do
  state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
  [ "$state" = installed ] || missing+=("$package")
done
if [ ${#missing[@]} -eq 0 ]; then
  echo "All ${#packages[@]} packages are installed."
  exit 0
fi

echo "Missing packages: ${missing[*]}"
if ! command -v apt-get >/dev/null; then
  echo "error: apt-get was not found; install the packages above with your system's package manager" >&2
  exit 1
fi
run=()
if [ "$(id -u)" -ne 0 ]; then
  if ! command -v sudo >/dev/null; then
    echo "error: installing packages needs root, and sudo was not found; as root run: apt-get install ${missing[*]}" >&2
    exit 1
  fi
  run=(sudo)
fi
export DEBIAN_FRONTEND=noninteractive
"${run[@]}" apt-get update -qq || echo "warning: the package lists could not be refreshed; trying with the old ones" >&2
if ! "${run[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null; then
  echo "error: apt-get could not install: ${missing[*]}" >&2
  echo "Sinter needs LLVM and MLIR 22; see docs/getting-started.md for where Debian 12 has them" >&2
  exit 1
fi
echo "Installed ${#missing[@]} packages."
