/* How does a compiled model become a program? `libsinter_train` brings the commands train, eval, predict, info and
 * bench; `main` of an executable emitted by the compiler is one call of the function below.
 *
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#ifndef SINTER_RT_TRAIN_H
#define SINTER_RT_TRAIN_H

#include "artifact.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Runs the command that `argv` asks for on `artifact`. Messages go to standard error, one sentence per failure. Returns
 * the exit status: 0; 1 after a failure; 2 for a command line that makes no sense; 130 when interrupted (Ctrl-C). */
int sinter_program_main(int argc, char **argv, const sinter_artifact *artifact);

#ifdef __cplusplus
}
#endif

#endif /* SINTER_RT_TRAIN_H */
