#!/usr/bin/env bash
# Installs what is missing, builds Sinter and runs every test. The one test command.
#   tools/check.sh            release build; also the runtime alone, with sanitizers
#   tools/check.sh --asan     the whole suite under the address and undefined-behaviour sanitizers instead
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
set -euo pipefail
cd "$(dirname "$0")/.."

preset=release
case ${1:-} in
  "") ;;
  --asan) preset=asan ;;
  *) sed -n '2,4p' "$0"; exit 2 ;;
esac

step() { printf '\n== %s (%s)\n' "$1" "$(date -u +%H:%M:%S)"; }
jobs=$(nproc)

step "Dependencies"
tools/dev/install-dependencies.sh check

step "Build, preset $preset"
cmake --preset "$preset" >/dev/null
cmake --build --preset "$preset" -j "$jobs"

step "Tests, preset $preset"
ctest --preset "$preset" -j "$jobs" --no-tests=error

if [ "$preset" = release ]; then
  step "The runtime alone, no LLVM, with sanitizers"
  cmake --preset runtime-only -DSINTER_SANITIZE=address,undefined -DCMAKE_BUILD_TYPE=Debug -B build/runtime-asan >/dev/null
  cmake --build build/runtime-asan -j "$jobs"
  ctest --test-dir build/runtime-asan -j "$jobs" --output-on-failure --no-tests=error
fi
step "All tests passed"
