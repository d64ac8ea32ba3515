#!/usr/bin/env bash
# Checks and measures our GPU code on this machine's NVIDIA GPU. Made by tools/gpu-check/pack.py; needs a driver, bash and awk.
#   run.sh [--out FOLDER] [--steps N] [--no-instructions]
# Results go to FOLDER (default: results beside this script); N: steps of benchmarks [300]; the tests of instructions may be left out.
# Writes FOLDER/report.md, a log of each part, and FOLDER/recorded.txt, the results of instructions for the emulator's tests
# (test/emulator/Recorded). Every part passes, fails or is skipped with a reason; status 1 if one failed.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
set -uo pipefail
shopt -s nullglob
here=$(cd "$(dirname "$0")" && pwd)
out=$here/results steps=300 instructions=yes
while [ $# -gt 0 ]; do
  case $1 in
    --out) out=$2; shift 2 ;;
    --steps) steps=$2; shift 2 ;;
    --no-instructions) instructions=no; shift ;;
    *) sed -n '2,7p' "$0"; exit 2 ;;
  esac
done
rm -rf "$out"
mkdir -p "$out"
out=$(cd "$out" && pwd)
failed=0

report() { printf '%s\n' "$*" | tee -a "$out/report.md"; }
# result NAME passed|FAILED|skipped REMARK
result() {
  [ "$2" = FAILED ] && failed=$((failed + 1))
  report "| $1 | $2 | ${3:-} |"
}
# part NAME SECONDS LOG COMMAND...: passes if the command does, in time; status 77 is "cannot be run here".
part() {
  local name=$1 seconds=$2 log=$out/$3 status
  shift 3
  timeout -k 5 "$seconds" "$@" > "$log" 2>&1
  status=$?
  case $status in
    0) result "$name" passed "$(tail -n 1 "$log" | tr '|' '/' | cut -c 1-100)" ;;
    77) result "$name" skipped "$(head -n 1 "$log" | tr '|' '/' | cut -c 1-160)" ;;
    124 | 137) result "$name" FAILED "no end within $seconds s" ;;
    *) result "$name" FAILED "status $status: $( (grep -iE -m 1 'error|FAILED' "$log" || tail -n 1 "$log") | tr '|' '/' | cut -c 1-200)" ;;
  esac
  return $status
}

# compare FOUND EXPECTED LIMIT: the column `loss` of two CSV files, within a relative limit.
compare() {
  awk -F, -v limit="$3" '
    FNR == 1 { ++file; for (i = 1; i <= NF; ++i) if ($i == "loss") column = i; next }
    { loss[file, FNR] = $column; rows[file] = FNR }
    END {
      if (rows[1] != rows[2] || rows[1] < 2) { printf "expected %d losses, found %d\n", rows[2] - 1, rows[1] - 1; exit 1 }
      for (i = 2; i <= rows[1]; ++i) {
        found = loss[1, i]; expected = loss[2, i]
        if (found != found + 0 || expected == 0) { printf "step %d: expected a loss, found %s\n", i - 1, found; exit 1 }
        difference = (found - expected) / expected
        if (difference < 0) difference = -difference
        if (difference > worst) worst = difference
      }
      printf "%d losses, largest relative difference %.2e (limit %g)\n", rows[1] - 1, worst, limit
      exit !(worst <= limit)
    }' "$1" "$2"
}
export -f compare

report "# GPU check"
report
report "$(date -u '+%Y-%m-%d %H:%M UTC'), revision $(cat "$here/revision.txt"), $(uname -sr)"
if command -v nvidia-smi > /dev/null; then
  report "$(nvidia-smi --query-gpu=name,driver_version,memory.total,clocks.max.sm,clocks.max.mem --format=csv,noheader 2>&1)"
else
  report "nvidia-smi is not there"
fi
report
report "| part | result | remark |"
report "|---|---|---|"

# A fault ends a process's context, so each test has a process of its own.
tests=$(cd "$here" && timeout 60 ./PtxConformance --gtest_list_tests 2> "$out/driver.log" | awk '/^[^ ]/ { suite = $1; next } { print suite $1 }')
if [ -z "$tests" ]; then
  result "driver" FAILED "$(head -n 1 "$out/driver.log")"
  exit 1
fi
if [ $instructions = yes ]; then
  export SINTER_TEST_INPUTS=$here/inputs SINTER_RECORD=$out/recorded.txt
  good=0 bad=""
  for test in $tests; do
    if timeout -k 5 120 "$here/PtxConformance" --gtest_filter="$test" > "$out/last.log" 2>&1; then
      good=$((good + 1))
    else
      bad="$bad $test"
      { echo "== $test"; cat "$out/last.log"; } >> "$out/conformance.log"
    fi
  done
  unset SINTER_RECORD
  rm -f "$out/last.log"
  if [ -z "$bad" ]; then
    result "instructions" passed "$good tests"
  else
    result "instructions" FAILED "$good passed, not:$bad (conformance.log)"
  fi
else
  result "instructions" skipped "--no-instructions"
fi

# Losses beside those of the CPU, and the same bytes from two runs.
while read -r name tolerance; do
  folder=$here/cases/$name work=$out/$name
  mkdir -p "$work"
  cd "$work"
  data=(--inputs "$folder/inputs.npy" --targets "$folder/targets.npy" --seed 1 --epochs 2 --quiet --log-steps)
  "$folder/program" train "${data[@]}" --log cpu.csv --save cpu.safetensors > cpu.log 2>&1 ||
    { result "$name on the CPU" FAILED "$(grep -m 1 error cpu.log)"; continue; }
  if part "$name runs" 300 "$name/gpu.log" "$folder/program" train "${data[@]}" --device=gpu --log gpu.csv --save gpu.safetensors; then
    part "$name as on the CPU" 20 "$name/losses.log" bash -c "compare gpu.csv cpu.csv $tolerance"
    part "$name again" 300 "$name/again.log" bash -c "'$folder/program' train ${data[*]@Q} --device=gpu --log again.csv --save again.safetensors && cmp gpu.safetensors again.safetensors && echo the same bytes"
  fi
done < "$here/cases.txt"

if [ -d "$here/golden" ]; then
  mkdir -p "$out/golden" && cd "$out/golden"
  golden=$here/golden
  part "PyTorch's recording runs" 300 golden/run.log "$golden/program" train --device=gpu --inputs "$golden/inputs.npy" \
    --targets "$golden/targets.npy" --init-from "$golden/weights" --no-shuffle --epochs 5 --log-steps --log gpu.csv --quiet &&
    part "PyTorch's losses" 20 golden/losses.log bash -c "compare gpu.csv '$golden/losses.csv' 1e-4"
fi

sanitizer=$(command -v compute-sanitizer || ls /usr/local/cuda/bin/compute-sanitizer 2> /dev/null)
for tool in memcheck racecheck synccheck initcheck; do
  if [ -z "$sanitizer" ]; then
    result "$tool" skipped "compute-sanitizer is not there"
    continue
  fi
  for name in digits digits_bf16; do
    folder=$here/cases/$name
    part "$tool of $name" 300 "$tool-$name.log" "$sanitizer" --tool "$tool" --error-exitcode 9 "$folder/program" train \
      --inputs "$folder/inputs.npy" --targets "$folder/targets.npy" --steps 3 --quiet --device=gpu
  done
done

report
report "## Whole steps"
report
report "\`bench --device=gpu --steps $steps\`, random data: by the host's clock with batches copied, and by the device's without. PyTorch: benchmarks/pytorch_step.py."
report
report "| model | rows | ours, ms | on the device, ms | PyTorch eager, ms | with CUDA graphs, ms |"
report "|---|---|---|---|---|---|"
median() { sed -n 's/.*"median": *\([0-9.e+-]*\).*/\1/p' "$1" | head -n 1; }
milliseconds() { sed -n 's/.*"median": *\([0-9.e+-]*\).*/\1/p' | awk '{ printf "%.4f", $1 * 1e3 }'; }
for program in "$here"/benchmarks/*_[0-9]*; do
  name=$(basename "$program") model=${name%_*} rows=${name##*_}
  timeout -k 5 300 "$program" bench --device=gpu --steps "$steps" --json > "$out/$name.json" 2> "$out/$name.log" ||
    { failed=$((failed + 1)); report "| $model | $rows | FAILED: $(grep -m 1 error "$out/$name.log") | | | |"; continue; }
  ours=$(grep -A 1 '^  "seconds"' "$out/$name.json" | milliseconds)
  device=$(grep -A 1 '"device_seconds"' "$out/$name.json" | milliseconds)
  eager= graphs=
  if [ "$model" = big_model ] && python3 -c 'import torch, sys; sys.exit(not torch.cuda.is_available())' 2> /dev/null; then
    for mode in eager graphs; do
      timeout -k 5 300 python3 "$here/benchmarks/pytorch_step.py" --device cuda --mode $mode --batch "$rows" --steps "$steps" --json \
        > "$out/$name-$mode.json" 2> "$out/$name-$mode.log"
    done
    eager=$(median "$out/$name-eager.json") graphs=$(median "$out/$name-graphs.json")
  fi
  report "| $model | $rows | $ours | $device | ${eager:--} | ${graphs:--} |"
done

report
[ "$failed" -eq 0 ] && report "Nothing failed." || report "$failed failed."
exit $((failed > 0))
