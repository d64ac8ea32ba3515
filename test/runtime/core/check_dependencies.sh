#!/bin/sh
# Does the runtime core need anything beyond libc and libm? Usage: check_dependencies.sh libsinter_rt.a PROGRAM
#
# The program is linked with the library and -lm only, so that it exists shows that both suffice; ldd shows that nothing
# else slipped in, nm that there is no C++ and no call that prints, exits or aborts.
#
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
library=$1
program=$2
failed=0

libraries=$(ldd "$program" | grep -v -E 'linux-vdso|/ld-linux|libm\.so|libc\.so')
if [ -n "$libraries" ]; then
  echo "$program: expected to need libc and libm alone, found: $libraries"
  failed=1
fi

symbols=$(nm -A --undefined-only "$library" | awk '{print $NF}' | sort -u)
unwanted=$(echo "$symbols" | grep -E '^(_Z|__cxa|__gxx|printf|puts|putchar|perror|fprintf|fputs|fwrite|std(out|err)|exit|_exit|abort|__assert_fail|rand|srand|time|deflate|inflate|crc32|gz)' )
if [ -n "$unwanted" ]; then
  echo "$library: expected no C++, no printing and no exit, found: $unwanted"
  failed=1
fi

# All of its own names are prefixed, or could clash with a program's.
public=$(nm -g --defined-only "$library" | awk 'NF == 3 {print $3}' | grep -v '^sinter_')
if [ -n "$public" ]; then
  echo "$library: expected global names to begin with sinter_, found: $public"
  failed=1
fi
exit $failed
