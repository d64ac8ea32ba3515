/* What the address sanitizer has to overlook in programs that use LLVM's libraries: those are not instrumented, but share
 * arenas with code of ours that was instantiated from LLVM's headers and marks what is free in them.
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
const char *__asan_default_options(void);
const char *__asan_default_options(void) {
  return "allow_user_poisoning=0";
}
