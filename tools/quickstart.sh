#!/usr/bin/env bash
# From a fresh checkout to a trained model: installs what is missing, builds sinterc, compiles a classifier of
# handwritten digits ahead of time, and trains it on the data in data/digits.csv.gz.
#   tools/quickstart.sh [FOLDER]     results go to FOLDER (default build/quickstart)
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
set -euo pipefail
cd "$(dirname "$0")/.."
out=${1:-build/quickstart}

step() { printf '\n== %s\n' "$1"; }
run() { printf '$ %s\n' "$*" >&2; "$@"; }

step "1. Dependencies (Debian packages)"
tools/dev/install-dependencies.sh build

step "2. Build the compiler"
run cmake --preset release -DSINTER_BUILD_TESTS=OFF -DSINTER_BUILD_BENCHMARKS=OFF >/dev/null
run cmake --build --preset release --target sinterc

mkdir -p "$out"
sinterc=build/release/bin/sinterc
step "3. Compile the model ahead of time: one program that trains"
run "$sinterc" test/models/digits.mlir -o "$out/digits"

step "4. Train it; a fifth of the images is held out for validation"
run "$out/digits" train --data data/digits.csv.gz --target -1 --scale 0.0625 --validation 0.2 --epochs 40 \
  --schedule cosine --seed 1 \
  --save "$out/digits.safetensors" --log "$out/digits.csv"

step "5. Predict: the first images of the data again"
zcat data/digits.csv.gz | head -n 5 > "$out/five.csv" || true
run "$out/digits" predict --data "$out/five.csv" --target -1 --scale 0.0625 --weights "$out/digits.safetensors"

step "Done"
echo "The program: $out/digits (try: $out/digits --help); its weights: $out/digits.safetensors; the metrics: $out/digits.csv"
