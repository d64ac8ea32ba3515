#!/bin/sh
# Do the examples of a document say what the tested programs say? Usage: check_examples.sh DOCUMENT PROGRAM.c...
#
# The document's C blocks, one after the other, must be the programs, one after the other.
#
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
document=$1
shift
shown=$(awk '/^```c$/ {inside = 1; next} /^```$/ {inside = 0} inside' "$document")
tested=$(cat "$@")
if [ "$shown" != "$tested" ]; then
  echo "$document: expected its C blocks to be: $*"
  exit 1
fi
