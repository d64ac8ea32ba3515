/* What does an executable emitted by the compiler do first? It hands its model to the command line.
 *
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#include "sinter-rt/train.h"

int main(int argc, char **argv) {
  return sinter_program_main(argc, argv, &sinter_program_artifact);
}
