#!/usr/bin/env bash
# Checks and measures our GPU code on this machine's NVIDIA GPU. Made by tools/gpu-check/pack.py; needs a driver, bash and awk.
#   run.sh [--out FOLDER] [--steps N] [--jobs N] [--only PART]...
# Results go to FOLDER (default: results beside this script). --steps: of benchmarks [300]; --jobs: checks at a time [4].
# PART: instructions, cases, golden, sanitizer, steps or kernels [all].
# Writes FOLDER/report.md, a log of each part, and FOLDER/recorded.txt, the results of instructions for the emulator's tests
# (test/emulator/Recorded). Every part passes, fails or is skipped with a reason; status 1 if one failed.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
set -uo pipefail
shopt -s nullglob
here=$(cd "$(dirname "$0")" && pwd)
out=$here/results steps=300 jobs=4 only=
while [ $# -gt 0 ]; do
  case $1 in
    --out) out=$2; shift 2 ;;
    --steps) steps=$2; shift 2 ;;
    --jobs) jobs=$2; shift 2 ;;
    --only) only+=" $2"; shift 2 ;;
    *) sed -n '2,8p' "$0"; exit 2 ;;
  esac
done
rm -rf "$out"
mkdir -p "$out"
out=$(cd "$out" && pwd)

wanted() { [ -z "$only" ] || [[ " $only " = *" $1 "* ]]; }
report() { printf '%s\n' "$*" | tee -a "$out/report.md"; }
# result NAME passed|FAILED|skipped REMARK
result() { printf '%s\n' "| $1 | $2 | ${3:-} |"; }
# begin COMMAND...: in the background, at most $jobs at a time. gather: reports what all of them printed, in the order they began.
mkdir -p "$out/parts"
begun=0
begin() {
  while [ "$(jobs -rp | wc -l)" -ge "$jobs" ]; do wait -n; done
  begun=$((begun + 1))
  "$@" > "$out/parts/$(printf %03d $begun)" &
}
gather() {
  wait
  cat "$out"/parts/* 2> /dev/null | tee -a "$out/report.md"
  rm -f "$out"/parts/*
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
  report "$(result "driver" FAILED "$(head -n 1 "$out/driver.log")")"
  exit 1
fi
instruction() {
  local log=$out/instructions/${1//\//_}
  SINTER_TEST_INPUTS=$here/inputs SINTER_RECORD=$log.recorded timeout -k 5 120 "$here/PtxConformance" --gtest_filter="$1" > "$log.log" 2>&1 ||
    echo "$1" > "$log.failed"
}
if wanted instructions; then
  mkdir "$out/instructions"
  for test in $tests; do
    begin instruction "$test"
  done
  gather
  cat "$out"/instructions/*.recorded > "$out/recorded.txt"
  bad=$(cat "$out"/instructions/*.failed < /dev/null | tr '\n' ' ')
  if [ -z "$bad" ]; then
    report "$(result "instructions" passed "$(echo "$tests" | wc -w) tests")"
  else
    report "$(result "instructions" FAILED "not: $bad")"
  fi
fi

# Losses beside those of the CPU, and the same bytes from two runs.
check_case() {
  local name=$1 tolerance=$2 folder=$here/cases/$1 work=$out/$1
  mkdir -p "$work"
  cd "$work" || return
  data=(--inputs "$folder/inputs.npy" --targets "$folder/targets.npy" --seed 1 --epochs 2 --quiet --log-steps)
  "$folder/program" train "${data[@]}" --log cpu.csv --save cpu.safetensors > cpu.log 2>&1 ||
    { result "$name on the CPU" FAILED "$(grep -m 1 error cpu.log)"; return; }
  if part "$name runs" 300 "$name/gpu.log" "$folder/program" train "${data[@]}" --device=gpu --log gpu.csv --save gpu.safetensors; then
    part "$name as on the CPU" 20 "$name/losses.log" bash -c "compare gpu.csv cpu.csv $tolerance"
    part "$name again" 300 "$name/again.log" bash -c "'$folder/program' train ${data[*]@Q} --device=gpu --log again.csv --save again.safetensors && cmp gpu.safetensors again.safetensors && echo the same bytes"
  fi
}
if wanted cases; then
  while read -r name tolerance; do
    begin check_case "$name" "$tolerance"
  done < "$here/cases.txt"
fi

check_golden() {
  local golden=$here/golden
  mkdir -p "$out/golden" && cd "$out/golden" || return
  part "PyTorch's recording runs" 300 golden/run.log "$golden/program" train --device=gpu --inputs "$golden/inputs.npy" \
    --targets "$golden/targets.npy" --init-from "$golden/weights" --no-shuffle --epochs 5 --log-steps --log gpu.csv --quiet &&
    part "PyTorch's losses" 20 golden/losses.log bash -c "compare gpu.csv '$golden/losses.csv' 1e-4"
}
if wanted golden && [ -d "$here/golden" ]; then
  begin check_golden
fi

sanitizer=$(command -v compute-sanitizer || ls /usr/local/cuda/bin/compute-sanitizer 2> /dev/null)
if wanted sanitizer; then
  for tool in memcheck racecheck synccheck initcheck; do
    if [ -z "$sanitizer" ]; then
      begin result "$tool" skipped "compute-sanitizer is not there"
      continue
    fi
    for name in digits digits_bf16; do
      folder=$here/cases/$name
      begin part "$tool of $name" 300 "$tool-$name.log" "$sanitizer" --tool "$tool" --error-exitcode 9 "$folder/program" train \
        --inputs "$folder/inputs.npy" --targets "$folder/targets.npy" --steps 3 --quiet --device=gpu
    done
  done
fi
gather

# Phases of one launch compute what launches do.
if wanted cases && [ -f "$out/digits-apart/gpu.csv" ]; then
  report "$(part "digits in phases" 20 phases.log bash -c "diff <(cut -d, -f1-5 '$out/digits/gpu.csv') <(cut -d, -f1-5 '$out/digits-apart/gpu.csv') && echo as launch by launch")"
fi

if wanted steps; then
  report
  report "## Whole steps"
  report
  report "\`bench --device=gpu --steps $steps\`, random data: by the host's clock with batches copied and with batches gathered on the device, and by the device's without either. Models called -apart were compiled with --no-fuse=phases. PyTorch: benchmarks/pytorch_step.py."
  report
  report "| model | rows | ours, ms | gathered on the device, ms | on the device, ms | PyTorch eager, ms | with CUDA graphs, ms | whole step captured, ms |"
  report "|---|--:|--:|--:|--:|--:|--:|--:|"
  milliseconds() { sed -n 's/.*"median": *\([0-9.e+-]*\).*/\1/p' | awk '{ printf "%.4f", $1 * 1e3 }'; }
  if python3 -c 'import torch, sys; sys.exit(not torch.cuda.is_available())' 2> /dev/null; then
    timeout -k 5 300 python3 "$here/benchmarks/pytorch_step.py" --device cuda --mode eager,graphs,captured --batch 16,64,256,1024 \
      --steps "$steps" --json > "$out/pytorch.json" 2> "$out/pytorch.log"
  fi
  # pytorch MODEL ROWS MODE: its median.
  pytorch() {
    [ "$1" = big_model ] && grep -s "\"batch\": $2, \"mode\": \"$3\"" "$out/pytorch.json" |
      sed -n 's/.*"median": *\([0-9.e+-]*\).*/\1/p' | awk '{ printf "%.4f", $1 }'
  }
  for program in $(printf "%s\n" "$here"/benchmarks/*_[0-9]* | sort -V); do
    name=$(basename "$program") model=${name%_*} rows=${name##*_}
    timeout -k 5 300 "$program" bench --device=gpu --steps "$steps" --json > "$out/$name.json" 2> "$out/$name.log" ||
      { report "| $model | $rows | FAILED: $(grep -m 1 error "$out/$name.log") | | | | | |"; continue; }
    ours=$(grep -A 1 '^  "seconds"' "$out/$name.json" | milliseconds)
    gathered=$(grep -A 1 '^  "gathered"' "$out/$name.json" | milliseconds)
    device=$(grep -A 1 '"device_seconds"' "$out/$name.json" | milliseconds)
    eager=$(pytorch $model $rows eager) graphs=$(pytorch $model $rows graphs) captured=$(pytorch $model $rows captured)
    report "| $model | $rows | $ours | ${gathered:--} | $device | ${eager:--} | ${graphs:--} | ${captured:--} |"
  done
fi

if wanted kernels && [ -d "$here/kernels" ]; then
  report
  report "## Kernels"
  report
  if command -v python3 > /dev/null; then
    timeout -k 5 600 python3 "$here/benchmarks/gpu_kernels.py" measure "$here/kernels" 2>&1 | tee -a "$out/report.md"
  else
    report "Skipped: no Python."
  fi
fi

failed=$(grep -c '| FAILED' "$out/report.md")
report
[ "$failed" -eq 0 ] && report "Nothing failed." || report "$failed failed."
exit $((failed > 0))
